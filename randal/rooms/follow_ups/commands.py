"""Making and editing follow-ups, and asking for a later due date, for page and API alike."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from randal.database.base import db
from randal.engine.deeds import Unchanged, doing
from randal.engine.transitions import edit, fire, lock, make, run
from randal.items.links import NAMES, complete_links
from randal.items.making import placed
from randal.l10n.formats import long_date
from randal.models.findings import Finding
from randal.models.follow_ups import Extension, FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import Meeting, office
from randal.models.unit_items import UnitItem
from randal.org.places import Unit
from randal.rooms.follow_ups.forms import ExtensionForm, FollowUpForm, FollowUpsForm
from randal.schemas import forms
from workflows import finding, kendala
from workflows.lifecycle import REASON_LENGTH, UNIT_PPK, Act, Actor, Refused, not_yours

PLAIN = ("text", "due_on", "expected_output", "priority", "waits_for", "waits_post", *NAMES)
EMPTY = ("waits_for", "waits_post")  # never null
LINKS: dict[str, tuple[str, type[UnitItem], Collection[str]]] = {
    "finding_ids": ("findings", Finding, finding.LINKED_IN),
    "kendala_ids": ("kendala", Kendala, kendala.LINKED_IN),
}


def make_follow_up(
    actor: Actor, raw: Mapping[str, Any], now: datetime, *, imported: bool = False
) -> FollowUp:
    """A new draft for one unit; one that is `imported` was promised before and may be late. Refused: role, the
    meeting's state, fields."""
    given = placed(FollowUp, actor, raw, FollowUpForm)
    unit = db.session.get_one(Unit, given["unit_id"])
    return _make(actor, given, [unit], now, imported=imported)[0]


def make_follow_ups(actor: Actor, raw: Mapping[str, Any], now: datetime) -> list[FollowUp]:
    """ "Untuk semua PPK": one draft per unit of `unit_ids`, tied by one group key."""
    wanted = _listed(raw, "unit_ids")
    try:
        given = placed(FollowUp, actor, _for_unit(raw, wanted[0] if wanted else None), FollowUpsForm)
    except Refused as refused:
        said = refused.errors.pop("unit_id", None)
        if said:
            refused.errors.setdefault("unit_ids", said)
        raise
    ids = list(dict.fromkeys(given.pop("unit_ids")))
    units = {u.id: u for u in db.session.scalars(select(Unit).where(Unit.id.in_(ids)))}
    invited = {a.unit_id for a in db.session.get_one(Meeting, given["meeting_id"]).invitees}
    if strange := [i for i in ids if i not in units or i not in invited]:
        names = ", ".join(units[i].short_name if i in units else f"nomor {i}" for i in strange)
        raise forms.wrong("unit_ids", f"Tidak diundang ke rapat ini: {names}.")
    given["group_key"] = str(uuid.uuid4())
    return _make(actor, given, [units[i] for i in ids], now)


def _listed(raw: Mapping[str, Any], name: str) -> list[Any]:
    found = raw.getlist(name) if isinstance(raw, MultiDict) else raw.get(name)
    return list(found) if isinstance(found, list | tuple) else []


def _for_unit(raw: Mapping[str, Any], unit_id: Any) -> Mapping[str, Any]:
    copied = raw.copy() if isinstance(raw, MultiDict) else dict(raw)
    copied["unit_id"] = unit_id
    return copied


def _make(
    actor: Actor, given: dict[str, Any], units: list[Unit], now: datetime, *, imported: bool = False
) -> list[FollowUp]:
    meeting = db.session.get_one(Meeting, given["meeting_id"])
    lock(meeting)  # numbers count within the meeting
    errors: dict[str, list[str]] = {}
    past = [u for u in units if given["due_on"] < u.local_today(now)]
    if past and not imported:
        errors["due_on"] = [_past_sentence(past, now)]
    linked = {
        name: _linked(name, given.pop(name, None) or [], actor, meeting, units, errors) for name in LINKS
    }
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    given = {k: ("" if v is None and k in EMPTY else v) for k, v in given.items() if k != "unit_id"}
    after = meeting.minutes is not None and meeting.minutes.state != "drafting"
    number = (
        db.session.scalar(select(func.max(FollowUp.number)).where(FollowUp.meeting_id == meeting.id)) or 0
    )
    made = []
    for unit in units:
        number += 1
        since = unit.local_today(now) if given.get("waits_for") else None
        row = FollowUp(**given, waits_since=since, unit_id=unit.id, number=number, after_minutes=after)
        came: dict[str, Any] = {"imported": True} if imported else {}
        make(row, actor, now=now, due_on=given["due_on"], number=number, **came)
        for name, (relation, _model, _states) in LINKS.items():
            setattr(row, relation, [item for item in linked[name] if item.unit_id == unit.id])
        made.append(row)
    db.session.flush()
    return made


def _past_sentence(units: list[Unit], now: datetime) -> str:
    where = ", ".join(u.short_name for u in units[:3]) + (" dan lainnya" if len(units) > 3 else "")
    return f"Tenggat sudah lewat: di {where} hari ini {long_date(units[0].local_today(now))}."


