"""Reminders follow a policy of rows; what was told of an item stays with it; who has not opened a follow-up is nudged

Revision 0037, after 0036.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBERS = (
    "before", "before_again", "late_after", "late_again", "satker_after", "direktorat_after", "unopened_after",
    "verify_within", "verify_again", "answer_within",
)  # fmt: skip
# Rules of the day of this revision whose subject is an item.
ABOUT = {
    "follow_up.remind": "follow_up",
    "follow_up.late": "follow_up",
    "follow_up.escalate": "follow_up",
    "follow_up.waiting": "follow_up",
    "kendala.unanswered": "kendala",
    "attendance.remind": "attendance",
    "attendance.closed": "meeting",
    "signature.remind": "signature",
}


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("valid_from", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("direktorat_after > satker_after", name=op.f("ck_policies_order")),
        sa.CheckConstraint(
            "before >= 0 AND before_again >= 0 AND late_after > 0 AND late_again > 0",
            name=op.f("ck_policies_days"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_policies_created_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
    )
    guard("policies")
    for column in (
        sa.Column("item_type", sa.String(length=24), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
    ):
        op.add_column("occurrences", column)
    op.create_index("ix_occurrences_item", "occurrences", ["item_type", "item_id"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    person = "substr(key, instr(key, '@') + 1)" if sqlite else "split_part(key, '@', 2)"
    told = f"person_id = CAST({person} AS INTEGER) WHERE key LIKE '%@%'"
    for rule, item in ABOUT.items():
        op.execute(
            f"UPDATE occurrences SET item_type = '{item}', item_id = subject_id, {told} AND rule = '{rule}'"
        )
    follow_up = "SELECT follow_up_id FROM extensions WHERE extensions.id = occurrences.subject_id"
    op.execute(
        f"UPDATE occurrences SET item_type = 'follow_up', item_id = ({follow_up}), {told} "
        f"AND rule = 'extension.waiting' AND EXISTS ({follow_up})"
    )
    op.add_column("follow_ups", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    # Nobody wrote down who opened what before: nobody is nudged for it.
    op.execute("UPDATE follow_ups SET opened_at = updated_at WHERE state <> 'draft'")


def downgrade() -> None:
    op.drop_column("follow_ups", "opened_at")
    op.drop_index("ix_occurrences_item", table_name="occurrences")
    for name in ("person_id", "item_id", "item_type"):
        op.drop_column("occurrences", name)
    op.drop_table("policies")


def guard(table: str) -> None:
    """As randal/history/triggers.py has it: no change, no loss."""
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, 'riwayat tidak dapat diubah: {table}'); END"
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}  {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}"
        )
        return
    refuse = "EXECUTE FUNCTION randal_refuse()"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
