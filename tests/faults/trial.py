"""One fault befalls a house that is worked in; what was seen, how long it took to heal, what was lost or done twice."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from randal.database.base import db, reading
from randal.history.events import Event
from randal.jobs.outbox import Delivery
from tests.chaos import verdict
from tests.chaos.writer import Cast
from tests.faults.house import House
from tests.faults.ills import Fault
from tests.faults.watching import HEALTH, LOOKS, Watch

QUIET = 3.0  # seconds without anything amiss before it is called healed …
SETTLES = 8.0  # … and so long is looked in any case: an orphan of a dead master still answers for a moment
WITHIN = 120.0  # seconds after which it is said not to heal by itself
LOST = ("effects lost", "documents lost", "moves answered, not in the history", "stuck rows")
DOUBLED = ("effects doubled", "documents doubled", "moves in the history twice")
BENT = ("documents damaged", "history gaps", "chains broken", "bends found by the audit")


@dataclass
class Outcome:
    fault: Fault
    database: str
    people: str = ""
    operator: str = ""
    reading: float = 0.0  # seconds to heal: pages, moves, what follows from them
    writing: float = 0.0
    working: float = 0.0
    lost: int = 0
    doubled: int = 0
    bent: int = 0
    moves: int = 0
    faults: list[str] = field(default_factory=list)


def row(of: Outcome) -> str:
    seconds = " · ".join(f"{each:.0f}" for each in (of.reading, of.writing, of.working))
    database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[of.database]
    cells = (
        of.fault.title,
        database,
        f"{of.lost} · {of.doubled}",
        of.people,
        of.operator,
        seconds,
        f"`{of.fault.name}`",
    )
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


HEAD = (
    "| gangguan | basis data | hilang · ganda | yang dilihat orang | yang dilihat operator | pulih (detik): membaca · "
    "menyimpan · akibat | nama |\n| --- | --- | --- | --- | --- | --- | --- |"
)


def perform(
    house: House, fault: Fault, cast: Cast, cookie: str, seed: int, before: verdict.Figures
) -> Outcome:
    """`before`: the figures of the last look, brought up to date."""
    outcome = Outcome(fault, "postgresql" if house.postgres else "sqlite")
    watch = Watch(house, cast, cookie, seed)
    try:
        with watch.going_on():
            _befall(house, watch, outcome)
    except Exception as error:  # the others are still tried
        outcome.faults.append(f"{type(error).__name__}: {error}")
    outcome.faults += watch.errors
    _until(lambda: _open() == 0, WITHIN, outcome, "the outbox is not emptied")
    _judge(watch, outcome, before)
    return outcome


def _befall(house: House, watch: Watch, outcome: Outcome) -> None:
    fault, words = outcome.fault, len(house.words())
    well = lambda seconds: watch.quiet("baca", "tulis", *HEALTH, seconds=seconds)  # noqa: E731
    _until(lambda: well(1.5), WITHIN, outcome, "the house is not well before")
    usual, checked = _troubles(house) if fault.lasts else set(), ""
    began = time.monotonic()
    with fault.happens(house):
        if fault.lasts:
            time.sleep(2)  # until somebody has noticed
            named = _troubles(house) - usual
            checked = f"`check`: {', '.join(sorted(named))}" if named else "`check` tidak menyebutnya"
            time.sleep(max(0.0, began + fault.lasts - time.monotonic()))
        over = time.monotonic()
    over = time.monotonic() if fault.lasts else over
    outcome.working = _working(over, watch, outcome)
    healed = lambda: time.monotonic() > over + SETTLES and well(QUIET)  # noqa: E731
    _until(healed, WITHIN, outcome, "does not heal by itself")
    outcome.reading, outcome.writing = watch.healed(over, "baca"), watch.healed(over, "tulis", LOOKS)
    outcome.people = "; ".join(watch.told(what, began) for what in ("baca", "tulis"))
    said = watch.health(began), checked, _last(house.words()[words:])
    outcome.operator = "; ".join(filter(None, said))


def _working(over: float, watch: Watch, outcome: Outcome) -> float:
    """Seconds until what followed from the first moves after it was done."""
    newest = 0

    def done() -> bool:
        nonlocal newest
        if not newest:
            if any(not one.failed and one.began > over for one in watch.since(over, "tulis")):
                newest = _newest()
            return False
        return not _open(newest)

    _until(done, WITHIN, outcome, "what follows from a move is not done")
    return time.monotonic() - over


def _until(true: object, seconds: float, outcome: Outcome, otherwise: str) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if true():  # type: ignore[operator]
                return
        except SQLAlchemyError:  # the database is not yet back
            db.session.rollback()
        time.sleep(0.2)
    outcome.faults.append(otherwise)


def _newest() -> int:
    with reading():
        return db.session.scalar(select(func.max(Event.id))) or 0


def _open(up_to: int = 0) -> int:
    with reading():
        rows = select(func.count()).select_from(Delivery).where(Delivery.done_at.is_(None))
        return db.session.scalar(rows.where(Delivery.event_id <= up_to) if up_to else rows) or 0


def _troubles(house: House) -> set[str]:
    """What `check` names."""
    said = house.check()
    try:
        return {each["name"] for each in json.loads(said.stdout)["checks"] if not each["well"]}
    except ValueError:
        return {(said.stderr.strip().splitlines() or ["tidak menjawab"])[-1][:100]}


def _last(words: str) -> str:
    lines = [line for line in words.splitlines() if "berulang kali" in line or "berhenti sendiri" in line]
    return f"`./run`: «{lines[-1].split(':')[0].split(';')[0]}»" if lines else ""


def _judge(watch: Watch, outcome: Outcome, before: verdict.Figures) -> None:
    ledger: verdict.Ledger = Counter()
    for writer in watch.writers:
        ledger.update(writer.ledger)
    figures = verdict.judged(verdict.look(ledger))
    more = lambda names: sum(figures[name] - before.get(name, 0) for name in names)  # noqa: E731
    outcome.lost, outcome.doubled, outcome.bent = more(LOST), more(DOUBLED), more(BENT)
    outcome.moves = sum(ledger.values())
    wrong = {name: figures[name] for name in (*LOST, *DOUBLED, *BENT) if figures[name] > before.get(name, 0)}
    outcome.faults += [f"{name}: {count}" for name, count in wrong.items()]
    before.clear()
    before.update({name: figures[name] for name in (*LOST, *DOUBLED, *BENT)})
