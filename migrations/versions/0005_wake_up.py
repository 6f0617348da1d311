"""The relay is woken, and what is stuck is seen.

PostgreSQL notifies the relay once per transaction that adds to the outbox. A row that is stuck says since when, and
stands in the way of nothing: the index of what is due is by queue and without it.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("done_at IS NULL AND stuck_at IS NULL")
UNDONE = sa.text("done_at IS NULL")
STUCK = sa.text("stuck_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("stuck_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index("ix_outbox_due", "outbox", ["queue", "next_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_outbox_stuck", "outbox", ["stuck_at"], sqlite_where=STUCK, postgresql_where=STUCK)
    op.execute("UPDATE outbox SET stuck_at = next_at WHERE done_at IS NULL AND attempt >= 8 AND error <> ''")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION randal_wake() RETURNS trigger LANGUAGE plpgsql AS $$\n"
            "BEGIN PERFORM pg_notify('randal_outbox', ''); RETURN NULL; END $$"
        )
        op.execute(
            "CREATE TRIGGER outbox_wake AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION randal_wake()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER outbox_wake ON outbox")
        op.execute("DROP FUNCTION randal_wake()")
    op.drop_index("ix_outbox_stuck", "outbox")
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index("ix_outbox_due", "outbox", ["next_at"], sqlite_where=UNDONE, postgresql_where=UNDONE)
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("stuck_at")
