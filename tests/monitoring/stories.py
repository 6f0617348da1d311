"""Provinces with kawasan, kegiatan and reports, made by the commands and moves."""

from __future__ import annotations

from typing import Any

from randal.database.base import db
from randal.models.progress import Activity, ProgressReport
from randal.rooms.evaluation import commands, places


def area(world: Any, iso: str, name: str, theme: str = "permukiman") -> int:
    raw = {"name": name, "province": iso, "theme": theme}
    made = places.make_area(world.actor(world.secretariat), raw, world.now)
    db.session.commit()
    return made.id


def activity(world: Any, iso: str, area_id: int | None, sector: str, budget: str = "1000000000") -> Activity:
    raw = {
        "unit_id": world.unit(iso).id,
        "area_id": area_id,
        "name": f"Contoh kegiatan {sector} {area_id}",
        "sector": sector,
        "budget": budget,
    }
    made = places.make_activity(world.actor(world.secretariat), raw, world.now)
    db.session.commit()
    return made


def report(
    world: Any, iso: str, period: str, figures: dict[int, tuple[str, str, str, str]], submit: bool = True
) -> ProgressReport:
    """Activity id → the four figures."""
    names = ("physical_plan", "physical_actual", "financial_plan", "financial_actual")
    ppk = world.ppk(iso)
    raw: dict[str, Any] = {
        "unit_id": world.unit(iso).id,
        "period": period,
        "source": "emon",
        "as_of": f"{period}-20",
        "figures": [
            {"activity_id": i, "explanation": "contoh"} | dict(zip(names, values, strict=True))
            for i, values in figures.items()
        ],
    }
    made = commands.make_report(world.actor(ppk), raw, world.now)
    db.session.commit()
    return world.fire(made, "submit", ppk) if submit else made


def country(world: Any) -> dict[str, list[Activity]]:
    """Two provinces, two months: BB is behind, JT is ahead."""
    made = {}
    for iso, sectors in (("ID-BB", ("AM", "PLP")), ("ID-JT", ("AM",))):
        place = area(world, iso, f"Contoh Kawasan {iso}", "wisata" if iso == "ID-BB" else "permukiman")
        made[iso] = [
            activity(world, iso, place, s, "3000000000" if s == "AM" else "1000000000") for s in sectors
        ]
    bb, jt = made["ID-BB"], made["ID-JT"]
    report(world, "ID-BB", "2026-01", {bb[0].id: ("20", "15", "10", "5"), bb[1].id: ("20", "20", "10", "10")})
    report(
        world, "ID-BB", "2026-02", {bb[0].id: ("50", "30", "40", "20"), bb[1].id: ("40", "40", "30", "30")}
    )
    report(world, "ID-JT", "2026-01", {jt[0].id: ("10", "10", "5", "5")})
    report(world, "ID-JT", "2026-02", {jt[0].id: ("30", "35.5", "20", "22.25")})
    return made
