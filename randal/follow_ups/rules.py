"""What the calendar does to a follow-up: its PPK is reminded, then told that it is late; then its leaders are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from randal.core import workdays
from randal.core.db import db
from randal.core.people import Appointment, Person, Post
from randal.core.places import Province, Unit
from randal.core.reminders import (
    LATE,
    RAISED,
    SOON,
    WAITING,
    Line,
    Waits,
    at_home,
    everyone,
    horizon,
    people_of,
    reminder,
    step_after,
    step_before,
)
from randal.core.rules import When
from randal.core.words import long_date
from randal.follow_ups.models import Extension, FollowUp
from randal.meetings.models import Meeting
from workflows.follow_up import RUNNING, SUBMITTED
from workflows.lifecycle import EVALUATOR, PPK

# The policy, in working days.
REMIND_BEFORE = (3, 0)  # before the due date; 0: on the day
LATE_AGAIN = 5  # after the first day that it is late, once more each so many
ESCALATE_AFTER = {"satker": 5, "direktorat": 10}  # late by more than so many
ANSWER_WITHIN = 2  # what waits for an evaluator longer is recalled
ANSWER_AGAIN = 5
MANY = 500  # of what waits for evaluators, the oldest


def running(*conditions: Any) -> Select[Any]:
    """The columns a sentence needs, of follow-ups that are their PPK's to chase: ten thousand rows are no objects."""
    name = func.coalesce(Province.name, Unit.name).label("place")
    short = func.substr(FollowUp.text, 1, 80).label("text")
    columns = (
        FollowUp.id,
        FollowUp.number,
        short,
        FollowUp.due_on,
        FollowUp.unit_id,
        name,
        Meeting.organiser_id,
    )
    return (
        select(*columns)
        .join(Unit, Unit.id == FollowUp.unit_id)
        .outerjoin(Province, Province.id == Unit.province_id)
        .join(Meeting, Meeting.id == FollowUp.meeting_id)
        .where(FollowUp.state.in_(RUNNING), *conditions)
    )


def called(row: Row[Any]) -> str:
    return f"RTL-{row.number} {row.place} «{row.text}»"


def told_to(people: Collection[int], row: Row[Any], key: str, kind: str, text: str) -> Iterator[Line]:
    for person in people:
        yield Line(row.id, key, person, kind, text, f"/rtl/{row.id}")


@reminder(
    "follow_up.remind", label="PPK diingatkan 3 hari kerja sebelum tenggat tindak lanjut dan pada harinya."
)
def due_soon(when: When) -> Iterator[Line]:
    days, ppk = workdays.calendar(), people_of(PPK)
    until = horizon(days, when.day, REMIND_BEFORE)
    query = running(FollowUp.due_on >= when.day, FollowUp.due_on < until, at_home(when.zone))
    for row in db.session.execute(query):
        step = step_before(days, row.due_on, when.day, REMIND_BEFORE)
        if step is not None:
            left = (row.due_on - when.day).days
            time = f"{left} hari lagi, {long_date(row.due_on)}" if left else "hari ini"
            text = f"{called(row)}: tenggatnya {time}. Unggah bukti dukung dan ajukan selesai."
            yield from told_to(ppk[row.unit_id], row, f"{row.due_on}:{step}", SOON, text)


@reminder("follow_up.late", label="PPK diberi tahu sehari setelah tenggat lewat, lalu tiap 5 hari kerja.")
def late(when: When) -> Iterator[Line]:
    """One that waits for the evaluator is no longer the PPK's to chase. A granted extension that passes is new."""
    days, ppk = workdays.calendar(), people_of(PPK)
    for row in db.session.execute(running(FollowUp.due_on < when.day, at_home(when.zone))):
        times = step_after(days.between(row.due_on, when.day), 1, LATE_AGAIN) or 0
        text = (
            f"{called(row)} terlambat: tenggatnya {long_date(row.due_on)}. "
            "Unggah bukti dukung, atau minta perpanjangan."
        )
        key = f"{row.due_on}+{times}" if times else f"{row.due_on}"
        yield from told_to(ppk[row.unit_id], row, key, LATE, text)


@reminder(
    "follow_up.escalate",
    label="Pimpinan satker diberi tahu bila tindak lanjut terlambat lebih dari 5 hari kerja, direktorat bila lebih dari 10.",
)
def escalated(when: When) -> Iterator[Line]:
    days, first = workdays.calendar(), min(ESCALATE_AFTER.values())
    rows = db.session.execute(running(FollowUp.due_on < days.add(when.day, -first))).all()
    heads = heads_of({row.unit_id for row in rows} | {row.organiser_id for row in rows}, when.day)
    for row in rows:
        waited = days.between(row.due_on, when.day)
        level = max((n, name) for name, n in ESCALATE_AFTER.items() if waited > n)[1]
        # A satker without a leader of its own is the directorate's business from the first step on.
        people = heads[row.unit_id] if level == "satker" else []
        text = f"{called(row)} terlambat {waited} hari kerja: tenggatnya {long_date(row.due_on)}."
        key = f"{row.due_on}:{level}"
        yield from told_to(people or heads[row.organiser_id], row, key, RAISED, text)


def heads_of(units: Collection[int | None], day: date) -> dict[int | None, list[int]]:
    """Who heads each of these units that day, by appointment."""
    found: dict[int | None, list[int]] = defaultdict(list)
    query = (
        select(Post.unit_id, Appointment.person_id)
        .join(Appointment, Appointment.post_id == Post.id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Post.is_head, Post.unit_id.in_([u for u in units if u]), Person.active)
        .where(Appointment.from_date <= day, or_(Appointment.to_date.is_(None), Appointment.to_date >= day))
        .distinct()
    )
    for unit, person in db.session.execute(query):
        found[unit].append(person)
    return found


@reminder(
    "follow_up.waiting", label="Tim Monev diingatkan bila pengajuan selesai menunggu lebih dari 2 hari kerja."
)
def unverified(when: When) -> Iterator[Line]:
    waits, evaluators = Waits(when, ANSWER_WITHIN, ANSWER_AGAIN), everyone(EVALUATOR)
    query = select(FollowUp).where(FollowUp.state == SUBMITTED, FollowUp.submitted_at < waits.before)
    for item in db.session.scalars(query.order_by(FollowUp.submitted_at).limit(MANY)):
        text = f"{item.code} {item.unit.short_name} «{item.text[:80]}» menunggu verifikasi Anda."
        for person in evaluators:
            key = waits.key(item.submitted_at or when.now)
            yield Line(item.id, key, person, WAITING, text, f"/rtl/{item.id}")


@reminder(
    "extension.waiting",
    label="Tim Monev diingatkan bila permintaan perpanjangan menunggu lebih dari 2 hari kerja.",
)
def undecided(when: When) -> Iterator[Line]:
    waits, evaluators = Waits(when, ANSWER_WITHIN, ANSWER_AGAIN), everyone(EVALUATOR)
    query = select(Extension).where(Extension.state == "requested", Extension.created_at < waits.before)
    for asked in db.session.scalars(query.order_by(Extension.created_at).limit(MANY)):
        item = asked.follow_up
        text = f"Permintaan perpanjangan {item.code} {item.unit.short_name} menunggu keputusan Anda."
        for person in evaluators:
            yield Line(asked.id, waits.key(asked.created_at), person, WAITING, text, f"/rtl/{item.id}")
