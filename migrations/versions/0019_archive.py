"""How long papers are kept, and the records by which they are destroyed

The first schedule is a proposal; the office replaces it by its own.

Revision 0019, after 0018.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
PROPOSED = "Usulan awal; sesuaikan dengan jadwal retensi arsip instansi."
# kind, class, active and inactive years, fate
FIRST = (
    ("invitation", "UM 0201", 1, 2, "destroy"),
    ("attendance_list", "UM 0201", 1, 2, "destroy"),
    ("minutes", "UM 0202", 2, 3, "permanent"),
    ("destruction_record", "UM 0203", 2, 8, "permanent"),
)


def upgrade() -> None:
    classes = op.create_table(
        "archive_classes",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("active_years", sa.Integer(), nullable=False),
        sa.Column("inactive_years", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(length=12), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("updated_by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("active_years >= 0 AND inactive_years >= 0", name="years"),
        sa.CheckConstraint("fate IN ('permanent', 'destroy')", name="fate"),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["people.id"], name="fk_archive_classes_updated_by_id_people"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_archive_classes"),
        sa.UniqueConstraint("kind", name="uq_archive_classes_kind"),
    )
    at = datetime.now(UTC)
    op.bulk_insert(
        classes,
        [
            {
                "kind": kind, "code": code, "active_years": active, "inactive_years": inactive, "fate": fate,
                "basis": PROPOSED, "version": 1, "updated_at": at,
            }
            for kind, code, active, inactive, fate in FIRST
        ],
    )  # fmt: skip
    op.create_table(
        "destructions",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", AT, nullable=False),
        sa.Column("proposed_by_id", ID, nullable=True),
        sa.Column("approved_at", AT, nullable=True),
        sa.Column("approved_by_id", ID, nullable=True),
        sa.Column("refused_at", AT, nullable=True),
        sa.Column("refused_by_id", ID, nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("carried_out_at", AT, nullable=True),
        sa.Column("carried_out_by_id", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("approved_by_id IS NULL OR approved_by_id <> proposed_by_id", name="four_eyes"),
        sa.CheckConstraint("carried_out_at IS NULL OR approved_at IS NOT NULL", name="approved_first"),
        sa.CheckConstraint("approved_at IS NULL OR refused_at IS NULL", name="one_answer"),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["people.id"], name="fk_destructions_proposed_by_id_people"
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["people.id"], name="fk_destructions_approved_by_id_people"
        ),
        sa.ForeignKeyConstraint(
            ["refused_by_id"], ["people.id"], name="fk_destructions_refused_by_id_people"
        ),
        sa.ForeignKeyConstraint(
            ["carried_out_by_id"], ["people.id"], name="fk_destructions_carried_out_by_id_people"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_destructions"),
        sa.UniqueConstraint("number", name="uq_destructions_number"),
    )
    op.create_table(
        "destruction_documents",
        sa.Column("destruction_id", ID, nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["destruction_id"],
            ["destructions.id"],
            name="fk_destruction_documents_destruction_id_destructions",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_destruction_documents_document_id_documents"
        ),
        sa.PrimaryKeyConstraint("destruction_id", "document_id", name="pk_destruction_documents"),
    )
    op.add_column("documents", sa.Column("destroyed_at", AT, nullable=True))
    op.add_column("files", sa.Column("destroyed_at", AT, nullable=True))
    number_the_minutes()


def number_the_minutes() -> None:
    """Papers of minutes made until now carry their number as letters do, so that the register finds them."""
    bind = op.get_bind()
    documents = sa.table(
        "documents", sa.column("id"), sa.column("kind"), sa.column("subject_id"), sa.column("params", sa.JSON)
    )
    minutes = sa.table("minutes", sa.column("id"), sa.column("number"))
    query = sa.select(documents.c.id, documents.c.params, minutes.c.number).join(
        minutes, minutes.c.id == documents.c.subject_id
    )
    for number, params, given in bind.execute(
        query.where(documents.c.kind == "minutes", minutes.c.number.is_not(None))
    ).all():
        bind.execute(
            documents.update()
            .where(documents.c.id == number)
            .values(params={**(params or {}), "number": given})
        )


def downgrade() -> None:
    op.drop_column("files", "destroyed_at")
    op.drop_column("documents", "destroyed_at")
    op.drop_table("destruction_documents")
    op.drop_table("destructions")
    op.drop_table("archive_classes")
