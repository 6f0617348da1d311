"""What the calendar does to a follow-up: its PPK is reminded, then told that it is late; then its leaders are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, Select, func, select

from randal.base import codes
from randal.database.base import db
from randal.history.events import Event
from randal.l10n import clock
from randal.l10n.formats import long_date
from randal.models.follow_ups import Extension, FollowUp
from randal.models.meetings import Meeting
from randal.org.people import Appointment, Person, Post
from randal.org.places import Province, Unit
from randal.rooms.follow_ups import drafts  # noqa: F401 - it declares its own
from randal.schedule import policies, workdays
from randal.schedule.reminders import (
    LATE,
    RAISED,
    SOON,
    UNOPENED,
    WAITING,
    Line,
    Waits,
    at_home,
    everyone,
    horizon,
    people_of,
    reminder,
)
from randal.schedule.rules import When
from workflows.follow_up import ASSIGNED, RUNNING, SUBMITTED
from workflows.lifecycle import ADMIN, EVALUATOR, PPK, SECRETARIAT

CODED = FollowUp.id, FollowUp.meeting_id, FollowUp.number
NAME = func.coalesce(Province.name, Unit.name).label("place")
SHORT = func.substr(FollowUp.text, 1, 80).label("text")


def running(*conditions: Any, more: Collection[Any] = ()) -> Select[Any]:
    """The columns a sentence needs, of follow-ups that are their PPK's to chase: ten thousand rows are no objects."""
    columns = (*CODED, SHORT, FollowUp.due_on, FollowUp.unit_id, NAME)
    return (
        select(*columns, Meeting.organiser_id, *more)
        .join(Unit, Unit.id == FollowUp.unit_id)
        .outerjoin(Province, Province.id == Unit.province_id)
        .join(Meeting, Meeting.id == FollowUp.meeting_id)
        .where(FollowUp.state.in_(RUNNING), *conditions)
    )


def called(row: Row[Any]) -> str:
    return f"{codes.follow_up(row.meeting_id, row.number)} {row.place} «{row.text}»"


def told_to(
    people: Collection[int], row: Row[Any], key: str, kind: str, text: str, why: str = ""
) -> Iterator[Line]:
    for person in people:
        yield Line(row.id, key, person, kind, text, f"/rtl/{row.id}", why)


@reminder(
    "follow_up.remind",
    label="PPK diingatkan sebelum tenggat tindak lanjut dan pada harinya, menurut kebijakan pengingat.",
    item="follow_up",
    says="tenggatnya dekat",
)
def due_soon(when: When) -> Iterator[Line]:
    days, policy, ppk = workdays.calendar(), policies.read(), people_of(PPK)
    until = horizon(days, when.day, (policy.furthest,))
    query = running(FollowUp.due_on >= when.day, FollowUp.due_on < until, at_home(when.zone))
    for row in db.session.execute(query):
        found = policy.step_before(days, row.due_on, when.day)
        if found is not None:
            step, by = found
            left = (row.due_on - when.day).days
            time = f"{left} hari lagi, {long_date(row.due_on)}" if left else "hari ini"
            text = f"{called(row)}: tenggatnya {time}. Unggah bukti dukung dan ajukan selesai."
            which = f"{step} hari kerja sebelum" if step else "pada hari"
            why = f"{which} tenggat {long_date(row.due_on)}; {by.name}"
            yield from told_to(ppk[row.unit_id], row, f"{row.due_on}:{step}", SOON, text, why)


@reminder(
    "follow_up.late",
    label="PPK diberi tahu sesudah tenggat lewat, lalu berulang, menurut kebijakan pengingat.",
    item="follow_up",
    says="tenggatnya lewat",
)
def late(when: When) -> Iterator[Line]:
    """One that waits for the evaluator is no longer the PPK's to chase. A granted extension that passes is new."""
    days, policy, ppk = workdays.calendar(), policies.read(), people_of(PPK)
    by = policy.on(when.day)
    for row in db.session.execute(running(FollowUp.due_on < when.day, at_home(when.zone))):
        times = policy.times_late(days, row.due_on, when.day) - 1
        if times < 0:
            continue
        text = (
            f"{called(row)} terlambat: tenggatnya {long_date(row.due_on)}. "
            "Unggah bukti dukung, atau minta perpanjangan."
        )
        key = f"{row.due_on}+{times}" if times else f"{row.due_on}"
        why = (
            f"lewat {days.between(row.due_on, when.day)} hari kerja dari tenggat {long_date(row.due_on)}, "
            f"kali ke-{times + 1} (sesudah {by.late_after}, lalu tiap {by.late_again}); {by.name}"
        )
        yield from told_to(ppk[row.unit_id], row, key, LATE, text, why)


@reminder(
    "follow_up.unopened",
    label="PPK disenggol satu kali bila tindak lanjut yang ditugaskan belum dibuka siapa pun di unitnya.",
    item="follow_up",
    says="belum dibuka",
)
def unopened(when: When) -> Iterator[Line]:
    days, ppk = workdays.calendar(), people_of(PPK)
    by = policies.read().on(when.day)
    before = clock.to_instant(datetime.combine(days.add(when.day, -by.unopened_after), time.min), when.zone)
    since = (
        select(func.max(Event.at))
        .where(Event.item_type == "follow_up", Event.item_id == FollowUp.id, Event.move == "assign")
        .scalar_subquery()
    )
    asked = FollowUp.state == ASSIGNED, FollowUp.opened_at.is_(None), since < before, at_home(when.zone)
    for row in db.session.execute(running(*asked, more=[since.label("since")])):
        day = clock.local_date(row.since, when.zone)
        text = (
            f"{called(row)} ditugaskan {long_date(day)} dan belum dibuka siapa pun di unit Anda. "
            f"Tenggatnya {long_date(row.due_on)}."
        )
        why = (
            f"ditugaskan {long_date(day)}, belum dibuka {days.between(day, when.day)} hari kerja "
            f"(lebih dari {by.unopened_after}); {by.name}"
        )
        yield from told_to(ppk[row.unit_id], row, f"{day}", UNOPENED, text, why)


