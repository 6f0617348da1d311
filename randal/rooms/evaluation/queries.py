"""Reads of reports, for page and API alike. Every list starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from randal.database.base import db
from randal.history.events import Event, EventText
from randal.models.progress import ProgressReport
from randal.models.report_gaps import unusual_figures
from randal.models.unusual_figures import is_explained
from randal.org.people import Person
from randal.org.places import Province, Unit
from workflows.lifecycle import Actor
from workflows.progress_report import NOT_HANDED_IN


def with_figures(query: Select[Any]) -> Select[Any]:
    return query.options(selectinload(ProgressReport.all_figures))


def periods(actor: Actor) -> list[str]:
    """Periods with a report, the newest first."""
    query = ProgressReport.visible_to(actor).with_only_columns(ProgressReport.period).distinct()
    return list(db.session.scalars(query.order_by(ProgressReport.period.desc())))


def reports(
    actor: Actor, *, period: str | None = None, unit_id: int | None = None, state: str | None = None
) -> list[ProgressReport]:
    """Of one period by unit, or of one unit from the newest period back."""
    query = with_figures(ProgressReport.visible_to(actor)).join(Unit, Unit.id == ProgressReport.unit_id)
    if period:
        query = query.where(ProgressReport.period == period)
    if unit_id:
        query = query.where(ProgressReport.unit_id == unit_id)
    if state in ProgressReport.lifecycle().states:
        query = query.where(ProgressReport.state == state)
    query = query.outerjoin(Province, Province.id == Unit.province_id)
    order = (ProgressReport.period.desc(), func.coalesce(Province.name, Unit.name))
    return list(db.session.scalars(query.order_by(*order).limit(200)).unique())


def reporting_units(actor: Actor) -> list[Unit]:
    """Units of which the actor sees a report."""
    ids = ProgressReport.visible_to(actor).with_only_columns(ProgressReport.unit_id)
    found = db.session.scalars(select(Unit).where(Unit.id.in_(ids))).unique()
    return sorted(found, key=lambda unit: unit.short_name)


def questions(_actor: Actor, report: ProgressReport) -> list[str]:
    """For who validates: what is unusual beside the figure before, and what its PPK says of it."""
    found = unusual_figures(report)
    return [
        f"«{f.activity.name}»: {' '.join(found[f.activity_id].values())} "
        + (f"Penjelasan: {f.explanation}" if is_explained(f.explanation) else "Belum dijelaskan.")
        for f in report.figures
        if f.activity_id in found
    ]


def not_handed_in(rows: Iterable[ProgressReport]) -> list[ProgressReport]:
    return [report for report in rows if report.state in NOT_HANDED_IN]


def last_reason(report: ProgressReport) -> str:
    """Why it was sent back the last time."""
    query = (
        select(EventText.text)
        .join(Event, Event.id == EventText.event_id)
        .where(Event.item_type == report.__lifecycle__, Event.item_id == report.id)
        .where(Event.move.in_(["return", "revise"]), EventText.name == "reason")
        .order_by(Event.seq.desc())
        .limit(1)
    )
    return db.session.scalar(query) or ""


def names_of(*ids: int | None) -> dict[int, str]:
    """Names of people by id."""
    wanted = [i for i in ids if i]
    return {p.id: p.name for p in db.session.scalars(select(Person).where(Person.id.in_(wanted))).unique()}
