"""What papers for a Pemda office say: letters that ask, berita acara of what was agreed

Revision 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "party_papers",
        sa.Column("follow_up_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("city", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("office", sa.String(length=250), nullable=False),
        sa.Column("post", sa.String(length=150), nullable=False),
        sa.Column("party_name", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("kind IN ('party_request', 'party_agreement')", name=op.f("ck_party_papers_kind")),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name=op.f("fk_party_papers_follow_up_id_follow_ups")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_party_papers_created_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_papers")),
    )
    op.create_index(op.f("ix_party_papers_follow_up_id"), "party_papers", ["follow_up_id"])


def downgrade() -> None:
    op.drop_table("party_papers")
