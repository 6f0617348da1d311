"""What was handed in outside says on which day and by which letter; a report made here meets its deadline by itself

Revision 0039, after 0038.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deadlines") as table:
        table.add_column(sa.Column("met_by", sa.String(length=8), nullable=False, server_default="mark"))
        table.create_check_constraint(op.f("ck_deadlines_met_by"), "met_by IN ('mark', 'report')")
    with op.batch_alter_table("deadline_marks") as table:
        table.add_column(sa.Column("dated_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
    # Until now the day on which it was said stood for the day on which it was handed in.
    op.execute(
        "UPDATE deadline_marks SET dated_on = date(at)"
        if op.get_bind().dialect.name == "sqlite"
        else "UPDATE deadline_marks SET dated_on = CAST(at AT TIME ZONE 'Asia/Jakarta' AS date)"
    )
    with op.batch_alter_table("deadline_marks") as table:
        table.alter_column("dated_on", existing_type=sa.Date(), nullable=False)
        table.alter_column("note", existing_type=sa.Text(), server_default=None)
    with op.batch_alter_table("deadlines") as table:
        table.alter_column("met_by", existing_type=sa.String(length=8), server_default=None)
    # Form B is what Tim Monev makes of the Form A of all PPK: here it is the evaluation report. Only where nobody changed it.
    op.execute(
        "UPDATE deadlines SET met_by = 'report' WHERE name = 'Formulir B (PP 39/2006)' AND version = 1"
    )


def downgrade() -> None:
    with op.batch_alter_table("deadline_marks") as table:
        table.drop_column("note")
        table.drop_column("dated_on")
    with op.batch_alter_table("deadlines") as table:
        table.drop_constraint(op.f("ck_deadlines_met_by"), type_="check")
        table.drop_column("met_by")