def _linked(
    name: str,
    ids: Collection[int],
    actor: Actor,
    meeting: Meeting,
    units: list[Unit],
    errors: dict[str, list[str]],
    kept: Collection[UnitItem] = (),
) -> list[Any]:
    """The findings or kendala of these ids. Whatever is linked or let go must be visible, of this meeting and
    unit, and still open; `kept` are those linked before."""
    _relation, model, open_states = LINKS[name]
    found = {r.id: r for r in db.session.scalars(model.visible_to(actor).where(model.id.in_(list(ids))))}
    before = {r.id: r for r in kept}
    changed = set(ids) ^ set(before)
    for item in (found.get(i) or before.get(i) for i in sorted(changed)):
        if item is not None:
            lock(item)  # against its closing at this moment
    what = model.lifecycle().label
    units_of = {u.id for u in units}
    said = []
    if not set(ids) <= set(found) or any(
        found[i].meeting_id != meeting.id or found[i].unit_id not in units_of for i in set(found) & changed
    ):
        said.append(f"Pilih {what} dari rapat dan PPK yang sama.")
    elif any((found.get(i) or before[i]).state not in open_states for i in changed):
        said.append(f"{what} yang sudah ditutup atau dicabut tidak dapat ditautkan atau dilepas.")
    if said:
        errors[name] = said
    return [found[i] for i in dict.fromkeys(ids) if i in found]


def edit_follow_up(row: FollowUp, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """Change plain fields of a draft; links (a deed of its own) as long as the follow-up has not ended.

    Refused: role, state, changed meanwhile, fields.
    """
    lifecycle, version = row.lifecycle(), row.version
    linking = [n for n in LINKS if n in raw or f"{n}_shown" in raw]
    plain = [n for n in PLAIN if n in raw]
    if plain or not linking:
        lifecycle.require_edit(row, actor)
    else:
        lifecycle.row_for(row, "link", actor)
    given = forms.load(FollowUpForm(only=(*PLAIN, *LINKS)), raw, partial=True)
    errors: dict[str, list[str]] = {}
    if (due := given.get("due_on")) and due != row.due_on and due < row.local_today(now):
        errors["due_on"] = [_past_sentence([row.unit], now)]
    errors |= complete_links(given, row.unit, row.meeting, actor) if plain else {}
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    fields = {n: ("" if v is None and n in EMPTY else v) for n, v in given.items() if n not in LINKS}
    if plain and fields:
        if "waits_for" in fields:
            since = row.waits_since if fields["waits_for"] == row.waits_for else row.local_today(now)
            fields["waits_since"] = since if fields["waits_for"] else None
        edit(row, fields, actor, now=now, version=version)
    if linking:
        run(row, "link", actor, {name: given.get(name) or [] for name in linking}, now=now)


@doing("follow_up.link")
def link(row: FollowUp, act: Act) -> FollowUp | Unchanged:
    """What it answers: of the same meeting and unit, and still open; whatever is not named stays."""
    errors: dict[str, list[str]] = {}
    lists = {
        relation: _linked(
            name, act.given[name] or [], act.actor, row.meeting, [row.unit], errors, getattr(row, relation)
        )
        for name, (relation, *_rest) in LINKS.items()
        if name in act.given
    }
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    changed = [n for n, items in lists.items() if {i.id for i in items} != {i.id for i in getattr(row, n)}]
    if not changed:
        return Unchanged(row)
    for name in changed:
        setattr(row, name, lists[name])
    row.updated_at = act.now  # a new version: who looked at the old links is told
    return row


def assign_all(meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> list[FollowUp]:
    """Assign every draft of the meeting; `priority` fills in where there is none. Nothing happens when one is refused."""
    rows = FollowUp.lifecycle().moves_named("assign")
    hats = actor.roles | office(meeting, actor)
    if not any(hat in hats for row in rows for hat in row.by):  # also where there is no draft
        raise not_yours(rows)
    drafts = FollowUp.visible_to(actor).where(FollowUp.meeting_id == meeting.id, FollowUp.state == "draft")
    done = []
    for row in db.session.scalars(drafts.order_by(FollowUp.number)).unique():
        given = {"priority": raw["priority"]} if raw.get("priority") and not row.priority else {}
        try:
            fire(row, "assign", actor, now=now, **given)
        except Refused as refused:
            raise Refused(refused.kind, f"{row.code}: {refused.detail}", refused.errors) from None
        done.append(row)
    return done


def ask_extension(item: FollowUp, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Extension:
    """A request for a later due date by the unit's PPK; one open at a time, on a running follow-up."""
    lock(item)
    hats = item.lifecycle().hats(item, actor)
    Extension.lifecycle().require_make(hats, item.state, item.state_label)
    item.lifecycle().require(item, "ask_extension", Act(actor, now))
    errors: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    try:
        given = forms.load(ExtensionForm, raw)
    except Refused as refused:
        errors = dict(refused.errors)
    reason, new = given.get("reason") or "", given.get("new_due_on")
    if given and len(reason) < REASON_LENGTH:
        errors["reason"] = [f"Tulis alasan sedikitnya {REASON_LENGTH} karakter."]
    if new and item.due_on and new <= item.due_on:
        errors["new_due_on"] = ["Tenggat baru harus setelah tenggat sekarang."]
    elif new and new < item.local_today(now):
        errors["new_due_on"] = [_past_sentence([item.unit], now)]
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    assert item.due_on is not None and UNIT_PPK in hats  # noqa: S101 - a running follow-up has its date
    row = Extension(follow_up_id=item.id, old_due_on=item.due_on, new_due_on=new, reason=reason)
    make(row, actor, now=now, old_due_on=item.due_on, new_due_on=new)
    db.session.expire(item, ["extensions"])
    return row
