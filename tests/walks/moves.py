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
from workflows import LIFECYCLES
from workflows.lifecycle import Ask

REASON = "Contoh alasan yang cukup"
BY_KIND: dict[str, Any] = {"reason": REASON, "flag": True}


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
KINDS = {"text": "words", "prose": "words", "link": "words", "password": "words", "choice": "code", "date": "day",
         "datetime": "time"}  # fmt: skip


def ask_of(kind: str, move: str, name: str) -> Ask:
    """What the application itself asks for there: its kind, and what may be chosen."""
    return next(a for row in LIFECYCLES[kind].moves_named(move) for a in row.asks if a.name == name)


def spoils(ask: Ask) -> str:
    return KINDS.get(ask.kind, ask.kind)


def upload(data: bytes = PNG, name: str = "contoh.png") -> FileStorage:
    return FileStorage(io.BytesIO(data), filename=name)


def right(m: Model, t: Thing, ask: Ask, pick: Picker) -> Any:
    """A value that fits."""
    name, meeting = ask.name, m.meeting_of(t)
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
            w
            for w in m.people.values()
            if t.kind == "signature" and w is not t.signer and any(h.post == t.post for h in w.held)
        ]
        return pick.of(holders or list(m.people.values())).id
    if ask.kind == "choice":
        return pick.of(list(ask.choices))
    if ask.kind == "date":
        latest = max(m.now.date(), getattr(t, "new_due_on", m.now.date()), getattr(t, "due_on", m.now.date()))
        return (latest + timedelta(days=1 + pick.number() % 9)).isoformat()
    fixed = {
        "passphrase": "contoh frasa", "nik": "",
        "number": f"UM.01/{t.kind[:3]}/{t.id}",  # of one paper alone
    }  # fmt: skip
    if name in fixed:
        return fixed[name]
    if ask.kind in BY_KIND:
        return BY_KIND[ask.kind]
    return upload() if ask.kind == "file" else f"Contoh {name}"


def spoilt(m: Model, ask: Ask, pick: Picker) -> Any:
    if ask.name in ("passphrase", "nik"):
        return pick.of([None, ""])
    value = pick.of(SPOILT[spoils(ask)])
    if value == "past":
        past = m.now - timedelta(days=3)
        return (
            past.date().isoformat()
            if ask.kind == "date"
            else past.replace(tzinfo=None, microsecond=0).isoformat()
        )
    return "2099-12-31" if value == "far" else value


def asks_of(t: Thing, row: Row) -> list[Ask]:
    """Without what has tests of its own: the way of a letter (test_letter_signing), who was there after all (test_closing)."""
    apart = ("way?", "present?", "absent?")
    return [ask_of(t.kind, row.move, f.rstrip("?")) for f in row.fields if f not in apart]


def fill(m: Model, t: Thing, row: Row, pick: Picker, *, plain: bool = False) -> dict[str, Any]:
    """All that is required, and some of what is optional; now and then one of them spoilt."""
    asks = asks_of(t, row)
    given = {
        ask.name: right(m, t, ask, pick)
        for ask in asks
        if ask.name in row.required or ask.name == "confirm" or not pick.rarely(2)
    }
    if asks and not plain and pick.rarely(5):
        ask = pick.of(asks)
        given[ask.name] = spoilt(m, ask, pick)
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


def whole(m: Model, t: Thing, row: Row, pick: Picker) -> dict[str, Any]:
    """Every field, each right; files only where they are required."""
    return {
        a.name: right(m, t, a, pick) for a in asks_of(t, row) if a.kind != "file" or a.name in row.required
    }


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


# What the system does because of another move: a row of it that is wanted is gone for by that one.
BROUGHT_BY = {("attendance", "ask_again"): "reschedule"}


def brings(m: Model, t: Thing, row: Row, wanted: frozenset[tuple[str, int]]) -> bool:
    """Would this move of a meeting bring about something that is wanted, with one of its rows?"""
    below = [
        ROWS[k][n]
        for k, n in wanted
        if t.kind == "meeting" and BROUGHT_BY.get((k, ROWS[k][n].move)) == row.move
    ]
    return any(one.state in each.sources for each in below for one in m.invitees(t))


def wanted_move(m: Model, pick: Picker, wanted: frozenset[tuple[str, int]] = frozenset()) -> Step | None:
    """A row of the tables (of those wanted, or that bring one about, when one of them fits), each as likely as the next, with
    a thing that it fits: no row waits for its kind to be many."""
    rows = [(kind, n) for kind in ROWS for n, row in enumerate(ROWS[kind]) if row.by != {"system"}]
    fits = {(k, n): [t for t in m.all(k) if t.state in ROWS[k][n].sources] for k, n in rows}
    sought = {at: ts for at, ts in fits.items() if ts and at in wanted}
    for at, things in fits.items():
        if bringing := [t for t in things if brings(m, t, ROWS[at[0]][at[1]], wanted)]:
            sought[at] = bringing
    fitting = sought or {at: ts for at, ts in fits.items() if ts}
    if not fitting:
        return None
    kind, number = pick.of(list(fitting))
    row, t = ROWS[kind][number], pick.of(fitting[kind, number])
    able = m.may(t, row.move)
    who = pick.of(able) if able else None
    return step(m, t, row, who, whole(m, t, row, pick)) if who else None
