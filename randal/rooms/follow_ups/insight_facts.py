"""What Telaah tells, in plain numbers, before anybody draws it (insight.py counts it)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from randal.l10n import formats
from randal.models.follow_ups import ENDED
from randal.rooms.follow_ups.tracking import LIFE

SMALL = 10  # of fewer no share is said
MONTHS = 12
OPEN = tuple(state for state in LIFE.states if state not in ENDED)
WAITS_ON = {
    "draft": "Sekretariat", "assigned": "PPK", "in_progress": "PPK", "returned": "PPK", "submitted": "Tim Monev",
    "infeasible_proposed": "Pimpinan",
}  # fmt: skip
OWNERS = ("PPK", "Tim Monev", "Pimpinan", "Sekretariat")
AGES = (
    (30, "sampai 30 hari"),
    (60, "31–60 hari"),
    (90, "61–90 hari"),
    (180, "91–180 hari"),
    (None, "lebih dari 180 hari"),
)
KEPT, PENDING, LATE_DONE, LATE_OPEN = "kept", "pending", "late_done", "late_open"
OUTCOMES = {
    KEPT: "Tepat waktu", PENDING: "Menunggu verifikasi", LATE_DONE: "Selesai terlambat",
    LATE_OPEN: "Belum selesai",
}  # fmt: skip


@dataclass
class Stay:
    """`days` in all, of `items` follow-ups that were ever there."""

    days: float = 0.0
    items: int = 0

    @property
    def mean(self) -> float:
        return self.days / self.items if self.items else 0.0


@dataclass
class Waiting:
    """What waits on somebody now: how many, since when on average and at the longest (days)."""

    items: int = 0
    days: float = 0.0
    longest: float = 0.0

    @property
    def mean(self) -> float:
        return self.days / self.items if self.items else 0.0


@dataclass
class Repeat:
    unit: str
    category: str | None
    count: int
    meetings: int
    open: int


@dataclass
class Insight:
    """All of it, in plain numbers. `outcomes`: by month (2026-03) and by unit name, of what fell due in the last year."""

    total: int = 0
    open: int = 0
    since: date | None = None
    stays: dict[str, Stay] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    by_month: dict[str, Counter[str]] = field(default_factory=dict)
    by_unit: dict[str, Counter[str]] = field(default_factory=dict)
    extended: dict[str, int] = field(default_factory=dict)
    repeats: list[Repeat] = field(default_factory=list)
    ages: dict[str, tuple[int, int]] = field(default_factory=dict)  # (late, not late)


def share(part: int, whole: int) -> str:
    """ "34 dari 50 (68%)"; of fewer than ten only "3 dari 7"."""
    said = f"{formats.number(part)} dari {formats.number(whole)}"
    return said if whole < SMALL else f"{said} ({formats.number(round(100 * part / whole))}%)"
