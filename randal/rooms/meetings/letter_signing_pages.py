"""/rapat/<id>/surat/tanda-tangan: the signer reads the whole letter on whatever he holds, and signs or gives it back."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from randal.history.events import Event
from randal.models import letter_revising
from randal.models.meetings import LetterSignature, Meeting
from randal.rooms.meetings.letter_signing import letter_of
from randal.signatures import pages
from randal.signatures.keys import key_of
from randal.signatures.stored import provider_here
from randal.web import timeline
from randal.web.attempt import seen
from randal.web.pages import actor, me, moves_of, now
from workflows.lifecycle import Act

MISSING = "Berkas PDF surat undangan belum siap."
MOVES = ("sign_letter", "decline_letter")


def add_letter_signing(bp: Blueprint) -> None:
    at = "/<int:id>/surat/tanda-tangan"
    bp.add_url_rule(at, "sign_letter", login_required(page))
    bp.add_url_rule(f"{at}/berkas", "letter_file", login_required(stored_file))
    bp.add_url_rule(f"{at}/halaman/<int:number>.png", "letter_page", login_required(page_picture))


def readable(id: int) -> Meeting:
    """The meeting, for whoever signs its letter, holds an office in it, or writes it. Refused: role."""
    meeting: Meeting = seen(Meeting, id, actor())
    meeting.lifecycle().require(meeting, "letter", Act(actor(), now()))
    return meeting


def page(id: int) -> ResponseReturnValue:
    meeting = readable(id)
    document = letter_of(meeting)
    given = [row for row in meeting.letter_signatures if document and row.document_id == document.id]
    return render_template(
        "meetings/sign_letter.html",
        meeting=meeting,
        document=document,
        signature=given[0] if given else None,
        field=LetterSignature.FIELD,
        sheets=pages.sheets_of(document),
        opened={o.move.name: o for o in moves_of(meeting) if o.move.name in MOVES},
        key=key_of(me().id),
        provider=provider_here(),
        outdated=letter_revising.asked_for(meeting),
        history=timeline.in_words(letter_events(meeting), me().zone),
    )


def letter_events(meeting: Meeting) -> list[Event]:
    """What was done with the letters of this meeting, the newest first."""
    query = select(Event).where(Event.item_type == "meeting", Event.item_id == meeting.id)
    return list(
        db.session.scalars(query.where(Event.move.in_(("issue_letter", *MOVES))).order_by(Event.seq.desc()))
    )


def declined(meeting: Meeting) -> dict[str, str] | None:
    """Number and reason of the letter that its signer gave back last, until another is issued."""
    if meeting.letter_declined_at is None:
        return None
    events = letter_events(meeting)
    number = db.session.scalar(
        select(Document.params)
        .where(Document.kind == "invitation", Document.meeting_id == meeting.id)
        .where(Document.withdrawn_at == meeting.letter_declined_at)
    )
    return {"number": (number or {}).get("number", ""), "reason": events[0].said("reason") if events else ""}


def stored_file(id: int) -> ResponseReturnValue:
    return pages.stored_file(letter_of(readable(id)), f"surat-undangan-{id}", MISSING)


def page_picture(id: int, number: int) -> ResponseReturnValue:
    return pages.page_picture(letter_of(readable(id)), number, MISSING)
