"""A real history for the tests of the audit, and ways to bend it behind the application."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from randal.audit import checkpoints, exporting
from randal.audit.reading import File
from randal.audit.verifying import Report, verify
from randal.database.base import db
from randal.engine.erasure import erase_text
from randal.history.chain import NOTHING, link
from randal.history.events import CHAINED, Event, EventText
from randal.models.findings import Finding
from randal.models.follow_ups import FollowUp
from randal.org.people import Person
from tests import items
from tests.world import World

WHY = "Permintaan tertulis contoh nomor 7"
TABLES = ("events", "event_texts", "checkpoints", "checkpoint_heads")


class History:
    """A finding with its follow-up, two checkpoints, and moves before, between and after them."""

    def __init__(self, world: World, numbers: dict[str, int]):
        self.world, self.numbers = world, numbers
        world._count = itertools.count(1000)  # after the people that were there already
        world._known.clear()
        self.finding = db.session.get_one(Finding, numbers["finding"])
        self.follow_up = db.session.get_one(FollowUp, numbers["follow_up"])
        self.roots: list[bytes] = checkpoints.witness().roots()
        db.session.commit()

    @classmethod
    def lived(cls, world: World) -> History:
        """Make it: five events of the finding, of which the first two, then two more were sealed."""
        meeting = world.meeting("in_session")
        finding = items.finding(world, meeting)
        world.fire(finding, "respond", world.ppk(), response="Contoh tanggapan pertama")
        sealed(world)
        world.fire(finding, "return", world.evaluator, reason="Contoh: belum menjawab pokoknya")
        world.fire(finding, "respond", world.ppk(), response="Contoh tanggapan kedua")
        follow_up = items.linked_follow_up(world, finding)
        sealed(world)
        items.finding(world, meeting, text="Contoh temuan sesudah cap")
        world.fire(finding, "return", world.evaluator, reason="Contoh: kurang satu lampiran")
        return cls(world, {"finding": finding.id, "follow_up": follow_up.id})

    def checkpoint(self) -> checkpoints.Checkpoint:
        return sealed(self.world)

    def events(self, item: Any) -> list[Event]:
        mine = select(Event).where(Event.item_type == item.__lifecycle__, Event.item_id == item.id)
        found = list(db.session.scalars(mine.order_by(Event.seq)))
        db.session.commit()
        return found

    def judge(self, connection: Connection, **more: Any) -> Report:
        return verify(exporting.records(connection), roots=self.roots, **more)

    @contextmanager
    def bending(self) -> Iterator[Bender]:
        """The tables without their guards; whatever is done is undone at the end."""
        db.session.commit()
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
                named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                for (name,) in connection.exec_driver_sql(named).all():
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield Bender(self, connection)
            connection.rollback()

    def erase(self, item: Any, admin: Person, seq: int, instead: str = "") -> None:
        event = self.events(item)[seq - 1]
        said = db.session.scalars(select(EventText).where(EventText.event_id == event.id)).first()
        assert said
        erase_text(said, self.world.actor(admin), WHY, self.world.now, instead)
        db.session.commit()


def sealed(world: World) -> checkpoints.Checkpoint:
    made = checkpoints.make(world.now)
    db.session.commit()
    return made


class Bender:
    def __init__(self, history: History, connection: Connection):
        self.history, self.connection = history, connection

    def run(self, statement: str, **values: Any) -> None:
        assert self.connection.execute(text(statement), values).rowcount, f"bent nothing: {statement}"

    def judge(self, *, file: bool = True, **more: Any) -> Report:
        """What the tables show; the file that is made of them must show the same."""
        report = self.history.judge(self.connection, **more)
        if file:
            found = verify(File(self.export()), roots=self.history.roots, **more)
            assert [str(b) for b in found.bends] == [str(b) for b in report.bends]
        return report

    def export(self) -> Path:
        path = Path(self.history.world.app.instance_path) / "riwayat.jsonl"
        with path.open("wb") as file:
            found = exporting.records(self.connection)
            exporting.write(file, found, now=self.history.world.now, root="", texts=True)
        return path

    def rehash(self, item: Any, change: Callable[[dict[str, Any]], None], since: int = 1) -> None:
        """Change the facts of event `since` and recompute every hash from there on, up to the item's own row."""
        kind, prev = item.__lifecycle__, NOTHING
        for record in list(exporting._events(self.connection, kind, False)):
            if record["item_id"] != item.id:
                continue
            if record["seq"] == since:
                change(record)
            if record["seq"] >= since:
                record["prev"], record["hash"] = prev, link(prev, record)
                self.run(
                    "UPDATE events SET prev = :prev, hash = :hash, hat = :hat, to_state = :to_state WHERE id = :id",
                    **{name: record[name] for name in ("prev", "hash", "hat", "to_state", "id")},
                )
            prev = record["hash"]
        self.run(f"UPDATE {table_of(item)} SET head = :head WHERE id = :id", head=prev, id=item.id)


def table_of(item: Any) -> str:
    return str(CHAINED[item.__lifecycle__].__table__.name)


def named(report: Report) -> set[tuple[str, str, int | None, int | None]]:
    """What a report names: kind, item type, item and number."""
    return {(b.kind, b.item_type, b.item_id, b.seq) for b in report.bends}
