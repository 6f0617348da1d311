"""Mails are carried one by one, set aside when they cannot leave, and know what they are about

Revision 0047, after 0046.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

GIVEN_UP = 12  # tries, in the versions before
WAITING = sa.text("sent_at IS NULL AND failed_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("digest_mail", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("people") as people:
        people.alter_column("digest_mail", server_default=None)
    with op.batch_alter_table("mails") as mails:
        mails.add_column(sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
        mails.add_column(sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))
        mails.add_column(sa.Column("why", sa.String(length=12), nullable=False, server_default=""))
        mails.add_column(sa.Column("thread", sa.String(length=80), nullable=False, server_default=""))
        mails.add_column(
            sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        mails.add_column(sa.Column("digest", sa.Boolean(), nullable=False, server_default=sa.false()))
        mails.create_foreign_key(op.f("fk_mails_asked_by_id_people"), "people", ["asked_by_id"], ["id"])
    op.execute(
        sa.text(
            "UPDATE mails SET failed_at = COALESCE(next_at, created_at), why = 'refused' "
            "WHERE sent_at IS NULL AND attempt >= :tries"
        ).bindparams(tries=GIVEN_UP)
    )
    op.execute(sa.text("UPDATE mails SET digest = :yes WHERE key LIKE 'digest:%'").bindparams(yes=True))
    with op.batch_alter_table("mails") as mails:
        for name in ("why", "thread", "digest"):
            mails.alter_column(name, server_default=None)
        mails.create_check_constraint("one_end", "sent_at IS NULL OR failed_at IS NULL")
        mails.create_check_constraint("why", "(failed_at IS NULL) = (why = '')")
        mails.create_index(op.f("ix_mails_thread"), ["thread"])
        mails.create_index("ix_mails_waiting", ["next_at"], sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    with op.batch_alter_table("mails") as mails:
        mails.drop_index("ix_mails_waiting")
        mails.drop_index(op.f("ix_mails_thread"))
        mails.drop_constraint("why", type_="check")
        mails.drop_constraint("one_end", type_="check")
        mails.drop_constraint(op.f("fk_mails_asked_by_id_people"), type_="foreignkey")
        for name in ("digest", "asked_by_id", "thread", "why", "failed_at", "waits_since"):
            mails.drop_column(name)
    with op.batch_alter_table("people") as people:
        people.drop_column("digest_mail")
