"""Papers drawn on trial, beside the editor; the outbox takes them to the worker

Revision 0038, after 0037.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
TRIAL = sa.text("trial_id IS NOT NULL")
TWO = "(event_id IS NULL) <> (document_id IS NULL)"
THREE = (
    "CASE WHEN event_id IS NULL THEN 0 ELSE 1 END + CASE WHEN document_id IS NULL THEN 0 ELSE 1 END + "
    "CASE WHEN trial_id IS NULL THEN 0 ELSE 1 END = 1"
)


def upgrade() -> None:
    op.create_table(
        "trials",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.String(length=64), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("drawn", sa.String(length=64), nullable=False),
        sa.Column("drawn_at", AT, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_trials_kind_subject_id")),
    )
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("trial_id", ID, nullable=True))
        outbox.create_foreign_key(op.f("fk_outbox_trial_id_trials"), "trials", ["trial_id"], ["id"])
        outbox.drop_constraint(op.f("ck_outbox_one_cause"), type_="check")
        outbox.create_check_constraint(op.f("ck_outbox_one_cause"), THREE)
    op.create_index("ix_outbox_trial", "outbox", ["trial_id"], sqlite_where=TRIAL, postgresql_where=TRIAL)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM outbox WHERE trial_id IS NOT NULL"))
    op.drop_index("ix_outbox_trial", "outbox")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint(op.f("ck_outbox_one_cause"), type_="check")
        outbox.drop_constraint(op.f("fk_outbox_trial_id_trials"), type_="foreignkey")
        outbox.drop_column("trial_id")
        outbox.create_check_constraint(op.f("ck_outbox_one_cause"), TWO)
    op.drop_table("trials")
