"""What a follow-up's moves set in motion: the due date of a granted extension, open requests at its end, notices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from randal.database.base import db
from randal.documents import thumbnails
from randal.engine.transitions import fire
from randal.history.events import Event, because_of, on, within
from randal.l10n.clock import local_date
from randal.l10n.formats import long_date
from randal.models.follow_ups import Evidence, Extension, FollowUp
from randal.notifications.notices import tell
from randal.org.people import Person, current_heads, people_with_role
from workflows.lifecycle import EVALUATOR, LEADER, MACHINE, PPK, PPK_STAFF

# -- in the same transaction ----------------------------------------------------------------------------


@within("extension.grant")
def move_due_date(item: Extension, event: Event) -> None:
    """The new date stands on the follow-up at once; both dates enter its history."""
    follow_up = item.follow_up
    facts: dict[str, Any] = {
        "due_on": item.new_due_on,
        "old_due_on": follow_up.due_on,
        "extension_id": item.id,
    }
    fire(follow_up, "move_due_date", because_of(event), now=event.at, **facts)


@within("follow_up.verify", "follow_up.accept_infeasible", "follow_up.cancel")
def end_requests(item: FollowUp, event: Event) -> None:
    """Who has finished asks for no more time."""
    for extension in item.extensions:
        if extension.state == "requested":
            fire(extension, "withdraw", MACHINE, now=event.at)


# -- later, by a worker: one notice per person and event --------------------------------------------------

SAID = {
    "follow_up.assign": "Tindak lanjut baru untuk Anda: {item}. Tenggat {due}.",
    "follow_up.submit": "{item} diajukan selesai. Nilai bukti dukungnya, lalu verifikasi atau kembalikan.",
    "follow_up.return": "{item} dikembalikan. Baca alasannya, tambahkan bukti dukung, lalu ajukan lagi.",
    "follow_up.verify": "{item} selesai dan terverifikasi.",
    "follow_up.propose_infeasible": "{item} diusulkan tidak dapat dilaksanakan. Putuskan usul ini.",
    "follow_up.accept_infeasible": "Usul Anda disetujui: {item} tidak dapat dilaksanakan.",
    "follow_up.refuse_infeasible": "Usul Anda ditolak: {item} tetap dikerjakan. Tenggat {due}.",
    "follow_up.cancel": "{item} dibatalkan.",
    "follow_up.reopen": "{item} dibuka kembali. Baca alasannya.",
    "extension.create": "Perpanjangan tenggat diminta untuk {item}.",
    "extension.grant": "Perpanjangan disetujui: {item} sekarang bertenggat {due}.",
    "extension.refuse": "Perpanjangan ditolak: {item} tetap bertenggat {due}.",
}


def say(event: Event, item: FollowUp, people: Iterable[Person]) -> None:
    text = item.text if len(item.text) <= 80 else item.text[:79].rstrip() + "…"
    named = f"{item.code} {item.unit.short_name} «{text}»"
    sentence = SAID[event.name].format(item=named, due=long_date(item.due_on))
    others = [p for p in people if p.id != event.actor_id]
    tell(others, f"{event.name}:{event.id}", sentence, f"/rtl/{item.id}", now=event.at)


def _unit_people(item: FollowUp) -> list[Person]:
    return people_with_role(PPK, PPK_STAFF, unit_id=item.unit_id)


def _leaders(item: FollowUp, event: Event) -> list[Person]:
    """The chair and the heads of the organising unit; whoever leads at all where these are missing."""
    meeting = item.meeting
    day = local_date(event.at, meeting.timezone)
    found = current_heads(meeting.organiser_id, day) if meeting.organiser_id else []
    if meeting.chair and any(a.post.is_head for a in meeting.chair.held(day)):
        found.append(meeting.chair)
    return found or people_with_role(LEADER)


def _loaded(event: Event) -> FollowUp | None:
    if event.item_type == "extension":
        extension = db.session.get(Extension, event.item_id)
        return extension.follow_up if extension else None
    return db.session.get(FollowUp, event.item_id)


@on("follow_up.assign", "follow_up.return", "follow_up.verify", "follow_up.accept_infeasible")
@on(
    "follow_up.refuse_infeasible",
    "follow_up.cancel",
    "follow_up.reopen",
    "extension.grant",
    "extension.refuse",
)
def tell_unit(event: Event) -> None:
    item = _loaded(event)
    if item is not None and not (event.move == "cancel" and event.from_state == "draft"):
        say(event, item, _unit_people(item))


@on("follow_up.submit", "extension.create")
def tell_evaluators(event: Event) -> None:
    if item := _loaded(event):
        say(event, item, people_with_role(EVALUATOR))


@on("follow_up.propose_infeasible")
def tell_leaders(event: Event) -> None:
    if item := _loaded(event):
        say(event, item, _leaders(item, event))


@on("follow_up.add_evidence", queue="documents")
@on(
    "follow_up.edit", queue="documents", when=lambda event: "evidence_id" in event.data
)  # as it was told before
def draw_evidence(event: Event) -> None:
    """A small picture of each piece handed in, for the list and for who judges it."""
    piece = db.session.get(Evidence, event.data.get("evidence_id", 0))
    if piece and piece.file:
        thumbnails.make(piece.file, event.at)
