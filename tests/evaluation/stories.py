"""Reports, findings and kendala for the tests of these rooms, made by the commands and moves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.models.progress import Activity, Area, ProgressReport
from randal.rooms.evaluation import commands, places


def activity(world: Any, iso: str = "ID-BB", name: str = "Contoh SPAM", budget: int = 100) -> Activity:
    """A kegiatan of this province's unit in its one kawasan."""
    keeper = world.actor(world.secretariat)
    unit = world.unit(iso)
    area = db.session.scalar(select(Area).where(Area.province_id == unit.province_id))
    if area is None:
        raw = {"name": f"Contoh Kawasan {iso}", "province": iso, "theme": "permukiman"}
        area = places.make_area(keeper, raw, world.now)
    raw = {"unit_id": unit.id, "area_id": area.id, "name": name, "sector": "AM", "budget": str(budget)}
    made = places.make_activity(keeper, raw, world.now)
    db.session.commit()
    return made


def full_row(row: Activity, *values: str) -> dict[str, Any]:
    names = ("physical_plan", "physical_actual", "financial_plan", "financial_actual")
    return {"activity_id": row.id} | dict(zip(names, values or ("50", "40", "30", "20"), strict=True))


def rows_of(*activities: Activity) -> list[dict[str, Any]]:
    return [full_row(a) for a in activities]


def report(
    world: Any, iso: str = "ID-BB", *, period: str = "2026-02", state: str = "draft"
) -> ProgressReport:
    """A report with one full row, moved on to `state` (draft, submitted, returned, validated)."""
    ppk, evaluator = world.ppk(iso), world.evaluator
    raw = {"unit_id": world.unit(iso).id, "period": period, "source": "emon", "as_of": f"{period}-20"}
    own = db.session.scalars(select(Activity).where(Activity.unit_id == raw["unit_id"])).all()
    raw["figures"] = rows_of(*(own or [activity(world, iso)]))
    made = commands.make_report(world.actor(ppk), raw, world.now)
    db.session.commit()
    steps = {
        "draft": (),
        "submitted": ("submit",),
        "validated": ("submit", "validate"),
        "returned": ("submit", "return"),
    }
    for step in steps[state]:
        given = {"reason": "contoh alasan pengembalian"} if step == "return" else {}
        world.fire(made, step, ppk if step == "submit" else evaluator, **given)
    return made
