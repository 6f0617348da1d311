"""The register: who of the PPK came to which meeting of a year, and why not. Four statements, however many there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from randal.database.base import db
from randal.l10n import clock
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.org.people import Person
from randal.org.places import Unit
from workflows.attendance import AWAY
from workflows.lifecycle import PPK, PPK_STAFF, SEES_ALL, Actor, Refused
from workflows.meeting_states import HELD

#: code → (word, letter on paper, tone, sign): never by colour alone.
KINDS = {
    "present": ("Hadir", "H", "good", "check"),
    "represented": ("Diwakilkan", "W", "info", "users"),
    "excused": ("Izin", "I", "warn", "mail"),
    "on_duty": ("Dinas luar", "DL", "warn", "briefcase"),
    "absent": ("Tidak hadir", "TH", "bad", "x"),
}


@dataclass(frozen=True)
class Cell:
    """One PPK at one meeting."""

    row: Attendance
    kind: str

    @property
    def word(self) -> str:
        return KINDS[self.kind][0]


@dataclass(frozen=True)
class Line:
    """One PPK over the year; `cells` by the meeting's id, without those it was not invited to."""

    unit: Unit
    cells: Mapping[int, Cell]

    @property
    def totals(self) -> Counter[str]:
        return Counter(cell.kind for cell in self.cells.values())

    @property
    def share(self) -> int | None:
        """Percent of its invitations to which somebody came; None without any."""
        came = self.totals["present"] + self.totals["represented"]
        return round(100 * came / len(self.cells)) if self.cells else None


@dataclass(frozen=True)
class Register:
    year: int
    years: list[int]
    meetings: list[Meeting]
    lines: list[Line]

    @property
    def absences(self) -> list[Cell]:
        """Who did not come, by date and then by name."""
        day = {m.id: n for n, m in enumerate(self.meetings)}
        found = [c for line in self.lines for c in line.cells.values() if c.kind in AWAY]
        return sorted(found, key=lambda c: (day[c.row.meeting_id], c.row.label))


def may_read(actor: Actor) -> bool:
    return actor.has(*SEES_ALL) or (actor.has(PPK, PPK_STAFF) and actor.unit_id is not None)


def register_of(actor: Actor, year: int | None, now: datetime) -> Register:
    """The register of a year (None: the latest with a meeting held) as this actor may read it: all lines for those
    who see all, its own for a PPK. Refused: anybody else."""
    if not may_read(actor):
        raise Refused(
            "role", "Register kehadiran dibaca oleh PPK untuk satuannya, dan oleh yang melihat semua rapat."
        )
    years = years_of(now)
    chosen = year if year is not None and 2000 <= year <= 2100 else years[0]
    meetings = held_in(chosen)
    query = select(Attendance).where(
        Attendance.meeting_id.in_([m.id for m in meetings]),
        Attendance.unit_id.is_not(None),
        ~Attendance.is_guest,
    )
    if not actor.has(*SEES_ALL):
        query = query.where(Attendance.unit_id == actor.unit_id)
    names = ppk_names()
    cells: dict[Unit, dict[int, Cell]] = {}
    for row in db.session.scalars(query).unique():
        kind = kind_of(row, names)
        if kind and row.unit:
            cells.setdefault(row.unit, {})[row.meeting_id] = Cell(row, kind)
    lines = [Line(unit, mine) for unit, mine in sorted(cells.items(), key=lambda each: each[0].short_name)]
    shown = {meeting_id for line in lines for meeting_id in line.cells}
    return Register(
        chosen, sorted({*years, chosen}, reverse=True), [m for m in meetings if m.id in shown], lines
    )


def ppk_names() -> dict[int, set[str]]:
    """Who is, and who was, the PPK of each unit: the register of a year is read when some have changed."""
    found: dict[int, set[str]] = defaultdict(set)
    for unit, name in db.session.execute(select(Person.unit_id, Person.name).where(Person.role == PPK)):
        found[unit or 0].add(name)
    return found


def kind_of(row: Attendance, names: Mapping[int, set[str]]) -> str:
    if row.state != "present":
        return row.state if row.state in KINDS else ""
    itself = not row.name_attending or row.name_attending in names.get(row.unit_id or 0, ())
    # Who came under the invited post's own title held it then, whoever holds it now.
    return "present" if itself or row.post_attending == row.label else "represented"


def held_in(year: int) -> list[Meeting]:
    """Meetings that were held in this year of their own place, oldest first."""
    edge = timedelta(days=1)  # no place is further from Greenwich
    first, last = datetime(year, 1, 1, tzinfo=UTC) - edge, datetime(year + 1, 1, 1, tzinfo=UTC) + edge
    query = select(Meeting).where(
        Meeting.state.in_(HELD), Meeting.starts_at >= first, Meeting.starts_at < last
    )
    found = db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id))
    return [m for m in found if (m.local_start_date or date.min).year == year]


def years_of(now: datetime) -> list[int]:
    """The years in which a meeting was held, the latest first; this year when none was."""
    first, last = db.session.execute(
        select(func.min(Meeting.starts_at), func.max(Meeting.starts_at)).where(Meeting.state.in_(HELD))
    ).one()
    if first is None or last is None:
        return [now.year]
    latest, earliest = clock.local_date(last, clock.DEFAULT_ZONE), clock.local_date(first, clock.DEFAULT_ZONE)
    return list(range(latest.year, earliest.year - 1, -1))
