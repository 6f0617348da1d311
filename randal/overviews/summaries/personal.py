"""What in a text points at a person. Pure: the names come in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from randal.base.personal import PATTERNS

TITLES = re.compile(r",.*$|\b(?:dr|drs|dra|ir|prof|h|hj)\.\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Trace:
    """Words of the text, and what they look like (Indonesian)."""

    words: str
    what: str


def traces(text: str, names: Iterable[str]) -> list[Trace]:
    """Every trace of a person, once, in the order of the text's kinds: numbers and addresses, then known names."""
    found: dict[str, Trace] = {}
    taken = text
    for what, pattern in PATTERNS:
        for match in pattern.finditer(taken):
            found.setdefault(match.group(), Trace(match.group(), what))
        taken = pattern.sub(lambda m: " " * len(m.group()), taken)
    for name in names:
        bare = TITLES.sub("", name).strip()
        if len(bare) < 4:
            continue
        if named := re.search(rf"(?<!\w){re.escape(bare)}(?!\w)", text, re.IGNORECASE):
            found.setdefault(named.group().casefold(), Trace(named.group(), "nama orang"))
    return list(found.values())
