"""Steps of nobody in particular: time passes, people change posts, the worker stores a paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.walks.deeds import deed
from tests.walks.effects import by_system
from tests.walks.model import Model, Thing
from tests.walks.picking import Picker, Step


@deed
def days_pass(m: Model, pick: Picker) -> Step:
    days = pick.of([1, 1, 2, 5, 12])

    def then(_made: Any) -> None:
        m.now += timedelta(days=days)

    return Step(None, f"{days} days pass", {"ok"}, lambda stage: None, then)


@deed
def change_of_post(m: Model, pick: Picker) -> Step | None:
    """A PPK becomes an evaluator: what he handed in he does not judge now."""
    who = m.people["ppk A 2"]
    if who.role != "ppk" or not pick.rarely(4):
        return None

    def do(stage: Any) -> Any:
        from randal.rooms.accounts.commands import edit_person

        stage.forget(who)
        admin = stage.actor(m.people["admin"])
        return edit_person(stage.person(who), admin, {"role": "evaluator", "unit_id": None}, m.now)

    def then(_made: Any) -> None:
        who.role, who.unit = "evaluator", None

    return Step(m.people["admin"], f"makes {who.key} an evaluator", {"ok"}, do, then)


@deed
def paper(m: Model, pick: Picker) -> Step | None:
    """The worker stores the paper of approved minutes, or fails and is asked again."""
    waiting = [t for t in m.all("minutes") if t.paper == "queued"]
    if not waiting:
        return None
    return draw_paper(m, pick.of(waiting), fails=pick.rarely(4))


def draw_paper(m: Model, t: Thing, fails: bool = False) -> Step:
    def do(stage: Any) -> Any:
        return stage.fail_paper(t) if fails else stage.store_paper(t)

    def then(_made: Any) -> None:
        if not fails:
            t.paper = "ready"
            if t.state == "approved":
                by_system(m, t, "request_signatures")

    return Step(None, f"the paper of {t} {'fails' if fails else 'is stored'}", {"ok"}, do, then)
