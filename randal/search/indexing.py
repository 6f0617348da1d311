"""Keeping the words in step: what changed in a flush is written into the same transaction, by whichever way it came.

`WATCHED` says which columns of which rows belong to which thing. The thing is then read anew and its entry replaced;
`rebuild` does the same for everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, inspect, select
from sqlalchemy.orm import Session

from randal.base import codes
from randal.database.base import db
from randal.documents import richtext
from randal.models.findings import Finding
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import AgendaItem, Decision, Directive, Meeting, Objective
from randal.models.minutes import KINDS as PAPERS
from randal.models.minutes import Minutes, MinutesSection
from randal.models.search import KINDS, SearchEntry
from randal.org.places import Unit
from randal.search.stemming import stems

BATCH = 200
WATCHED: dict[
    type[Any], tuple[str, str, tuple[str, ...]]
] = {  # row → kind, column with the thing's id, columns
    Meeting: ("meeting", "id", ("title", "purpose", "place", "letter_number", "starts_at")),
    Objective: ("meeting", "meeting_id", ("text", "note")),
    AgendaItem: ("meeting", "meeting_id", ("title", "note")),
    Minutes: ("minutes", "id", ("number",)),
    MinutesSection: ("minutes", "minutes_id", ("html",)),
    Decision: ("decision", "id", ("text", "speaker", "number")),
    Directive: ("directive", "id", ("text", "speaker", "number")),
    FollowUp: ("follow_up", "id", ("text", "expected_output", "waits_for", "unit_id")),
    Finding: ("finding", "id", ("text", "response", "evaluation", "unit_id")),
    Kendala: ("kendala", "id", ("text", "cause", "solution", "result", "addressee", "unit_id")),
}
Told = tuple[int, int, datetime, str, str, str]  # item, meeting, when, title, text, words found but not shown


# -- with every flush --------------------------------------------------------------------------------


def follow(session: Session, _flush: Any) -> None:
    """After a flush: the entries of what was added, changed or deleted."""
    changed: dict[str, set[int]] = {}
    gone: dict[str, set[int]] = {}
    for row in (*session.new, *session.dirty, *session.deleted):
        watched = WATCHED.get(type(row))
        if watched is None:
            continue
        kind, key, columns = watched
        if row in session.deleted:
            (gone if key == "id" else changed).setdefault(kind, set()).add(getattr(row, key))
        elif row in session.new or touched(row, columns):
            changed.setdefault(kind, set()).add(getattr(row, key))
    for kind, ids in gone.items():
        session.connection().execute(forget(kind, ids))
    for kind, ids in changed.items():
        write(session, kind, ids - gone.get(kind, set()))


def touched(row: Any, columns: Iterable[str]) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in columns)


def forget(kind: str, ids: Iterable[int]) -> Any:
    return delete(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.item_id.in_(ids))


def write(session: Session, kind: str, ids: Iterable[int]) -> None:
    """Read these things anew and replace their entries."""
    wanted = sorted(ids)
    if not wanted:
        return
    connection = session.connection()
    connection.execute(forget(kind, wanted))
    entries = [
        {
            "kind": kind, "item_id": item_id, "meeting_id": meeting_id, "at": at, "title": title[:300], "text": text,
            "stems": stems(f"{title} {text} {besides}"),
        }
        for item_id, meeting_id, at, title, text, besides in READ[kind](connection, wanted)
    ]  # fmt: skip
    if entries:
        connection.execute(insert(SearchEntry), entries)


# -- everything --------------------------------------------------------------------------------------


def rebuild() -> dict[str, int]:
    """All entries anew, in the caller's transaction; how many of each kind."""
    db.session.execute(delete(SearchEntry))
    counted = {}
    for kind, (model, _heading) in KINDS.items():
        ids = list(db.session.scalars(select(model.id).order_by(model.id)))
        for start in range(0, len(ids), BATCH):
            write(db.session(), kind, ids[start : start + BATCH])
        counted[kind] = len(ids)
    return counted


def is_missing() -> bool:
    """No entry at all while there are meetings: a database from before there was a search."""
    if db.session.scalar(select(func.count()).select_from(Meeting)) == 0:
        return False
    return db.session.scalar(select(SearchEntry.id).limit(1)) is None


# -- what each kind says of itself -------------------------------------------------------------------


def joined(*texts: str | None) -> str:
    return "\n".join(text.strip() for text in texts if text and text.strip())


