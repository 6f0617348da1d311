"""Finding: by the stems of all words asked for, in what the reader may see, the newest first, grouped by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy import text as sql

from randal.database.base import db, is_sqlite
from randal.models.meetings import Meeting
from randal.models.search import KINDS, VECTOR, SearchEntry
from randal.search import stemming
from workflows.lifecycle import Actor

FEW, MANY = 5, 20  # of each kind at first; of one kind on a page
AROUND = 90  # characters of an excerpt before and after what was found


@dataclass(frozen=True)
class Hit:
    entry: SearchEntry
    meeting: Meeting | None  # where it belongs, when the reader may see that too
    title: Markup
    excerpt: Markup


@dataclass(frozen=True)
class Found:
    asked: list[str]
    counts: dict[str, int]  # of every kind
    hits: dict[str, list[Hit]]
    next: int | None = None  # the id of the last one, when one kind goes on

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def search(
    actor: Actor, query: str, kind: str | None = None, after: int | None = None, limit: int = MANY
) -> Found:
    """The first few of every kind; or of one `kind` a page that goes on after the entry `after`."""
    wanted = stemming.asked(query)
    if not wanted:
        return Found([], {}, {})
    seen = SearchEntry.visible_to(actor).where(says(wanted))
    ids = seen.with_only_columns(SearchEntry.id, SearchEntry.kind, SearchEntry.at).subquery()
    counted = select(ids.c.kind, func.count()).group_by(ids.c.kind)
    counts: dict[str, int] = dict(db.session.execute(counted).all())
    if kind is None:
        place = func.row_number().over(partition_by=ids.c.kind, order_by=(ids.c.at.desc(), ids.c.id.desc()))
        placed = select(ids.c.id, place.label("place")).subquery()
        chosen = select(placed.c.id).where(placed.c.place <= FEW)
        query_ = select(SearchEntry).where(SearchEntry.id.in_(chosen))
    else:
        query_ = seen.where(SearchEntry.kind == kind)
        last = db.session.get(SearchEntry, after) if after else None
        if last:
            at, id_ = SearchEntry.at, SearchEntry.id
            query_ = query_.where((at < last.at) | ((at == last.at) & (id_ < last.id)))
        query_ = query_.limit(limit + 1)
    rows = list(db.session.scalars(query_.order_by(SearchEntry.at.desc(), SearchEntry.id.desc())))
    more = kind is not None and len(rows) > limit
    rows = rows[:limit] if kind is not None else rows
    ids_of = {row.meeting_id for row in rows}
    known = Meeting.visible_to(actor).where(Meeting.id.in_(ids_of))
    meetings = {m.id: m for m in db.session.scalars(known).unique()} if rows else {}
    hits: dict[str, list[Hit]] = {name: [] for name in KINDS}
    for row in rows:
        hit = Hit(row, meetings.get(row.meeting_id), marked(row.title, wanted), excerpt(row.text, wanted))
        hits[row.kind].append(hit)
    return Found(wanted, {name: counts.get(name, 0) for name in KINDS}, hits, rows[-1].id if more else None)


def says(wanted: list[str]) -> ColumnElement[bool]:
    """Every word; the last one may go on (it is being typed)."""
    *whole, last = wanted
    if is_sqlite():
        parts = [SearchEntry.stems.contains(f" {word} ") for word in whole]
        return and_(*parts, SearchEntry.stems.contains(f" {last}"))
    asked = " & ".join([*whole, f"{last}:*"])
    return sql(
        f"{VECTOR.replace('stems', 'search_entries.stems')} @@ to_tsquery('simple', :asked)"
    ).bindparams(  # type: ignore[return-value]
        asked=asked
    )


# -- excerpts ----------------------------------------------------------------------------------------


def places(text: str, wanted: list[str]) -> list[tuple[int, int]]:
    *whole, last = wanted
    return [(start, end) for start, end, cut in stemming.words(text) if cut in whole or cut.startswith(last)]


def marked(text: str, wanted: list[str], start: int = 0, end: int | None = None) -> Markup:
    """A piece of the text, escaped, with what was found in <mark>."""
    end = len(text) if end is None else end
    made, here = Markup(), start
    for since, to in places(text, wanted):
        if since < here or to > end:
            continue
        made += escape(text[here:since]) + Markup("<mark>{}</mark>").format(text[since:to])
        here = to
    return made + escape(text[here:end])


def excerpt(text: str, wanted: list[str]) -> Markup:
    """Around the first word found; the beginning when it was found in the title only."""
    found = places(text, wanted)
    first = found[0][0] if found else 0
    start = max(first - AROUND, 0)
    end = min(first + AROUND * 2, len(text))
    if start:
        start = text.find(" ", start, first) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", first, end), first) if text.rfind(" ", first, end) > 0 else end
    piece = marked(text, wanted, start, end)
    return Markup("{}{}{}").format("… " if start else "", piece, " …" if end < len(text) else "")


def address(entry: Any) -> tuple[str, dict[str, Any]]:
    """Endpoint and values of the page of what was found."""
    if entry.kind in ("decision", "directive"):
        anchor = "keputusan" if entry.kind == "decision" else "arahan"
        return "meetings.show", {"id": entry.meeting_id, "bagian": "acara", "_anchor": anchor}
    return {
        "meeting": "meetings.show",
        "minutes": "minutes.show",
        "follow_up": "follow_ups.show",
        "finding": "findings.show",
        "kendala": "kendala.show",
    }[entry.kind], {"id": entry.item_id}
