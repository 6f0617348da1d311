"""Steps that are no moves: making and filling the reports of units."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.walks.cast import UNITS, Who
from tests.walks.deeds import anybody, deed, judged, ppk_of
from tests.walks.model import Model, Thing
from tests.walks.picking import Picker, Step


@deed
def make_report(m: Model, pick: Picker) -> Step:
    unit = pick.of(list(UNITS))
    period = pick.of([*sorted({t.period for t in m.all("meeting")}), "2026-02", "2026-13"])
    who = anybody(m, pick, *ppk_of(unit))
    taken = m.report(unit, period) is not None

    def do(stage: Any) -> Any:
        from randal.rooms.evaluation.commands import make_report

        return make_report(stage.actor(who), {"unit_id": stage.cast.units[unit], "period": period}, m.now)

    def then(_made: Any) -> None:
        facts = {"source": False, "as_of": False, "complete": unit == "C", "submitted_by": None}
        m.add(Thing("progress_report", "draft", unit=unit, period=period, **facts))

    hats = who.roles(m.now) | m.unit_hats(unit, who)
    checks = (not hats & {"unit_ppk", "unit_staff"}, "role"), (taken or period == "2026-13", "field")
    return Step(who, f"makes the report of {unit} for {period}", judged(False, *checks), do, then)


@deed
def edit_report(m: Model, pick: Picker) -> Step | None:
    if not (reports := m.all("progress_report")):
        return None
    t = pick.of(reports)
    return fill_report(m, t, anybody(m, pick, *ppk_of(t.unit)), pick)


def fill_report(m: Model, t: Thing, who: Who, pick: Picker) -> Step:
    as_of = m.unit_day(t.unit) + timedelta(days=pick.of([0, -1, -3, 2]))
    numbers = pick.of(["all", "all", "reasons", "none", "emptied", "junk"])
    hats = m.hats(t, who)

    def do(stage: Any) -> Any:
        from randal.rooms.evaluation.commands import edit_report

        own = stage.cast.activities.get(t.unit, [])
        four = ("physical_plan", "physical_actual", "financial_plan", "financial_actual")
        row: dict[str, Any] = {
            "all": dict.fromkeys(four, "51,74") | {"reason": ""},
            "reasons": dict.fromkeys(four) | {"reason": "Contoh belum mulai"},
            "emptied": dict.fromkeys(four) | {"reason": ""},
            "junk": {four[0]: "12345,678"},
            "none": {},
        }[numbers]
        figures = [{"activity_id": a} | row for a in own] if numbers != "none" else []
        raw = {"source": "emon", "as_of": as_of.isoformat(), "figures": figures}
        return edit_report(stage.row(t, who), stage.actor(who), raw, m.now)

    def then(_made: Any) -> None:
        t.source = t.as_of = True
        if t.unit != "C" and numbers != "none":
            t.complete = numbers != "emptied"

    junk = numbers == "junk" and t.unit != "C"
    checks = (
        (not hats & {"unit_ppk", "unit_staff"}, "role"),
        (t.state not in ("draft", "returned", "missing"), "state"),
        (as_of > m.unit_day(t.unit) or junk, "field"),
    )
    return Step(who, f"fills {t}, figures: {numbers}", judged(not m.sees(who, t), *checks), do, then)
