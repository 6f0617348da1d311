"""Files of strangers wait for their turn to be verified

Revision 0043, after 0042.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "verification_turns",
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("asker", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_turns")),
        sa.UniqueConstraint("token", name=op.f("uq_verification_turns_token")),
    )
    op.create_index(op.f("ix_verification_turns_made_at"), "verification_turns", ["made_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_verification_turns_made_at"), "verification_turns")
    op.drop_table("verification_turns")
