"""Evidence in versions, with its place and what a photo knows; small pictures of files

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "previews",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("thumb_id", ID, nullable=True),
        sa.Column("view_id", ID, nullable=True),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(["thumb_id"], ["files.id"], name=op.f("fk_previews_thumb_id_files")),
        sa.ForeignKeyConstraint(["view_id"], ["files.id"], name=op.f("fk_previews_view_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previews")),
        sa.UniqueConstraint("sha256", name=op.f("uq_previews_sha256")),
    )
    with op.batch_alter_table("evidence") as table:
        table.add_column(sa.Column("place", sa.String(length=200), nullable=False, server_default=""))
        table.add_column(sa.Column("replaces_id", ID, nullable=True))
        table.add_column(sa.Column("sent_as", sa.String(length=36), nullable=True))
        table.add_column(sa.Column("taken_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("latitude", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("longitude", sa.BigInteger(), nullable=True))
        table.create_foreign_key(
            op.f("fk_evidence_replaces_id_evidence"), "evidence", ["replaces_id"], ["id"]
        )
        table.create_unique_constraint(op.f("uq_evidence_replaces_id"), ["replaces_id"])
        table.create_unique_constraint(op.f("uq_evidence_follow_up_id_sent_as"), ["follow_up_id", "sent_as"])
        table.create_check_constraint(op.f("ck_evidence_replaces"), "replaces_id IS NULL OR replaces_id < id")
        table.create_check_constraint(
            op.f("ck_evidence_position"), "(latitude IS NULL) = (longitude IS NULL)"
        )
    with op.batch_alter_table("evidence") as table:
        table.alter_column("place", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("evidence") as table:
        table.drop_constraint(op.f("ck_evidence_position"), type_="check")
        table.drop_constraint(op.f("ck_evidence_replaces"), type_="check")
        table.drop_constraint(op.f("uq_evidence_follow_up_id_sent_as"), type_="unique")
        table.drop_constraint(op.f("uq_evidence_replaces_id"), type_="unique")
        table.drop_constraint(op.f("fk_evidence_replaces_id_evidence"), type_="foreignkey")
        for name in ("longitude", "latitude", "taken_at", "sent_as", "replaces_id", "place"):
            table.drop_column(name)
    op.drop_table("previews")
