"""What follows a move of a meeting: in its transaction, and later by a worker (notices, mail with the calendar)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import current_app
from sqlalchemy import select

from randal.attendance.models import Attendance
from randal.core import forms, notices
from randal.core.db import db
from randal.core.events import Event, on, within
from randal.core.moving import before
from randal.core.people import Person, people_with_role
from randal.meetings.calendar import calendar_of
from randal.meetings.commands import OFFICES, is_active, name_chair
from randal.meetings.models import AgendaItem, Meeting
from randal.meetings.queries import open_follow_ups_before
from workflows.lifecycle import PPK, PPK_STAFF, SECRETARIAT, Actor, Refused

CARRIED_OVER = "Tindak lanjut rapat sebelumnya"


# -- before and with the move ------------------------------------------------------------------------


@before("meeting.reassign")
def find_people(item: Meeting, actor: Actor, given: dict[str, Any], now: Any) -> dict[str, Any]:
    errors = {
        name: ["Orang ini tidak dikenal."]
        for name in OFFICES
        if given.get(name) and not is_active(given[name])
    }
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    return {}


@within("meeting.reassign", "meeting.reschedule")
def take_the_chairs_post(item: Meeting, event: Event) -> None:
    name_chair(item)


@within("meeting.schedule")
def carry_over(item: Meeting, event: Event) -> None:
    """What the invited units still owe from earlier meetings becomes agenda item 1."""
    earlier = open_follow_ups_before(item)
    if not earlier or any(row.carries_over for row in item.agenda_items):
        return
    item.previous_id = item.previous_id or earlier[-1]
    for row in sorted(item.agenda_items, key=lambda r: -r.position):
        row.position += 1
    first = AgendaItem(title=CARRIED_OVER, position=1, carries_over=True, updated_at=event.at)
    item.agenda_items.insert(0, first)


@within("meeting.close")
def put_off_the_rest(item: Meeting, event: Event) -> None:
    for row in item.agenda_items:
        if row.outcome is None:
            row.outcome, row.updated_at, row.updated_by_id = "deferred", event.at, event.actor_id


# -- afterwards, by a worker -------------------------------------------------------------------------


@on("meeting.schedule", "meeting.reschedule", "meeting.cancel")
def call_everybody(event: Event) -> None:
    meeting = db.session.get(Meeting, event.item_id)
    if meeting is None or (event.from_state == "draft" and event.move == "cancel"):
        return
    reason = next((t.text for t in event.texts if t.name == "reason"), "")
    sentence = {
        "schedule": "Undangan: {}. Silakan konfirmasi kehadiran.",
        "reschedule": "Jadwal berubah: {}. Silakan konfirmasi lagi.",
        "cancel": "Rapat dibatalkan: {}.",
    }[event.move].format(meeting.title)
    mail_all(meeting, invited_people(meeting) + officers(meeting), event, event.move, sentence, reason)


@on("meeting.issue_letter")
def send_letter(event: Event) -> None:
    meeting = db.session.get(Meeting, event.item_id)
    if meeting is None:
        return
    sentence = f"Surat undangan {meeting.letter_number or ''} telah terbit: {meeting.title}."
    letter = [{"name": "surat-undangan.pdf", "mime": "application/pdf", "file_id": meeting.letter_file_id}]
    attached = letter if meeting.letter_file_id else []
    mail_all(meeting, invited_people(meeting) + officers(meeting), event, "letter", sentence, "", attached)


@on("meeting.reassign")
def tell_new_officers(event: Event) -> None:
    meeting = db.session.get(Meeting, event.item_id)
    if meeting is None:
        return
    text = f"Pimpinan rapat atau notulis diganti: {meeting.title}."
    people = officers(meeting) + people_with_role(SECRETARIAT)
    notices.tell(people, f"meeting:{event.id}", text, f"/rapat/{meeting.id}", now=event.at)


@on("attendance.create")
def call_latecomer(event: Event) -> None:
    """Somebody invited after the invitations went out."""
    row = db.session.get(Attendance, event.item_id)
    if row is None or row.is_guest or row.meeting.state not in ("scheduled", "in_session"):
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
    mail_all(row.meeting, people_of([row]), event, "schedule", sentence, "")


def mail_all(
    meeting: Meeting,
    people: list[Person],
    event: Event,
    template: str,
    sentence: str,
    reason: str,
    attached: Iterable[dict[str, Any]] = (),
) -> None:
    """A notice and a mail to each; the calendar in it names nobody but its reader."""
    key, url = f"meeting:{event.id}", f"/rapat/{meeting.id}"
    public_url = current_app.config["RANDAL"].public_url
    notices.tell(people, key, sentence, url, now=event.at)
    page = current_app.jinja_env.get_template(f"meetings/{template}.mail.txt")
    for person in {p.id: p for p in people if p.active}.values():
        body = page.render(meeting=meeting, person=person, reason=reason, url=public_url + url)
        files = list(attached)
        if template != "letter":
            text = calendar_of(meeting, public_url, event.at, person).decode()
            files.append({"name": "rapat.ics", "mime": "text/calendar", "text": text})
        notices.write(person, key, sentence[:250], body, now=event.at, attachments=files)


def officers(meeting: Meeting) -> list[Person]:
    return [p for p in (meeting.chair, meeting.minute_taker) if p]


def invited_people(meeting: Meeting) -> list[Person]:
    return people_of(meeting.invitees)


def people_of(rows: Iterable[Attendance]) -> list[Person]:
    """Those who answer for these rows: the person, or the PPK (and staff) of the unit."""
    rows = list(rows)
    units = [r.unit_id for r in rows if r.unit_id]
    persons = [r.person_id for r in rows if r.person_id]
    query = select(Person).where(
        Person.active,
        Person.id.in_(persons) | (Person.unit_id.in_(units) & Person.role.in_((PPK, PPK_STAFF))),
    )
    return list(db.session.scalars(query.order_by(Person.id)))
