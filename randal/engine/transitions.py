"""The only place that writes a state.

`fire` locks the item, asks its lifecycle, runs the move's effect, sets the state, adds one Event with its texts to the
item's chain, runs the `@within` reactions and fills the outbox. It never commits: the entry point does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from randal.database.base import db
from randal.engine.conflicts import Changed, and_by_whom, changed_sentence, lock, require_version
from randal.engine.deeds import DOING, Unchanged
from randal.engine.workflow_item import ITEMS, WorkflowItem
from randal.history.events import TEXT_KINDS, WITHIN, Chained, Event, following, is_fact, plain
from randal.jobs.outbox import Delivery
from workflows.lifecycle import FOR_THE_CHAIR, Act, Actor, Move, Refused
from workflows.sentences import names_in

# Held here for those who fire:
__all__ = ["ITEMS", "Changed", "WorkflowItem", "and_by_whom", "changed_sentence", "lock", "require_version"]


class Ran(NamedTuple):
    """What came of a move: its event (None: all was so before), and the row that it made beside the item, if any."""

    event: Event | None
    made: Any = None


def fire(
    item: WorkflowItem, name: str, actor: Actor, /, *, now: datetime, version: int | None = None, **given: Any
) -> Event:
    """Make one move that changes something. Raises Refused (role, state, need, field) or Changed; leaves the commit to
    the caller."""
    event = run(item, name, actor, given, now=now, version=version).event
    if event is None:
        raise ValueError(f"{name} changed nothing: call `run`")
    return event


def run(
    item: WorkflowItem,
    name: str,
    actor: Actor,
    given: Mapping[str, Any],
    *,
    now: datetime,
    version: int | None = None,
) -> Ran:
    """The same for whoever wants to know what was made, or whether anything happened at all."""
    lock(item)
    lifecycle = item.lifecycle()
    act = Act(actor, now, given)
    try:
        row, hat = lifecycle.decide(item, name, act)
    except Refused as refused:
        raise and_by_whom(refused, item) from None
    require_version(item, version)
    before, figures = item.state, figures_of(row, item, given)
    if row.does:
        row.does(item, act)
    do = DOING.get(f"{item.__lifecycle__}.{name}")
    made = do(item, act) if do else None
    if isinstance(made, Unchanged):
        return Ran(None, made.made)
    touched = db.session.is_modified(item, include_collections=False)
    if row.deed and row.does and not do and not touched:
        return Ran(None)
    item.state = row.target or item.state
    if touched or not row.deed:  # what a deed puts beside its item leaves its version, by which pages save
        item.updated_at = now
    facts = figures | act.facts
    if told_in_this_sitting(item, row, actor, facts, now):
        db.session.flush()
        return Ran(None, made)
    kinds = {ask.name: ask.kind for ask in row.asks if ask.kept}
    event = record(
        item, name, actor, now=now, before=before, hat=hat, given=dict(given), kinds=kinds, facts=facts
    )
    for react in WITHIN.get(event.name, ()):
        react(item, event)
    try:
        db.session.flush()
    except StaleDataError:
        db.session.rollback()
        raise Changed(changed_sentence(db.session.get(type(item), item.id))) from None
    return Ran(event, made)


def figures_of(row: Move, item: WorkflowItem, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the sentence of the move tells of the item as it was before it: counts, numbers, dates."""
    asked = {ask.name for ask in row.asks}
    names = [n for n in names_in(row.said) if n not in asked and n not in given and hasattr(item, n)]
    return {name: getattr(item, name) for name in names}


def told_in_this_sitting(
    item: WorkflowItem, row: Move, actor: Actor, facts: Mapping[str, Any], now: datetime
) -> bool:
    """Did the same person do the same here just now? A text that saves itself is one line of the history."""
    if row.sitting is None:
        return False
    mine = Event.item_type == item.__lifecycle__, Event.item_id == item.id
    last = db.session.scalar(select(Event).where(*mine).order_by(Event.seq.desc()).limit(1))
    if last is None or (last.move, last.actor_id) != (row.name, actor.id) or now - last.at >= row.sitting:
        return False
    return all(
        set(v) <= set(last.data.get(n, ())) if isinstance(v, list) else last.data.get(n) == v
        for n, v in facts.items()
    )


