"""What pages and API read of minutes and signatures."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from randal.database.base import db
from randal.documents.model import Document
from randal.history.events import Event
from randal.models.meetings import LetterSignature, Meeting
from randal.models.minutes import Minutes, Signature
from randal.models.minutes_kinds import KINDS
from randal.verification.registry import manifest_for_file
from workflows.lifecycle import OFFICERS, SEES_ALL, Actor
from workflows.minutes import LIFECYCLE, MINUTES

__all__ = [
    "given_by",
    "last_return",
    "letters_signed_by",
    "listed",
    "manifest_for_file",
    "minutes_of",
    "papers_of",
    "waiting_for",
]


def papers_of(minutes: Minutes, actor: Actor) -> list[Document]:
    """The papers of all versions, the newest first; a withdrawn one is the business of those who write and decide."""
    inside = actor.has(*SEES_ALL) or not minutes.relations(actor).isdisjoint(OFFICERS)
    return [d for d in minutes.documents if inside or d.withdrawn_at is None]


def waiting_for(actor: Actor) -> list[Signature]:
    """Signatures whose turn it is and that this actor may give, for himself or for the post; oldest first."""
    query = select(Signature).where(Signature.state == "ready", Signature.waits_for(actor))
    return list(db.session.scalars(query.order_by(Signature.updated_at)))


def given_by(actor: Actor, limit: int = 50) -> list[Signature]:
    query = select(Signature).where(Signature.state == "signed", Signature.signed_by_id == actor.id)
    return list(db.session.scalars(query.order_by(Signature.signed_at.desc()).limit(limit)))


def letters_signed_by(actor: Actor, limit: int = 50) -> list[LetterSignature]:
    """Letters of invitation that this actor signed here, the newest first, with their meetings."""
    query = select(LetterSignature).where(LetterSignature.signed_by_id == actor.id)
    query = query.options(joinedload(LetterSignature.meeting))
    return list(db.session.scalars(query.order_by(LetterSignature.signed_at.desc()).limit(limit)))


def minutes_of(meeting_id: int, actor: Actor, kind: str = MINUTES) -> list[Minutes]:
    """The papers of this kind of a meeting that this actor may see, those that count first."""
    mine = Minutes.meeting_id == meeting_id, Minutes.kind == kind
    found = list(db.session.scalars(Minutes.visible_to(actor).where(*mine)))
    return sorted(found, key=lambda m: (m.state != "signed", -m.id))


def last_return(minutes: Minutes) -> Event | None:
    """The move that sent these minutes back to be written again, with its reason; None: they were not, or go on since."""
    if minutes.state != "drafting":
        return None
    moved = Event.item_type == "minutes", Event.item_id == minutes.id, Event.move.in_(LIFECYCLE.step_names)
    last = db.session.scalar(select(Event).where(*moved).order_by(Event.seq.desc()).limit(1))
    return last if last and last.move in ("return", "revise") else None


def listed(
    actor: Actor, q: str = "", state: str = "", kind: str = "", limit: int = 50, page: int = 1
) -> list[Minutes]:
    """Minutes the actor may see, the newest meeting first; one row more than `limit` says that there are others."""
    query = Minutes.visible_to(actor).join(Minutes.meeting).options(contains_eager(Minutes.meeting))
    if q:
        sought = f"%{q.replace('%', '').replace('_', '')}%"
        query = query.where(or_(Meeting.title.ilike(sought), Minutes.number.ilike(sought)))
    if state in Minutes.lifecycle().states:
        query = query.where(Minutes.state == state)
    if kind in KINDS:
        query = query.where(Minutes.kind == kind)
    query = query.order_by(Meeting.starts_at.desc(), Minutes.id.desc())
    return list(db.session.scalars(query.limit(limit + 1).offset((max(page, 1) - 1) * limit)).unique())
