"""What people do about presence: somebody goes, somebody comes back, a time was written wrong. The history keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from randal.engine.deeds import doing
from randal.engine.transitions import run
from randal.l10n.clock import to_instant, to_local
from randal.l10n.formats import clock
from randal.meeting_facts import presence
from randal.models.attendance import Attendance, Presence
from randal.schemas import forms
from randal.schemas.moves import ask_schema
from randal.web.attempt import carry_out
from workflows.attendance import GONE_AT, STAY
from workflows.lifecycle import Act, Actor, Refused

TIME = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")


GoneForm, TimesForm = (
    ask_schema([GONE_AT], "GoneForm"),
    ask_schema(STAY[1:], "TimesForm"),
)  # which stay, says the address


def come_back(row: Attendance, actor: Actor, now: datetime, *, phone_time: datetime | None = None) -> None:
    """Somebody who is on the list as present enters again: the next session, the next day, or after having gone."""
    run(row, "come_back", actor, {"phone_time": phone_time}, now=now)


@doing("attendance.come_back")
def enter(row: Attendance, act: Act) -> Presence:
    made = presence.arrive(row, act.now, phone_time=act.given.get("phone_time"))
    row.updated_at = act.now
    act.tell(arrived_at=act.now)
    return made


def go(row: Attendance, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Presence:
    """Note that this row's person left, now or at the time `at` of today (place's clock)."""
    made: Presence = carry_out(row, "leave", raw, actor, now=now).made
    return made


@doing("attendance.leave")
def note_leaving(row: Attendance, act: Act) -> Presence:
    now, gone = act.now, None
    if presence.is_here(row, now):
        at = _at("at", act.get("at"), now, row, now) or now
        here = presence.in_room(row, now)
        came = here.arrived_at if here else row.checked_in_at
        if came and came - timedelta(minutes=1) < at < came:
            at = came  # typed to the minute
        if came and at < came:
            since = clock(came, row.meeting.timezone)
            raise forms.wrong("at", f"Jam pulang lebih awal daripada jam datang ({since}).")
        gone = presence.leave(row, at)
    if gone is None:
        raise Refused("state", f"{row.label} tidak sedang tercatat di ruang rapat.")
    row.updated_at = now
    act.tell(left_at=gone.left_at)
    return gone


def correct(
    row: Attendance, presence_id: int, actor: Actor, raw: Mapping[str, Any], now: datetime
) -> Presence:
    """Write a stay's times right, with a reason, until the minutes are approved."""
    given = {name: raw[name] for name in ("arrived", "left", "reason") if name in raw}
    made: Presence = carry_out(
        row, "correct_presence", given | {"presence_id": presence_id}, actor, now=now
    ).made
    return made


@doing("attendance.correct_presence")
def write_right(row: Attendance, act: Act) -> Presence:
    now = act.now
    one = next(p for p in row.presences if p.id == act.get("presence_id"))
    arrived = _at("arrived", act.get("arrived"), one.arrived_at, row, now)
    left = _at("left", act.get("left"), one.left_at or one.arrived_at, row, now)
    if arrived is None:
        raise forms.wrong("arrived", forms.REQUIRED)
    if left and left < arrived:
        raise forms.wrong("left", "Jam pulang lebih awal daripada jam datang.")
    act.tell(from_arrived=one.arrived_at, from_left=one.left_at, to_arrived=arrived, to_left=left)
    one.arrived_at, one.left_at, row.updated_at = arrived, left, now
    return one


def _at(name: str, text: str | None, day: datetime, row: Attendance, now: datetime) -> datetime | None:
    """ "11.30" on the place's day of the instant `day`; None for nothing. Refused at its field: no time, or ahead."""
    if not text:
        return None
    found = TIME.fullmatch(text)
    if found is None:
        raise forms.wrong(name, "Tulis jam yang benar, misalnya 11.30.")
    zone = row.meeting.timezone
    local = to_local(day, zone).replace(
        hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0, tzinfo=None
    )
    at = to_instant(local, zone)
    if at > now:
        raise forms.wrong(name, "Jam ini belum lewat.")
    return at
