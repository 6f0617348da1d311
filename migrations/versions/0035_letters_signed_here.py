"""A letter of invitation is signed here: how it is signed, and by whom it was

Revision 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("meetings") as table:
        table.add_column(sa.Column("letter_way", sa.String(length=12), nullable=False, server_default=""))
        table.add_column(sa.Column("letter_signed_at", AT, nullable=True))
        table.add_column(sa.Column("letter_declined_at", AT, nullable=True))
    op.create_table(
        "letter_signatures",
        sa.Column("id", ID, nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("signed_at", AT, nullable=False),
        sa.Column("signed_by_id", ID, nullable=False),
        sa.Column("signed_as", sa.String(length=200), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("signed_field", sa.String(length=80), nullable=False),
        sa.Column("certificate_serial", sa.String(length=64), nullable=False),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_letter_signatures_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_letter_signatures_meeting_id_meetings")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["people.id"], name=op.f("fk_letter_signatures_signed_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_signatures")),
        sa.UniqueConstraint("document_id", name=op.f("uq_letter_signatures_document_id")),
    )
    op.create_index(op.f("ix_letter_signatures_meeting_id"), "letter_signatures", ["meeting_id"])
    op.create_index(op.f("ix_letter_signatures_signed_by_id"), "letter_signatures", ["signed_by_id"])


def downgrade() -> None:
    op.drop_table("letter_signatures")
    with op.batch_alter_table("meetings") as table:
        table.drop_column("letter_declined_at")
        table.drop_column("letter_signed_at")
        table.drop_column("letter_way")
