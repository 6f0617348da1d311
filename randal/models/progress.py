"""Areas (kawasan), activities (kegiatan) and the progress report (laporan PPK) of a unit for a period."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Exact, Row, UTCDateTime
from randal.engine.transitions import WorkflowItem
from randal.l10n import formats
from randal.models.progress_totals import Totals, weigh
from randal.models.thresholds import Limits, Threshold, limits
from randal.models.unusual_figures import Earlier, is_explained, unusual
from randal.org.people import unit_relations
from randal.org.places import Province, Unit, colleagues
from workflows.lifecycle import SEES_ALL, Actor

__all__ = [
    "Activity",
    "Area",
    "Earlier",
    "Figure",
    "Limits",
    "ProgressReport",
    "Threshold",
    "is_explained",
    "limits",
    "unusual",
]

SECTORS = {
    "AM": "Air minum",
    "PLP": "Penyehatan lingkungan permukiman",
    "BPB": "Bina penataan bangunan",
    "PKP": "Pengembangan kawasan permukiman",
    "RANDAL": "Keterpaduan",
    "STRATEGIS": "Prasarana strategis",
}
STAGES = {
    "not_tendered": "Belum lelang",
    "tendering": "Proses lelang",
    "winner": "Penetapan calon pemenang",
    "objection": "Masa sanggah",
    "contract_prepared": "Persiapan kontrak",
    "contracted": "Terkontrak",
    "failed": "Gagal lelang",
}
SOURCES = {"emon": "eMon", "satker": "Satker", "lapangan": "Lapangan"}


class AreaKind(Row):
    """KSPN, KSK, PLBN, kumuh …: a list that secretariat and administrator keep."""

    __tablename__ = "area_kinds"
    name: Mapped[str] = mapped_column(String(80), unique=True)
    active: Mapped[bool] = mapped_column(default=True)  # may still be chosen
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return colleagues(cls, actor)


class Area(Row):
    """A kawasan of a province. `theme` is that of the present year (`randal.rooms.areas` keeps one of each year); `districts`
    are names of kabupaten and kota, `sectors` those that should work here; the position in degrees."""

    __tablename__ = "areas"
    __table_args__ = (
        UniqueConstraint("province_id", "name"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position"),
    )
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("area_kinds.id"))
    districts: Mapped[list[str]] = mapped_column(JSON, default=list)
    sectors: Mapped[list[str]] = mapped_column(JSON, default=list)
    latitude: Mapped[Decimal | None] = mapped_column(Exact(6))
    longitude: Mapped[Decimal | None] = mapped_column(Exact(6))
    name: Mapped[str] = mapped_column(String(200))
    province_id: Mapped[int] = mapped_column(ForeignKey("provinces.id"), index=True)
    theme: Mapped[str] = mapped_column(String(200))
    external_ids: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    province: Mapped[Province] = relationship(lazy="joined")
    kind: Mapped[AreaKind | None] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        if actor.has(*SEES_ALL):
            return select(cls)
        return select(cls).join(Unit, Unit.province_id == cls.province_id).where(Unit.id == actor.unit_id)


class Activity(Row):
    """A kegiatan of a unit in a kawasan. `budget` is rupiah, `stage` that of its procurement."""

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("budget >= 0", name="budget"),
        CheckConstraint(f"sector IN {tuple(SECTORS)}", name="sector"),
        CheckConstraint(f"stage IS NULL OR stage IN {tuple(STAGES)}", name="stage"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates"),
        UniqueConstraint("unit_id", "area_id", "name"),
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    name: Mapped[str] = mapped_column(String(250))
    sector: Mapped[str] = mapped_column(String(12))
    budget: Mapped[Decimal] = mapped_column(Exact(2))
    stage: Mapped[str | None] = mapped_column(String(20))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
    external_ids: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship(lazy="joined")
    area: Mapped[Area | None] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return select(cls) if actor.has(*SEES_ALL) else select(cls).where(cls.unit_id == actor.unit_id)


class ProgressReport(WorkflowItem):
    __tablename__ = "progress_reports"
    __lifecycle__ = "progress_report"
    __table_args__ = (
        UniqueConstraint("unit_id", "period"),
        CheckConstraint("(state = 'validated') = (validated_by_id IS NOT NULL)", name="validated"),
        CheckConstraint(f"source IS NULL OR source IN {tuple(SOURCES)}", name="source"),
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    period: Mapped[str] = mapped_column(String(7), index=True)  # 2018-06
    source: Mapped[str | None] = mapped_column(String(12))
    as_of: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")  # how it stands in the field
    critical: Mapped[str] = mapped_column(Text, default="")  # what is critical
    help_wanted: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # not of the unit itself
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    first_submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    validated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    validated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    unit: Mapped[Unit] = relationship(lazy="joined")
    all_figures: Mapped[list[Figure]] = relationship(back_populates="report", order_by="Figure.id")

    @property
    def figures(self) -> list[Figure]:
        """The figures of the present revision; earlier ones are kept as they were."""
        return [f for f in self.all_figures if f.revision == self.revision]

    @property
    def totals(self) -> Totals:
        """Weighted by budget; computed each time, never stored."""
        return weigh(self.figures)

    @property
    def label(self) -> str:
        return f"Laporan PPK {self.unit.short_name}, {formats.month(self.period)}"

    @property
    def incomplete_activities(self) -> list[str]:
        from randal.models.report_gaps import incomplete_activities

        return incomplete_activities(self)

    @property
    def unexplained_figures(self) -> list[str]:
        from randal.models.report_gaps import unexplained_figures

        return unexplained_figures(self)

    def relations(self, actor: Actor) -> set[str]:
        return unit_relations(actor, self.unit_id)

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        if actor.has(*SEES_ALL):
            return select(cls)
        from randal.models.attendance import Attendance
        from randal.models.meetings import Meeting, held_office

        read_at = (
            select(Attendance.id)
            .join(Meeting, and_(Meeting.id == Attendance.meeting_id, held_office(actor)))
            .where(Attendance.unit_id == cls.unit_id, Meeting.report_period == cls.period)
        )
        return select(cls).where(or_(cls.unit_id == actor.unit_id, read_at.exists()))


class Figure(Row):
    """Cumulative percent of one activity, or the reason why there is none. `source` and `as_of` where they are others than
    the report's; `…_forecast` is the percent foreseen for the end of the year; `explanation` why a number is unusual."""

    __tablename__ = "figures"
    __table_args__ = (
        UniqueConstraint("report_id", "revision", "activity_id"),
        CheckConstraint(f"source IS NULL OR source IN {tuple(SOURCES)}", name="source"),
    )
    report_id: Mapped[int] = mapped_column(ForeignKey("progress_reports.id"), index=True)
    revision: Mapped[int] = mapped_column(default=1)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), index=True)
    physical_plan: Mapped[Decimal | None] = mapped_column(Exact(2))
    physical_actual: Mapped[Decimal | None] = mapped_column(Exact(2))
    financial_plan: Mapped[Decimal | None] = mapped_column(Exact(2))
    financial_actual: Mapped[Decimal | None] = mapped_column(Exact(2))
    reason: Mapped[str] = mapped_column(Text, default="")
    physical_forecast: Mapped[Decimal | None] = mapped_column(Exact(2))
    financial_forecast: Mapped[Decimal | None] = mapped_column(Exact(2))
    source: Mapped[str | None] = mapped_column(String(12))
    as_of: Mapped[date | None]
    explanation: Mapped[str] = mapped_column(Text, default="")
    report: Mapped[ProgressReport] = relationship(back_populates="all_figures")
    activity: Mapped[Activity] = relationship(lazy="joined")

    MEASURES = ("physical_plan", "physical_actual", "financial_plan", "financial_actual")
    FORECASTS = ("physical_forecast", "financial_forecast")

    @property
    def from_source(self) -> str | None:
        return self.source or self.report.source

    @property
    def stands_at(self) -> date | None:
        """The day for which these numbers are true."""
        return self.as_of or self.report.as_of

    @property
    def complete(self) -> bool:
        return bool(self.reason.strip()) or all(getattr(self, m) is not None for m in self.MEASURES)
