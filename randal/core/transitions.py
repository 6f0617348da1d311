"""The only place that writes a state.

`fire` locks the item, asks its lifecycle, runs the move's effect, sets the state, adds one Event with its texts to the
item's chain, runs the `@within` reactions and fills the outbox. It never commits: the entry point does.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, event, select, update
from sqlalchemy.orm import Mapped, Mapper, declared_attr, mapped_column
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from randal.core.db import UTCDateTime, db, is_sqlite
from randal.core.events import TEXT_KINDS, WITHIN, Chained, Event, following, is_fact, plain
from randal.core.outbox import Delivery
from workflows import LIFECYCLES
from workflows.lifecycle import CHAIR, SIGNER, Act, Actor, Lifecycle, Refused

ITEMS: dict[str, type[WorkflowItem]] = {}


class WorkflowItem(Chained):
    """A row with a lifecycle. Subclasses set `__lifecycle__` to its name and answer `relations`."""

    __abstract__ = True
    state: Mapped[str] = mapped_column(String(24), index=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    @declared_attr
    def created_by_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("people.id"))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if name := cls.__dict__.get("__lifecycle__"):
            ITEMS[name] = cls

    @classmethod
    def lifecycle(cls) -> Lifecycle:
        return LIFECYCLES[cls.__lifecycle__]

    @property
    def state_label(self) -> str:
        return self.lifecycle().states[self.state]

    def relations(self, actor: Actor) -> set[str]:
        raise NotImplementedError


@event.listens_for(WorkflowItem, "before_insert", propagate=True)
@event.listens_for(WorkflowItem, "before_update", propagate=True)
def no_text_is_empty_text(mapper: Mapper[Any], _connection: Any, item: WorkflowItem) -> None:
    """The pure tables write None where nothing was said; a text column that is never null keeps it as ""."""
    for attr in mapper.column_attrs:
        column = attr.columns[0]
        if (
            isinstance(column.type, String)
            and not column.nullable
            and item.__dict__.get(attr.key, "") is None
        ):
            setattr(item, attr.key, "")


class Changed(Refused):
    """Somebody changed the item meanwhile (409)."""

    def __init__(self, detail: str):
        super().__init__("state", detail)


def lock(row: Any) -> None:
    """Hold the row until commit (PostgreSQL); SQLite already holds the whole file."""
    if not is_sqlite():
        # OF this table alone: what is read along with it by outer joins cannot be locked.
        db.session.refresh(row, with_for_update={"of": type(row)})


def require_version(item: Any, version: int | None) -> None:
    """Refuse with a sentence naming who changed the item, when `version` is not the present one."""
    if version is not None and item.version != version:
        raise Changed(changed_sentence(item))


def changed_sentence(item: Any) -> str:
    from randal.core.people import Person
    from randal.core.words import moment

    last = None
    if isinstance(item, Chained):
        last = db.session.scalar(
            select(Event)
            .where(Event.item_type == item.__lifecycle__, Event.item_id == item.id)
            .order_by(Event.seq.desc())
            .limit(1)
        )
    if last is None:
        return "Data ini sudah diubah orang lain. Muat ulang untuk melihat yang terbaru."
    who = db.session.get(Person, last.actor_id) if last.actor_id else None
    when = moment(last.at, who.zone if who else "Asia/Jakarta")
    return f"Sudah diubah oleh {who.name if who else 'Sistem'} pada {when}. Muat ulang untuk melihat yang terbaru."


def and_by_whom(refused: Refused, item: Any) -> Refused:
    """A state that allows no more what was asked: the sentence goes on with who brought the item there, and when."""
    said = f"{refused.detail} {changed_sentence(item)}" if refused.kind == "state" else refused.detail
    return Refused(refused.kind, said, refused.errors)


def fire(
    item: WorkflowItem, name: str, actor: Actor, /, *, now: datetime, version: int | None = None, **given: Any
) -> Event:
    """Make one move. Raises Refused (role, state, need, field) or Changed; leaves the commit to the caller."""
    lock(item)
    lifecycle = item.lifecycle()
    act = Act(actor, now, given)
    try:
        row, hat = lifecycle.decide(item, name, act)
    except Refused as refused:
        raise and_by_whom(refused, item) from None
    require_version(item, version)
    before = item.state
    if row.does:
        row.does(item, act)
    item.state = row.target or item.state
    item.updated_at = now
    asked = {ask.name: ask.kind for ask in row.asks}
    event = record(item, name, actor, now=now, before=before, hat=hat, given=given, kinds=asked)
    for react in WITHIN.get(event.name, ()):
        react(item, event)
    try:
        db.session.flush()
    except StaleDataError:
        db.session.rollback()
        raise Changed(changed_sentence(db.session.get(type(item), item.id))) from None
    return event


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
) -> Event:
    """Write the next event of the item and hand it to whoever reacts. Text goes beside, secrets nowhere."""
    given, kinds = given or {}, kinds or {}
    if item.id is None:
        db.session.flush()
    principal = item.principal(hat) if hat in (CHAIR, SIGNER) else None
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
        data={k: plain(v) for k, v in given.items() if is_fact(v, kinds.get(k))},
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
    if not lifecycle.may_make(lifecycle.hats(item, actor)):
        db.session.delete(item)
        db.session.flush()
        raise Refused("role", f"Anda tidak berwenang membuat {lifecycle.label}.")
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
