"""Who of a meeting is told, and by which mail: the invited and those in office, and the addresses of the tembusan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from randal.documents.pipeline import ready
from randal.engine.deeds import doing
from randal.history.events import Event
from randal.meeting_facts.calendar import calendar_of, method_of, mime_of
from randal.meeting_facts.rsvp_links import links_of
from randal.models.meetings import Meeting
from randal.notifications import mail_again, notices
from randal.org.people import Person
from workflows.lifecycle import Act

LETTER_OUT = "Surat undangan {} telah terbit: {}."


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


def tell_of_letter(meeting: Meeting, event: Event) -> None:
    people = meeting.hearers
    sentence = LETTER_OUT.format(meeting.letter_number or "", meeting.title)
    notices.tell(people, f"meeting:{event.id}", sentence, f"/rapat/{meeting.id}", now=event.at)


@ready("invitation")
def mail_letter(document: Document, now: datetime) -> None:
    """The letter itself goes to everybody as soon as there is one: drawn here, or the file that was signed elsewhere."""
    meeting = db.session.get(Meeting, document.subject_id)
    if meeting is None or document.restricted or document.newest is None:
        return
    number = document.params.get("number", "")
    url = f"{current_app.config['RANDAL'].public_url}/rapat/{meeting.id}"
    page = current_app.jinja_env.get_template("meetings/letter.mail.txt")
    attached = [
        {"name": "surat-undangan.pdf", "mime": document.newest.mime, "file_id": document.newest.id},
    ]
    dated_on = document.params.get("dated_on") or None
    subject = LETTER_OUT.format(number, meeting.title)[:250]
    issued = select(Event.actor_id).where(
        Event.item_type == "meeting", Event.item_id == meeting.id, Event.move == "issue_letter"
    )
    issuer = db.session.scalar(issued.order_by(Event.seq.desc()).limit(1))
    for person in meeting.hearers:
        body = page.render(
            meeting=meeting,
            person=person,
            url=url,
            number=number,
            dated_on=dated_on,
            links=links_of(meeting.attendance, person),
        )
        about = {"thread": f"meeting:{meeting.id}", "asked_by_id": issuer}
        notices.write(
            person, f"meeting:letter:{document.id}", subject, body, now=now, attachments=attached, **about
        )
    copy_to(meeting, f"meeting:letter:{document.id}", subject, now, attached, asked_by=issuer)
