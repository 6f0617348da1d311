"""Minutes are numbered by the pattern of their unit, as its letters are

A number is given once per unit, no longer once per installation: what was given stands beside the letters' numbers, and
each unit counts on from where the installation was.

Revision 0028, after 0027.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

USUAL = "{n}/NOT/Randal/{month}/{year}"
SETTINGS = sa.table("settings", sa.column("name", sa.String), sa.column("value", sa.JSON))


def upgrade() -> None:
    pattern = op.get_bind().scalar(sa.select(SETTINGS.c.value).where(SETTINGS.c.name == "number_minutes"))
    with op.batch_alter_table("stationery") as table:
        table.add_column(
            sa.Column("minutes_pattern", sa.String(length=60), nullable=False, server_default=USUAL)
        )
    rows = sa.table("stationery", sa.column("minutes_pattern", sa.String))
    op.execute(rows.update().values(minutes_pattern=str(pattern or USUAL)[:60]))
    with op.batch_alter_table("stationery") as table:
        table.alter_column("minutes_pattern", server_default=None)
    op.execute(
        "INSERT INTO given_numbers (kind, unit_key, number, subject_id, at) "
        "SELECT 'minutes', coalesce(meetings.organiser_id, 0), minutes.number, minutes.id, "
        "coalesce(minutes.approved_at, minutes.updated_at) "
        "FROM minutes JOIN meetings ON meetings.id = minutes.meeting_id WHERE minutes.number IS NOT NULL"
    )
    op.execute(
        "INSERT INTO counters (kind, year, last) "
        "SELECT DISTINCT 'minutes:' || meetings.organiser_id, counters.year, counters.last "
        "FROM minutes JOIN meetings ON meetings.id = minutes.meeting_id "
        "JOIN counters ON counters.kind = 'minutes' "
        "WHERE minutes.number IS NOT NULL AND meetings.organiser_id IS NOT NULL"
    )
    with minutes() as table:
        table.drop_constraint(op.f("uq_minutes_number"), type_="unique")


def downgrade() -> None:
    with minutes() as table:
        table.create_unique_constraint(op.f("uq_minutes_number"), ["number"])
    op.execute("DELETE FROM counters WHERE kind LIKE 'minutes:%'")
    op.execute("DELETE FROM given_numbers WHERE kind = 'minutes'")
    with op.batch_alter_table("stationery") as table:
        table.drop_column("minutes_pattern")


@contextmanager
def minutes() -> Iterator[BatchOperations]:
    """SQLite builds the table anew; the new one must know the numbers that were given once (revision 0006)."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    kept = {"sqlite_autoincrement": True} if on_sqlite else {}
    with op.batch_alter_table("minutes", table_kwargs=kept) as table:
        yield table
    if on_sqlite:
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'minutes'")
        op.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'minutes', max("
            "coalesce((SELECT max(id) FROM minutes), 0), "
            "coalesce((SELECT max(item_id) FROM events WHERE item_type = 'minutes'), 0))"
        )
