"""What the index is made of, read for many kawasan at once: the number of statements does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, select

from randal.database.base import db
from randal.models.areas import Check, Commitment, Criterion, IndexFormula, KeptIndex
from randal.models.progress import SECTORS, Activity, Area, Figure, ProgressReport
from randal.rooms.areas.beginning import FORMULA
from randal.rooms.areas.explaining import explained
from randal.rooms.areas.index import Facts, Formula, Index, Part, Work, index, together
from workflows.progress_report import HANDED_IN

PROPOSED = "usulan, bobot belum ditetapkan"


@dataclass(frozen=True)
class Of:
    """The index of one kawasan in one period. `kept`: as it stood when the period was evaluated."""

    area_id: int
    province_id: int
    budget: Decimal
    index: Index
    kept: bool = False
    facts: Facts | None = None  # what a number of now is made of
    why: Mapping[str, str] = field(
        default_factory=dict
    )  # part → what was said of a kept one when it was kept


class Formulas:
    """Every version, read once. In force is the one adopted last; while none is, the newest proposal."""

    def __init__(self) -> None:
        rows = list(db.session.scalars(select(IndexFormula).order_by(IndexFormula.id)))
        self.rows = {row.name: row for row in rows}
        adopted = sorted((row for row in rows if row.adopted_at), key=lambda row: (row.adopted_at, row.id))
        self.row: IndexFormula | None = (adopted or rows or [None])[-1]  # type: ignore[list-item]
        self.current = self._read(self.row) if self.row else Formula.read("usulan-1", FORMULA)

    def named(self, version: str) -> Formula:
        return self._read(self.rows[version]) if version in self.rows else self.current

    def label(self, version: str) -> str:
        """What stands beside a number: who decided about its weights, if nobody did."""
        return "" if version in self.rows and self.rows[version].adopted_at else PROPOSED

    def _read(self, row: IndexFormula) -> Formula:
        return Formula.read(row.name, row.content)


def facts_of(area_ids: Iterable[int] | Any, period: str) -> dict[int, Facts]:
    """Area id → facts; `area_ids` is a list or a SELECT. Five statements."""
    ids = area_ids if isinstance(area_ids, Select) else list(area_ids)
    areas = {
        id: frozenset(sectors or ())
        for id, sectors in db.session.execute(select(Area.id, Area.sectors).where(Area.id.in_(ids)))
    }
    works, sectors_of = works_of(ids, period)
    criteria = list(db.session.scalars(select(Criterion).where(Criterion.active).order_by(Criterion.id)))
    answered = {
        (criterion, area, activity): status
        for criterion, area, activity, status in db.session.execute(
            select(Check.criterion_id, Check.area_id, Check.activity_id, Check.status).where(
                Check.area_id.in_(ids)
            )
        )
    }
    promised: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for area, kind, status in db.session.execute(
        select(Commitment.area_id, Commitment.kind, Commitment.status)
        .where(Commitment.area_id.in_(ids))
        .order_by(Commitment.id)
    ):
        promised[area][kind].append(status)
    of_area = [c.id for c in criteria if c.of == "area"]
    asked = {s: [c.id for c in criteria if c.of == "activity" and c.asks(s)] for s in SECTORS}
    found = {}
    for id, wanted in areas.items():
        checks: list[str | None] = [answered.get((c, id, None)) for c in of_area]
        for activity, sector in sectors_of[id]:
            checks += [answered.get((c, id, activity)) for c in asked[sector]]
        found[id] = Facts(wanted, tuple(works[id]), tuple(checks), promised[id])
    return found


def works_of(
    ids: Any, period: str, only: Any = None
) -> tuple[dict[int, list[Work]], dict[int, list[tuple[int, str]]]]:
    """Running kegiatan with the figures of the period, as far as a report that counts tells them; of those in `only`, a SELECT
    of ids, when that is given."""
    told = (
        select(Figure.activity_id, Figure.physical_plan, Figure.physical_actual)
        .join(
            ProgressReport,
            and_(ProgressReport.id == Figure.report_id, ProgressReport.revision == Figure.revision),
        )
        .where(ProgressReport.period == period, ProgressReport.state.in_(HANDED_IN))
        .subquery()
    )
    query = (
        select(
            Activity.area_id,
            Activity.id,
            Activity.sector,
            Activity.budget,
            told.c.physical_plan,
            told.c.physical_actual,
            Activity.starts_on,
            Activity.ends_on,
        )
        .outerjoin(told, told.c.activity_id == Activity.id)
        .where(Activity.area_id.in_(ids), Activity.active)
        .order_by(Activity.id)
    )
    if only is not None:
        query = query.where(Activity.id.in_(only))
    works: dict[int, list[Work]] = defaultdict(list)
    sectors: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for area, activity, sector, *told_of_it in db.session.execute(query):
        works[area].append(Work(sector, *told_of_it))
        sectors[area].append((activity, sector))
    return works, sectors


def indices(
    areas: Select[Any], period: str, formulas: Formulas | None = None, *, fresh: bool = False
) -> list[Of]:
    """Every kawasan of this SELECT (`Area.visible_to(actor)…`) in the period, by id; what was kept is given as kept."""
    ids = areas.with_only_columns(Area.id)
    places = dict(
        db.session.execute(select(Area.id, Area.province_id).where(Area.id.in_(ids)).order_by(Area.id)).all()
    )
    kept = {} if fresh else kept_of(ids, period)
    rest = [id for id in places if id not in kept]
    current = (formulas or Formulas()).current
    facts = facts_of(ids if len(rest) == len(places) else rest, period) if rest else {}
    made = {id: Of(id, places[id], one.budget, index(one, current), facts=one) for id, one in facts.items()}
    return [replace(kept[id], province_id=places[id]) if id in kept else made[id] for id in places]


def as_kept(made: list[Of], areas: Select[Any], period: str) -> list[Of]:
    """These indices of now, with those that were kept in their place."""
    kept = kept_of(areas.with_only_columns(Area.id), period)
    return [
        replace(kept[of.area_id], province_id=of.province_id) if of.area_id in kept else of for of in made
    ]


def kept_of(ids: Select[Any], period: str) -> dict[int, Of]:
    rows = db.session.scalars(select(KeptIndex).where(KeptIndex.area_id.in_(ids), KeptIndex.period == period))
    return {row.area_id: _thawed(row) for row in rows}


def _thawed(row: KeptIndex) -> Of:
    parts = tuple(
        Part(p["name"], _number(p["value"]), Decimal(p["weight"]), _number(p["known"])) for p in row.parts
    )
    one = Index(row.value, row.formula.name, row.confidence, parts)
    why = {p["name"]: p.get("why", "") for p in row.parts}
    return Of(row.area_id, 0, row.budget, one, kept=True, why=why)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def frozen(of: Of, formula: Formula) -> list[dict[str, str | None]]:
    """The parts as they are kept, each with how it came about."""
    why = explained(of.facts, formula) if of.facts else {}
    return [
        {
            "name": p.name,
            "value": None if p.value is None else str(p.value),
            "weight": str(p.weight),
            "known": None if p.known is None else str(p.known),
            "why": why.get(p.name, ""),
        }
        for p in of.index.parts
    ]


def sum_of(several: Iterable[Of], formulas: Formulas | None = None) -> Index:
    """Province or nation, weighted by budget; under the formula of its kawasan when all have the same one."""
    formulas = formulas or Formulas()
    rows = list(several)
    versions = {of.index.version for of in rows if of.budget > 0}
    one = formulas.named(versions.pop()) if len(versions) == 1 else formulas.current
    return together([(of.budget, of.index) for of in rows], one)


def by_province(areas: Select[Any], period: str) -> Mapping[int, Index]:
    """Province id → index, of these kawasan (`Area.visible_to(actor)…`)."""
    groups: dict[int, list[Of]] = defaultdict(list)
    formulas = Formulas()
    for of in indices(areas, period, formulas):
        groups[of.province_id].append(of)
    return {province: sum_of(rows, formulas) for province, rows in groups.items()}
