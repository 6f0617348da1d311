"""History as records, straight from the tables, and as a file: for `verifying`, which needs neither.

Columns are read as they lie in the database: what somebody bent behind the application may be no date or no JSON any
more, and must still be read to be named. Persons stand in it by number alone.
"""

from __future__ import annotations

import gzip
import heapq
import json
import os
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Text, case, exists, func, select
from sqlalchemy import cast as as_type

from randal.audit.bends import Record
from randal.audit.checkpoints import Checkpoint, CheckpointHead
from randal.audit.reading import FORMAT, KINDS, ORDER, VERSION
from randal.audit.verifying import SHOWN
from randal.base.personal import MASK, PRIVATE, mask
from randal.database.base import db, is_sqlite, reading
from randal.history.chain import FACTS, canonical, instant
from randal.history.events import CHAINED, Chained, Event, EventText

AT_ONCE = 5000
PATTERN = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'  # as `chain.instant` writes it
FAST = [name for name in FACTS if name not in ("at", "data", "seals")]


@contextmanager
def still() -> Iterator[Connection]:
    """A connection that sees one instant of the database, however long it reads, and holds nobody up."""
    with reading() if is_sqlite() else nullcontext():
        level = {} if is_sqlite() else {"isolation_level": "REPEATABLE READ"}
        with db.engine.connect().execution_options(**level) as connection:
            yield connection


def records(
    connection: Connection, *, texts: bool = True, only: set[tuple[str, int]] | None = None
) -> Iterator[Record]:
    """All of history in the order that `verify` reads it. Without `texts` they are not checked against their seals.

    `only`: the chains of these items (type, number) alone; heads stay, so that each checkpoint can still be checked.
    """
    query = select(Checkpoint.id, Checkpoint.statement, Checkpoint.digest, Checkpoint.token)
    for n, statement, digest, token in connection.execute(query.order_by(Checkpoint.id)):
        own = {"statement": str(statement), "digest": str(digest), "token": str(token)}
        yield {"kind": "checkpoint", "n": n, **own}
    named = {
        name
        for table in (Event, CheckpointHead)
        for name in connection.scalars(select(table.item_type).distinct())
    }
    for name in sorted({*named, *CHAINED}, key=str):
        ids = None if only is None else sorted(number for kind, number in only if kind == name)
        items, events = _items(connection, name, ids), _events(connection, name, texts, ids)
        yield from heapq.merge(items, _heads(connection, name), events, key=_place)


def _place(record: Record) -> tuple[int, int]:
    return record["item_id" if record["kind"] == "event" else "id"], ORDER.index(record["kind"])


def _items(connection: Connection, name: str, ids: list[int] | None = None) -> Iterator[Record]:
    kind = CHAINED.get(name)
    if kind is None:
        return
    query = select(kind.id, kind.seq, kind.head, _state(kind)).order_by(kind.id)
    for number, seq, head, state in _rows(
        connection, query if ids is None else query.where(kind.id.in_(ids))
    ):
        yield {"kind": "item", "type": name, "id": number, "seq": seq, "head": str(head), "state": state}


def _state(kind: type[Chained]) -> Any:
    """The state as the row has it; a person has none but being active."""
    columns = kind.__table__.c
    return columns["state"] if "state" in columns else case((columns["active"], "active"), else_="inactive")


def _heads(connection: Connection, name: str) -> Iterator[Record]:
    head = CheckpointHead
    query = select(head.checkpoint_id, head.item_id, head.seq, head.hash, head.trail).where(
        head.item_type == name
    )
    for n, number, seq, hashed, trail in _rows(connection, query.order_by(head.item_id, head.seq)):
        own = {"n": _whole(n), "type": str(name), "id": _whole(number), "seq": seq}
        yield {"kind": "head", **own, "hash": str(hashed), "trail": str(trail)}


def _events(connection: Connection, name: str, texts: bool, ids: list[int] | None = None) -> Iterator[Record]:
    sqlite = connection.dialect.name == "sqlite"
    at = _text(Event.at, sqlite) if sqlite else func.to_char(func.timezone("UTC", Event.at), PATTERN)
    columns = [Event.id, Event.prev, Event.hash, at, _text(Event.data, sqlite), _text(Event.seals, sqlite)]
    query = select(*columns, *(getattr(Event, fact) for fact in FAST)).where(Event.item_type == name)
    if ids is not None:
        query = query.where(Event.item_id.in_(ids))
    for rows in _parts(connection, query.order_by(Event.item_id, Event.seq)):
        said = _texts(connection, [row[0] for row in rows]) if texts else {}
        for number, prev, hashed, moment, data, seals, *facts in rows:
            record: Record = {"kind": "event", "id": number, "prev": str(prev), "hash": str(hashed)}
            record.update(zip(FAST, facts, strict=True))
            record["item_type"], record["item_id"] = str(name), _whole(record["item_id"])
            record["at"] = moment.replace(" ", "T") + "Z" if sqlite and moment else moment
            record["data"], record["seals"] = _json(data), _json(seals)
            if texts:
                record["texts"] = said.get(number, {})
            yield record