def by_owner(
    connection: Any, owner: Any, columns: Sequence[Any], ids: Sequence[int], order: Any
) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for owner_id, *texts in connection.execute(select(owner, *columns).where(owner.in_(ids)).order_by(order)):
        found.setdefault(owner_id, []).append(joined(*texts))
    return {owner_id: joined(*texts) for owner_id, texts in found.items()}


def meetings(connection: Any, ids: Sequence[int]) -> Iterator[Told]:
    aims = by_owner(
        connection, Objective.meeting_id, (Objective.text, Objective.note), ids, Objective.position
    )
    items = by_owner(
        connection, AgendaItem.meeting_id, (AgendaItem.title, AgendaItem.note), ids, AgendaItem.position
    )
    m = Meeting
    query = select(m.id, m.starts_at, m.created_at, m.title, m.purpose, m.place, m.letter_number)
    for row in connection.execute(query.where(m.id.in_(ids))):
        text = joined(row.purpose, aims.get(row.id), items.get(row.id))
        yield (
            row.id,
            row.id,
            row.starts_at or row.created_at,
            row.title,
            text,
            f"{row.place} {row.letter_number or ''}",
        )


def minutes(connection: Any, ids: Sequence[int]) -> Iterator[Told]:
    sections: dict[int, list[str]] = {}
    s = MinutesSection
    said = select(s.minutes_id, s.html).where(s.minutes_id.in_(ids)).order_by(s.position)
    for minutes_id, html in connection.execute(said):
        sections.setdefault(minutes_id, []).append(richtext.plain(html))
    query = (
        select(
            Minutes.id,
            Minutes.meeting_id,
            Minutes.created_at,
            Minutes.number,
            Minutes.replaces_id,
            Minutes.kind,
            Meeting.title,
        )
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .where(Minutes.id.in_(ids))
    )
    for row in connection.execute(query):
        title = f"{PAPERS[row.kind].heading(row.replaces_id is not None)} {row.title}"
        text = joined(row.number, *sections.get(row.id, ()))
        yield row.id, row.meeting_id, row.created_at, title, text, ""


def statements(model: Any, word: str) -> Callable[[Any, Sequence[int]], Iterator[Told]]:
    def read(connection: Any, ids: Sequence[int]) -> Iterator[Told]:
        query = select(model.id, model.meeting_id, model.updated_at, model.number, model.speaker, model.text)
        for row in connection.execute(query.where(model.id.in_(ids))):
            title = f"{word} {row.number}" + (f" · {row.speaker}" if row.speaker else "")
            yield row.id, row.meeting_id, row.updated_at, title, row.text, ""

    return read


def unit_items(model: Any, word: str, *more: Any) -> Callable[[Any, Sequence[int]], Iterator[Told]]:
    """A finding, kendala or follow-up: its text first, then what was said to it."""

    def read(connection: Any, ids: Sequence[int]) -> Iterator[Told]:
        number = (model.number,) if model is FollowUp else ()
        columns = (model.id, model.meeting_id, model.unit_id, model.created_at, model.text, *more, *number)
        rows = list(connection.execute(select(*columns).where(model.id.in_(ids))))
        with db.session.no_autoflush:
            named = db.session.scalars(
                select(Unit).where(Unit.id.in_({row.unit_id for row in rows}))
            ).unique()
            units = {unit.id: unit for unit in named}
        for row in rows:
            said = row[5 : 5 + len(more)]
            code = (
                codes.follow_up(row.meeting_id, row.number)
                if number
                else codes.of(model.__lifecycle__, row.id)
            )
            label = f"{code} · PPK" if number else f"{word} {code} PPK"
            unit = units[row.unit_id]
            yield (
                row.id,
                row.meeting_id,
                row.created_at,
                f"{label} {unit.short_name}",
                joined(row.text, *said),
                unit.name,
            )

    return read


READ: dict[str, Callable[[Any, Sequence[int]], Iterator[Told]]] = {
    "meeting": meetings,
    "minutes": minutes,
    "decision": statements(Decision, "Keputusan"),
    "directive": statements(Directive, "Arahan"),
    "follow_up": unit_items(FollowUp, "RTL", FollowUp.expected_output, FollowUp.waits_for),
    "finding": unit_items(Finding, "Temuan", Finding.response, Finding.evaluation),
    "kendala": unit_items(
        Kendala, "Kendala", Kendala.cause, Kendala.solution, Kendala.result, Kendala.addressee
    ),
}
