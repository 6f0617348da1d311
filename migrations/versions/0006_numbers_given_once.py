"""The number of an invitation is given once.

SQLite gives the number of a deleted row again. An invitee taken off a draft has a history, and the next one to be
invited would stand under the same number and go on with it.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    rebuild(sqlite_autoincrement=True)
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'attendance'")
    op.execute(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'attendance', max("
        "coalesce((SELECT max(id) FROM attendance), 0), "
        "coalesce((SELECT max(item_id) FROM events WHERE item_type = 'attendance'), 0))"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        rebuild(sqlite_autoincrement=False)


def rebuild(**kw: bool) -> None:
    with op.batch_alter_table("attendance", recreate="always", table_kwargs=kw):
        pass
