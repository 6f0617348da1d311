"""By when a report is due, as data; the defaults of PP 39/2006

Revision 0021, after 0020.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
PP39 = "PP 39/2006. Ubah bila surat edaran menetapkan lain."
DEFAULTS = (  # name, anchor, working days, who, basis
    ("Laporan bulanan PPK", "month", 5, "ppk", "Kebiasaan; ubah menurut surat edaran."),
    ("Formulir A (PP 39/2006)", "quarter", 5, "ppk", PP39),
    ("Formulir B (PP 39/2006)", "quarter", 10, "evaluator", PP39),
    ("Formulir C (PP 39/2006)", "quarter", 14, "leader", PP39),
)


def upgrade() -> None:
    deadlines = op.create_table(
        "deadlines",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("anchor", sa.String(length=8), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=12), nullable=False),
        sa.Column("remind_before", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(length=7), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("updated_by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("anchor IN ('month', 'quarter')", name=op.f("ck_deadlines_anchor")),
        sa.CheckConstraint(
            "who IN ('ppk', 'evaluator', 'secretariat', 'leader')", name=op.f("ck_deadlines_who")
        ),
        sa.CheckConstraint(
            "working_days BETWEEN 0 AND 90 AND remind_before BETWEEN 0 AND 30", name=op.f("ck_deadlines_days")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["people.id"], name=op.f("fk_deadlines_updated_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sa.UniqueConstraint("name", name=op.f("uq_deadlines_name")),
    )
    op.create_table(
        "deadline_marks",
        sa.Column("deadline_id", ID, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_deadline_marks_deadline_id_deadlines")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_deadline_marks_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_marks")),
        sa.UniqueConstraint("deadline_id", "period", name=op.f("uq_deadline_marks_deadline_id_period")),
    )
    op.create_index(op.f("ix_deadline_marks_deadline_id"), "deadline_marks", ["deadline_id"])
    op.add_column("progress_reports", sa.Column("first_submitted_at", AT, nullable=True))
    op.execute(
        "UPDATE progress_reports SET first_submitted_at = (SELECT min(at) FROM events WHERE events.item_id = "
        "progress_reports.id AND item_type = 'progress_report' AND move = 'submit')"
    )
    now = datetime.now(UTC)
    rows = [
        {
            "name": name, "anchor": anchor, "working_days": days, "who": who, "basis": basis, "remind_before": 3,
            "since": f"{now:%Y-%m}", "active": True, "version": 1, "updated_at": now, "updated_by_id": None,
        }
        for name, anchor, days, who, basis in DEFAULTS
    ]  # fmt: skip
    op.bulk_insert(deadlines, rows)


def downgrade() -> None:
    op.drop_column("progress_reports", "first_submitted_at")
    op.drop_table("deadline_marks")
    op.drop_table("deadlines")
