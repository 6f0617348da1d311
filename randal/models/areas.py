"""What belongs to a kawasan beside its kegiatan: theme by year, readiness, what the Pemda promised, what people have of it,
the formula of its index and the numbers that were kept."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from randal.database.base import Exact, Row, UTCDateTime
from randal.models.area_changes import AreaChange, changes_in
from randal.models.index_formula import IndexFormula, KeptIndex
from randal.models.progress import Activity, Area
from randal.org.places import colleagues
from randal.storage.files import StoredFile
from workflows.lifecycle import Actor

__all__ = ["AreaChange", "IndexFormula", "KeptIndex", "changes_in"]

STATUSES = {
    "there": "Ada",
    "in_progress": "Proses",
    "missing": "Belum",
    "not_needed": "Tidak diperlukan",
}
COMMITMENTS = {
    "ddub": "Dana pendamping (DDUB)",
    "handover": "Serah terima aset",
    "operator": "Lembaga pengelola",
    "maintenance": "Rencana pemeliharaan",
}
PROMISES = {
    "asked": "Diminta",
    "spoken": "Dijanjikan lisan",
    "written": "Tertulis",
    "met": "Dipenuhi",
    "declined": "Ditolak",
    "not_needed": "Tidak diperlukan",
}
BENEFITS = {
    "built": "Terbangun",
    "working": "Berfungsi",
    "handed_over": "Diserahterimakan",
    "used": "Dimanfaatkan",
    "maintained": "Dipelihara",
}


def own_areas(actor: Actor) -> Any:
    return Area.visible_to(actor).with_only_columns(Area.id)


def own_activities(actor: Actor) -> Any:
    return Activity.visible_to(actor).with_only_columns(Activity.id)


class Listed(Row):
    """A list that people keep: a name, and whether it may still be chosen."""

    __abstract__ = True
    name: Mapped[str] = mapped_column(String(200), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """No secret among colleagues."""
        return colleagues(cls, actor)


class Theme(Listed):
    __tablename__ = "themes"


class Criterion(Listed):
    """A readiness criterion. `of` says what it is asked of; `sectors` of which (none named: of all)."""

    __tablename__ = "readiness_criteria"
    __table_args__ = (CheckConstraint("of IN ('area', 'activity')", name="of"),)
    of: Mapped[str] = mapped_column(String(8))
    sectors: Mapped[list[str]] = mapped_column(JSON, default=list)

    def asks(self, sector: str) -> bool:
        return not self.sectors or sector in self.sectors


class AreaTheme(Row):
    """Exactly one theme per kawasan and year."""

    __tablename__ = "area_themes"
    __table_args__ = (UniqueConstraint("area_id", "year"),)
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), index=True)
    year: Mapped[int]
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"))
    theme: Mapped[Theme] = relationship(lazy="joined")

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return select(cls).where(cls.area_id.in_(own_areas(actor)))


class Filled(Row):
    """A row that PPK, staff, secretariat and evaluators fill; who changed what stands in `area_changes`."""

    __abstract__ = True
    note: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Check(Filled):
    """What one criterion is in a kawasan, or in one of its kegiatan."""

    __tablename__ = "readiness_checks"
    __table_args__ = (
        CheckConstraint(f"status IN {tuple(STATUSES)}", name="status"),
        Index(
            "uq_readiness_checks_of_area", "criterion_id", "area_id", unique=True,
            sqlite_where=text("activity_id IS NULL"), postgresql_where=text("activity_id IS NULL"),
        ),
        UniqueConstraint("criterion_id", "activity_id"),
    )  # fmt: skip
    criterion_id: Mapped[int] = mapped_column(ForeignKey("readiness_criteria.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"), index=True)
    status: Mapped[str] = mapped_column(String(12))
    dated_on: Mapped[date | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    criterion: Mapped[Criterion] = relationship(lazy="joined")
    area: Mapped[Area] = relationship()
    activity: Mapped[Activity | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        mine = (cls.activity_id.is_(None)) | cls.activity_id.in_(own_activities(actor))
        return select(cls).where(cls.area_id.in_(own_areas(actor)), mine)


class Commitment(Filled):
    """What an office of the Pemda is to do for a kawasan. `amount` is rupiah."""

    __tablename__ = "commitments"
    __table_args__ = (
        CheckConstraint(f"kind IN {tuple(COMMITMENTS)}", name="kind"),
        CheckConstraint(f"status IN {tuple(PROMISES)}", name="status"),
        UniqueConstraint("area_id", "kind", "office"),
    )
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    office: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(12))
    amount: Mapped[Decimal | None] = mapped_column(Exact(2))
    dated_on: Mapped[date | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    area: Mapped[Area] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return select(cls).where(cls.area_id.in_(own_areas(actor)))


class Benefit(Filled):
    """One step of the way to use: Terbangun, Berfungsi, Diserahterimakan, Dimanfaatkan, Dipelihara."""

    __tablename__ = "benefits"
    __table_args__ = (
        CheckConstraint(f"step IN {tuple(BENEFITS)}", name="step"),
        CheckConstraint("people_served IS NULL OR people_served >= 0", name="people_served"),
        UniqueConstraint("activity_id", "step"),
    )
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), index=True)
    step: Mapped[str] = mapped_column(String(12))
    dated_on: Mapped[date]
    people_served: Mapped[int | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    before_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    after_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    activity: Mapped[Activity] = relationship()
    file: Mapped[StoredFile | None] = relationship(foreign_keys=[file_id])
    before: Mapped[StoredFile | None] = relationship(foreign_keys=[before_id])
    after: Mapped[StoredFile | None] = relationship(foreign_keys=[after_id])

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return select(cls).where(cls.activity_id.in_(own_activities(actor)))


class BenefitAnswer(Row):
    """Asked at every evaluation: which step a kegiatan has reached in the period (None: not built yet)."""

    __tablename__ = "benefit_answers"
    __table_args__ = (
        UniqueConstraint("activity_id", "period"),
        CheckConstraint(f"step IS NULL OR step IN {tuple(BENEFITS)}", name="step"),
    )
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), index=True)
    period: Mapped[str] = mapped_column(String(7))
    step: Mapped[str | None] = mapped_column(String(12))
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return select(cls).where(cls.activity_id.in_(own_activities(actor)))
