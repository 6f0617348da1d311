"""Who of a meeting is told, and by which mail: the invited and those in office, and the addresses of the tembusan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app

from randal.engine.deeds import doing
from randal.history.events import Event
from randal.meeting_facts.calendar import calendar_of, method_of, mime_of
from randal.meeting_facts.rsvp_links import links_of
from randal.models.meetings import Meeting
from randal.notifications import mail_again, notices
from randal.org.people import Person
from workflows.lifecycle import Act


def mail_all(
    meeting: Meeting,
    people: list[Person],
    event: Event,
    template: str,
    sentence: str,
    reason: str,
) -> None:
    """A notice and a mail to each; the calendar in it names nobody but its reader."""
    withdrawn = template == "uninvite"
    key, url = f"meeting:{event.id}", "/rapat" if withdrawn else f"/rapat/{meeting.id}"
    about = {"thread": f"meeting:{meeting.id}", "asked_by_id": event.actor_id}
    public_url = current_app.config["RANDAL"].public_url
    notices.tell(people, key, sentence, url, now=event.at)
    page = current_app.jinja_env.get_template(f"meetings/{template}.mail.txt")
    for person in {p.id: p for p in people if p.active}.values():
        links = links_of(meeting.attendance, person) if template not in ("cancel", "uninvite") else []
        body = page.render(meeting=meeting, person=person, reason=reason, url=public_url + url, links=links)
        text = calendar_of(meeting, public_url, event.at, person, withdrawn=withdrawn).decode()
        mime = mime_of(method_of(meeting, person, withdrawn=withdrawn))
        files = [{"name": "rapat.ics", "mime": mime, "text": text}]
        notices.write(person, key, sentence[:250], body, now=event.at, attachments=files, **about)


def copy_to(
    meeting: Meeting,
    key: str,
    subject: str,
    now: datetime,
    attached: list[dict[str, Any]],
    reason: str = "",
    asked_by: int | None = None,
) -> None:
    """A mail to each address among the tembusan that was not told otherwise."""
    told = {p.email.lower() for p in meeting.hearers}
    page = current_app.jinja_env.get_template("meetings/copy.mail.txt")
    for copy in meeting.copies:
        if copy.address and copy.address not in told:
            body = page.render(
                meeting=meeting, copy=copy, sentence=subject, reason=reason, letter=bool(attached)
            )
            about = {"thread": f"meeting:{meeting.id}", "asked_by_id": asked_by}
            notices.write_to(
                copy.address, key, subject, body, now=now, name=copy.name, attachments=attached, **about
            )


@doing("meeting.resend_mail")
def resend(meeting: Meeting, act: Act) -> None:
    one = next(one for one in meeting.lost_mails if one.id == act.get("mail_id"))
    mail_again.resend(one, act.now, act.actor)
