"""What people do about presence: somebody goes, somebody comes back, a time was written wrong. The history keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from randal.attendance import presence
from randal.attendance.models import Attendance, Presence
from randal.core import forms
from randal.core.clock import to_instant, to_local
from randal.core.db import db
from randal.core.history import EDITS
from randal.core.transitions import lock, record
from randal.core.words import clock
from workflows.attendance import minutes_not_approved
from workflows.lifecycle import REASON_LENGTH, SECRETARIAT, Act, Actor, Refused

EDITS["arrived_at"] = "mencatat datang"
EDITS["left_at"] = "mencatat pulang"
EDITS["corrected_presence"] = "membetulkan jam hadir"
CLOSED = "Daftar hadir hanya dibuka pada tanggal rapat, sampai rapat ditutup."
TIME = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")


class GoneForm(forms.Base):
    """When somebody left; empty: now."""

    at = forms.text("Pulang pukul", required=False, max=5, help="Misalnya 11.30; kosong berarti sekarang.")


class TimesForm(forms.Base):
    """One stay in the room, written right."""

    arrived = forms.text("Datang pukul", max=5)
    left = forms.text("Pulang pukul", required=False, max=5, help="Kosong: sampai selesai.")
    reason = forms.text("Alasan", kind="reason", max=4000)


def require_secretariat(actor: Actor) -> None:
    if not actor.has(SECRETARIAT):
        raise Refused("role", "Jam datang dan pulang dicatat oleh sekretariat.")


def require_open(row: Attendance, now: datetime) -> None:
    meeting = row.meeting
    if meeting.state not in ("scheduled", "in_session") or not meeting.is_check_in_day(now):
        raise Refused("need", CLOSED, {"": [CLOSED]})


def come_back(row: Attendance, actor: Actor, now: datetime, *, phone_time: datetime | None = None) -> None:
    """Somebody who is on the list as present enters again: the next session, the next day, or after having gone."""
    lock(row)
    require_open(row, now)
    presence.arrive(row, now, phone_time=phone_time)
    row.updated_at = now
    given = {"arrived_at": now, "phone_time": phone_time}
    record(row, "edit", actor, now=now, before=row.state, given=given)


def go(row: Attendance, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Presence:
    """Note that this row's person left, now or at the time `at` of today (place's clock)."""
    require_secretariat(actor)
    lock(row)
    if not presence.is_here(row, now):
        raise Refused("state", f"{row.label} tidak sedang tercatat di ruang rapat.")
    if row.meeting.state not in ("scheduled", "in_session"):
        raise Refused("state", "Rapat sudah ditutup; betulkan jamnya di halaman kehadirannya.")
    given = forms.load(GoneForm, raw)
    at = _at("at", given.get("at"), now, row, now) or now
    here = presence.in_room(row, now)
    came = here.arrived_at if here else row.checked_in_at
    if came and came - timedelta(minutes=1) < at < came:
        at = came  # typed to the minute
    if came and at < came:
        raise forms.wrong(
            "at", f"Jam pulang lebih awal daripada jam datang ({clock(came, row.meeting.timezone)})."
        )
    gone = presence.leave(row, at)
    if gone is None:
        raise Refused("state", f"{row.label} tidak sedang tercatat di ruang rapat.")
    row.updated_at = now
    record(row, "edit", actor, now=now, before=row.state, given={"left_at": at})
    db.session.flush()
    return gone


def correct(
    row: Attendance, presence_id: int, actor: Actor, raw: Mapping[str, Any], now: datetime
) -> Presence:
    """Write a stay's times right, with a reason, until the minutes are approved."""
    require_secretariat(actor)
    lock(row)
    if said := minutes_not_approved(row, Act(actor, now)):  # type: ignore[arg-type]
        raise Refused("state", str(said))
    one = next((p for p in row.presences if p.id == presence_id), None)
    if one is None:
        raise Refused("state", "Catatan jam ini sudah tidak ada. Muat ulang halaman.")
    given = forms.load(TimesForm, raw)
    if len(given["reason"]) < REASON_LENGTH:
        raise forms.wrong("reason", f"Tulis alasan sedikitnya {REASON_LENGTH} karakter.")
    arrived = _at("arrived", given["arrived"], one.arrived_at, row, now)
    left = _at("left", given.get("left"), one.left_at or one.arrived_at, row, now)
    if arrived is None:
        raise forms.wrong("arrived", forms.REQUIRED)
    if left and left < arrived:
        raise forms.wrong("left", "Jam pulang lebih awal daripada jam datang.")
    told = {"corrected_presence": one.id, "from_arrived": one.arrived_at, "from_left": one.left_at,
            "to_arrived": arrived, "to_left": left, "reason": given["reason"]}  # fmt: skip
    one.arrived_at, one.left_at, row.updated_at = arrived, left, now
    record(row, "edit", actor, now=now, before=row.state, given=told, kinds={"reason": "reason"})
    db.session.flush()
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
