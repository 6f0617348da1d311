"""The wordings that the sections of minutes have had, and how far each person has read

Revision 0036, after 0035.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "minutes_texts",
        sa.Column("minutes_id", ID, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_texts_minutes_id_minutes")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_minutes_texts_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_texts")),
    )
    op.create_index("ix_minutes_texts_minutes_id_at", "minutes_texts", ["minutes_id", "at"])
    op.create_table(
        "minutes_readings",
        sa.Column("minutes_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_readings_minutes_id_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_minutes_readings_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_readings")),
        sa.UniqueConstraint("minutes_id", "person_id", name=op.f("uq_minutes_readings_minutes_id_person_id")),
    )
    # Minutes that are older than this begin with the words they have.
    op.execute(
        sa.text(
            "INSERT INTO minutes_texts (minutes_id, key, title, html, at, by_id) "
            "SELECT minutes_id, key, title, html, updated_at, updated_by_id FROM minutes_sections ORDER BY id"
        )
    )


def downgrade() -> None:
    op.drop_table("minutes_readings")
    op.drop_table("minutes_texts")
