"""Several papers asked for at once travel as one zip: each part names it

Revision 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("documents") as table:
        table.add_column(sa.Column("bundle_id", ID, nullable=True))
        table.create_foreign_key(op.f("fk_documents_bundle_id_documents"), "documents", ["bundle_id"], ["id"])
    op.create_index(op.f("ix_documents_bundle_id"), "documents", ["bundle_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_documents_bundle_id"), table_name="documents")
    with op.batch_alter_table("documents") as table:
        table.drop_constraint(op.f("fk_documents_bundle_id_documents"), type_="foreignkey")
        table.drop_column("bundle_id")
