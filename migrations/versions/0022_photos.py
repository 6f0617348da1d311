"""Photos of a meeting

Revision 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def link(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_photos_{column}_{to}"))


def upgrade() -> None:
    op.create_table(
        "photos",
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("small_file_id", ID, nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("caption", sa.String(length=250), nullable=False),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("added_at", AT, nullable=False),
        sa.Column("added_by_id", ID, nullable=True),
        sa.Column("withdrawn_at", AT, nullable=True),
        sa.Column("id", ID, nullable=False),
        link("meeting_id", "meetings"),
        link("file_id", "files"),
        link("small_file_id", "files"),
        link("added_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
    )
    op.create_index(op.f("ix_photos_meeting_id"), "photos", ["meeting_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_photos_meeting_id"), table_name="photos")
    op.drop_table("photos")
