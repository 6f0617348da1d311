"""A check-in that a phone sends twice is one

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("presences") as table:
        table.add_column(sa.Column("key", sa.String(length=40), nullable=True))
        table.create_index("uq_presences_key", ["key"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("presences") as table:
        table.drop_index("uq_presences_key")
        table.drop_column("key")
