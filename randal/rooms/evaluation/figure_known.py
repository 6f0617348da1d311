"""What the rows of imported figures are judged against: units, provinces and activities by every name they go by, and the
reports as they stand. Read once, or once per report; rows of columns, not objects, since there may be many."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from randal.database.base import db
from randal.models.earlier_figures import last_known
from randal.models.progress import Activity, Area, Figure, ProgressReport, limits
from randal.models.unusual_figures import Earlier
from randal.org.people import unit_relations
from randal.org.places import Province, Unit
from randal.rooms.evaluation.province_names import ProvinceNames, folded
from randal.spreadsheets.importing import Desk
from workflows.lifecycle import PPK, PPK_STAFF, UNIT_HATS

_SIGNS = re.compile(r"[^\w]+")
CODE = "K-"  # an activity's number as the template writes it: K-12
NUMBERS = (*Figure.MEASURES, *Figure.FORECASTS)
TEXTS = ("note", "critical", "help_wanted")  # of the report
KEPT = (*NUMBERS, "source", "as_of", "reason", "explanation")


class Kegiatan(NamedTuple):
    id: int
    unit_id: int
    name: str
    area: str
    active: bool


@dataclass
class Present:
    """A unit's report of a period as it stands. `before`: what was known of its activities before it in the same year."""

    report_id: int | None = None
    stands: str = ""  # its state
    source: str | None = None
    as_of: date | None = None
    figures: dict[int, Any] = field(default_factory=dict)
    before: dict[int, Earlier] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


@dataclass
class Brought:
    """What the file brings for one report: activity id → values by name; and its texts, each with the row it stood in."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    texts: dict[str, tuple[str, int]] = field(default_factory=dict)


class Known:
    def __init__(self, desk: Desk):
        self.desk, self.limits = desk, limits()
        rows = db.session.scalars(select(Unit).order_by(Unit.id)).unique()
        self.units: dict[int, Unit] = {unit.id: unit for unit in rows}
        self.own = desk.actor.unit_id if desk.actor.has(PPK, PPK_STAFF) else None
        self.provinces = ProvinceNames(db.session.scalars(select(Province)))
        self._unit_names: dict[str, set[int]] = defaultdict(set)
        for unit in self.units.values():
            iso = unit.province.iso if unit.province else ""
            for name in {unit.code or "", unit.name, unit.short_name, iso, *unit.external_ids.values()} - {
                ""
            }:
                self._unit_names[folded(name)].add(unit.id)
        self.by_id: dict[int, Kegiatan] = {}
        self.by_code: dict[str, list[int]] | None = None
        self.by_name: dict[tuple[int, str], list[int]] = defaultdict(list)
        self._days: dict[int, date] = {}
        self._read_activities()
        self.presents: dict[tuple[int, str], Present] = {}
        self.seen: dict[tuple[int, str, int], int] = {}  # unit, period, activity → row
        self.claims: dict[int, int] = {}  # activity → the first row that names it under its own unit
        self.brought: dict[tuple[int, str], Brought] = defaultdict(Brought)

    def _read_activities(self) -> None:
        columns = Activity.id, Activity.unit_id, Activity.name, Area.name, Activity.active
        query = select(*columns).select_from(Activity).outerjoin(Area, Area.id == Activity.area_id)
        for id, unit_id, name, area, active in db.session.execute(query):
            self.by_id[id] = Kegiatan(id, unit_id, name, area or "", active)

    def units_named(self, written: str) -> set[int]:
        """By code, name, short name, province or a code of another system."""
        return self._unit_names.get(folded(written), set())

    def coded(self, code: str) -> list[int]:
        """Activities of this code: Randal's own (K-12), one of another system, or the bare number."""
        number = code.casefold().removeprefix(CODE.casefold())
        own = [int(number)] if number.isdecimal() and len(number) < 12 and int(number) in self.by_id else []
        if own and number != code:
            return own
        if self.by_code is None:  # only when somebody writes other codes than ours
            self.by_code = defaultdict(list)
            for id, external in db.session.execute(select(Activity.id, Activity.external_ids)):
                for each in set((external or {}).values()):
                    self.by_code[each.casefold()].append(id)
        return self.by_code.get(code.casefold()) or own

    def named(self, unit_id: int, name: str) -> list[int]:
        self._fold_names()
        return self.by_name.get((unit_id, plain(name)), [])

    def owners(self, name: str) -> list[int]:
        """Units that have an activity of this name."""
        self._fold_names()
        wanted = plain(name)
        return [unit_id for unit_id, called in self.by_name if called == wanted]

    def _fold_names(self) -> None:
        """Only when somebody writes names instead of codes."""
        if not self.by_name:
            for one in self.by_id.values():
                self.by_name[one.unit_id, plain(one.name)].append(one.id)

    def today(self, unit: Unit) -> date:
        if unit.id not in self._days:
            self._days[unit.id] = unit.local_today(self.desk.now)
        return self._days[unit.id]

    def mine(self, unit_id: int) -> bool:
        return bool(unit_relations(self.desk.actor, unit_id) & {*UNIT_HATS})

    def present(self, unit_id: int, period: str) -> Present:
        key = (unit_id, period)
        if key not in self.presents:
            self.presents[key] = _present(*key)
        return self.presents[key]


def plain(name: str) -> str:
    """A name without its case, signs and double spaces."""
    return " ".join(_SIGNS.sub(" ", name.casefold()).split())


def _present(unit_id: int, period: str) -> Present:
    of_unit = (
        select(ProgressReport).options(lazyload(ProgressReport.unit)).where(ProgressReport.unit_id == unit_id)
    )
    report = db.session.scalar(of_unit.where(ProgressReport.period == period))
    made = Present(before=last_known([unit_id], period))
    if report:
        made.report_id, made.stands = report.id, report.state
        made.source, made.as_of, made.figures = report.source, report.as_of, figures(report)
        made.texts = {name: getattr(report, name) for name in TEXTS}
    return made


def figures(report: ProgressReport) -> dict[int, Any]:
    """The present figures by activity: rows of columns."""
    columns = [Figure.id, Figure.activity_id, *(getattr(Figure, name) for name in KEPT)]
    query = select(*columns).where(Figure.report_id == report.id, Figure.revision == report.revision)
    return {row.activity_id: row for row in db.session.execute(query)}
