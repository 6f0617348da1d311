"""Signatures by a provider, why a key was revoked, and the history of the authority

Revision 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
NOTHING = "0" * 64
REASONS = "('', 'lost', 'compromised', 'left', 'superseded')"


def upgrade() -> None:
    op.add_column(
        "signatures", sa.Column("certificate_sha256", sa.String(64), nullable=False, server_default="")
    )
    op.add_column("signatures", sa.Column("signed_field", sa.String(80), nullable=False, server_default=""))
    with op.batch_alter_table("signing_keys") as keys:
        keys.add_column(sa.Column("revoked_why", sa.String(12), nullable=False, server_default=""))
        keys.create_check_constraint(op.f("ck_signing_keys_revoked_why"), f"revoked_why IN {REASONS}")
        keys.create_check_constraint(
            op.f("ck_signing_keys_revoked"), "revoked_why = '' OR revoked_at IS NOT NULL"
        )
    op.create_table(
        "authorities",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("head", sa.String(length=64), server_default=NOTHING, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_authorities_fingerprint")),
    )


def downgrade() -> None:
    op.drop_table("authorities")
    with op.batch_alter_table("signing_keys") as keys:
        keys.drop_constraint(op.f("ck_signing_keys_revoked_why"), type_="check")
        keys.drop_constraint(op.f("ck_signing_keys_revoked"), type_="check")
        keys.drop_column("revoked_why")
    op.drop_column("signatures", "signed_field")
    op.drop_column("signatures", "certificate_sha256")
