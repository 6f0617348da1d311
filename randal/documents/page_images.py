"""The pages of a PDF as pictures: read on any telephone, without a reader and without a plugin.

Drawn when somebody looks, one page at a time, in a limited child (readers/pages.py): what is shown may be a scan that
somebody has sent. Kept in this process for the next who looks (the same few pages are read by all who sign).
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from randal.untrusted.limited import door
from randal.untrusted.limited.limits import PAGES

KEPT = 24_000_000  # bytes in this process
SIZED = 200  # files whose pages are known in this process
SIZES = door.Task("randal.untrusted.readers.pages:sizes", PAGES)
OUTLINE = door.Task("randal.untrusted.readers.pages:outline", PAGES)
PAGE = door.Task("randal.untrusted.readers.pages:page", PAGES)

_sized: OrderedDict[str, list[Sheet]] = OrderedDict()
_drawn: OrderedDict[tuple[str, int], bytes] = OrderedDict()
_turns: dict[tuple[str, int], threading.Lock] = {}  # of pages that somebody draws now
_guard = threading.Lock()


@dataclass(frozen=True)
class Sheet:
    """A page before it is drawn: its number from 1, and the size of its picture in pixels."""

    number: int
    width: int
    height: int


def sheets(pdf: bytes) -> list[Sheet]:
    """The pages of the file. Raises Unreadable when it is no PDF that can be drawn."""
    mark = hashlib.sha256(pdf).hexdigest()
    with _guard:
        found = _sized.get(mark)
    if found is None:
        found = [Sheet(n, width, height) for n, (width, height) in enumerate(door.ask(SIZES, pdf), 1)]
        with _guard:
            _sized[mark] = found
            while len(_sized) > SIZED:
                _sized.popitem(last=False)
    return found


def picture(pdf: bytes, sha256: str, number: int) -> bytes:
    """Page `number` (from 1) as a PNG, with what stands in its form fields. Raises Unreadable: no such page, or none that
    can be drawn."""
    return _kept((sha256, number), lambda: door.ask(PAGE, pdf, number=number))


def outline(pdf: bytes, sha256: str, words: list[str]) -> bytes:
    """The first page as a PNG for strangers: nothing but these words can be read on it. Raises Unreadable."""
    return _kept((sha256, 0), lambda: door.ask(OUTLINE, pdf, words=words, public=True))


def _kept(mark: tuple[str, int], draw: Callable[[], bytes]) -> bytes:
    """Drawn once, also when all who are to sign open the file at the same moment."""
    with _guard:
        turn = _turns.setdefault(mark, threading.Lock())
    with turn:
        try:
            with _guard:
                if mark in _drawn:
                    _drawn.move_to_end(mark)
                    return _drawn[mark]
            made = draw()
            with _guard:
                _drawn[mark] = made
                while len(_drawn) > 1 and sum(map(len, _drawn.values())) > KEPT:
                    _drawn.popitem(last=False)
            return made
        finally:
            with _guard:
                _turns.pop(mark, None)
