"""Checking in at the door: whoever holds a key to it says who he is, and signs by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select

from randal.base import ids
from randal.database.base import db
from randal.engine.transitions import fire, lock
from randal.l10n.formats import clock
from randal.meeting_facts import presence
from randal.meeting_facts.forms import GuestForm
from randal.meeting_facts.invitees import DOOR, add_guest
from randal.models.attendance import Attendance, Presence
from randal.models.meetings import Meeting
from randal.notifications.notices import tell
from randal.org.people import people_with_role
from randal.org.places import Province, Unit
from randal.rooms.attendance.drawing import NO_DRAWING, drawn
from randal.rooms.attendance.going import come_back
from randal.rooms.attendance.live_code import ODD
from randal.schemas import forms
from randal.storage import files
from workflows.lifecycle import INVITEE, SECRETARIAT, Actor, Refused

GUEST = "tamu"
GUESTS = 300  # or twice as many as are invited
NEXT = "Untuk orang berikutnya, pindai lagi kode di layar."
#: Whoever holds the live code attends for the row he names; the history says so by this hat, without a name.
HOLDER = Actor(None, frozenset({INVITEE}))
KEY = re.compile(r"[0-9a-f-]{16,40}")
LONGEST = timedelta(
    hours=12
)  # what waited longer on a phone, or lies ahead, comes from a clock that is wrong
NOT_LISTED = "Pilih dari daftar."
#: Who stands at the table is written down there without a limit: a person looks at a person.
FULL = "Tamu yang mencatat diri lewat kode sudah {}, sebanyak batasnya. Mohon ke meja sekretariat; petugas mencatat Anda."


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
    meeting: Meeting,
    raw: Mapping[str, Any],
    now: datetime,
    picture: files.Checked | None = None,
    ticket: str = "",
) -> Attendance:
    """One person comes in. Refused: every wrong field at once, or the row's own need. What a phone sends twice
    (the same `key`) is answered twice and written once; a `ticket` lets one person in. `picture`: the drawing, when it
    was read already."""
    key = str(raw.get("key") or "")
    if found := sent_before(meeting, key, ticket):
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
    if row is None:
        require_room(meeting, now)
    phone_time = said_by_phone(raw, now)
    kept = files.keep(picture, by=None, now=now).id if picture else None
    if row is None:
        row = add_guest(meeting, DOOR, raw, now, signature_id=kept, way="qr", phone_time=phone_time)
    elif row.state == "present":
        come_back(row, HOLDER, now, phone_time=phone_time)
    else:
        fire(row, "check_in", HOLDER, now=now, name=given["name"], post=given["post"], signature=kept, way="qr",
             phone_time=phone_time)  # fmt: skip
    if here := presence.in_room(row, now):
        here.key, here.ticket = key if KEY.fullmatch(key) else None, ticket or None
    db.session.flush()
    return row


def sent_before(meeting: Meeting, key: str, ticket: str) -> Attendance | None:
    """The row that this very sending checked in. Refused: its page has let in somebody else."""
    used = ticket and db.session.scalar(select(Attendance).join(Presence).where(Presence.ticket == ticket))
    found = by_key(meeting, key)  # asked last: the first of two at once may have been written meanwhile
    if used and found is None:
        raise Refused("state", f"Halaman ini sudah dipakai untuk {used.label}. {NEXT}")
    return found


def guest_limit(invited: int) -> int:
    """How many guests the code lets in by itself."""
    return max(GUESTS, 2 * invited)


def guests_at_door(meeting: Meeting) -> tuple[int, int]:
    """How many guests came in by the code, and how many may."""
    by_code = Attendance.is_guest & (Attendance.check_in_way == "qr")
    query = select(func.count(case((by_code, 1))), func.count(case((~Attendance.is_guest, 1))))
    came, invited = db.session.execute(query.where(Attendance.meeting_id == meeting.id)).one()
    return came, guest_limit(invited)


def require_room(meeting: Meeting, now: datetime) -> None:
    """Refused when the code has let in as many guests as it may. The secretariat is told with the last of them."""
    lock(meeting)
    came, most = guests_at_door(meeting)
    if came >= most:
        raise Refused("state", FULL.format(most))
    if came + 1 == most:
        text = f"Rapat «{meeting.title}»: {said_full(most)}"
        tell(
            people_with_role(SECRETARIAT), f"guests:{meeting.id}", text, f"/hadir/meja/{meeting.id}", now=now
        )


def said_full(most: int) -> str:
    return (
        f"{most} tamu sudah mencatat diri lewat kode, sebanyak batasnya; yang berikutnya diarahkan ke meja sekretariat. "
        "Periksa daftarnya dan batalkan yang tidak ada di ruangan."
    )


def _row(meeting: Meeting, who: str, now: datetime) -> tuple[Attendance | None, str]:
    """The invited row that somebody comes for, and what is wrong about it."""
    number = ids.read(who) or 0
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
    return told if told.tzinfo and -ODD <= now - told <= LONGEST else None


def odd_clock(raw: Mapping[str, Any], now: datetime) -> str:
    """What somebody is told whose phone does not know the time."""
    if not raw.get("phone_time") or said_by_phone(raw, now):
        return ""
    return "Jam di telepon Anda tidak cocok, jadi jam sistem yang dicatat."
