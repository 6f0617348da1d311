"""A paper that somebody asked for notes how far he saw then: it is his to read while he still sees as far

Revision 0041, after 0040.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

# Papers of one's own selection, until now read by who asked while his unit was the same.
KINDS = (
    "attendance_register", "leader_sheet", "evaluation_report", "evaluation_sheet", "changes", "tracker", "tracker_sheet",
    "insight", "tracker_bundle",
)  # fmt: skip
SIGHT = "CASE WHEN unit_id IS NULL OR (NOT restricted) THEN 'all' ELSE 'unit:' || unit_id END"


def upgrade() -> None:
    with op.batch_alter_table("documents") as table:
        table.add_column(sa.Column("sight", sa.String(24), nullable=False, server_default=""))
    documents = sa.table("documents", sa.column("kind", sa.String), sa.column("sight", sa.String))
    op.execute(documents.update().where(documents.c.kind.in_(KINDS)).values(sight=sa.text(SIGHT)))


def downgrade() -> None:
    with op.batch_alter_table("documents") as table:
        table.drop_column("sight")
