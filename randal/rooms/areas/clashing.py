"""What clashes in time between the sectors of one kawasan (docs/indeks.md, «Bentrok waktu»). Pure: kegiatan and two thresholds
come in, clashes come out. How far a sector stands from its plan is `index.deviations`, as in the part «Sektor seiring».
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from randal.rooms.areas.index import Work, deviations

FIRST = ("AM", "PLP")  # they dig: pipes, sewers, drains
THEN = ("BPB", "PKP")  # they close the ground: pavement, squares, parks, roads of the settlement
KINDS = {"step": "Tidak seiring", "order": "Urutan terbalik"}


@dataclass(frozen=True)
class Clash:
    """`sector` is the one that lags or digs too late, `other` the one it clashes with. `amount` is points of the plan (step) or
    days (order); `until` is when the digging ends, `since` when the ground is closed (order only)."""

    kind: str
    sector: str
    other: str
    amount: Decimal
    until: date | None = None
    since: date | None = None


def clashes(works: Sequence[Work], apart: Decimal, overlap: Decimal) -> list[Clash]:
    """Of each pair of sectors at most one of each kind, in the order of their codes.

    step: a sector is `apart` points or more further behind its plan than the sector that is furthest ahead of its own.
    order: a kegiatan of a sector that digs ends more than `overlap` days after one that closes the ground has begun; the
    longest of the pair is told. A kegiatan without figures or without dates is not judged."""
    found = []
    away = deviations(works)
    if len(away) > 1:
        lead = min(away, key=lambda sector: (-away[sector], sector))
        found += [
            Clash("step", sector, lead, away[lead] - away[sector])
            for sector in sorted(away)
            if sector != lead and away[lead] - away[sector] >= apart
        ]
    for first in FIRST:
        for then in THEN:
            until = max((w.ends for w in works if w.sector == first and w.ends), default=None)
            since = min((w.starts for w in works if w.sector == then and w.starts), default=None)
            days = Decimal((until - since).days) if until and since else Decimal(0)
            if days > overlap:
                found.append(Clash("order", first, then, days, until, since))
    return found
