"""What minutes and signatures set in motion within the same transaction; who is told stands in `telling`."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from randal.database.base import db
from randal.documents import letterhead
from randal.documents.snapshots import fingerprint
from randal.engine.deeds import doing
from randal.engine.transitions import fire, make
from randal.history.events import Event, within
from randal.models import minutes_wordings
from randal.models.meetings import Meeting
from randal.models.minutes import Minutes, MinutesAgreement, MinutesSection, MinutesSigner, Signature
from randal.org.people import post_of
from randal.rooms.minutes import moves, telling, witness  # noqa: F401 - they declare their own
from randal.rooms.minutes.drafting import add_sections, compose_again, default_signers, keep_all, standing
from randal.rooms.minutes.papers import ask_for_paper, minutes_paper
from randal.signatures import stored
from workflows.lifecycle import MACHINE, Act
from workflows.minutes import BEFORE_APPROVAL, LOCKED, MINUTES
from workflows.signature import OPEN

# -- from the meeting to the frozen words ------------------------------------------------------------


@within("meeting.close")
def open_minutes(meeting: Meeting, event: Event) -> None:
    """The first minutes of the meeting; after a reopening the words nobody touched follow the meeting."""
    for paper in meeting.all_minutes:
        if paper.state == "drafting" and not paper.is_addendum:
            compose_again(paper, event.at)
    if meeting.minutes:
        return
    minutes = Minutes(meeting=meeting)
    make(minutes, MACHINE, now=event.at)
    add_sections(minutes, event.at)
    default_signers(minutes)


@within("meeting.reassign")
def follow_officers(meeting: Meeting, event: Event) -> None:
    """Signers that nobody has chosen by hand are the officers of the day."""
    for minutes in meeting.all_minutes:
        if minutes.state in BEFORE_APPROVAL:
            follow(minutes, event)


def follow(minutes: Minutes, event: Event) -> None:
    told = Event.move.in_(("name_signers", "edit"))
    said = select(Event).where(Event.item_type == "minutes", Event.item_id == minutes.id, told)
    by_hand = (
        e.move == "name_signers" or "signers" in e.data.get("fields", ()) for e in db.session.scalars(said)
    )
    if not any(by_hand):
        default_signers(minutes)
    if minutes.state == "drafting":
        compose_again(minutes, event.at)


@within("minutes.submit")
def last_words(minutes: Minutes, event: Event) -> None:
    if not minutes.is_addendum:
        compose_again(minutes, event.at)
    minutes_wordings.keep(minutes, dict(minutes_paper(minutes, event.at, draft=True)), event.at)


@doing("minutes.renew")
def take_in(minutes: Minutes, act: Act) -> None:
    """The text under review as the meeting's data are now; whoever agreed to the one before is asked again."""
    parts = minutes.changed_parts
    if not minutes.is_addendum:
        compose_again(minutes, act.now)
    kept = minutes_wordings.keep(minutes, dict(minutes_paper(minutes, act.now, draft=True)), act.now)
    act.tell(parts=parts, sha256=kept.sha256, asked_again=[a.person_id for a in forget_agreements(minutes)])
    minutes.updated_at = act.now
    flag_modified(minutes, "updated_at")


@within("minutes.return")
def ask_again(minutes: Minutes, event: Event) -> None:
    """What a unit agreed to is about to change: its "Menyetujui" is asked anew (the history keeps the old one)."""
    forget_agreements(minutes)


def forget_agreements(minutes: Minutes) -> list[MinutesAgreement]:
    gone = [a for a in minutes.agreements if a.version_no == minutes.version_no]
    for row in gone:
        minutes.agreements.remove(row)
        db.session.delete(row)
    return gone


@within("minutes.approve")
def freeze(minutes: Minutes, event: Event) -> None:
    """Number (the typed one, else once the next), signatures of this version, the snapshot with its SHA-256; its paper is
    asked for."""
    day = minutes.meeting.local_date(event.at)
    if typed := event.said("number").strip():
        minutes.number = letterhead.take("minutes", minutes.meeting.organiser_id, typed, minutes.id, event.at)
    elif minutes.number is None:
        minutes.number = allot_number(minutes, day, event)
    for count, signer in enumerate(minutes.signers, 1):
        signature = Signature(
            minutes=minutes,
            version_no=minutes.version_no,
            position=signer.position,
            field=f"tte-{count}",
            signer_id=signer.person_id,
            signer_post_id=post_of(signer.person, day),
            signer_title=standing(signer.person, day)[:200],
        )
        make(signature, MACHINE, now=event.at)
    kept = minutes_wordings.of(minutes)
    minutes.snapshot = dict(minutes_paper(minutes, event.at)) | (kept.body if kept else {})
    minutes.snapshot_sha256 = fingerprint(minutes.snapshot)
    db.session.flush()
    ask_for_paper(minutes, event)


