"""Working days corrected by hand, and what the clock has to say of itself

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_overrides",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_day_overrides_created_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["people.id"], name=op.f("fk_day_overrides_ended_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_overrides")),
    )
    op.create_index(
        "uq_day_overrides_in_force",
        "day_overrides",
        ["day"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "ticks",
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_ticks")),
    )
    op.create_index("ix_occurrences_rule_at", "occurrences", ["rule", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_occurrences_rule_at", table_name="occurrences")
    op.drop_table("ticks")
    op.drop_index("uq_day_overrides_in_force", table_name="day_overrides")
    op.drop_table("day_overrides")
