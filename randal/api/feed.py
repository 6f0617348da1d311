"""The feed of all that happened and that the caller may see, oldest first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from apiflask import Schema, fields
from flask import Response
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from randal.api.events import event_json
from randal.api.furniture import actor, answer, api, described, now, shown
from randal.api.listing import cursor_asked, limit_asked
from randal.base.personal import redacted
from randal.database.base import db, is_sqlite
from randal.engine.transitions import ITEMS
from randal.history.events import Event
from workflows.lifecycle import SEES_ALL, Actor

LONGEST_TRANSACTION = timedelta(minutes=2)
LATELY = 5000  # events; more are not made while one transaction lasts


def visible_events(actor: Actor) -> Select[Any]:
    """The events of items that this actor may see now: each model's `visible_to` decides, so a draft meeting, minutes
    still being written and their signatures stay hidden here as they are on pages."""
    if actor.has(*SEES_ALL):
        return select(Event)
    seen = [
        and_(
            Event.item_type == name,
            Event.item_id.in_(model.visible_to(actor).with_only_columns(model.id)),  # type: ignore[attr-defined]
        )
        for name, model in ITEMS.items()
    ]
    return select(Event).where(or_(*seen))


def first_after_a_gap(after: int, now: datetime) -> int | None:
    """On PostgreSQL a number is taken before its transaction commits: behind a fresh gap an event may still appear.
    A reader who goes on from the last number it saw would never see it, so the feed ends before the gap until it is
    filled, or older than any transaction lasts (its number was given back)."""
    if is_sqlite():  # one writer at a time: numbers commit in their order
        return None
    newest = db.session.scalar(select(func.max(Event.id))) or 0
    before = aliased(Event)
    return db.session.scalar(
        select(func.min(Event.id))
        .where(Event.id > max(after, newest - LATELY), Event.id > 1, Event.at > now - LONGEST_TRANSACTION)
        .where(~select(before.id).where(before.id == Event.id - 1).exists())
    )


class FeedQuery(Schema):
    after = fields.Integer(metadata={"description": "Nomor peristiwa terakhir yang sudah dibaca."})
    cursor = fields.Integer(metadata={"description": "Sama dengan after."})
    limit = fields.Integer()


@api.get("/events")
@described(FeedQuery, "query")
@shown(None, "Peristiwa yang boleh dilihat, yang lama dahulu", "events")
def feed() -> Response:
    after, limit = cursor_asked("after") or cursor_asked() or 0, limit_asked()
    query = visible_events(actor()).where(Event.id > after).order_by(Event.id).limit(limit + 1)
    if (pending := first_after_a_gap(after, now())) is not None:
        query = query.where(Event.id < pending)
    rows = list(db.session.scalars(query))
    shown_rows = rows[:limit]
    following = str(shown_rows[-1].id) if len(rows) > limit else None
    said = [event_json(e) for e in shown_rows]
    if not actor().has(*SEES_ALL):  # what others wrote, without the numbers and addresses of people in it
        said = redacted(said)
    return answer({"items": said, "next": following})
