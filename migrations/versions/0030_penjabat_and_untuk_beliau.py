"""A post is also held as Pj. (penjabat), and signed for u.b. (untuk beliau)

Revision 0030, after 0029.
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NAME = "ck_appointments_kind"


def kinds(*allowed: str) -> None:
    with op.batch_alter_table("appointments") as table:
        table.drop_constraint(op.f(NAME), type_="check")
        table.create_check_constraint(op.f(NAME), f"kind IN {allowed}")


def upgrade() -> None:
    kinds("definitive", "plt", "plh", "pj", "an", "ub")


def downgrade() -> None:
    op.execute("UPDATE appointments SET kind = 'plt' WHERE kind = 'pj'")
    op.execute("UPDATE appointments SET kind = 'an' WHERE kind = 'ub'")
    kinds("definitive", "plt", "plh", "an")
