"""When who is reminded of what is late: numbers of working days, as rows with the day from which each counts.

A row is never changed. Another begins on its day, so the table is its own history, and what was said last year is still
explained by the row of last year. Before the first row, and where there is none, `BEGINNING` counts.

    policies = policies.read()            # one small query
    policies.on(day).satker_after         # what counts on that day
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Select, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, db
from randal.history import triggers
from randal.l10n import clock
from randal.l10n.formats import long_date
from randal.org.people import Person
from randal.org.places import colleagues
from randal.schedule.workdays import Calendar
from randal.schemas import forms
from workflows.lifecycle import KEEPERS, Actor, Refused

#: name → (least, most, label, help, what counts before the first row); all in working days
NUMBERS: dict[str, tuple[int, int, str, str, int]] = {
    "before": (0, 30, "PPK: sebelum tenggat", "Pada harinya selalu diingatkan. 0: hanya pada harinya.", 3),
    "before_again": (0, 30, "PPK: sekali lagi sebelum tenggat", "0: tidak ada pengingat kedua.", 0),
    "late_after": (1, 30, "PPK: terlambat, sesudah tenggat", "1: hari kerja pertama sesudah tenggat.", 1),
    "late_again": (1, 60, "PPK: terlambat, diulang tiap", "", 5),
    "satker_after": (1, 90, "Pimpinan satker: terlambat lebih dari", "", 5),
    "direktorat_after": (
        2,
        180,
        "Direktorat: terlambat lebih dari",
        "Lebih besar daripada untuk satker.",
        10,
    ),
    "unopened_after": (1, 60, "PPK: belum dibuka lebih dari", "Satu kali, dihitung sejak ditugaskan.", 3),
    "verify_within": (1, 60, "Tim Monev: pengajuan menunggu lebih dari", "Juga permintaan perpanjangan.", 2),
    "verify_again": (1, 60, "Tim Monev: diulang tiap", "", 5),
    "answer_within": (1, 90, "Kendala: jawaban tiap tingkat ditunggu", "Sesudah itu naik satu tingkat.", 5),
}
BEGINNING = {name: at_first for name, (*_, at_first) in NUMBERS.items()}
ORDER = "Direktorat diberi tahu sesudah satker: isi angka yang lebih besar daripada untuk satker."


class Policy(Row):
    """One row of numbers, in working days; it counts from `valid_from` until another begins."""

    __tablename__ = "policies"
    __table_args__ = (
        CheckConstraint("direktorat_after > satker_after", name="order"),
        CheckConstraint(
            "before >= 0 AND before_again >= 0 AND late_after > 0 AND late_again > 0", name="days"
        ),
    )
    valid_from: Mapped[date]
    before: Mapped[int]
    before_again: Mapped[int]
    late_after: Mapped[int]
    late_again: Mapped[int]
    satker_after: Mapped[int]
    direktorat_after: Mapped[int]
    unopened_after: Mapped[int]
    verify_within: Mapped[int]
    verify_again: Mapped[int]
    answer_within: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[Person | None] = relationship()

    @property
    def steps(self) -> tuple[int, ...]:
        """Working days before the due date on which its PPK is reminded; always on the day itself."""
        return tuple(sorted({self.before, self.before_again, 0}))

    @property
    def name(self) -> str:
        """As an explanation names it."""
        return (
            f"kebijakan no. {self.id} sejak {long_date(self.valid_from)}" if self.id else "kebijakan bawaan"
        )

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """Everybody may know when he will be reminded."""
        return colleagues(cls, actor)


triggers.append_only(Policy.__table__)


class Span(NamedTuple):
    """A policy and the days on which it counts, `until` not among them."""

    policy: Policy
    since: date
    until: date


class Policies:
    """What counts on which day, given the rows. Pure: it asks no database."""

    def __init__(self, rows: Iterable[Policy]):
        by_day = {row.valid_from: row for row in sorted(rows, key=lambda row: row.id)}  # the last word counts
        found = [(date.min, Policy(**BEGINNING)), *sorted(by_day.items())]
        ends = [since for since, _ in found[1:]] + [date.max]
        self.spans = [Span(row, since, end) for (since, row), end in zip(found, ends, strict=True)]

    def on(self, day: date) -> Policy:
        return next(span.policy for span in reversed(self.spans) if span.since <= day)

    def history(self) -> list[Span]:
        """The newest first, down to what counted at the beginning; none when nothing else was ever decided."""
        return list(reversed(self.spans)) if len(self.spans) > 1 else []

    @property
    def furthest(self) -> int:
        """The most working days before a due date on which anybody was ever reminded."""
        return max(step for span in self.spans for step in span.policy.steps)

    def step_before(self, days: Calendar, target: date, today: date) -> tuple[int, Policy] | None:
        """The last reminder before `target` that has come by `today`, under the policy of the day on which it came: a
        new policy says nothing a second time. What falls on a day off is due on the working day before."""
        anchor = days.on_or_before(target)
        for span in reversed(self.spans):
            if span.since <= today:
                for step in span.policy.steps:
                    day = days.add(anchor, -step)
                    if day <= today and span.since <= day < span.until:
                        return step, span.policy
        return None

    def times_late(self, days: Calendar, due: date, today: date) -> int:
        """How often by `today` to have said that `due` is over, each time under the policy of its own day."""
        total = 0
        for policy, since, until in self.spans:
            if since <= today and until > due:
                first = days.between(due, since - timedelta(1)) if since > due else 0
                last = days.between(due, min(today, until - timedelta(1)))
                total += _said(policy, last) - _said(policy, first)
        return total


def _said(policy: Policy, waited: int) -> int:
    return (waited - policy.late_after) // policy.late_again + 1 if waited >= policy.late_after else 0


def read() -> Policies:
    """All rows, with who made them: they are few."""
    return Policies(db.session.scalars(select(Policy).options(joinedload(Policy.created_by))))


def _form() -> type[forms.Base]:
    asked: dict[str, Any] = {
        "valid_from": forms.day(
            "Berlaku sejak", help="Hari ini atau sesudahnya: yang sudah dikirim tidak berubah."
        )
    }
    for name, (least, most, label, said, _at_first) in NUMBERS.items():
        asked[name] = forms.whole(f"{label} (hari kerja)", min=least, max=most, help=said)
    asked["note"] = forms.prose(
        "Dasar atau alasan", max=2000, help="Misalnya nomor dan tanggal surat edaran."
    )
    return type("PolicyForm", (forms.Base,), asked)


PolicyForm = _form()  # page and API ask the same


def begin(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Policy:
    """Another policy from a day on; the one before ends there. Refused: role, fields. Does not commit."""
    if not actor.has(*KEEPERS):
        raise Refused("role", "Kebijakan pengingat diatur oleh Sekretariat atau Admin Sistem.")
    given = forms.load(PolicyForm, raw)
    if given["valid_from"] < clock.local_date(now, clock.DEFAULT_ZONE):
        raise forms.wrong("valid_from", "Pilih hari ini atau sesudahnya: yang sudah dikirim tidak berubah.")
    if given["direktorat_after"] <= given["satker_after"]:
        raise forms.wrong("direktorat_after", ORDER)
    made = Policy(**given, created_by_id=actor.id, created_at=now)
    db.session.add(made)
    db.session.flush()
    return made
