"""Lists of somebody's own making: what their columns mean is remembered

Revision 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "import_mappings",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("unit_key", sa.Integer(), nullable=False),
        sa.Column("heads", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_import_mappings_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint("kind", "unit_key", "heads", name=op.f("uq_import_mappings_kind_unit_key_heads")),
    )
    op.add_column("imports", sa.Column("mapping", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("imports", "mapping")
    op.drop_table("import_mappings")
