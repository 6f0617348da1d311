"""Paparan of a meeting, their versions, and which unit has read which

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def link(table: str, column: str, to: str, **kw: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), **kw)


def upgrade() -> None:
    op.create_table(
        "paparan",
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("agenda_item_id", ID, nullable=True),
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("speaker", sa.String(length=120), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("reminded_at", AT, nullable=True),
        sa.Column("withdrawn_at", AT, nullable=True),
        sa.Column("id", ID, nullable=False),
        link("paparan", "meeting_id", "meetings"),
        link("paparan", "agenda_item_id", "agenda_items", ondelete="SET NULL"),
        link("paparan", "unit_id", "units"),
        link("paparan", "created_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paparan")),
    )
    op.create_index(op.f("ix_paparan_meeting_id"), "paparan", ["meeting_id"])
    op.create_table(
        "paparan_versions",
        sa.Column("paparan_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("added_at", AT, nullable=False),
        sa.Column("added_by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        link("paparan_versions", "paparan_id", "paparan"),
        link("paparan_versions", "file_id", "files"),
        link("paparan_versions", "added_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paparan_versions")),
        sa.UniqueConstraint("paparan_id", "number", name=op.f("uq_paparan_versions_paparan_id_number")),
    )
    op.create_table(
        "paparan_readings",
        sa.Column("version_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("at", AT, nullable=False),
        sa.Column("id", ID, nullable=False),
        link("paparan_readings", "version_id", "paparan_versions"),
        link("paparan_readings", "unit_id", "units"),
        link("paparan_readings", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paparan_readings")),
        sa.UniqueConstraint("version_id", "unit_id", name=op.f("uq_paparan_readings_version_id_unit_id")),
    )


def downgrade() -> None:
    op.drop_table("paparan_readings")
    op.drop_table("paparan_versions")
    op.drop_index(op.f("ix_paparan_meeting_id"), table_name="paparan")
    op.drop_table("paparan")
