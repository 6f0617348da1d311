"""The index of integration as the pages here read it. Made in the room of kawasan; here only fetched."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from randal.database.base import db
from randal.models.progress import Area
from randal.overviews.monitoring.filters import Filters, narrowed_areas
from randal.rooms.areas import facts
from randal.rooms.areas.facts import Formulas
from randal.rooms.areas.index import PARTS, Index
from workflows.lifecycle import Actor

# now, in the period before, confidence, who decided about its weights if nobody did
Known = tuple[Decimal | None, Decimal | None, Decimal | None, str]


def by_province(actor: Actor, filters: Filters, wanted: bool = False) -> dict[int, Known]:
    """Province id → its index; only where it is shown or wanted, for it weighs every kawasan."""
    if not (wanted or filters.colour == "indeks") or not filters.period:
        return {}
    formulas = Formulas()
    areas = narrowed_areas(Area.visible_to(actor), filters)
    now = facts.by_province(areas, filters.period)
    before = facts.by_province(areas, filters.before) if filters.before else {}
    return {
        province_id: (
            one.value,
            before[province_id].value if province_id in before else None,
            one.confidence,
            formulas.label(one.version),
        )
        for province_id, one in now.items()
    }


def worst(actor: Actor, period: str, count: int = 5) -> list[tuple[Area, Index, str, str]]:
    """The kawasan with the lowest index, lowest first, each with why (its two weakest parts in words) and the label of its
    formula."""
    if not period:
        return []
    formulas = Formulas()
    known = [
        of
        for of in facts.indices(Area.visible_to(actor), period, formulas)
        if of.index.value is not None and of.index.value < 100
    ]
    lowest = sorted(known, key=lambda of: (of.index.value, of.area_id))[:count]
    rows = db.session.scalars(select(Area).where(Area.id.in_([of.area_id for of in lowest]))).unique()
    areas = {area.id: area for area in rows}
    return [(areas[of.area_id], of.index, why(of.index), formulas.label(of.index.version)) for of in lowest]


def why(index: Index) -> str:
    parts = [(p.value, PARTS[p.name]) for p in index.parts if p.value is not None and p.value < 100]
    return ", ".join(f"{name.lower()} {value:.0f}" for value, name in sorted(parts)[:2])
