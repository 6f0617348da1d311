"""The last report on each signed document, kept beside it

Revision 0029, after 0028.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "verdicts",
        sa.Column("document_id", ID, nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("judged_at", AT, nullable=False),
        sa.Column("fresh_until", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_verdicts_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_verdicts")),
    )
    op.create_index(op.f("ix_verdicts_fresh_until"), "verdicts", ["fresh_until"])


def downgrade() -> None:
    op.drop_table("verdicts")
