"""An exported history as records: JSON Lines, plain or gzip, with what is wrong with the file itself. Pure."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from randal.audit.bends import Bend, Record
from randal.history.chain import FACTS, canonical

FORMAT, VERSION = "randal-history", 1
KINDS: dict[str, dict[str, type]] = {
    "checkpoint": {"n": int, "statement": str, "digest": str, "token": str},
    "item": {"type": str, "id": int, "head": str},
    "head": {"n": int, "type": str, "id": int, "hash": str, "trail": str},
    "event": {"id": int, "item_type": str, "item_id": int, "prev": str, "hash": str},
}
ORDER = ("item", "head", "event")


def item_of(record: Record) -> tuple[str, int]:
    """Type and number of the item; ("", 0) for what belongs to none."""
    if record["kind"] == "event":
        return record["item_type"] or "?", record["item_id"]
    return (record["type"] or "?", record["id"]) if record["kind"] in ("item", "head") else ("", 0)


class File:
    """An exported history, read line by line. What is wrong with the file itself comes last, as records "bend"."""

    def __init__(self, path: Path):
        self.path = path
        self.bends: list[Bend] = []
        self._number = 0
        self._texts = True
        self.excerpt = False  # of some items: of the others the heads alone, which every checkpoint sums up
        self._place: tuple[Any, ...] = ()

    def __iter__(self) -> Iterator[Record]:
        summed, closed = sha256(), False
        for line in self._lines():
            if closed:
                self._say("ada baris sesudah baris penutup")
            record = self._read(line)
            if record.get("kind") == "end":
                closed = True
                if record.get("sha256") != summed.hexdigest():
                    self._say("berkas diubah sesudah diekspor: SHA-256-nya tidak lagi cocok")
            elif self._number == 1:
                self._texts = record.get("texts") is not False
                self.excerpt = record.get("excerpt") is True
                if (record.get("format"), record.get("version")) != (FORMAT, VERSION):
                    self._say("kepala berkas diubah, atau ini bukan ekspor riwayat Randal")
            elif record.get("kind") == "header":
                self._say("tidak pada tempatnya")
            elif record:
                yield record
            summed.update(line)
        if not closed:
            self._say("berkas terpotong: baris penutupnya tidak ada")
        yield from ({"kind": "bend", "bend": bend} for bend in self.bends)

    def _lines(self) -> Iterator[bytes]:
        try:
            with _opened(self.path) as file:
                for line in file:
                    self._number += 1
                    yield line
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self._say("berkas terpotong atau rusak: tidak dapat diurai lebih jauh")

    def _read(self, line: bytes) -> Record:
        """The record of one line, in its place; empty (and said so) when it is none."""
        try:
            record = json.loads(line)
            kind = record["kind"]
            if kind in ("header", "end"):
                return dict(record)
            if any(not isinstance(record[name], wanted) for name, wanted in KINDS[kind].items()):
                raise ValueError(kind)
            if kind == "event":
                _complete(record, self._texts)
            if canonical(record) + b"\n" != line:
                raise ValueError("not as it was exported")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self._say("tidak dapat dibaca")
            return {}
        return self._in_place(record)

    def _in_place(self, record: Record) -> Record:
        if record["kind"] == "checkpoint":
            place: tuple[Any, ...] = ("", record["n"])
        else:
            seq = record["seq"] if isinstance(record["seq"], int) else 0
            place = (*item_of(record), ORDER.index(record["kind"]), seq)
        if place <= self._place:
            self._say("tidak pada tempatnya")
            # Of another item: taken here it would part that item's history in two.
            return record if place[:2] == self._place[:2] else {}
        self._place = place
        return record

    def _say(self, what: str) -> None:
        self.bends.append(Bend("file", f"berkas, baris {self._number}: {what}"))


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]


def _complete(record: Record, texts: bool) -> None:
    for name in FACTS:
        record[name]
    if ("texts" in record) is not texts:
        raise ValueError("the header says otherwise")
    if not isinstance(record.get("masked", []), list):
        raise ValueError("masked are names of texts")
    if any(len(pair) != 2 for pair in record.get("texts", {}).values()):
        raise ValueError("a text is salt and words")


def checkpoints_in(path: Path) -> list[Record]:
    """The checkpoints of an older export, or of a file with one: what a witness kept outside. ValueError if none."""
    with _opened(path) as file:
        found = []
        for line in file:
            record = json.loads(line)
            if record.get("kind") == "checkpoint":
                found.append(record)
            elif record.get("kind") != "header":
                break
    if not found:
        raise ValueError("tidak memuat cap riwayat")
    return found


def roots_in(path: Path) -> list[bytes]:
    """The certificates to trust (PEM); an installation whose authority was replaced hands out several in one file.
    ValueError when the file is none."""
    found = path.read_bytes()
    if not found.lstrip().startswith(b"-----BEGIN CERTIFICATE-----"):
        raise ValueError(f"{path.name} bukan sertifikat PEM")
    return [b"-----BEGIN CERTIFICATE-----" + one for one in found.split(b"-----BEGIN CERTIFICATE-----")[1:]]
