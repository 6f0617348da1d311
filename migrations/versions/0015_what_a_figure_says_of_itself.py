"""Figures with their own source, day, forecast and explanation; what a report says in words; thresholds as data

Revision 0015, after 0014.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
IMPORTED = "fk_progress_reports_imported_by_id_people"


def upgrade() -> None:
    op.create_table(
        "thresholds",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("set_at", AT, nullable=False),
        sa.Column("set_by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(["set_by_id"], ["people.id"], name=op.f("fk_thresholds_set_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thresholds")),
    )
    op.create_index(op.f("ix_thresholds_name"), "thresholds", ["name"])
    with op.batch_alter_table("figures") as table:
        table.add_column(sa.Column("physical_forecast", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("financial_forecast", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("source", sa.String(length=12), nullable=True))
        table.add_column(sa.Column("as_of", sa.Date(), nullable=True))
        table.add_column(sa.Column("explanation", sa.Text(), nullable=False, server_default=""))
        table.create_check_constraint(
            op.f("ck_figures_source"), "source IS NULL OR source IN ('emon', 'satker', 'lapangan')"
        )
    with reports() as table:
        for name in ("critical", "help_wanted"):
            table.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("imported_by_id", ID, nullable=True))
        table.create_foreign_key(op.f(IMPORTED), "people", ["imported_by_id"], ["id"])


def downgrade() -> None:
    with reports() as table:
        table.drop_constraint(op.f(IMPORTED), type_="foreignkey")
        for name in ("imported_by_id", "help_wanted", "critical"):
            table.drop_column(name)
    with op.batch_alter_table("figures") as table:
        table.drop_constraint(op.f("ck_figures_source"), type_="check")
        for name in ("explanation", "as_of", "source", "financial_forecast", "physical_forecast"):
            table.drop_column(name)
    op.drop_table("thresholds")


@contextmanager
def reports() -> Iterator[BatchOperations]:
    """SQLite builds the table anew; the new one must know the numbers that were given once (revision 0006)."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    kept = {"sqlite_autoincrement": True} if on_sqlite else {}
    with op.batch_alter_table("progress_reports", table_kwargs=kept) as table:
        yield table
    if on_sqlite:
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'progress_reports'")
        op.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'progress_reports', max("
            "coalesce((SELECT max(id) FROM progress_reports), 0), "
            "coalesce((SELECT max(item_id) FROM events WHERE item_type = 'progress_report'), 0))"
        )