@reminder(
    "follow_up.escalate",
    label="Pimpinan satker diberi tahu bila tindak lanjut terlambat, lalu direktorat, menurut kebijakan pengingat.",
    item="follow_up",
    says="terlambat, perlu perhatian pimpinan",
)
def escalated(when: When) -> Iterator[Line]:
    """One level after the other, each once; what an outage kept back is told to both. A satker without a leader of its own
    is the directorate's business from the first step on, and where nobody leads the directorate either, it is that of the
    secretariat, which keeps the posts."""
    days, by = workdays.calendar(), policies.read().on(when.day)
    levels = {"satker": by.satker_after, "direktorat": by.direktorat_after}
    rows = db.session.execute(running(FollowUp.due_on < days.add(when.day, -by.satker_after))).all()
    heads = heads_of({row.unit_id for row in rows} | {row.organiser_id for row in rows}, when.day)
    keepers = everyone(SECRETARIAT) or everyone(ADMIN)
    for row in rows:
        waited = days.between(row.due_on, when.day)
        reached = [level for level, grace in levels.items() if waited > grace]
        if not heads[row.unit_id]:
            reached = reached[-1:]  # the same people hear of it: once
        for level in reached:
            people = heads[row.unit_id] if level == "satker" else []
            people = people or heads[row.organiser_id]
            text = f"{called(row)} terlambat {waited} hari kerja: tenggatnya {long_date(row.due_on)}."
            if not people:
                people = keepers
                text += " Tidak ada pimpinan satker maupun direktorat yang tercatat: isi pejabatnya."
            why = (
                f"lewat {waited} hari kerja dari tenggat {long_date(row.due_on)} "
                f"(tingkat {level}: lebih dari {levels[level]}); {by.name}"
            )
            yield from told_to(people, row, f"{row.due_on}:{level}", RAISED, text, why)


def heads_of(units: Collection[int | None], day: date) -> dict[int | None, list[int]]:
    """Who heads each of these units that day, by appointment."""
    found: dict[int | None, list[int]] = defaultdict(list)
    query = (
        select(Post.unit_id, Appointment.person_id)
        .join(Appointment, Appointment.post_id == Post.id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Post.is_head, Post.unit_id.in_([u for u in units if u]), Person.active)
        .where(Appointment.on(day))
        .distinct()
    )
    for unit, person in db.session.execute(query):
        found[unit].append(person)
    return found


@reminder(
    "follow_up.waiting",
    label="Tim Monev diingatkan bila pengajuan selesai menunggu terlalu lama, menurut kebijakan pengingat.",
    item="follow_up",
    says="menunggu verifikasi",
)
def unverified(when: When) -> Iterator[Line]:
    by = policies.read().on(when.day)
    waits, evaluators = Waits(when, by.verify_within, by.verify_again), everyone(EVALUATOR)
    query = (
        select(*CODED, SHORT, FollowUp.submitted_at, NAME)
        .join(Unit, Unit.id == FollowUp.unit_id)
        .outerjoin(Province, Province.id == Unit.province_id)
        .where(FollowUp.state == SUBMITTED, FollowUp.submitted_at < waits.before)
    )
    for row in db.session.execute(query):
        text = f"{called(row)} menunggu verifikasi Anda."
        why = waits.why(row.submitted_at, "diajukan", by.name)
        yield from told_to(evaluators, row, waits.key(row.submitted_at), WAITING, text, why)


@reminder(
    "extension.waiting",
    label="Tim Monev diingatkan bila permintaan perpanjangan menunggu terlalu lama, menurut kebijakan pengingat.",
    item="follow_up",
    says="permintaan perpanjangan menunggu putusan",
)
def undecided(when: When) -> Iterator[Line]:
    by = policies.read().on(when.day)
    waits, evaluators = Waits(when, by.verify_within, by.verify_again), everyone(EVALUATOR)
    query = (
        select(
            Extension.id,
            Extension.created_at,
            Extension.follow_up_id,
            FollowUp.meeting_id,
            FollowUp.number,
            NAME,
        )
        .join(FollowUp, FollowUp.id == Extension.follow_up_id)
        .join(Unit, Unit.id == FollowUp.unit_id)
        .outerjoin(Province, Province.id == Unit.province_id)
        .where(Extension.state == "requested", Extension.created_at < waits.before)
    )
    for row in db.session.execute(query):
        code = codes.follow_up(row.meeting_id, row.number)
        text = f"Permintaan perpanjangan {code} {row.place} menunggu keputusan Anda."
        why = waits.why(row.created_at, "diminta", by.name)
        key, url = waits.key(row.created_at), f"/rtl/{row.follow_up_id}"
        for person in evaluators:
            yield Line(row.id, key, person, WAITING, text, url, why, row.follow_up_id)
