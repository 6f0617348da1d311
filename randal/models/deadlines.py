"""By when a report is due, as data: a number of working days after the end of a month or a quarter, and who hands it in.

PP 39/2006 gives Form A five, Form B ten and Form C fourteen working days after the quarter; a circular changes such numbers,
not a release. What a PPK owes is done when its report of the period was handed in for the first time; what others owe, when
they say so. Lateness is computed, never stored.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import g, has_request_context
from sqlalchemy import CheckConstraint, ForeignKey, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, db
from randal.documents.model import READY, Document
from randal.l10n import formats
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.org.people import Person
from randal.org.places import colleagues
from randal.schedule.workdays import Calendar, calendar
from workflows.lifecycle import EVALUATOR, LEADER, PPK, ROLES, SECRETARIAT, Actor

if TYPE_CHECKING:
    from randal.models.progress import ProgressReport

ANCHORS = {"month": "akhir bulan", "quarter": "akhir triwulan"}
MET_BY = {
    "mark": "dicatat oleh yang menyampaikan",
    "report": "laporan evaluasi nasional periode itu dibuat",
}
EVALUATIONS = ("evaluation_report", "evaluation_sheet")
WHOLE = {"periode", "warna"}  # what a report of the whole nation is asked by; more narrows it
WHO = {role: ROLES[role] for role in (PPK, EVALUATOR, SECRETARIAT, LEADER)}


class Deadline(Row):
    """One rule. `since`: the first period (2018-06) that it counts for; before it nobody is late."""

    __tablename__ = "deadlines"
    __table_args__ = (
        CheckConstraint(f"anchor IN {tuple(ANCHORS)}", name="anchor"),
        CheckConstraint(f"who IN {tuple(WHO)}", name="who"),
        CheckConstraint(f"met_by IN {tuple(MET_BY)}", name="met_by"),
        CheckConstraint("working_days BETWEEN 0 AND 90 AND remind_before BETWEEN 0 AND 30", name="days"),
    )
    name: Mapped[str] = mapped_column(String(120), unique=True)
    anchor: Mapped[str] = mapped_column(String(8))
    working_days: Mapped[int]
    who: Mapped[str] = mapped_column(String(12))
    remind_before: Mapped[int] = mapped_column(default=3)  # working days; on the day itself once more
    met_by: Mapped[str] = mapped_column(String(8), default="mark")  # of what no PPK owes
    since: Mapped[str] = mapped_column(String(7))
    basis: Mapped[str] = mapped_column(Text, default="")  # the regulation or circular
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    updated_by: Mapped[Person | None] = relationship()
    marks: Mapped[list[DeadlineMark]] = relationship(
        back_populates="deadline", order_by="DeadlineMark.period"
    )
    __mapper_args__ = {"version_id_col": version}

    def counts_for(self, period: str) -> bool:
        return period >= self.since and (self.anchor == "month" or int(period[5:]) % 3 == 0)

    def due_on(self, period: str, days: Calendar) -> date:
        return days.add(end_of(period), self.working_days)

    def name_of(self, period: str) -> str:
        """Juni 2018, or Triwulan II 2018."""
        if self.anchor == "month":
            return formats.month(period)
        return f"Triwulan {('I', 'II', 'III', 'IV')[int(period[5:]) // 3 - 1]} {period[:4]}"

    def handed_in(self) -> dict[str, HandedIn]:
        """Period → when and how it was handed in: by fact where a report made here is what is owed, or as it was noted."""
        found = _reports_made() if self.met_by == "report" else {}
        for mark in self.marks:
            made = found.get(mark.period)
            if made is None or mark.dated_on < made.day:
                found[mark.period] = HandedIn(mark.dated_on, mark.note)
        return found

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """Everybody may know by when what is due."""
        return colleagues(cls, actor)

    @property
    def sentence(self) -> str:
        said = f"{self.working_days} hari kerja setelah {ANCHORS[self.anchor]}, oleh {WHO[self.who]}"
        return said if self.who == PPK else f"{said}; terpenuhi bila {MET_BY[self.met_by]}"


class DeadlineMark(Row):
    """What is handed in outside of Randal (Form C): somebody says on which day it was, and by which letter."""

    __tablename__ = "deadline_marks"
    __table_args__ = (UniqueConstraint("deadline_id", "period"),)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id"), index=True)
    period: Mapped[str] = mapped_column(String(7))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    dated_on: Mapped[date]  # on which it was handed in; `at` is when that was said
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    deadline: Mapped[Deadline] = relationship(back_populates="marks")
    by: Mapped[Person | None] = relationship()


class HandedIn(NamedTuple):
    day: date
    how: str = ""


def _reports_made() -> dict[str, HandedIn]:
    """The first evaluation report of the whole nation of each period, made after it was over."""
    query = select(Document.params, Document.created_at).where(
        Document.kind.in_(EVALUATIONS), Document.stage == READY, Document.restricted.is_(False)
    )
    found: dict[str, HandedIn] = {}
    for params, at in db.session.execute(query.order_by(Document.id)):
        period, day = params.get("periode", ""), local_date(at, DEFAULT_ZONE)
        if period and params.keys() <= WHOLE and day > end_of(period):
            found.setdefault(period, HandedIn(day, "laporan evaluasi dibuat"))
    return found


class Standing(NamedTuple):
    """How something stands against the deadline that comes first. `days_late` are working days; 0: not late."""

    name: str
    due_on: date
    days_late: int
    done: bool

    @property
    def sentence(self) -> str:
        late = f"terlambat {self.days_late} hari kerja"
        if self.done:
            return late if self.days_late else "tepat waktu"
        return late if self.days_late else f"tenggat {formats.long_date(self.due_on)}"


def end_of(period: str) -> date:
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, monthrange(year, month)[1])


def periods_back(day: date, count: int) -> Iterator[str]:
    """The month of this day and those before it, `count` in all."""
    for n in range(count):
        at = day.year * 12 + day.month - 1 - n
        yield f"{at // 12}-{at % 12 + 1:02}"


def in_force(who: str | None = None) -> list[Deadline]:
    query = select(Deadline).where(Deadline.active).order_by(Deadline.working_days, Deadline.id)
    rows = list(db.session.scalars(query))
    return [row for row in rows if who is None or row.who == who]


def standing(
    period: str, done_on: date | None, today: date, rules: Iterable[Deadline], days: Calendar
) -> Standing | None:
    """Against the rule that is due first; None when no rule counts for the period."""
    due = min(
        ((rule.due_on(period, days), rule.name) for rule in rules if rule.counts_for(period)), default=None
    )
    if due is None:
        return None
    return Standing(due[1], due[0], max(0, days.between(due[0], done_on or today)), done_on is not None)


def standing_of(report: ProgressReport, now: datetime) -> Standing | None:
    """How a report stands, by the days of its province. Rules and calendar are read once per request."""
    rules, days = _of_request()
    first = report.first_submitted_at
    done_on = local_date(first, report.unit.timezone) if first else None
    return standing(report.period, done_on, report.unit.local_today(now), rules, days) if rules else None


def _of_request() -> tuple[list[Deadline], Calendar]:
    if has_request_context() and "deadlines" in g:
        found: tuple[list[Deadline], Calendar] = g.deadlines
        return found
    rules = in_force(PPK)
    made = rules, calendar() if rules else Calendar({})
    if has_request_context():
        g.deadlines = made
    return made
