"""Checking in at the door: whoever holds a key to it says who he is, and signs by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from randal.attendance import presence
from randal.attendance.drawing import NO_DRAWING, drawn
from randal.attendance.going import come_back
from randal.attendance.models import Attendance, Presence
from randal.core import files, forms
from randal.core.db import db
from randal.core.places import Province, Unit
from randal.core.transitions import fire, lock
from randal.core.words import clock
from randal.meetings.forms import GuestForm
from randal.meetings.invitees import DOOR, add_guest
from randal.meetings.models import Meeting
from workflows.lifecycle import INVITEE, Actor, Refused

GUEST = "tamu"
#: Whoever holds the live code attends for the row he names; the history says so by this hat, without a name.
HOLDER = Actor(None, frozenset({INVITEE}))
KEY = re.compile(r"[0-9a-f-]{16,40}")
PLAUSIBLE = timedelta(hours=12)  # a phone further off than this does not know what time it is
NOT_LISTED = "Pilih dari daftar."


class DoorForm(forms.Base):
    """Who comes for an invited post."""

    who = forms.text("Saya hadir sebagai", max=20)
    name = forms.text("Nama lengkap", max=120)
    post = forms.text("Jabatan", max=200)


def expected(meeting: Meeting, now: datetime) -> list[tuple[int, str]]:
    """Invited rows whose person is not in the room now: number and post, never a name. Plain columns, because the page
    is asked for by hundreds within a minute."""
    query = (
        select(Attendance.id, Attendance.post_invited, func.coalesce(Province.name, Unit.name))
        .outerjoin(Unit, Attendance.unit_id == Unit.id)
        .outerjoin(Province, Unit.province_id == Province.id)
        .where(Attendance.meeting_id == meeting.id, ~Attendance.is_guest, ~presence.is_in_at(meeting, now))
        .order_by(Attendance.position, Attendance.id)
    )
    found = db.session.execute(query).all()
    return [
        (id, post or (f"PPK {place}" if place else f"Undangan perorangan {n}"))
        for n, (id, post, place) in enumerate(found, 1)
    ]


def check_in(
    meeting: Meeting, raw: Mapping[str, Any], now: datetime, picture: files.Checked | None = None
) -> Attendance:
    """One person comes in. Refused: every wrong field at once, or the row's own need. What a phone sends twice
    (the same `key`) is answered twice and written once. `picture`: the drawing, when it was read already."""
    key = str(raw.get("key") or "")
    if found := by_key(meeting, key):
        return found
    errors: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    guest = raw.get("who") == GUEST
    try:
        given = forms.load(GuestForm if guest else DoorForm, raw)
    except Refused as refused:
        errors = dict(refused.errors)
    row = None
    if not guest and "who" not in errors:
        row, said = _row(meeting, given.get("who") or str(raw.get("who") or ""), now)
        if said and (found := by_key(meeting, key)):  # the first sending was written while this one waited
            return found
        errors |= {"who": [said]} if said else {}
    if picture is None:
        picture = drawn(str(raw.get("signature") or ""))
    if picture is None and raw.get("no_drawing") not in ("true", "on", "1"):
        errors["signature"] = [NO_DRAWING]
    if errors or (row is None and not guest):
        raise Refused("field", forms.TOO_MUCH, errors)
    phone_time = said_by_phone(raw, now)
    kept = files.keep(picture, by=None, now=now).id if picture else None
    if row is None:
        row = add_guest(meeting, DOOR, raw, now, signature_id=kept, way="qr", phone_time=phone_time)
    elif row.state == "present":
        come_back(row, HOLDER, now, phone_time=phone_time)
    else:
        fire(row, "check_in", HOLDER, now=now, name=given["name"], post=given["post"], signature=kept, way="qr",
             phone_time=phone_time)  # fmt: skip
    if KEY.fullmatch(key) and (here := presence.in_room(row, now)):
        here.key = key
    db.session.flush()
    return row


def _row(meeting: Meeting, who: str, now: datetime) -> tuple[Attendance | None, str]:
    """The invited row that somebody comes for, and what is wrong about it."""
    number = int(who) if who.isascii() and who.isdigit() and len(who) < 10 else 0
    query = select(Attendance).where(Attendance.id == number, Attendance.meeting_id == meeting.id)
    row = db.session.scalar(query.where(~Attendance.is_guest))
    if row is None:
        return None, NOT_LISTED
    lock(row)
    if presence.is_here(row, now):
        return None, already(row)
    return row, ""


def already(row: Attendance) -> str:
    """What the second phone is told that names the same row."""
    here = row.presences[-1].arrived_at if row.presences else row.checked_in_at
    when = f" pukul {clock(here, row.meeting.timezone)}" if here else ""
    return f"{row.label} sudah tercatat hadir{when}. Bila itu bukan Anda, hubungi meja sekretariat."


def by_key(meeting: Meeting, key: str) -> Attendance | None:
    """The row that a phone checked in under this key of its own."""
    if not KEY.fullmatch(key):
        return None
    query = select(Attendance).join(Presence).where(Presence.key == key)
    return db.session.scalar(query.where(Attendance.meeting_id == meeting.id))


def said_by_phone(raw: Mapping[str, Any], now: datetime) -> datetime | None:
    """The phone's time of a check-in that waited for the network; None when it cannot be one (`odd_clock`)."""
    text = str(raw.get("phone_time") or "")
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo and abs(now - told) <= PLAUSIBLE else None


def odd_clock(raw: Mapping[str, Any], now: datetime) -> str:
    """What somebody is told whose phone does not know the time."""
    if not raw.get("phone_time") or said_by_phone(raw, now):
        return ""
    return "Jam di telepon Anda tidak cocok, jadi jam sistem yang dicatat."
