"""Twenty thousand rows that are never all in memory: kept packed, read one by one."""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

PIECE = 400  # rows packed together


class Spool:
    """Rows that were read, until they are judged. What was put in comes out, in order, as often as asked."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._open: list[Any] = []
        self.count = 0

    def add(self, row: Any) -> None:
        self._open.append(row)
        self.count += 1
        if len(self._open) == PIECE:
            self._packed.append(zlib.compress(pickle.dumps(self._open, pickle.HIGHEST_PROTOCOL), 1))
            self._open = []

    def __iter__(self) -> Iterator[Any]:
        for packed in self._packed:
            yield from pickle.loads(zlib.decompress(packed))  # noqa: S301 - packed by this object, never left memory
        yield from self._open


class Writer:
    """JSON, one value a line, compressed as it comes."""

    def __init__(self) -> None:
        self._squeeze = zlib.compressobj(3)
        self._pieces: list[bytes] = []

    def add(self, line: str) -> None:
        if piece := self._squeeze.compress(line.encode() + b"\n"):
            self._pieces.append(piece)

    def end(self) -> bytes:
        self._pieces.append(self._squeeze.flush())
        return b"".join(self._pieces)


def lines(packed: Iterable[bytes] | bytes) -> Iterator[Any]:
    """The values of a Writer."""
    opened, rest = zlib.decompressobj(), b""
    for piece in [packed] if isinstance(packed, bytes) else packed:
        while piece:
            rest += opened.decompress(piece, 1 << 18)
            piece = opened.unconsumed_tail
            *whole, rest = rest.split(b"\n")
            yield from map(json.loads, whole)
    rest += opened.flush()
    yield from map(json.loads, filter(None, rest.split(b"\n")))
