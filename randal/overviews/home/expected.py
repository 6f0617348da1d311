"""What is expected of a person now, asked of the lifecycles: what their tables await (`awaited`) on the items that he sees.

One group for each move and, of reports, for each period: its true count, the first few, and of these what holds them up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, func, or_, select

from randal.database.base import db
from randal.engine.transitions import ITEMS
from randal.l10n.formats import day_date, lateness, long_date, moment
from randal.models.follow_ups import FollowUp
from randal.models.progress import ProgressReport
from randal.overviews.home.conditions import WHEN, worn
from randal.rooms.follow_ups.tracking import BY_DUE
from workflows import LIFECYCLES
from workflows.lifecycle import Actor
from workflows.moves import Awaited

SHOWN = 5  # of each group; the others are counted
READ = 300  # rows whose conditions only Python knows (meetings ahead)
IN_ORDER = (
    "attendance", "signature", "meeting", "minutes", "progress_report", "finding", "kendala", "follow_up", "extension"
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One item: what, of whom or until when, where; `held`: what has to be done before."""

    text: str
    detail: str
    url: str
    held: tuple[str, ...] = ()
    late: bool = False


@dataclass
class Group:
    """ "14 laporan Desember 2026 menunggu diperiksa", and the first of them."""

    kind: str  # lifecycle
    move: str
    title: str
    count: int
    icon: str
    lines: list[Line] = field(default_factory=list)
    list_url: str = ""  # where all of them are listed


@dataclass(frozen=True)
class Look:
    """How items of a kind look in a line."""

    icon: str
    page: str  # endpoint of the item's page
    text: Callable[[Any], str]
    detail: Callable[[Any, datetime], str]
    key: Callable[[Any], int] = lambda item: int(item.id)


def unit_of(item: Any, now: datetime) -> str:
    return str(item.unit.short_name)


def due(item: FollowUp, now: datetime) -> str:
    days = item.days_late(now)
    when = lateness(days) if days else f"tenggat {long_date(item.due_on)}" if item.due_on else "tanpa tenggat"
    sent_back = "dikembalikan, " if item.state == "returned" else ""
    return f"{item.unit.short_name if item.unit else 'tanpa unit'} · {sent_back}{when}"


def starts(meeting: Any, now: datetime) -> str:
    return moment(meeting.starts_at, meeting.timezone) if meeting.starts_at else "waktu belum diisi"


def month_of(period: str) -> str:
    return long_date(f"{period}-01").split(" ", 1)[1]


LOOKS = {
    "attendance": Look(
        "mail-question", "meetings.show", lambda a: a.meeting.title,
        lambda a, now: f"{day_date(a.meeting.local_start_date)} · {a.label}", lambda a: a.meeting_id,
    ),
    "signature": Look(
        "signature", "minutes.sign", lambda s: f"{s.minutes.heading}: {s.minutes.meeting.title}",
        lambda s, now: s.signer_title,
    ),
    "meeting": Look("calendar-event", "meetings.show", lambda m: m.title, starts),
    "minutes": Look("notebook", "minutes.show", lambda m: f"{m.heading}: {m.meeting.title}", lambda m, now: ""),
    "progress_report": Look(
        "report-analytics", "evaluation.show", lambda r: f"PPK {r.unit.short_name}", lambda r, now: month_of(r.period)
    ),
    "finding": Look("zoom-question", "findings.show", lambda f: f.text, unit_of),
    "kendala": Look("alert-octagon", "kendala.show", lambda k: k.text, unit_of),
    "follow_up": Look("checklist", "follow_ups.show", lambda f: f.text, due),
    "extension": Look(
        "calendar-plus", "follow_ups.show", lambda e: e.follow_up.text,
        lambda e, now: f"{e.follow_up.unit.short_name} · diminta {long_date(e.new_due_on)}", lambda e: e.follow_up_id,
    ),
}  # fmt: skip
PAGES = {  # where a move has a page of its own
    ("meeting", "sign_letter"): "meetings.sign_letter",
    ("meeting", "issue_letter"): "meetings.letter",
}
LISTS = {"follow_up": "follow_ups.tracker", "finding": "findings.index", "kendala": "kendala.index"}
LATE_FIRST = {"follow_up": (BY_DUE, FollowUp.id)}


def groups_of(actor: Actor, now: datetime) -> list[Group]:
    """What this actor can and should do, in the order of the chain."""
    return [
        group
        for kind in IN_ORDER
        for awaited in LIFECYCLES[kind].awaited
        for group in _groups(kind, awaited, actor, now)
    ]


def mine(kind: str, awaited: Awaited, actor: Actor, now: datetime) -> Select[Any]:
    """The rows that this actor sees and wears a hat for, in the states of it, as far as SQL can tell."""
    model = ITEMS[kind]
    hats = or_(*(worn(model, hat, actor) for hat in awaited.by))
    told: list[ColumnElement[bool]] = [WHEN[need](actor, now) for need in awaited.when if need in WHEN]
    query: Select[Any] = model.visible_to(actor)  # type: ignore[attr-defined]
    return query.where(model.state.in_(awaited.states), hats, *told)


def _groups(kind: str, awaited: Awaited, actor: Actor, now: datetime) -> Iterator[Group]:
    query = mine(kind, awaited, actor, now)
    if kind != "progress_report":
        yield from _group(kind, awaited, query, awaited.said, actor, now)
        return
    of_period = (
        query.with_only_columns(ProgressReport.period).distinct().order_by(ProgressReport.period.desc())
    )
    for period in db.session.scalars(of_period):
        said = awaited.said.replace("laporan", f"laporan {month_of(period)}", 1)
        yield from _group(kind, awaited, query.where(ProgressReport.period == period), said, actor, now)


def _group(
    kind: str, awaited: Awaited, query: Select[Any], said: str, actor: Actor, now: datetime
) -> Iterator[Group]:
    model, lifecycle, look = ITEMS[kind], LIFECYCLES[kind], LOOKS[kind]
    ordered = query.order_by(*LATE_FIRST.get(kind, (model.updated_at, model.id)))
    if all(need in WHEN for need in awaited.when):
        rows = list(db.session.scalars(ordered.limit(SHOWN + 1)).unique())
        ids = query.with_only_columns(model.id).subquery()
        count = (
            len(rows) if len(rows) <= SHOWN else db.session.scalar(select(func.count()).select_from(ids)) or 0
        )
    else:
        found = db.session.scalars(ordered.limit(READ)).unique()
        rows = [row for row in found if awaited in lifecycle.waits_for(row, actor, now)]
        count = len(rows)
    if count:
        page = PAGES.get((kind, awaited.move), look.page)
        lines = [_line(row, awaited, look, page, actor, now) for row in rows[:SHOWN]]
        state = min(awaited.states) if len(awaited.states) == 1 else ""
        there = url_for(LISTS[kind], state=state) if kind in LISTS and state else ""
        yield Group(kind, awaited.move, said.format(n=count), count, look.icon, lines, there)


def _line(item: Any, awaited: Awaited, look: Look, page: str, actor: Actor, now: datetime) -> Line:
    opened = item.lifecycle().open_to(item, actor, now)
    held = next((one.blocked for one in opened if one.move.name == awaited.move), ())
    late = isinstance(item, FollowUp) and item.days_late(now) > 0
    more: dict[str, Any] = {"bagian": "kehadiran"} if item.__lifecycle__ == "attendance" else {}
    return Line(look.text(item), look.detail(item, now), url_for(page, id=look.key(item), **more), held, late)
