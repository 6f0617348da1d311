"""A letter of invitation signed here: the slow part before the move, what is kept with it, who is told after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from sqlalchemy import or_, select

from randal.database.base import db
from randal.documents.model import Document
from randal.documents.pipeline import ready
from randal.engine.transitions import Changed, lock
from randal.history.events import Event, on, within
from randal.models.meetings import LetterSignature, Meeting
from randal.notifications import notices
from randal.org.people import Person, holders, people_with_role
from randal.rooms.meetings.telling import mail_letter, tell_of_letter
from randal.signatures import keys, stored
from randal.web.attempt import before
from workflows.lifecycle import SECRETARIAT, Act, Actor
from workflows.meeting_states import ENDED

PAPER = "surat undangan"


def is_in_office(person: Person) -> bool:
    """Does this person lead a meeting, or take its minutes, that is still to be signed?"""
    mine = or_(Meeting.chair_id == person.id, Meeting.minute_taker_id == person.id)
    open_ = Meeting.state.not_in(ENDED)
    return db.session.scalar(select(Meeting.id).where(mine, open_).limit(1)) is not None


keys.NAMED.append(is_in_office)
keys.SIGNED.append(LetterSignature.certificate_serial)


def letter_of(meeting: Meeting) -> Document | None:
    """The letter that waits for its signature, or has it."""
    document = Document.of("invitation", "meeting", meeting.id)
    return document if document and document.params.get("way") == "here" else None


def signing_url(meeting: Meeting) -> str:
    return f"/rapat/{meeting.id}/surat/tanda-tangan"


@before("meeting.sign_letter")
def sign_stored_letter(item: Meeting, actor: Actor, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Sign the newest stored file of the letter; answers ids only, which `keep_signed` checks and adds."""
    item.lifecycle().decide(item, "sign_letter", Act(actor, now, given))
    meeting_id, stamp = item.id, stored.stamp_for(actor, item.timezone, now)
    made = stored.sign_newest(
        letter_of(item), LetterSignature.FIELD, actor, given, now, stamp=stamp, last=True, paper=PAPER
    )
    lock(db.session.get_one(Meeting, meeting_id))
    return stored.keep(made, actor, now)


@within("meeting.sign_letter")
def keep_signed(meeting: Meeting, event: Event) -> None:
    """The signed file becomes the next version of the letter, which from now on all the invited may read."""
    from randal.signatures.remote import added_by

    document, person = letter_of(meeting), db.session.get(Person, event.actor_id)
    if document is None or person is None:
        raise Changed("Surat undangan berubah selagi Anda menandatangani. Muat ulang, lalu baca lagi.")
    way = "local" if event.data.get("key_id") else "remote"
    serial = stored.serial_of(event.data, way)
    stored.add_signed(document, event.data, event.at, paper=PAPER)
    document.restricted = False
    field, certificate = added_by(*(one.file.read() for one in document.versions[-2:]))
    row = LetterSignature(document_id=document.id, meeting_id=meeting.id, signed_at=event.at, way=way)
    row.signed_by_id, row.signed_as = person.id, person.post_title(meeting.local_date(event.at))[:200]
    row.signed_field = field if field != LetterSignature.FIELD else ""
    row.certificate_serial = serial
    row.certificate_sha256 = certificate.fingerprint(hashes.SHA256()).hex()
    db.session.add(row)


@ready("invitation")
def call_signer(document: Document, now: datetime) -> None:
    """The letter lies ready: whoever may sign it reads so."""
    meeting = db.session.get(Meeting, document.subject_id)
    if meeting is None or not document.restricted or document.params.get("way") != "here":
        return
    text = f"Surat undangan menunggu tanda tangan Anda: {meeting.title}."
    notices.tell(signers_of(meeting, now), f"letter:{document.id}:sign", text, signing_url(meeting), now=now)


def signers_of(meeting: Meeting, now: datetime) -> list[Person]:
    """The chair, and whoever else holds the chair's post today (Plt., Plh.)."""
    chair = [meeting.chair] if meeting.chair else []
    return [*chair, *holders(meeting.chair_post_id, meeting.local_date(now))]


@on("meeting.sign_letter")
def send_signed(event: Event) -> None:
    """Signed: now it goes out, as a letter that needed no signature goes out when it is drawn."""
    meeting = db.session.get(Meeting, event.item_id)
    document = letter_of(meeting) if meeting else None
    if meeting and document and not document.restricted:
        tell_of_letter(meeting, event)
        mail_letter(document, event.at)


@on("meeting.decline_letter")
def tell_secretariat(event: Event) -> None:
    meeting = db.session.get(Meeting, event.item_id)
    if meeting is None:
        return
    text = f"Surat undangan tidak ditandatangani, {meeting.title}: {event.said('reason')}"
    people = people_with_role(SECRETARIAT)
    notices.tell(people, f"meeting:{event.id}", text, f"/rapat/{meeting.id}/surat", now=event.at)