def allot_number(minutes: Minutes, day: date, event: Event) -> str:
    """The next of the organising unit's pattern in that year, as its letters have theirs."""
    unit_id, kind = minutes.meeting.organiser_id, minutes.what
    pattern = getattr(letterhead.dress_of(unit_id, day), kind.pattern)
    return letterhead.next_number(kind.document, pattern, unit_id, day, minutes.id, event.at)


# -- the signatures in their order -------------------------------------------------------------------


@within("minutes.request_signatures")
def call_first(minutes: Minutes, event: Event) -> None:
    call_next(minutes, event)


@within("signature.sign")
def keep_signed(signature: Signature, event: Event) -> None:
    """The signed file becomes the next version of the same paper, if what was signed is still the newest."""
    signature.certificate_serial = stored.serial_of(event.data, signature.way)
    add_signed(signature, event)


@within("signature.sign_on_paper")
def keep_sealed(signature: Signature, event: Event) -> None:
    """Ink came last: what was signed electronically before it is stored with its seal."""
    if event.data.get("file_id"):
        add_signed(signature, event)


def add_signed(signature: Signature, event: Event) -> None:
    stored.add_signed(signature.document, event.data, event.at, paper=signature.minutes.what.noun)


@within("signature.sign", "signature.sign_on_paper")
def go_on(signature: Signature, event: Event) -> None:
    """The last signature publishes the minutes; the one that ends its order calls the next."""
    minutes = signature.minutes
    if minutes.state != "signing" or signature.version_no != minutes.version_no:
        return
    if all(s.state == "signed" for s in minutes.signatures):
        fire(minutes, "complete", MACHINE, now=event.at)
    else:
        call_next(minutes, event)


def call_next(minutes: Minutes, event: Event) -> None:
    """Call those of the lowest order that is not complete, unless they are called already."""
    waiting = [s for s in minutes.signatures if s.state in OPEN]
    lowest = min((s.position for s in waiting), default=None)
    for signature in waiting:
        if signature.position == lowest and signature.state == "waiting":
            fire(signature, "call", MACHINE, now=event.at)


@within("signature.decline")
def take_back(signature: Signature, event: Event) -> None:
    minutes = signature.minutes
    if minutes.state in LOCKED and signature.version_no == minutes.version_no:
        why = event.said("reason")
        who = signature.signer.name
        fire(minutes, "revise", MACHINE, now=event.at, reason=f"Ditolak oleh {who}: {why}")


@within("signature.hand_over")
def name_holder(signature: Signature, event: Event) -> None:
    """The post under the name is the one the new holder has it by (Plt., Plh.)."""
    day = signature.minutes.meeting.local_date(event.at)
    db.session.expire(signature, ["signer"])
    held = [a.title for a in signature.signer.held(day) if a.post_id == signature.signer_post_id]
    signature.signer_title = (held[0] if held else standing(signature.signer, day))[:200]


@within("minutes.revise")
def void_open_signatures(minutes: Minutes, event: Event) -> None:
    """Signatures not yet given are void; a given one stays on its withdrawn version."""
    for signature in minutes.all_signatures:
        if signature.version_no < minutes.version_no and signature.state in OPEN:
            fire(signature, "cancel", MACHINE, now=event.at)


# -- publication, and what corrects it ---------------------------------------------------------------


@within("minutes.complete")
def publish(minutes: Minutes, event: Event) -> None:
    minutes.signed_at = event.at
    if minutes.replaces and minutes.replaces.state == "signed":
        fire(minutes.replaces, "supersede", MACHINE, now=event.at)
    if minutes.kind == MINUTES and minutes.meeting.state == "closed":
        fire(minutes.meeting, "conclude", MACHINE, now=event.at)


@within("minutes.amend")
def open_addendum(minutes: Minutes, event: Event) -> None:
    """A ralat: the whole text once more with its reason first, by the same signers."""
    why = event.said("reason")
    addendum = Minutes(
        meeting=minutes.meeting, replaces=minutes, kind=minutes.kind, addressee_id=minutes.addressee_id
    )
    make(addendum, MACHINE, now=event.at)
    addendum.created_by_id = minutes.created_by_id  # whoever wrote the paper writes what corrects it
    addendum.sections.append(section("ralat", "Ralat", 1, reason_html(minutes, why), event))
    for old in minutes.sections:
        if old.key != "ralat":
            addendum.sections.append(section(old.key, old.title, old.position + 1, old.html, event))
    for signer in minutes.signers:
        addendum.signers.append(MinutesSigner(person_id=signer.person_id, position=signer.position))
    keep_all(addendum, event.at)


def section(key: str, title: str, position: int, html: str, event: Event) -> MinutesSection:
    return MinutesSection(
        key=key, title=title, position=position, html=html, edited=True, updated_at=event.at
    )


def reason_html(minutes: Minutes, why: Any) -> str:
    return f"<p>Ralat atas {minutes.what.noun} nomor {escape(minutes.number or '–')}: {escape(str(why))}</p>"
