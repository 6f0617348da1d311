"""The lists of follow-ups are read from an index in their own order, what is still owed from a small one

Revision 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BY_DUE = sa.text("coalesce(due_on, '9999-12-31')")
OWED = sa.text("state NOT IN ('verified', 'infeasible', 'cancelled', 'draft')")
NEW = {
    "ix_follow_ups_due": ([BY_DUE, "id"], None),
    "ix_follow_ups_unit_due": (["unit_id", BY_DUE, "id"], None),
    "ix_follow_ups_state_due": (["state", BY_DUE, "id"], None),
    "ix_follow_ups_owed_due": ([BY_DUE, "id"], OWED),
    "ix_follow_ups_unit_owed": (["unit_id", BY_DUE, "id"], OWED),
}


def upgrade() -> None:
    op.drop_index("ix_follow_ups_due_on_id", "follow_ups")
    for name, (columns, where) in NEW.items():
        op.create_index(name, "follow_ups", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in NEW:
        op.drop_index(name, "follow_ups")
    op.create_index("ix_follow_ups_due_on_id", "follow_ups", ["due_on", "id"])
