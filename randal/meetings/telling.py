"""Who of a meeting is told, and by which mail: the invited and those in office, and the addresses of the tembusan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app

from randal.attendance.models import answer_for
from randal.attendance.replies import links_of
from randal.core import notices
from randal.core.events import Event
from randal.core.people import Person
from randal.meetings.calendar import calendar_of, method_of, mime_of
from randal.meetings.models import Meeting


def mail_all(
    meeting: Meeting,
    people: list[Person],
    event: Event,
    template: str,
    sentence: str,
    reason: str,
) -> None:
    """A notice and a mail to each; the calendar in it names nobody but its reader."""
    key, url = f"meeting:{event.id}", f"/rapat/{meeting.id}"
    public_url = current_app.config["RANDAL"].public_url
    notices.tell(people, key, sentence, url, now=event.at)
    page = current_app.jinja_env.get_template(f"meetings/{template}.mail.txt")
    for person in {p.id: p for p in people if p.active}.values():
        links = links_of(meeting.attendance, person) if template != "cancel" else []
        body = page.render(meeting=meeting, person=person, reason=reason, url=public_url + url, links=links)
        text = calendar_of(meeting, public_url, event.at, person).decode()
        files = [{"name": "rapat.ics", "mime": mime_of(method_of(meeting, person)), "text": text}]
        notices.write(person, key, sentence[:250], body, now=event.at, attachments=files)


def copy_to(
    meeting: Meeting, key: str, subject: str, now: datetime, attached: list[dict[str, Any]], reason: str = ""
) -> None:
    """A mail to each address among the tembusan that was not told otherwise."""
    told = {p.email.lower() for p in invited_people(meeting) + officers(meeting) if p.active}
    page = current_app.jinja_env.get_template("meetings/copy.mail.txt")
    for copy in meeting.copies:
        if copy.address and copy.address not in told:
            body = page.render(
                meeting=meeting, copy=copy, sentence=subject, reason=reason, letter=bool(attached)
            )
            notices.write_to(copy.address, key, subject, body, now=now, attachments=attached)


def officers(meeting: Meeting) -> list[Person]:
    return [p for p in (meeting.chair, meeting.minute_taker) if p]


def invited_people(meeting: Meeting) -> list[Person]:
    return answer_for(meeting.invitees)
