"""A meeting leaves a berita acara and a laporan with its nota dinas, which go the way of its minutes

Revision 0040, after 0039.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIRST = sa.text("replaces_id IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("minutes") as table:
        table.add_column(sa.Column("kind", sa.String(length=12), nullable=False, server_default="minutes"))
        table.add_column(sa.Column("addressee_id", ID, nullable=True))
        table.create_foreign_key(op.f("fk_minutes_addressee_id_people"), "people", ["addressee_id"], ["id"])
        table.create_check_constraint(op.f("ck_minutes_kind"), "kind IN ('minutes', 'record', 'report')")
        table.create_check_constraint(
            op.f("ck_minutes_addressee"), "(kind = 'report') = (addressee_id IS NOT NULL)"
        )
    op.create_index(
        "uq_minutes_first",
        "minutes",
        ["meeting_id", "kind"],
        unique=True,
        sqlite_where=FIRST,
        postgresql_where=FIRST,
    )
    with op.batch_alter_table("stationery") as table:
        table.add_column(
            sa.Column(
                "record_pattern",
                sa.String(length=60),
                nullable=False,
                server_default="{n}/BA/Randal/{month}/{year}",
            )
        )
        table.add_column(
            sa.Column(
                "note_pattern", sa.String(length=60), nullable=False, server_default="{n}/ND/Randal/{year}"
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("stationery") as table:
        table.drop_column("note_pattern")
        table.drop_column("record_pattern")
    op.drop_index("uq_minutes_first", "minutes")
    with op.batch_alter_table("minutes") as table:
        table.drop_constraint(op.f("ck_minutes_addressee"), type_="check")
        table.drop_constraint(op.f("ck_minutes_kind"), type_="check")
        table.drop_constraint(op.f("fk_minutes_addressee_id_people"), type_="foreignkey")
        table.drop_column("addressee_id")
        table.drop_column("kind")
