"""What the pages of follow-ups read: the claim beside the promise, what may be linked, the lists of filters."""

from __future__ import annotations

from sqlalchemy import select

from randal.database.base import db
from randal.history.events import Event
from randal.l10n.formats import long_date
from randal.models.findings import Finding
from randal.models.follow_ups import VERDICTS, FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import Meeting
from randal.models.unit_items import UnitItem
from randal.org.places import Unit
from randal.rooms.follow_ups.tracking import Line
from randal.web.timeline import Told, in_words
from workflows import finding, kendala
from workflows.evidence import NOT_ACCEPTED
from workflows.lifecycle import Actor

# -- one follow-up -----------------------------------------------------------------------------------


def claims(item: FollowUp, zone: str) -> list[Told]:
    """What the PPK says was done, newest first."""
    said = (
        select(Event)
        .where(Event.item_type == "follow_up", Event.item_id == item.id)
        .where(Event.move.in_(("note_progress", "submit")))
    )
    return in_words(list(db.session.scalars(said.order_by(Event.seq.desc()).limit(10))), zone)


def returns(item: FollowUp, zone: str) -> list[Told]:
    """When and why it was sent back, newest first."""
    said = select(Event).where(Event.item_type == "follow_up", Event.item_id == item.id)
    return in_words(
        list(db.session.scalars(said.where(Event.move == "return").order_by(Event.seq.desc()))), zone
    )


def wanted_now(item: FollowUp) -> list[str]:
    """For a returned one: exactly what to add."""
    if item.state != "returned":
        return []
    said = [
        f"{e.name}: {VERDICTS[e.verdict].lower()}" + (f", {e.verdict_note}" if e.verdict_note else "")
        for e in item.evidence
        if e.verdict in NOT_ACCEPTED
    ]
    if not item.new_evidence:
        said.append("Unggah sedikitnya satu bukti dukung baru sejak dikembalikan.")
    return said


def whatsapp(line: Line, url: str) -> str:
    """A text to paste: what, where, why now, and the link. No names, no addresses of people."""
    item = line.item
    head = f"{item.code} {item.unit.short_name}"
    if line.state == "returned":
        why = "dikembalikan dan perlu dilengkapi"
    elif line.days_late:
        why = f"terlambat {line.days_late} hari"
    else:
        why = line.state_label.lower()
    text = item.text if len(item.text) <= 200 else item.text[:199].rstrip() + "…"
    return f"{head}: {why}.\n{text}\nTenggat: {long_date(line.due_on)}.\n{url}"


def linkable(
    model: type[UnitItem], actor: Actor, meeting_id: int, unit_id: int | None = None
) -> dict[int, str]:
    """The open findings or kendala of a meeting (and unit), for a list of boxes."""
    open_states = finding.LINKED_IN if model is Finding else kendala.LINKED_IN
    query = model.visible_to(actor).where(model.meeting_id == meeting_id, model.state.in_(open_states))
    if unit_id is not None:
        query = query.where(model.unit_id == unit_id)
    rows = db.session.scalars(query.order_by(model.unit_id, model.id)).unique()
    return {r.id: _short(r) for r in rows}


def _short(row: UnitItem) -> str:
    text = row.text if len(row.text) <= 90 else row.text[:89].rstrip() + "…"
    return f"{row.unit.short_name}: {text}"


def links_of(actor: Actor, meeting_id: int, unit_id: int | None = None) -> dict[str, dict[int, str]]:
    return {
        "finding_ids": linkable(Finding, actor, meeting_id, unit_id),
        "kendala_ids": linkable(Kendala, actor, meeting_id, unit_id),
    }


# -- lists for filters -------------------------------------------------------------------------------


def units_followed(actor: Actor) -> dict[int, str]:
    # Asked of each unit, not gathered from all follow-ups: 38 looks into an index, however many there are.
    some = FollowUp.visible_to(actor).where(FollowUp.unit_id == Unit.id).correlate(Unit)
    has_some = some.with_only_columns(FollowUp.id).exists()
    units = db.session.scalars(select(Unit).where(has_some)).unique()
    return {u.id: u.short_name for u in sorted(units, key=lambda u: u.short_name)}


def meetings_followed(actor: Actor) -> dict[int, str]:
    some = FollowUp.visible_to(actor).where(FollowUp.meeting_id == Meeting.id).correlate(Meeting)
    query = (
        select(Meeting.id, Meeting.title)
        .where(some.with_only_columns(FollowUp.id).exists())
        .order_by(Meeting.starts_at.desc())
        .limit(100)
    )
    return dict(db.session.execute(query).all())
