"""Asking the silent: by the clock (rules.py), by the secretariat's button, and by a new link in place of one gone astray."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from randal.database.base import db
from randal.engine.deeds import doing
from randal.engine.transitions import run
from randal.history.events import Event
from randal.l10n.formats import clock, day_date
from randal.meeting_facts.rsvp_links import links_of
from randal.models.attendance import Attendance, answer_for
from randal.models.meetings import Meeting
from randal.notifications import notices
from randal.org.people import Person
from workflows.lifecycle import Act, Actor, Refused

EVERY = timedelta(hours=1)


def silent(meeting: Meeting) -> list[Attendance]:
    """Invited rows without an answer."""
    return [row for row in meeting.invitees if row.state == "invited"]


def last_asked(meeting: Meeting) -> datetime | None:
    """When the secretariat last pressed the button."""
    mine = Event.item_type == "meeting", Event.item_id == meeting.id
    asked = select(func.max(Event.at)).where(*mine, Event.move == "remind_invitees")
    return db.session.scalar(asked)


def remind(meeting: Meeting, actor: Actor, now: datetime) -> tuple[int, int]:
    """Write to those who answer for every silent invitation, one mail each; (invitations, people). Not more than once
    an hour. Refused: not the secretariat, no meeting ahead, nobody silent, asked less than an hour ago."""
    made: tuple[int, int] = run(meeting, "remind_invitees", actor, {}, now=now).made
    return made


@doing("meeting.remind_invitees")
def ask_the_silent(meeting: Meeting, act: Act) -> tuple[int, int]:
    now, before = act.now, last_asked(meeting)
    if before and now - before < EVERY:
        again = clock(before + EVERY, meeting.timezone)
        raise Refused("state", f"Pengingat baru saja dikirim. Dapat dikirim lagi mulai pukul {again}.")
    rows = silent(meeting)
    people = answer_for(rows)
    write(meeting, rows, people, f"ask:{meeting.id}:{now:%Y%m%d%H%M%S}", now, act.actor.id)
    act.tell(reminded=len(rows))
    return len(rows), len(people)


def change_link(row: Attendance, actor: Actor, now: datetime) -> int:
    """The link of this row counts no longer, and a new one goes to those who answer for it; how many people."""
    people: int = run(row, "change_link", actor, {}, now=now).made
    return people


@doing("attendance.change_link")
def send_new_link(row: Attendance, act: Act) -> int:
    row.link_number += 1
    people = answer_for([row])
    write(row.meeting, [row], people, f"link:{row.id}:{row.link_number}", act.now, act.actor.id)
    act.tell(link_number=row.link_number, people=len(people))
    return len(people)


def write(
    meeting: Meeting,
    rows: list[Attendance],
    people: list[Person],
    key: str,
    now: datetime,
    asked_by: int | None,
) -> None:
    """A notice and a mail with the reader's own links to each."""
    day = day_date(meeting.local_start_date)
    sentence = f"Mohon konfirmasi kehadiran: {meeting.title}, {day}."
    page = current_app.jinja_env.get_template("attendance/remind.mail.txt")
    notices.tell(people, key, sentence, f"/rapat/{meeting.id}?bagian=kehadiran", now=now)
    for person in people:
        body = page.render(meeting=meeting, person=person, links=links_of(rows, person))
        notices.write(
            person, key, sentence[:250], body, now=now, thread=f"meeting:{meeting.id}", asked_by_id=asked_by
        )


def announced(meetings: Iterable[int]) -> dict[int, datetime]:
    """When the present schedule of each of these meetings was told to the invited."""
    query = select(Event.item_id, func.max(Event.at)).where(
        Event.item_type == "meeting",
        Event.item_id.in_(list(meetings)),
        Event.move.in_(("schedule", "reschedule")),
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Event.item_id))}
