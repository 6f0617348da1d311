"""What the thresholds proposed as a finding, and what was decided about it

Revision 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
NAME = "proposal_decisions"
REFERS = {"meeting_id": "meetings", "unit_id": "units", "finding_id": "findings", "decided_by_id": "people"}


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("finding_id", ID, nullable=True),
        sa.Column("decided_at", AT, nullable=False),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "kind IN ('critical', 'unusual', 'stale', 'missing')", name=op.f("ck_proposal_decisions_kind")
        ),
        sa.CheckConstraint(
            "(decision = 'accepted') = (finding_id IS NOT NULL)", name=op.f("ck_proposal_decisions_accepted")
        ),
        sa.CheckConstraint(
            "decision = 'accepted' OR (decision = 'dismissed' AND reason <> '')",
            name=op.f("ck_proposal_decisions_dismissed"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{NAME}_{column}_{table}"))
            for column, table in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_decisions")),
        sa.UniqueConstraint(
            "meeting_id",
            "unit_id",
            "kind",
            "subject",
            name=op.f("uq_proposal_decisions_meeting_id_unit_id_kind_subject"),
        ),
    )
    op.create_index(op.f("ix_proposal_decisions_meeting_id"), NAME, ["meeting_id"])


def downgrade() -> None:
    op.drop_table(NAME)
