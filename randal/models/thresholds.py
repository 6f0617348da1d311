"""Thresholds (ambang): from where on a figure is critical, unusual or old. Data: a leader's circular changes them, no release.

A change is a new row; the newest of each name is in force, so the table is its own history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from flask import g, has_request_context
from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Exact, Row, UTCDateTime, db
from randal.org.people import Person
from workflows.lifecycle import KEEPERS, Actor, Refused


class Meaning(NamedTuple):
    label: str
    unit: str
    help: str


@dataclass(frozen=True)
class Limits:
    """The defaults are those of a critical contract (kontrak kritis); points are percentage points."""

    behind_early: Decimal = Decimal(10)
    behind_late: Decimal = Decimal(5)
    early_until: Decimal = Decimal(70)
    jump: Decimal = Decimal(30)
    stale: Decimal = Decimal(31)
    apart: Decimal = Decimal(10)
    overlap: Decimal = Decimal(30)

    def is_critical(self, plan: Decimal | None, actual: Decimal | None) -> bool:
        """Is the actual behind the plan by more than what makes a contract critical?"""
        if plan is None or actual is None:
            return False
        return actual - plan < -(self.behind_early if plan <= self.early_until else self.behind_late)

    @property
    def sentence(self) -> str:
        """What "Kritis" means, as it stands under a table."""
        from randal.l10n.formats import MINUS, number

        early, late, until = (
            number(x, 2 if x % 1 else 0) for x in (self.behind_early, self.behind_late, self.early_until)
        )
        return (
            f"«Kritis»: deviasi fisik di bawah {MINUS}{early} poin (rencana sampai {until}%) "
            f"atau {MINUS}{late} poin (di atas {until}%). Ambang dapat diatur."
        )

    @property
    def clash_sentence(self) -> str:
        """What "Bentrok" means, as it stands under the matrix."""
        from randal.l10n.formats import number

        apart, overlap = (number(x, 2 if x % 1 else 0) for x in (self.apart, self.overlap))
        return (
            f"«Bentrok»: satu sektor tertinggal {apart} poin atau lebih dari sektor yang paling maju terhadap rencananya, atau "
            f"galian (AM, PLP) berakhir lebih dari {overlap} hari sesudah penutupan (BPB, PKP) mulai. "
            "Yang tanpa angka atau tanpa tanggal tidak dinilai. Ambang dapat diatur."
        )


MEANINGS: Mapping[str, Meaning] = {
    "behind_early": Meaning("Deviasi kritis, awal", "poin", "Terlambat lebih dari ini selagi rencana masih rendah."),
    "behind_late": Meaning("Deviasi kritis, akhir", "poin", "Terlambat lebih dari ini ketika rencana sudah tinggi."),
    "early_until": Meaning("Batas rencana awal dan akhir", "%", "Sampai rencana fisik sekian persen dihitung awal."),
    "jump": Meaning("Lonjakan", "poin", "Realisasi yang naik lebih dari ini sejak laporan sebelumnya diminta penjelasannya."),
    "stale": Meaning("Umur data", "hari", "Angka yang posisinya lebih lama dari ini pada hari rapat diusulkan sebagai temuan."),
    "apart": Meaning("Bentrok: jarak antar-sektor", "poin", "Tertinggal sejauh ini dari sektor terdepan disebut bentrok."),
    "overlap": Meaning("Bentrok: tumpang tindih", "hari", "Galian yang berakhir lebih dari ini sesudah penutupan mulai."),
}  # fmt: skip


class Threshold(Row):
    """One value of one threshold, from when it was set until the next of its name."""

    __tablename__ = "thresholds"
    name: Mapped[str] = mapped_column(String(24), index=True)
    value: Mapped[Decimal] = mapped_column(Exact(2))
    note: Mapped[str] = mapped_column(Text, default="")
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    set_by: Mapped[Person | None] = relationship()


def limits() -> Limits:
    """The thresholds in force; read once per request."""
    if has_request_context() and "limits" in g:
        return g.limits  # type: ignore[no-any-return]
    newest = select(func.max(Threshold.id)).group_by(Threshold.name)
    rows = db.session.execute(select(Threshold.name, Threshold.value).where(Threshold.id.in_(newest)))
    known = {field.name for field in fields(Limits)}
    found = Limits(**{name: value for name, value in rows if name in known})
    if has_request_context():
        g.limits = found
    return found


def require_keeper(actor: Actor) -> None:
    if not actor.has(*KEEPERS):
        raise Refused("role", "Ambang diatur oleh Sekretariat atau Admin Sistem.")


def set_limits(given: Mapping[str, Decimal], note: str, actor: Actor, now: datetime) -> list[str]:
    """Keep what differs from what is in force; the names that changed. Refused: role."""
    require_keeper(actor)
    present = limits()
    changed = [name for name, value in given.items() if getattr(present, name) != value]
    for name in changed:
        db.session.add(Threshold(name=name, value=given[name], note=note, set_at=now, set_by_id=actor.id))
    db.session.flush()
    if has_request_context():
        g.pop("limits", None)
    return changed


def history() -> list[Threshold]:
    return list(db.session.scalars(select(Threshold).order_by(Threshold.id.desc()).limit(200)))
