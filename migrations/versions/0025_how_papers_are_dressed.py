"""How the papers of a unit are dressed and when, which numbers they have, and what a letter says of itself

Revision 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def text(name: str, length: int = 0) -> sa.Column:
    return sa.Column(name, sa.String(length=length) if length else sa.Text(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "stationery",
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        text("ministry", 200),
        text("directorate", 200),
        text("office", 200),
        text("address"),
        text("city", 80),
        text("nature", 40),
        text("date_at", 8),
        text("signature_order", 16),
        text("invitation_pattern", 60),
        text("opening"),
        text("closing"),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("updated_by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_stationery_dates")),
        sa.CheckConstraint("date_at IN ('right', 'left')", name=op.f("ck_stationery_date_at")),
        sa.CheckConstraint(
            "signature_order IN ('name_rank_nip', 'name_nip_rank', 'name_nip', 'name')",
            name=op.f("ck_stationery_signature_order"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_stationery_unit_id_units")),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["people.id"], name=op.f("fk_stationery_updated_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stationery")),
        sa.UniqueConstraint("unit_id", "valid_from", name=op.f("uq_stationery_unit_id_valid_from")),
    )
    op.create_index(op.f("ix_stationery_unit_id"), "stationery", ["unit_id"])
    op.create_table(
        "given_numbers",
        text("kind", 24),
        sa.Column("unit_key", ID, nullable=False),
        text("number", 80),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_numbers")),
        sa.UniqueConstraint("kind", "unit_key", "number", name=op.f("uq_given_numbers_kind_unit_key_number")),
    )
    op.create_table(
        "letters",
        sa.Column("meeting_id", ID, nullable=False),
        text("nature", 40),
        text("attachment", 120),
        text("destination", 120),
        text("dress", 120),
        text("opening"),
        text("closing"),
        text("on_behalf_of", 200),
        text("through", 200),
        text("rank", 80),
        text("notes"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("updated_by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_letters_meeting_id_meetings")),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["people.id"], name=op.f("fk_letters_updated_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_letters_meeting_id")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_feeds_person_id")),
    )


def downgrade() -> None:
    op.drop_table("calendar_feeds")
    op.drop_table("letters")
    op.drop_table("given_numbers")
    op.drop_index(op.f("ix_stationery_unit_id"), "stationery")
    op.drop_table("stationery")
