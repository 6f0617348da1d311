"""Imports: several workbooks at once, and one that cannot be read says why

Revision 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("said", sa.JSON(), nullable=True))
    op.add_column("imports", sa.Column("batch", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("imports", sa.Column("problem", sa.Text(), nullable=False, server_default=""))
    op.add_column("imports", sa.Column("wrong_rows", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("imports", sa.Column("asked", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(op.f("ix_imports_batch"), "imports", ["batch"])


def downgrade() -> None:
    op.drop_index(op.f("ix_imports_batch"), table_name="imports")
    for name in ("asked", "wrong_rows", "problem", "batch", "said"):
        op.drop_column("imports", name)
