"""Where findings, kendala and follow-ups belong: kawasan, kegiatan, paragraph of the minutes; causes of kendala; whom one waits for

Revision 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("findings", "kendala", "follow_ups")


def upgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("area_id", ID, nullable=True))
            table.add_column(sa.Column("activity_id", ID, nullable=True))
            table.add_column(sa.Column("source_section", sa.String(32), nullable=False, server_default=""))
            table.add_column(sa.Column("source_paragraph", sa.Integer(), nullable=True))
            table.add_column(sa.Column("source_quote", sa.Text(), nullable=False, server_default=""))
            table.create_foreign_key(op.f(f"fk_{name}_area_id_areas"), "areas", ["area_id"], ["id"])
            table.create_foreign_key(
                op.f(f"fk_{name}_activity_id_activities"), "activities", ["activity_id"], ["id"]
            )
            table.create_index(op.f(f"ix_{name}_area_id"), ["area_id"])
            table.create_index(op.f(f"ix_{name}_activity_id"), ["activity_id"])
            if name == "kendala":
                table.add_column(sa.Column("subcategory", sa.String(8), nullable=False, server_default=""))
                table.create_check_constraint(
                    op.f("ck_kendala_subcategory"), "subcategory = '' OR subcategory LIKE category || '-%'"
                )
            if name == "follow_ups":
                table.add_column(sa.Column("waits_post", sa.String(150), nullable=False, server_default=""))
                table.add_column(sa.Column("waits_since", sa.Date(), nullable=True))
        with op.batch_alter_table(name) as table:
            table.alter_column("source_section", server_default=None)
            table.alter_column("source_quote", server_default=None)
            if name == "kendala":
                table.alter_column("subcategory", server_default=None)
            if name == "follow_ups":
                table.alter_column("waits_post", server_default=None)
    # Since when it waits was not kept: the day it was made is the earliest that can be true.
    day = "date(created_at)" if op.get_bind().dialect.name == "sqlite" else "created_at::date"
    op.execute(f"UPDATE follow_ups SET waits_since = {day} WHERE waits_for <> ''")


def downgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            if name == "kendala":
                table.drop_constraint(op.f("ck_kendala_subcategory"), type_="check")
                table.drop_column("subcategory")
            if name == "follow_ups":
                table.drop_column("waits_since")
                table.drop_column("waits_post")
            table.drop_index(op.f(f"ix_{name}_activity_id"))
            table.drop_index(op.f(f"ix_{name}_area_id"))
            table.drop_constraint(op.f(f"fk_{name}_activity_id_activities"), type_="foreignkey")
            table.drop_constraint(op.f(f"fk_{name}_area_id_areas"), type_="foreignkey")
            for column in ("source_quote", "source_paragraph", "source_section", "activity_id", "area_id"):
                table.drop_column(column)
