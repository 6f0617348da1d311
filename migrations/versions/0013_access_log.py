"""Who looked at whose NIP or telephone number: a table that only grows, and forgets what is older than two years

Revision 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("about_type", sa.String(length=24), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_access_log_actor_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index(op.f("ix_access_log_at"), "access_log", ["at"])
    op.create_index(op.f("ix_access_log_actor_id"), "access_log", ["actor_id"])
    op.create_index("ix_access_log_about", "access_log", ["about_type", "about_id"])
    guard("access_log")


def downgrade() -> None:
    op.drop_table("access_log")


def guard(table: str) -> None:
    """As randal/history/triggers.py has it: no change, and no loss of what is younger than two years."""
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, 'riwayat tidak dapat diubah: {table}'); END"
        old = "WHEN (NOT coalesce(OLD.at < datetime('now', '-2 years'), false))"
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}  {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {old} {refuse}")
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}"
        )
        return
    refuse = "EXECUTE FUNCTION randal_refuse()"
    old = "WHEN (NOT coalesce(OLD.at < now() - interval '2 years', false))"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {old} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
