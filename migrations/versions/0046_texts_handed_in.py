"""The text of minutes as handed in for review, with its hash; agreements name it

Revision 0046, after 0045.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "minutes_wordings",
        sa.Column("minutes_id", ID, nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_wordings_minutes_id_minutes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_wordings")),
    )
    op.create_index(op.f("ix_minutes_wordings_minutes_id"), "minutes_wordings", ["minutes_id"])
    op.add_column(
        "minutes_agreements", sa.Column("sha256", sa.String(length=64), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("minutes_agreements", "sha256")
    op.drop_index(op.f("ix_minutes_wordings_minutes_id"), "minutes_wordings")
    op.drop_table("minutes_wordings")
