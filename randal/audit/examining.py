"""Examining the history where it lies, and remembering what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from time import perf_counter

from sqlalchemy import JSON, Connection, Float, ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from randal.audit import exporting
from randal.audit.bends import Bend, Record
from randal.audit.verifying import Report, verify
from randal.database.base import Row, UTCDateTime, db
from randal.history.events import Event


class Audit(Row):
    """One examination of the whole history, and what it said (lines for people to read)."""

    __tablename__ = "audits"
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: from the shell
    events: Mapped[int]
    bends: Mapped[int]
    lines: Mapped[list[str]] = mapped_column(JSON)
    seconds: Mapped[float] = mapped_column(Float)


def examine(*, roots: Iterable[bytes] = (), witnesses: Iterable[Record] = ()) -> tuple[Report, float]:
    """Verify what the database holds, as it stands at one instant. The report, and how many seconds it took."""
    started = perf_counter()
    with exporting.still() as connection:
        found = chain(exporting.records(connection), _stray(connection))
        report = verify(found, roots=roots, witnesses=witnesses)
    return report, perf_counter() - started


def _stray(connection: Connection) -> Iterator[Record]:
    for event_id, name in exporting.stray_texts(connection):
        bend = Bend("text", f"teks «{name}» ada, tetapi peristiwanya tidak", event_id=event_id)
        yield {"kind": "bend", "bend": bend}


def remember(report: Report, seconds: float, now: datetime, person_id: int | None = None) -> Audit:
    made = Audit(
        at=now,
        person_id=person_id,
        events=report.events,
        bends=report.count,
        lines=list(report.lines()),
        seconds=round(seconds, 2),
    )
    db.session.add(made)
    db.session.flush()
    return made


def last() -> Audit | None:
    return db.session.scalar(select(Audit).order_by(Audit.id.desc()).limit(1))


def events_written() -> int:
    return db.session.scalar(select(func.count()).select_from(Event)) or 0
