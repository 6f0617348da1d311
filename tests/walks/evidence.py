"""Steps that are no moves: evidence for follow-ups, its judging, and asking for more time."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from tests.walks.cast import Who
from tests.walks.deeds import anybody, deed, judged, ppk_of
from tests.walks.model import RUNNING, Model, Thing
from tests.walks.moves import REASON
from tests.walks.picking import Picker, Step


@deed
def add_evidence(m: Model, pick: Picker) -> Step | None:
    if not (rows := m.all("follow_up")):
        return None
    running = [f for f in rows if f.state in RUNNING]
    t = pick.of(rows if not running or pick.rarely(5) else running)
    return bring_evidence(m, t, anybody(m, pick, *ppk_of(t.unit)), pick)


def bring_evidence(m: Model, t: Thing, who: Who, pick: Picker) -> Step:
    link = pick.of(
        ["https://contoh.example/bukti"] * 4
        + ["", "javascript:alert(1)", "https://contoh.example/" + "x" * 1200]
    )
    wrong = link != "https://contoh.example/bukti"

    def do(stage: Any) -> Any:
        from randal.rooms.follow_ups.proof import add_evidence

        return add_evidence(stage.row(t, who), stage.actor(who), {"link": link, "note": "Contoh"}, m.now)

    def then(made: Any) -> None:
        t.evidence.append(SimpleNamespace(id=made.id, at=m.now, by=who, verdict=None))

    checks = (
        (not m.relations(t, who) & {"unit_ppk", "unit_staff"}, "role"),
        (t.state not in RUNNING, "state"),
        (wrong, "field"),
    )
    return Step(who, f"adds evidence to {t}", judged(not m.sees(who, t), *checks), do, then)


@deed
def judge(m: Model, pick: Picker) -> Step | None:
    rows = [f for f in m.all("follow_up") if f.evidence]
    if not rows:
        return None
    t = pick.of([f for f in rows if f.state == "submitted"] or rows)
    piece = pick.of(t.evidence)
    who = anybody(m, pick, "monev", "monev 2", "ppk A 2")
    return judge_piece(
        m, t, piece, who, pick.of(["accepted", "accepted", "insufficient", "unsuitable", "mimpi"])
    )


def judge_piece(m: Model, t: Thing, piece: Any, who: Who, verdict: str) -> Step:
    def do(stage: Any) -> Any:
        from randal.rooms.follow_ups.proof import judge_evidence

        stage.row(t, who)
        return judge_evidence(stage.evidence(piece), stage.actor(who), {"verdict": verdict}, m.now)

    def then(_made: Any) -> None:
        piece.verdict = verdict

    checks = (
        ("evaluator" not in who.roles(m.now), "role"),
        (t.state != "submitted", "state"),
        (who in (t.submitted_by, piece.by), "need"),
        (verdict == "mimpi", "field"),
    )
    return Step(who, f"judges evidence of {t} as {verdict}", judged(not m.sees(who, t), *checks), do, then)


@deed
def ask_extension(m: Model, pick: Picker) -> Step | None:
    rows = [f for f in m.all("follow_up") if f.state in RUNNING] or m.all("follow_up")
    if not rows:
        return None
    t = pick.of(rows)
    return ask_time(m, t, anybody(m, pick, *ppk_of(t.unit)), pick)


def ask_time(m: Model, t: Thing, who: Who, pick: Picker) -> Step:
    reason = pick.of([REASON, REASON, REASON, "pendek"])
    new = max(t.due_on, m.unit_day(t.unit)) + timedelta(days=pick.of([5, 9, 1, -400]))

    def do(stage: Any) -> Any:
        from randal.rooms.follow_ups.commands import ask_extension

        raw = {"new_due_on": new.isoformat(), "reason": reason}
        return ask_extension(stage.row(t, who), stage.actor(who), raw, m.now)

    def then(_made: Any) -> None:
        m.add(Thing("extension", "requested", follow_up=t, new_due_on=new))

    wrong = reason == "pendek" or new <= t.due_on or new < m.unit_day(t.unit)
    checks = (
        ("unit_ppk" not in m.relations(t, who), "role"),
        (t.state not in RUNNING or m.open_request(t) is not None, "state"),
        (wrong, "field"),
    )
    return Step(who, f"asks for more time for {t}", judged(not m.sees(who, t), *checks), do, then)
