"""Sessions of a meeting, presence in them, the real times of its agenda, and a quorum

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "meeting_sessions",
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=250), nullable=False),
        sa.Column("starts_at", AT, nullable=False),
        sa.Column("ends_at", AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("updated_by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("kind IN ('session', 'break')", name=op.f("ck_meeting_sessions_kind")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_sessions_times")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_sessions_meeting_id_meetings")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["people.id"], name=op.f("fk_meeting_sessions_updated_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_sessions")),
    )
    op.create_index(op.f("ix_meeting_sessions_meeting_id"), "meeting_sessions", ["meeting_id"])
    op.create_table(
        "presences",
        sa.Column("attendance_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("arrived_at", AT, nullable=False),
        sa.Column("left_at", AT, nullable=True),
        sa.Column("phone_time", AT, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("left_at IS NULL OR left_at >= arrived_at", name=op.f("ck_presences_times")),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendance.id"], name=op.f("fk_presences_attendance_id_attendance")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["meeting_sessions.id"], name=op.f("fk_presences_session_id_meeting_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presences")),
    )
    op.create_index("ix_presences_attendance_session", "presences", ["attendance_id", "session_id"])
    with op.batch_alter_table("agenda_items") as table:
        table.add_column(sa.Column("session_id", ID, nullable=True))
        table.add_column(sa.Column("started_at", AT, nullable=True))
        table.add_column(sa.Column("ended_at", AT, nullable=True))
        table.create_foreign_key(
            op.f("fk_agenda_items_session_id_meeting_sessions"), "meeting_sessions", ["session_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_agenda_items_real_times"), "ended_at IS NULL OR ended_at >= started_at"
        )
    with op.batch_alter_table("meetings") as table:
        table.add_column(sa.Column("quorum", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_meetings_quorum"), "quorum BETWEEN 1 AND 100")


def downgrade() -> None:
    with op.batch_alter_table("meetings") as table:
        table.drop_constraint(op.f("ck_meetings_quorum"), type_="check")
        table.drop_column("quorum")
    with op.batch_alter_table("agenda_items") as table:
        table.drop_constraint(op.f("ck_agenda_items_real_times"), type_="check")
        table.drop_constraint(op.f("fk_agenda_items_session_id_meeting_sessions"), type_="foreignkey")
        table.drop_column("ended_at")
        table.drop_column("started_at")
        table.drop_column("session_id")
    op.drop_index("ix_presences_attendance_session", table_name="presences")
    op.drop_table("presences")
    op.drop_index(op.f("ix_meeting_sessions_meeting_id"), table_name="meeting_sessions")
    op.drop_table("meeting_sessions")
