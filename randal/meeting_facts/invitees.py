"""Who is invited: the PPK of a unit, or one person; and guests, who need no invitation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from randal.database.base import db
from randal.engine.deeds import doing
from randal.engine.transitions import lock, make, record
from randal.meeting_facts.forms import GuestForm, InviteForm
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.org.people import Person
from randal.org.places import Unit
from randal.schemas import forms
from workflows.attendance import LIFECYCLE
from workflows.lifecycle import SECRETARIAT, Act, Actor, Refused

#: Stands for the secretariat at the door: whoever holds the live code may write on the guests' list.
DOOR = Actor(None, frozenset({SECRETARIAT}))


def add_attendance(meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Attendance:
    """Invite (`unit_id` or `user_id`), or write down a guest (`guest: {name, post, institution}`)."""
    LIFECYCLE.require_make(actor.roles)
    if "guest" in raw:
        guest = raw["guest"]
        return add_guest(meeting, actor, guest if isinstance(guest, Mapping) else {}, now, prefix="guest.")
    return invite(meeting, actor, raw, now)


def invite(meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Attendance:
    lock(meeting)
    LIFECYCLE.require_make(actor.roles, meeting.state, meeting.state_label)
    given = forms.load(InviteForm, raw)
    unit_id, person_id = given.get("unit_id"), given.get("user_id")
    if (unit_id is None) == (person_id is None):
        raise forms.wrong("unit_id", "Isi salah satu: PPK (unit_id) atau orang (user_id).")
    if unit_id is not None:
        if not known(Unit, unit_id):
            raise forms.wrong("unit_id", "PPK ini tidak dikenal.")
        if any(row.unit_id == unit_id for row in meeting.attendance):
            raise forms.wrong("unit_id", "PPK ini sudah diundang.")
        return invite_units(meeting, [unit_id], actor, now)[0]
    person = known(Person, person_id)
    if not person or not person.active:
        raise forms.wrong("user_id", "Orang ini tidak dikenal.")
    if any(row.person_id == person.id for row in meeting.attendance):
        raise forms.wrong("user_id", "Orang ini sudah diundang.")
    post = person.post_title(meeting.local_start_date or meeting.local_date(now))
    return add(meeting, Attendance(person_id=person.id, post_invited=post), actor, now)


def invite_units(
    meeting: Meeting, unit_ids: Iterable[int], actor: Actor, now: datetime, *, only_these: bool = False
) -> list[Attendance]:
    """Invite the PPK of those units that are not on the list yet; `only_these` also takes others off a draft."""
    wanted = list(dict.fromkeys(unit_ids))
    present = {row.unit_id: row for row in meeting.attendance if row.unit_id}
    if set(wanted) - set(present) or (only_these and set(present) - set(wanted)):
        LIFECYCLE.require_make(actor.roles)
        lock(meeting)
    if only_these:
        for unit_id, row in present.items():
            if unit_id not in wanted:
                take_off(row, actor, now)
    return [
        add(meeting, Attendance(unit_id=unit_id), actor, now) for unit_id in wanted if unit_id not in present
    ]


def uninvite(row: Attendance, actor: Actor, now: datetime) -> None:
    """Take an invitee off a draft's list. Who had the invitation is told: that is the deed `uninvite` of the meeting."""
    lock(row.meeting)
    LIFECYCLE.require(row, "take_off", Act(actor, now))
    take_off(row, actor, now)


@doing("meeting.uninvite")
def take_back(meeting: Meeting, act: Act) -> None:
    row = next(row for row in meeting.invitees if row.id == act.get("attendance_id"))
    act.tell(**{"unit_id": row.unit_id} if row.unit_id else {"user_id": row.person_id})
    take_off(row, act.actor, act.now)


def take_off(row: Attendance, actor: Actor, now: datetime) -> None:
    """The row goes; its history stays and ends with who took it off."""
    record(row, "remove", actor, now=now, before=row.state)
    row.presences  # noqa: B018 - read now: once it has no meeting, reading would write that
    row.meeting.attendance.remove(row)
    db.session.delete(row)
    db.session.flush()


def add_guest(
    meeting: Meeting,
    actor: Actor,
    raw: Mapping[str, Any],
    now: datetime,
    *,
    signature_id: int | None = None,
    way: str = "table",
    prefix: str = "",
    **noted: Any,
) -> Attendance:
    """A guest is present from the start: during the meeting's day, and afterwards until the minutes are approved.
    `noted` goes into the history beside (phone_time)."""
    lock(meeting)
    meeting.lifecycle().require(meeting, "guest", Act(actor, now, {"way": way}))
    try:
        given = forms.load(GuestForm, raw)
    except Refused as refused:
        raise Refused(
            "field", refused.detail, {prefix + name: several for name, several in refused.errors.items()}
        ) from None
    row = Attendance(is_guest=True, name_attending=given["name"], post_attending=given["post"])
    row.institution, row.signature_file_id = given["institution"], signature_id
    row.checked_in_at, row.check_in_way = now, way
    return add(meeting, row, actor, now, state="present", **noted)


def add(
    meeting: Meeting, row: Attendance, actor: Actor, now: datetime, state: str | None = None, **noted: Any
) -> Attendance:
    # Asked of the database: at a busy door hundreds of rows would be read for each guest.
    last = select(func.max(Attendance.position)).where(Attendance.meeting_id == meeting.id)
    row.position = (db.session.scalar(last) or 0) + 1
    row.meeting = meeting
    make(row, actor, now=now, state=state, **noted)
    return row


def known(model: type[Any], wanted: int | None) -> Any:
    return db.session.scalar(select(model).where(model.id == wanted)) if wanted else None
