"""Steps that are no moves: who is invited, guests, and the door."""

from __future__ import annotations

from typing import Any

from tests.walks.cast import UNITS
from tests.walks.deeds import a_meeting, anybody, deed, invited, judged, taken_off
from tests.walks.model import ROWS, Model, Thing, local
from tests.walks.needs import faults
from tests.walks.picking import Picker, Step


@deed
def invite(m: Model, pick: Picker) -> Step:
    t, who = a_meeting(m, pick), anybody(m, pick, "sekretariat")
    unit = pick.of([*UNITS, None])
    person = None if unit else pick.of([m.people["orang lain"], m.people["staf B"]])
    twice = any((a.unit == unit) if unit else (a.person is person) for a in m.attendance(t))

    def do(stage: Any) -> Any:
        from randal.meeting_facts.invitees import add_attendance

        raw = {"unit_id": stage.cast.units[unit]} if unit else {"user_id": person and person.id}
        return add_attendance(stage.row(t, who), stage.actor(who), raw, m.now)

    expect = judged(
        not m.sees(who, t),
        ("secretariat" not in who.roles(m.now), "role"),
        (t.state not in ("draft", "scheduled", "in_session"), "state"),
        (twice, "field"),
    )
    return Step(
        who, f"invites {unit or person} to {t}", expect, do, lambda _made: invited(m, t, unit, person)
    )


@deed
def uninvite(m: Model, pick: Picker) -> Step | None:
    t, who = a_meeting(m, pick), anybody(m, pick, "sekretariat")
    if not (rows := m.invitees(t)):
        return None
    row = pick.of(rows)

    def do(stage: Any) -> Any:
        from randal.meeting_facts.invitees import uninvite

        return uninvite(stage.row(row, who), stage.actor(who), m.now)

    checks = ("secretariat" not in who.roles(m.now), "role"), (t.state != "draft", "state")
    return Step(
        who,
        f"uninvites {row} of {t}",
        judged(not m.sees(who, t), *checks),
        do,
        lambda _made: taken_off(m, row),
    )


@deed
def guest(m: Model, pick: Picker) -> Step:
    """A guest, written down by the secretariat or by himself at the door."""
    t, door = a_meeting(m, pick), pick.rarely(3)
    who = None if door else anybody(m, pick, "sekretariat")
    name = pick.of(["Contoh tamu", "Contoh tamu", "Contoh tamu", "", "x" * 130])
    minutes = m.newest_minutes(t)
    after = (
        t.state == "closed" and (minutes is None or minutes.state in ("drafting", "in_review")) and not door
    )
    today = t.state == "scheduled" and local(t, t.starts).date() == m.day(t.hours)

    def do(stage: Any) -> Any:
        from randal.meeting_facts.invitees import add_attendance
        from randal.rooms.attendance.door import check_in

        told = {"name": name, "post": "Contoh jabatan", "institution": "Contoh dinas"}
        if door:
            return check_in(stage.row(t, None), told | {"who": "tamu", "no_drawing": "on"}, m.now)
        return add_attendance(stage.row(t, who), stage.actor(who), {"guest": told}, m.now)

    def then(_made: Any) -> None:
        m.add(Thing("attendance", "present", meeting=t, unit=None, person=None, guest=True))

    wrong, closed = name in ("", "x" * 130), not (today or t.state == "in_session" or after)
    hidden = who is not None and not m.sees(who, t)
    stranger = who is not None and "secretariat" not in who.roles(m.now)
    checks = [(stranger, "role"), (door and wrong, "field"), (closed, "state"), (wrong, "field")]
    return Step(who, f"guest at {t}, door: {door}", judged(hidden, *checks), do, then)


@deed
def live_code(m: Model, pick: Picker) -> Step | None:
    """Whoever holds the live code comes in for the row he names."""
    t = a_meeting(m, pick)
    if not (rows := [r for r in m.invitees(t) if r.state != "present"]):
        return None
    row = pick.of(rows)
    given = {"name": "Contoh yang hadir", "post": "Contoh jabatan"}

    def do(stage: Any) -> Any:
        from randal.rooms.attendance.door import check_in

        return check_in(stage.row(t, None), given | {"who": str(row.id), "no_drawing": "on"}, m.now)

    number = next(n for n, r in enumerate(ROWS["attendance"]) if r.move == "check_in")
    expect = faults(m, row, ROWS["attendance"][number], None, given) or {"ok"}
    return Step(
        None,
        f"comes in by the live code for {row}",
        expect,
        do,
        lambda _made: m.note(row, "check_in", {"invitee"}),
    )
