"""What the page of a kawasan shows, as far as this actor sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from randal.database.base import db
from randal.l10n import formats
from randal.models.areas import (
    BENEFITS,
    AreaChange,
    AreaTheme,
    Benefit,
    BenefitAnswer,
    Check,
    Commitment,
    Criterion,
)
from randal.models.progress import Activity, Area, ProgressReport
from randal.rooms.areas.benefits import reached_of
from randal.rooms.areas.explaining import explained, sum_in_words
from randal.rooms.areas.facts import Formulas, Of, indices
from randal.rooms.areas.index import PARTS, Index, Part
from randal.storage.files import StoredFile
from workflows.lifecycle import Actor
from workflows.progress_report import HANDED_IN


@dataclass
class Line:
    """One criterion of the kawasan, or of one of its kegiatan."""

    criterion: Criterion
    activity: Activity | None
    check: Check | None


@dataclass
class Shown:
    """The index of a kawasan in one period as a page shows it."""

    period: str
    of: Of
    label: str
    words: Mapping[str, str]
    sum: str

    @property
    def rows(self) -> list[tuple[Part, str, str]]:
        return [(part, PARTS[part.name], self.words.get(part.name, "")) for part in self.of.index.parts]


def shown_index(area: Area, period: str) -> Shown:
    formulas = Formulas()
    (of,) = indices(select(Area).where(Area.id == area.id), period, formulas)
    why = explained(of.facts, formulas.named(of.index.version)) if of.facts else of.why
    return Shown(period, of, formulas.label(of.index.version), why, sum_in_words(of.index))


@dataclass
class Column:
    """The indices of some kawasan as a column of their list."""

    period: str
    label: str  # who decided about the weights, if nobody did
    of: Mapping[int, Index]


def newest_period(actor: Actor, now: datetime) -> str:
    """The newest period of which a report counts, as far as this actor sees; else the present month."""
    query = ProgressReport.visible_to(actor).with_only_columns(func.max(ProgressReport.period))
    return db.session.scalar(query.where(ProgressReport.state.in_(HANDED_IN))) or f"{now:%Y-%m}"


def index_column(areas: list[Area], actor: Actor, now: datetime) -> Column:
    period, formulas = newest_period(actor, now), Formulas()
    found = indices(select(Area).where(Area.id.in_([area.id for area in areas])), period, formulas)
    label = next((said for of in found if (said := formulas.label(of.index.version))), "")
    return Column(period, label, {of.area_id: of.index for of in found})


def periods_of(area: Area) -> list[str]:
    """Periods of which a unit of the province handed something in, the newest first."""
    units = select(Activity.unit_id).where(Activity.area_id == area.id)
    query = select(ProgressReport.period).where(
        ProgressReport.unit_id.in_(units), ProgressReport.state.in_(HANDED_IN)
    )
    return list(db.session.scalars(query.distinct().order_by(ProgressReport.period.desc())))


def activities_of(area: Area, actor: Actor) -> list[Activity]:
    query = Activity.visible_to(actor).where(Activity.area_id == area.id)
    return list(db.session.scalars(query.order_by(Activity.sector, Activity.name)).unique())


def checklist(area: Area, activities: list[Activity], actor: Actor) -> list[Line]:
    kept = {
        (row.criterion_id, row.activity_id): row
        for row in db.session.scalars(Check.visible_to(actor).where(Check.area_id == area.id))
    }
    criteria = list(db.session.scalars(select(Criterion).where(Criterion.active).order_by(Criterion.id)))
    lines = [Line(c, None, kept.get((c.id, None))) for c in criteria if c.of == "area"]
    for activity in activities:
        if activity.active:
            lines += [
                Line(c, activity, kept.get((c.id, activity.id)))
                for c in criteria
                if c.of == "activity" and c.asks(activity.sector)
            ]
    return lines


def commitments_of(area: Area, actor: Actor) -> list[Commitment]:
    query = Commitment.visible_to(actor).where(Commitment.area_id == area.id)
    return list(db.session.scalars(query.order_by(Commitment.kind, Commitment.office)))


def themes_of(area: Area) -> list[AreaTheme]:
    query = select(AreaTheme).where(AreaTheme.area_id == area.id).order_by(AreaTheme.year.desc())
    return list(db.session.scalars(query))


def changes_of(area: Area, activities: list[Activity], actor: Actor) -> list[AreaChange]:
    ids = [a.id for a in activities]
    query = AreaChange.visible_to(actor).where(
        or_(AreaChange.area_id == area.id, AreaChange.activity_id.in_(ids))
    )
    return list(db.session.scalars(query.order_by(AreaChange.id.desc()).limit(20)))


def benefits_of(activity: Activity) -> dict[str, Benefit]:
    rows = db.session.scalars(select(Benefit).where(Benefit.activity_id == activity.id))
    return {row.step: row for row in rows}


def asked_of(report: ProgressReport) -> list[dict[str, Any]]:
    """Every kegiatan of the unit with the step it has reached, and whether that was said for this period."""
    query = (
        select(Activity).where(Activity.unit_id == report.unit_id, Activity.active).order_by(Activity.name)
    )
    works = list(db.session.scalars(query).unique())
    reached = reached_of([w.id for w in works])
    said = set(
        db.session.scalars(
            select(BenefitAnswer.activity_id).where(
                BenefitAnswer.period == report.period, BenefitAnswer.activity_id.in_([w.id for w in works])
            )
        )
    )
    return [{"activity": w, "benefit": reached.get(w.id), "said": w.id in said} for w in works]


def benefit_lines(areas: list[Area], actor: Actor) -> dict[int, str]:
    """Kawasan id → how far its kegiatan have come, to stand beside its index. Two statements."""
    query = Activity.visible_to(actor).where(Activity.area_id.in_([area.id for area in areas]))
    works: dict[int, list[Activity]] = {area.id: [] for area in areas}
    for work in db.session.scalars(query).unique():
        works[work.area_id or 0].append(work)
    reached = reached_of([work.id for several in works.values() for work in several])
    return {id: benefit_line(several, _of(several, reached)) for id, several in works.items()}


def _of(works: list[Activity], reached: Mapping[int, Benefit]) -> dict[int, Benefit]:
    return {work.id: reached[work.id] for work in works if work.id in reached}


def benefit_line(works: list[Activity], reached: dict[int, Benefit]) -> str:
    """2 kegiatan Terbangun, 1 belum terbangun; 1.200 jiwa terlayani."""
    running = [work for work in works if work.active]
    told = []
    for step, label in BENEFITS.items():
        if count := sum(work.id in reached and reached[work.id].step == step for work in running):
            told.append(f"{count} {label}")
    if waiting := sum(work.id not in reached for work in running):
        told.append(f"{waiting} belum terbangun")
    served = sum(row.people_served or 0 for row in reached.values())
    said = ", ".join(told) or "belum ada kegiatan"
    return f"{said}; {formats.number(served)} jiwa terlayani" if served else said


def file_seen(id: int, actor: Actor) -> StoredFile | None:
    """A file of something that this person sees: a check, a promise, a step."""
    of = (
        Check.visible_to(actor).where(Check.file_id == id),
        Commitment.visible_to(actor).where(Commitment.file_id == id),
        Benefit.visible_to(actor).where(
            or_(Benefit.file_id == id, Benefit.before_id == id, Benefit.after_id == id)
        ),
    )
    if not any(db.session.scalar(query.limit(1)) for query in of):
        return None
    return db.session.get(StoredFile, id)
