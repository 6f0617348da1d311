"""Answers by link: the letter of assignment of who stands in, and which link counts

Revision 0010, after 0009.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with attendance() as table:
        table.add_column(sa.Column("mandate_file_id", ID, nullable=True))
        table.add_column(sa.Column("link_number", sa.Integer(), nullable=False, server_default="1"))
        table.create_foreign_key(
            op.f("fk_attendance_mandate_file_id_files"), "files", ["mandate_file_id"], ["id"]
        )


def downgrade() -> None:
    with attendance() as table:
        table.drop_constraint(op.f("fk_attendance_mandate_file_id_files"), type_="foreignkey")
        table.drop_column("link_number")
        table.drop_column("mandate_file_id")


@contextmanager
def attendance() -> Iterator[BatchOperations]:
    """SQLite builds the table anew; the new one must know the numbers that were given once (revision 0006)."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    kept = {"sqlite_autoincrement": True} if on_sqlite else {}
    with op.batch_alter_table("attendance", table_kwargs=kept) as table:
        yield table
    if on_sqlite:
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'attendance'")
        op.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'attendance', max("
            "coalesce((SELECT max(id) FROM attendance), 0), "
            "coalesce((SELECT max(item_id) FROM events WHERE item_type = 'attendance'), 0))"
        )