def _text(column: Any, sqlite: bool) -> Any:
    """The column as text; on SQLite it may hold bytes that are none."""
    text = as_type(column, Text)
    return case((func.typeof(column) == "blob", "?"), else_=text) if sqlite else text


def _texts(connection: Connection, ids: list[int]) -> dict[int, dict[str, list[str | None]]]:
    found: dict[int, dict[str, list[str | None]]] = {}
    query = select(EventText.event_id, EventText.name, EventText.salt, EventText.text)
    for event_id, name, salt, text in connection.execute(query.where(EventText.event_id.in_(ids))):
        found.setdefault(event_id, {})[name] = [salt, text]
    return found


def _whole(number: Any) -> int:
    """SQLite keeps what it is given, also what is no number."""
    return number if isinstance(number, int) else 0


def _json(text: str | None) -> Any:
    try:
        return json.loads(text) if text else text
    except ValueError:
        return text  # bent; its hash will say so


def _parts(connection: Connection, query: Any) -> Iterator[Any]:
    """The rows by thousands, never all of them in memory."""
    yield from connection.execute(query, execution_options={"yield_per": AT_ONCE}).partitions()


def _rows(connection: Connection, query: Any) -> Iterator[Any]:
    return (row for part in _parts(connection, query) for row in part)


def masked(record: Record) -> Record:
    """The record as it leaves the house: of a text that holds something personal the masked words, without the salt (who had
    it could try all numbers against the seal). The chain stands as it was; `masked` names these texts."""
    shown = {
        name: [None, MASK if name in PRIVATE else mask(text)]
        for name, (_, text) in record.get("texts", {}).items()
        if text and (name in PRIVATE or mask(text) != text)
    }
    return record | {"texts": record["texts"] | shown, "masked": sorted(shown)} if shown else record


def stray_texts(connection: Connection) -> list[tuple[int, str]]:
    """Texts (number of the event, name) whose event is gone."""
    query = select(EventText.event_id, EventText.name).where(~exists().where(Event.id == EventText.event_id))
    return [(event_id, name) for event_id, name in connection.execute(query.limit(SHOWN))]


def export(path: Path, *, now: datetime, root: str = "", texts: bool = True) -> dict[str, int]:
    """Write all of history to `path` (gzip when it ends in .gz), whole or not at all; how many records of each kind.
    `root`: SHA-256 of the certificate that the tokens lead to."""
    spare = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _opened(path, spare) as file, still() as connection:
            counts = write(file, records(connection, texts=texts), now=now, root=root, texts=texts)
        spare.replace(path)
    finally:
        spare.unlink(missing_ok=True)
    return counts


def write(
    file: IO[bytes], found: Iterable[Record], *, now: datetime, root: str, texts: bool, excerpt: bool = False
) -> dict[str, int]:
    """A header, the records as JSON Lines, and a last line with the SHA-256 of all before it. `excerpt`: of some items."""
    summed, counts = sha256(), dict.fromkeys(KINDS, 0)
    head = {
        "kind": "header",
        "format": FORMAT,
        "version": VERSION,
        "at": instant(now),
        "root": root,
        "texts": texts,
    } | ({"excerpt": True} if excerpt else {})
    for record in chain([head], found):
        line = _line(record)
        summed.update(line)
        file.write(line)
        if record is not head:
            counts[record["kind"]] += 1
    file.write(canonical({"kind": "end", "counts": counts, "sha256": summed.hexdigest()}) + b"\n")
    return counts


def fingerprint(roots: list[bytes]) -> str:
    """SHA-256 of the first of these certificates (PEM), as a header names it; "" when there is none."""
    return sha256(ssl.PEM_cert_to_DER_cert(roots[0].decode().strip())).hexdigest() if roots else ""


def _line(record: Record) -> bytes:
    try:
        return canonical(record) + b"\n"
    except TypeError:  # SQLite keeps bytes where text should be; what is bent must leave the house as well
        return canonical(json.loads(json.dumps(record, default=repr))) + b"\n"


def _opened(path: Path, spare: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return gzip.open(spare, "wb", compresslevel=6)  # type: ignore[return-value]
    return spare.open("wb")