def record(
    item: Chained,
    name: str,
    actor: Actor,
    *,
    now: datetime,
    before: str | None,
    hat: str = "",
    given: dict[str, Any] | None = None,
    kinds: dict[str, str] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Event:
    """Write the next event of the item and hand it to whoever reacts. Text goes beside, secrets nowhere; `facts` (ids,
    codes, dates) enter as they are."""
    given, kinds = given or {}, kinds or {}
    if item.id is None:
        db.session.flush()
    principal = item.principal(hat) if hat in FOR_THE_CHAIR else None
    event = Event(
        item_type=item.__lifecycle__,
        item_id=item.id,
        seq=item.seq + 1,
        move=name,
        from_state=before,
        to_state=item.state,
        actor_id=actor.id,
        hat=hat or next(iter(sorted(actor.roles)), ""),
        acting_for_id=principal if principal != actor.id else None,
        at=now,
        unit_id=item.event_unit_id,
        meeting_id=item.event_meeting_id,
        data={k: plain(v) for k, v in given.items() if k[0] != "_" and is_fact(v, kinds.get(k))}
        | {k: plain(v) for k, v in (facts or {}).items() if v is not None},
    )
    texts = {k: v for k, v in given.items() if isinstance(v, str) and v and kinds.get(k) in TEXT_KINDS}
    _advance(item, event.seq, event.link(item.head, texts))
    db.session.add(event)
    db.session.flush()
    for reaction in following(event):
        row = Delivery(event_id=event.id, consumer=reaction.key, queue=reaction.queue, attempt=0)
        row.next_at = now + reaction.after
        db.session.add(row)
    return event


def _advance(item: Chained, seq: int, head: str) -> None:
    """Note the new end of the chain on the item; Changed when its history went on since it was read."""
    kind, before = type(item), seq - 1
    try:
        if db.session.is_modified(item):
            item.seq, item.head = seq, head
            db.session.flush()
            return
    except StaleDataError:
        db.session.rollback()
        raise Changed(changed_sentence(db.session.get(kind, item.id))) from None
    # What changed is beside the row (a child, a link): its version, by which pages save, stays.
    written = db.session.execute(
        update(kind)
        .where(kind.id == item.id, kind.seq == before)
        .values(seq=seq, head=head)
        .execution_options(synchronize_session=False)
    )
    if not written.rowcount:  # type: ignore[attr-defined]
        db.session.rollback()
        raise Changed(changed_sentence(db.session.get(kind, item.id)))
    set_committed_value(item, "seq", seq)
    set_committed_value(item, "head", head)


def make(item: WorkflowItem, actor: Actor, *, now: datetime, state: str | None = None, **given: Any) -> Event:
    """Add a new item in its initial state with its first event. The lifecycle says who may make it."""
    lifecycle = item.lifecycle()
    item.state = state or lifecycle.initial[0]
    item.created_at = item.updated_at = now
    item.created_by_id = actor.id
    db.session.add(item)
    db.session.flush()  # the relations of a row are read through its meeting or follow-up, which a flush finds
    try:
        lifecycle.require_make(lifecycle.hats(item, actor))
    except Refused:
        db.session.delete(item)
        db.session.flush()
        raise
    event = record(item, "create", actor, now=now, before=None, given=given)
    for react in WITHIN.get(event.name, ()):
        react(item, event)
    return event


def edit(
    item: WorkflowItem, fields: dict[str, Any], actor: Actor, *, now: datetime, version: int | None
) -> None:
    """Change plain fields where the lifecycle allows it; the history keeps which fields changed."""
    lock(item)
    item.lifecycle().require_edit(item, actor)
    require_version(item, version)
    changed = [name for name, value in fields.items() if getattr(item, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(item, name, fields[name])
    item.updated_at = now
    # Dates and numbers are facts that a later reader needs ("as it stood that day"); texts are not kept twice.
    facts = {n: fields[n] for n in changed if isinstance(fields[n], date | int | Decimal)}
    record(item, "edit", actor, now=now, before=item.state, given={"fields": changed} | facts)
    db.session.flush()
