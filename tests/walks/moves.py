"""Steps that are moves of the tables: any thing, any move, any actor; what is given is right or spoilt in one place."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from PIL import Image
from werkzeug.datastructures import FileStorage

from tests.walks.cast import Who
from tests.walks.effects import make
from tests.walks.model import FINAL, ROWS, Model, Thing, local
from tests.walks.picking import Picker, Step
from tests.workflows.expected import Row

REASON = "Contoh alasan yang cukup"


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("L", (2, 2)).save(kept, "PNG")
    return kept.getvalue()


PNG = picture()
SPOILT: dict[str, list[Any]] = {
    "words": [None, "", "  ", "\x00", 7, ["contoh"], "x" * 130, "x" * 240, "x" * 4001, "x" * 10_001],
    "reason": [None, "", "pendek", "\x00" * 12, " " * 20, 7, "x" * 4001],
    "code": [None, "", "mimpi", 7, ["high"]],
    "day": [None, "", "kemarin", "2026-13-40", 7, "0001-01-01", "past", "far"],
    "time": [None, "", "nanti", 7, "past"],
    "person": [None, "", "orang", 0, 10**9, 2**40, [1]],
    "flag": [None, "", "mungkin"],
    "file": [None, "", "bukan berkas"],
}
KINDS = {
    "reason": "reason", "category": "code", "severity": "code", "priority": "code", "ground": "code",
    "due_on": "day", "dated_on": "day", "new_due_on": "day", "answer_by": "day", "starts_at": "time", "ends_at": "time",
    "chair_id": "person", "minute_taker_id": "person", "user_id": "person", "confirm": "flag", "file": "file",
    "signature": "file", "letter": "file",
}  # fmt: skip


def upload(data: bytes = PNG, name: str = "contoh.png") -> FileStorage:
    return FileStorage(io.BytesIO(data), filename=name)


def right(m: Model, t: Thing, name: str, pick: Picker) -> Any:
    """A value that fits."""
    meeting = m.meeting_of(t)
    if name in ("starts_at", "ends_at") and meeting:
        start = local(meeting, m.now).replace(microsecond=0) + timedelta(days=pick.number() % 3, hours=1)
        return (start if name == "starts_at" else start + timedelta(days=3)).isoformat()
    if name in ("chair_id", "minute_taker_id"):
        keys = (
            ["direktur", "kasubdit", "notulis 2"]
            if name == "chair_id"
            else ["notulis", "notulis 2", "kasubdit"]
        )
        return m.people[pick.of(keys)].id
    if name == "user_id":
        holders = [
            w for w in m.people.values() if t.kind == "signature" and any(h.post == t.post for h in w.held)
        ]
        return pick.of(holders or list(m.people.values())).id
    if KINDS.get(name) == "day":
        latest = max(m.now.date(), getattr(t, "new_due_on", m.now.date()), getattr(t, "due_on", m.now.date()))
        return (latest + timedelta(days=1 + pick.number() % 9)).isoformat()
    fixed = {
        "reason": REASON, "confirm": True, "category": "LHN", "severity": "high", "priority": "medium",
        "ground": "legal_process", "passphrase": "contoh frasa", "nik": "", "number": f"UM.01/{t.id}",  # of one paper alone
    }  # fmt: skip
    if name in fixed:
        return fixed[name]
    return upload() if KINDS.get(name) == "file" else f"Contoh {name}"


def spoilt(m: Model, name: str, pick: Picker) -> Any:
    if name in ("passphrase", "nik"):
        return pick.of([None, ""])
    value = pick.of(SPOILT[KINDS.get(name, "words")])
    if value == "past":
        past = m.now - timedelta(days=3)
        return (
            past.date().isoformat()
            if KINDS[name] == "day"
            else past.replace(tzinfo=None, microsecond=0).isoformat()
        )
    return "2099-12-31" if value == "far" else value


def fill(m: Model, t: Thing, row: Row, pick: Picker, *, plain: bool = False) -> dict[str, Any]:
    """All that is required, and some of what is optional; now and then one of them spoilt."""
    names = [f.rstrip("?") for f in row.fields]
    given = {
        n: right(m, t, n, pick) for n in names if n in row.required or n == "confirm" or not pick.rarely(2)
    }
    if names and not plain and pick.rarely(5):
        name = pick.of(names)
        given[name] = spoilt(m, name, pick)
    return given


def step(m: Model, t: Thing, row: Row, who: Who | None, given: dict[str, Any], stale: bool = False) -> Step:
    expect = m.answer(t, row.move, who, given, stale)

    def then(_made: Any) -> None:
        make(m, t, row.move, who, given)

    return Step(
        who,
        f"{t.kind} {t.id} ({t.state}) {row.move}" + (" with an old version" if stale else ""),
        expect,
        lambda stage: stage.move(t, row.move, who, given, stale),
        then,
        given,
    )


def any_move(m: Model, pick: Picker) -> Step:
    """Whatever comes: mostly refused, for the role or the state."""
    t = pick.of(m.things)
    row = pick.of(ROWS[t.kind])
    who = pick.of(list(m.people.values()))
    return step(m, t, row, who, fill(m, t, row, pick), stale=pick.rarely(9))


SYSTEM_DOES = {("kendala", "escalate")}  # by itself; the rest it does with another move, or with the paper


def fitting_move(m: Model, pick: Picker) -> Step | None:
    """A move that the state allows, by one who may; a kind of thing is as likely as the next."""
    kinds = [k for k in ROWS if any(t.state not in FINAL[k] for t in m.all(k))]
    t = pick.of([t for t in m.all(pick.of(kinds)) if not t.final])
    rows = [r for r in ROWS[t.kind] if t.state in r.sources]
    row = pick.of(rows)
    if (t.kind, row.move) in SYSTEM_DOES and pick.rarely(4):
        return step(m, t, row, None, fill(m, t, row, pick, plain=True))
    able = m.may(t, row.move)
    if not able:
        return None
    return step(m, t, row, pick.of(able), fill(m, t, row, pick), stale=pick.rarely(15))
