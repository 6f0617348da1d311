"""What follows a move of a meeting: in its transaction, and later by a worker (notices, mail with the calendar)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.documents import letterhead
from randal.documents.model import Document
from randal.history.events import Event, on, within
from randal.models.attendance import Attendance, answer_for
from randal.models.meetings import AgendaItem, Meeting
from randal.notifications import notices
from randal.org.people import people_with_role
from randal.rooms.meetings import agenda, letter_signing  # noqa: F401 - it declares its own
from randal.rooms.meetings.commands import ANNOUNCED, OFFICES, is_active, name_chair
from randal.rooms.meetings.queries import open_follow_ups_before
from randal.rooms.meetings.series import carried_over
from randal.rooms.meetings.telling import copy_to, mail_all, tell_of_letter
from randal.schemas import forms
from randal.web.attempt import before
from workflows.lifecycle import SECRETARIAT, Actor, Refused
from workflows.meeting_states import LIVE

CARRIED_OVER = "Tindak lanjut rapat sebelumnya"
QUIET = timedelta(minutes=1)  # who plans four sessions writes to everybody once


# -- before and with the move ------------------------------------------------------------------------


@before("meeting.reassign")
def find_people(item: Meeting, actor: Actor, given: dict[str, Any], now: Any) -> dict[str, Any]:
    errors = {
        name: ["Orang ini tidak dikenal."]
        for name in OFFICES
        if given.get(name) is not None and not is_active(given[name])
    }
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    return {}


@before("meeting.issue_letter")
def number_the_letter(item: Meeting, actor: Actor, given: dict[str, Any], now: Any) -> dict[str, Any]:
    """The number that was typed, when no other letter has it; else the next of the unit's pattern in the letter's year."""
    day, unit_id = given.get("dated_on"), item.organiser_id
    if number := given.get("number"):
        return {"number": letterhead.take("invitation", unit_id, number, item.id, now)}
    if day is None:
        return {}
    pattern = letterhead.dress_of(unit_id, day).invitation_pattern
    return {"number": letterhead.next_number("invitation", pattern, unit_id, day, item.id, now)}


@within("meeting.reassign", "meeting.reschedule")
def take_the_chairs_post(item: Meeting, event: Event) -> None:
    name_chair(item)


@within("meeting.schedule")
def carry_over(item: Meeting, event: Event) -> None:
    """What earlier meetings left (open follow-ups, what was put off, what was not met) becomes agenda item 1."""
    earlier = open_follow_ups_before(item)
    if earlier:
        item.previous_id = item.previous_id or earlier[-1]
    if any(row.carries_over for row in item.agenda_items) or not carried_over(item):
        return
    for row in sorted(item.agenda_items, key=lambda r: -r.position):
        row.position += 1
    first = AgendaItem(title=CARRIED_OVER, position=1, carries_over=True, updated_at=event.at)
    first.session = next((s for s in item.sessions if s.kind == "session"), None)
    item.agenda_items.insert(0, first)


@within("meeting.close")
def put_off_the_rest(item: Meeting, event: Event) -> None:
    agenda.close(item, event.at)
    for row in item.agenda_items:
        if row.outcome is None:
            row.outcome, row.updated_at, row.updated_by_id = "deferred", event.at, event.actor_id


# -- afterwards, by a worker -------------------------------------------------------------------------


@on("meeting.schedule", "meeting.reschedule", "meeting.cancel")
def call_everybody(event: Event) -> None:
    meeting = db.session.get(Meeting, event.item_id)
    if meeting is None or (event.from_state == "draft" and event.move == "cancel"):
        return
    reason = event.said("reason")
    sentence = {
        "schedule": "Undangan: {}. Silakan konfirmasi kehadiran.",
        "reschedule": "Jadwal berubah: {}. Silakan konfirmasi lagi.",
        "cancel": "Rapat dibatalkan: {}.",
    }[event.move].format(meeting.title)
    mail_all(meeting, meeting.hearers, event, event.move, sentence, reason)


SESSIONS = ("add_session", "change_session", "remove_session")


def moves_people(event: Event) -> bool:
    return not ANNOUNCED.isdisjoint(event.data.get("fields", ()))


@on(*(f"meeting.{name}" for name in SESSIONS), after=QUIET, when=lambda event: event.to_state in LIVE)
@on("meeting.edit", after=QUIET, when=moves_people)
def tell_of_place(event: Event) -> None:
    """Who was invited to one room must not stand before its door when the meeting is in another: another place or other
    sessions. Several changes in a row are told by the last of them."""
    meeting = db.session.get(Meeting, event.item_id)
    if meeting is None or meeting.state not in LIVE or event.to_state != meeting.state:
        return
    if told_later(event):
        return
    sentence = f"Judul, tempat, atau sesi rapat berubah: {meeting.title}."
    mail_all(meeting, meeting.hearers, event, "relocate", sentence, "")


def told_later(event: Event) -> bool:
    """Has a later move or edit sent, or will it send, the calendar as it is now?"""
    since = select(Event).where(Event.item_type == "meeting", Event.item_id == event.item_id)
    return any(
        later.move in ("reschedule", "cancel", *SESSIONS) or (later.move == "edit" and moves_people(later))
        for later in db.session.scalars(since.where(Event.seq > event.seq))
    )


@on("meeting.issue_letter")
def send_letter(event: Event) -> None:
    meeting = db.session.get(Meeting, event.item_id)
    if meeting is None or event.data.get("way") == "here":  # that one goes out signed
        return
    tell_of_letter(meeting, event)


@on("meeting.reassign")
def tell_new_officers(event: Event) -> None:
    meeting = db.session.get(Meeting, event.item_id)
    if meeting is None:
        return
    text = f"Pimpinan rapat atau notulis diganti: {meeting.title}."
    officers = [p for p in (meeting.chair, meeting.minute_taker) if p and p.active]
    people = officers + people_with_role(SECRETARIAT)
    notices.tell(people, f"meeting:{event.id}", text, f"/rapat/{meeting.id}", now=event.at)


@on("attendance.create")
def call_latecomer(event: Event) -> None:
    """Somebody invited after the invitations went out."""
    row = db.session.get(Attendance, event.item_id)
    if row is None or row.is_guest or row.meeting.state not in LIVE:
        return
    went_out = select(Event.id).where(
        Event.item_type == "meeting",
        Event.item_id == row.meeting_id,
        Event.move == "schedule",
        Event.id < event.id,
    )
    if db.session.scalar(went_out) is None:  # invited before: `schedule` calls him
        return
    sentence = f"Undangan: {row.meeting.title}. Silakan konfirmasi kehadiran."
    mail_all(row.meeting, answer_for([row]), event, "schedule", sentence, "")


@on("meeting.uninvite")
def call_back(event: Event) -> None:
    """Who was asked by mistake hears it, unless he is asked in another way too."""
    meeting = db.session.get(Meeting, event.item_id)
    if meeting is None:
        return
    gone = Attendance(unit_id=event.data.get("unit_id"), person_id=event.data.get("user_id"))
    told = {person.id for person in meeting.hearers}
    people = [person for person in answer_for([gone]) if person.id not in told]
    sentence = f"Undangan dicabut: {meeting.title}."
    mail_all(meeting, people, event, "uninvite", sentence, event.said("reason"))


@on("meeting.cancel")
def call_off_copies(event: Event) -> None:
    """Who had the letter as a tembusan hears that nothing comes of it."""
    meeting = db.session.get(Meeting, event.item_id)
    letter = Document.of("invitation", "meeting", event.item_id)
    if meeting is None or letter is None or letter.restricted:
        return
    subject = f"Rapat dibatalkan: {meeting.title}."[:250]
    copy_to(meeting, f"meeting:{event.id}", subject, event.at, [], event.said("reason"), event.actor_id)
