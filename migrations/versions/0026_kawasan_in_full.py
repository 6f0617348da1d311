"""Kawasan in full: kind, place, sectors, a theme for each year; readiness, promises of the Pemda, benefit; the index as data

Revision 0026, after 0025.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
STAGES = ("not_tendered", "tendering", "winner", "objection", "contract_prepared", "contracted", "failed")


def upgrade() -> None:
    op.create_table(
        "area_kinds",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_kinds")),
        sa.UniqueConstraint("name", name=op.f("uq_area_kinds_name")),
    )
    op.create_table(
        "readiness_criteria",
        sa.Column("of", sa.String(length=8), nullable=False),
        sa.Column("sectors", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("of IN ('area', 'activity')", name=op.f("ck_readiness_criteria_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_criteria")),
        sa.UniqueConstraint("name", name=op.f("uq_readiness_criteria_name")),
    )
    op.create_table(
        "themes",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
        sa.UniqueConstraint("name", name=op.f("uq_themes_name")),
    )
    op.create_table(
        "area_themes",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("theme_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_area_themes_area_id_areas")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_area_themes_theme_id_themes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_themes")),
        sa.UniqueConstraint("area_id", "year", name=op.f("uq_area_themes_area_id_year")),
    )
    op.create_index(op.f("ix_area_themes_area_id"), "area_themes", ["area_id"])

    op.create_table(
        "area_changes",
        sa.Column("area_id", ID, nullable=True),
        sa.Column("activity_id", ID, nullable=True),
        sa.Column("at", AT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_area_changes_activity_id_activities")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_area_changes_area_id_areas")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_area_changes_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_changes")),
    )
    op.create_index(op.f("ix_area_changes_activity_id"), "area_changes", ["activity_id"])
    op.create_index(op.f("ix_area_changes_area_id"), "area_changes", ["area_id"])

    op.create_table(
        "benefit_answers",
        sa.Column("activity_id", ID, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=True),
        sa.Column("answered_at", AT, nullable=False),
        sa.Column("answered_by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "step IS NULL OR step IN ('built', 'working', 'handed_over', 'used', 'maintained')",
            name=op.f("ck_benefit_answers_step"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_benefit_answers_activity_id_activities")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["people.id"], name=op.f("fk_benefit_answers_answered_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_answers")),
        sa.UniqueConstraint("activity_id", "period", name=op.f("uq_benefit_answers_activity_id_period")),
    )
    op.create_index(op.f("ix_benefit_answers_activity_id"), "benefit_answers", ["activity_id"])

    op.create_table(
        "index_formulas",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("adopted_at", AT, nullable=True),
        sa.Column("adopted_by_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "(adopted_at IS NULL) = (adopted_by_id IS NULL)", name=op.f("ck_index_formulas_adopted")
        ),
        sa.ForeignKeyConstraint(
            ["adopted_by_id"], ["people.id"], name=op.f("fk_index_formulas_adopted_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_index_formulas_created_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_formulas")),
        sa.UniqueConstraint("name", name=op.f("uq_index_formulas_name")),
    )
    op.create_table(
        "benefits",
        sa.Column("activity_id", ID, nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("people_served", sa.Integer(), nullable=True),
        sa.Column("file_id", ID, nullable=True),
        sa.Column("before_id", ID, nullable=True),
        sa.Column("after_id", ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("updated_by_id", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "step IN ('built', 'working', 'handed_over', 'used', 'maintained')", name=op.f("ck_benefits_step")
        ),
        sa.CheckConstraint(
            "people_served IS NULL OR people_served >= 0", name=op.f("ck_benefits_people_served")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_benefits_activity_id_activities")
        ),
        sa.ForeignKeyConstraint(["after_id"], ["files.id"], name=op.f("fk_benefits_after_id_files")),
        sa.ForeignKeyConstraint(["before_id"], ["files.id"], name=op.f("fk_benefits_before_id_files")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_benefits_file_id_files")),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["people.id"], name=op.f("fk_benefits_updated_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefits")),
        sa.UniqueConstraint("activity_id", "step", name=op.f("uq_benefits_activity_id_step")),
    )
    op.create_index(op.f("ix_benefits_activity_id"), "benefits", ["activity_id"])

    op.create_table(
        "commitments",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("file_id", ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("updated_by_id", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "kind IN ('ddub', 'handover', 'operator', 'maintenance')", name=op.f("ck_commitments_kind")
        ),
        sa.CheckConstraint(
            "status IN ('asked', 'spoken', 'written', 'met', 'declined', 'not_needed')",
            name=op.f("ck_commitments_status"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_commitments_area_id_areas")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_commitments_file_id_files")),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["people.id"], name=op.f("fk_commitments_updated_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
        sa.UniqueConstraint("area_id", "kind", "office", name=op.f("uq_commitments_area_id_kind_office")),
    )
    op.create_index(op.f("ix_commitments_area_id"), "commitments", ["area_id"])

    op.create_table(
        "kept_indices",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("formula_id", ID, nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("confidence", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("kept_at", AT, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_kept_indices_area_id_areas")),
        sa.ForeignKeyConstraint(
            ["formula_id"], ["index_formulas.id"], name=op.f("fk_kept_indices_formula_id_index_formulas")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_indices")),
        sa.UniqueConstraint("area_id", "period", name=op.f("uq_kept_indices_area_id_period")),
    )
    op.create_index(op.f("ix_kept_indices_area_id"), "kept_indices", ["area_id"])
    op.create_index(op.f("ix_kept_indices_period"), "kept_indices", ["period"])

    op.create_table(
        "readiness_checks",
        sa.Column("criterion_id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("activity_id", ID, nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("file_id", ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("updated_by_id", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "status IN ('there', 'in_progress', 'missing', 'not_needed')",
            name=op.f("ck_readiness_checks_status"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_readiness_checks_activity_id_activities")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_readiness_checks_area_id_areas")),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["readiness_criteria.id"],
            name=op.f("fk_readiness_checks_criterion_id_readiness_criteria"),
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_readiness_checks_file_id_files")),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["people.id"], name=op.f("fk_readiness_checks_updated_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_checks")),
        sa.UniqueConstraint(
            "criterion_id", "activity_id", name=op.f("uq_readiness_checks_criterion_id_activity_id")
        ),
    )
    op.create_index(op.f("ix_readiness_checks_activity_id"), "readiness_checks", ["activity_id"])
    op.create_index(op.f("ix_readiness_checks_area_id"), "readiness_checks", ["area_id"])
    op.create_index(
        "uq_readiness_checks_of_area",
        "readiness_checks",
        ["criterion_id", "area_id"],
        unique=True,
        sqlite_where=sa.text("activity_id IS NULL"),
        postgresql_where=sa.text("activity_id IS NULL"),
    )

    with op.batch_alter_table("activities") as table:
        table.add_column(sa.Column("stage", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        table.create_check_constraint(op.f("ck_activities_stage"), f"stage IS NULL OR stage IN {STAGES}")
        table.create_check_constraint(
            op.f("ck_activities_dates"), "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on"
        )
    with op.batch_alter_table("areas") as table:
        table.add_column(sa.Column("kind_id", ID, nullable=True))
        table.add_column(sa.Column("districts", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("sectors", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("latitude", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("longitude", sa.BigInteger(), nullable=True))
        table.create_foreign_key(op.f("fk_areas_kind_id_area_kinds"), "area_kinds", ["kind_id"], ["id"])
        table.create_check_constraint(op.f("ck_areas_position"), "(latitude IS NULL) = (longitude IS NULL)")
    with op.batch_alter_table("areas") as table:
        table.alter_column("districts", server_default=None)
        table.alter_column("sectors", server_default=None)
    keep_the_themes()


def keep_the_themes() -> None:
    """The themes in use become the list, and the theme of this year."""
    bind = op.get_bind()
    areas = bind.execute(sa.text("SELECT id, theme FROM areas ORDER BY id")).all()
    used: dict[str, str] = {}
    for area in areas:
        used.setdefault(area.theme.casefold(), area.theme)
    say = sa.text("INSERT INTO themes (name, active, version) VALUES (:name, :yes, 1)")
    say = say.bindparams(sa.bindparam("yes", True, sa.Boolean))
    for name in used.values():
        bind.execute(say, {"name": name})
    ids = {row.name.casefold(): row.id for row in bind.execute(sa.text("SELECT id, name FROM themes"))}
    of_year = sa.text("INSERT INTO area_themes (area_id, year, theme_id) VALUES (:area, :year, :theme)")
    for area in areas:
        given = {"area": area.id, "year": datetime.now(UTC).year, "theme": ids[area.theme.casefold()]}
        bind.execute(of_year, given)


def downgrade() -> None:
    with op.batch_alter_table("areas") as table:
        table.drop_constraint(op.f("ck_areas_position"), type_="check")
        table.drop_constraint(op.f("fk_areas_kind_id_area_kinds"), type_="foreignkey")
        for name in ("longitude", "latitude", "sectors", "districts", "kind_id"):
            table.drop_column(name)
    with op.batch_alter_table("activities") as table:
        table.drop_constraint(op.f("ck_activities_dates"), type_="check")
        table.drop_constraint(op.f("ck_activities_stage"), type_="check")
        for name in ("ends_on", "starts_on", "stage"):
            table.drop_column(name)
    for name in (
        "readiness_checks", "kept_indices", "commitments", "benefits", "index_formulas", "benefit_answers",
        "area_changes", "area_themes", "themes", "readiness_criteria", "area_kinds",
    ):  # fmt: skip
        op.drop_table(name)
