"""What came of it all: the database compared with what was asked, event by event.

Every event must have one outbox row per reaction, done; every effect must stand once by its own key; every wanted
document must have one file, whole; every history must be numbered without gaps, chained, and be what was asked.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import func, select

from randal.audit import examining
from randal.database.base import db
from randal.documents.model import Document
from randal.engine.transitions import ITEMS
from randal.history import chain
from randal.history.events import Event, following
from randal.jobs import outbox
from randal.jobs.outbox import Delivery
from randal.notifications.notices import Mail, Notice
from randal.org import app_settings
from tests.chaos import counted

Ledger = Counter[tuple[str, int, str]]
Figures = dict[str, int]
OURS = f"{counted.__name__}.count"
ZERO = (
    "effects lost", "effects doubled", "documents lost", "documents doubled", "documents damaged", "stuck rows",
    "history gaps", "chains broken", "bends found by the audit",
    "moves answered, not in the history", "moves in the history twice",
)  # fmt: skip


def look(ledger: Ledger) -> Figures:
    """Everything that can be counted afterwards. Reads only; what it tries out is rolled back."""
    db.session.rollback()
    report, _seconds = examining.examine()
    db.session.rollback()
    try:
        events = list(db.session.scalars(select(Event).order_by(Event.item_type, Event.item_id, Event.seq)))
        return (
            {"events": len(events), "bends found by the audit": report.count}
            | deliveries(events)
            | counters(events)
            | texts()
            | again(events)
            | documents()
            | histories(events)
            | promises(events, ledger)
        )
    finally:
        db.session.rollback()


def merge(found: list[Figures]) -> Figures:
    total: Counter[str] = Counter()
    for each in found:
        total.update(each)
    return dict(total)


def deliveries(events: list[Event]) -> Figures:
    """One outbox row per event and reaction, done."""
    rows = {(r.event_id, r.consumer): r for r in db.session.scalars(select(Delivery)) if r.event_id}
    wanted = {(event.id, reaction.key) for event in events for reaction in following(event)}
    open_rows = db.session.scalar(
        select(func.count()).select_from(Delivery).where(Delivery.done_at.is_(None))
    )
    stuck = len(outbox.stuck())
    return {
        "effects expected": len(wanted),
        "effects without a row": len(wanted - rows.keys()),
        "effects not done": sum(rows[key].done_at is None for key in wanted & rows.keys()),
        "outbox rows not done": open_rows or 0,
        "stuck rows": stuck,
        "most attempts of a row": db.session.scalar(select(func.max(Delivery.attempt))) or 0,
    }


def counters(events: list[Event]) -> Figures:
    """The counting reaction ran exactly once for each of its events."""
    times = dict(
        db.session.execute(
            select(app_settings.Counter.year, app_settings.Counter.last).where(
                app_settings.Counter.kind == counted.KIND
            )
        ).all()
    )
    wanted = [event.id for event in events if any(r.key == OURS for r in following(event))]
    return {
        "counted events": len(wanted),
        "counted never": sum(times.get(event_id, 0) == 0 for event_id in wanted),
        "counted twice": sum(last > 1 for last in times.values()),
    }


def texts() -> Figures:
    """One notice per person and key, one mail per key."""
    notices = select(Notice.person_id, Notice.key).group_by(Notice.person_id, Notice.key)
    mails = select(Mail.key).group_by(Mail.key).having(func.count() > 1)
    return {
        "notices": _count(Notice),
        "mails": _count(Mail),
        "notices twice": len(db.session.execute(notices.having(func.count() > 1)).all()),
        "mails twice": len(db.session.execute(mails).all()),
    }


def again(events: list[Event]) -> Figures:
    """Every reaction once more: whoever was told already is not told again, so that what is new had been lost."""
    before = _count(Notice) + _count(Mail)
    for event in sorted(events, key=lambda e: e.id):
        for reaction in following(event):
            if reaction.key != OURS:
                reaction.run(event)
    db.session.flush()
    missing = _count(Notice) + _count(Mail) - before
    db.session.rollback()
    return {"notices and mails missing": missing}


def documents() -> Figures:
    rows = list(db.session.scalars(select(Document)))
    asked = set(db.session.scalars(select(Delivery.document_id).where(Delivery.document_id.is_not(None))))
    valid = [d for d in rows if not d.withdrawn_at]
    return {
        "documents": len(rows),
        "documents lost": sum(not d.versions or d.id not in asked for d in valid),
        "documents doubled": sum(len(d.versions) > 1 for d in rows),
        "documents damaged": sum(
            hashlib.sha256(v.file.read()).hexdigest() != v.file.sha256 for d in rows for v in d.versions
        ),
    }


def histories(events: list[Event]) -> Figures:
    """Numbered from 1, each hash covering its facts and the hash before, the last one known to the item."""
    several: dict[tuple[str, int], list[Event]] = defaultdict(list)
    for event in events:
        several[event.item_type, event.item_id].append(event)
    gaps = broken = 0
    heads = {
        (name, row.id): row
        for name, model in ITEMS.items()
        for row in db.session.execute(select(model.id, model.seq, model.head))
    }
    for key, mine in several.items():
        gaps += [e.seq for e in mine] != list(range(1, len(mine) + 1))
        prev = chain.NOTHING
        for event in mine:
            broken += event.prev != prev or event.hash != chain.link(prev, event.facts())
            broken += any(t.text is not None and event.seals.get(t.name) != t.seal for t in event.texts)
            prev = event.hash
        if key in heads:
            gaps += heads[key].seq != len(mine)
            broken += heads[key].head != prev
    gaps += sum(key not in several for key in heads)
    return {"histories": len(several), "history gaps": gaps, "chains broken": broken}


def promises(events: list[Event], ledger: Ledger) -> Figures:
    """What a writer was told is done stands in the history; and nothing stands there twice."""
    mine = {(kind, item_id) for kind, item_id, _ in ledger}
    made: Ledger = Counter(
        (e.item_type, e.item_id, e.move) for e in events if (e.item_type, e.item_id) in mine and e.actor_id
    )
    strange = [key for key in made if key not in ledger]
    return {
        "moves answered, not in the history": sum(max(0, n - made[key]) for key, n in ledger.items()),
        "moves in the history twice": sum(max(0, n - ledger[key]) for key, n in made.items())
        if ledger
        else 0,
        "kinds of moves nobody asked for": len(strange),
    }


def judged(figures: Figures) -> Figures:
    """The sums that must be zero."""
    figures["effects lost"] = (
        figures["effects without a row"] + figures["effects not done"] + figures["counted never"]
        + figures["notices and mails missing"]
    )  # fmt: skip
    figures["effects doubled"] = figures["counted twice"] + figures["notices twice"] + figures["mails twice"]
    figures["stuck rows"] += figures["outbox rows not done"] - min(
        figures["stuck rows"], figures["outbox rows not done"]
    )
    return figures


def faults(figures: Figures) -> dict[str, Any]:
    return {name: figures[name] for name in ZERO if figures[name]}


def _count(model: type[Any]) -> int:
    db.session.flush()
    return db.session.scalar(select(func.count()).select_from(model)) or 0
