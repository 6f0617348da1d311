"""A kendala whose answer was wanted by a day that is over: it goes up one level by itself; at the top, people are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, select

from randal.database.base import db
from randal.engine.transitions import fire, lock
from randal.l10n.formats import long_date
from randal.models.kendala import Kendala
from randal.org.places import Unit
from randal.schedule import policies, workdays
from randal.schedule.reminders import MORNING, RAISED, WAITING, Line, at_home, everyone, reminder
from randal.schedule.rules import EVERYWHERE, Due, When, rule
from workflows.kendala import LEVELS, LINKED_IN
from workflows.lifecycle import EVALUATOR, MACHINE

# Who is asked at each level; how many working days there are to answer, the policy says.
ADDRESSEES = {
    "direktorat": "Pimpinan {organiser}",
    "ditjen_pemda": "Pimpinan Direktorat Jenderal dan Pemerintah Daerah",
}
TOP = list(LEVELS)[-1]


def unanswered(day: date) -> ColumnElement[bool]:
    return and_(Kendala.state.in_(LINKED_IN), Kendala.answer_by < day)


def to_go_up(when: When) -> list[Due]:
    query = select(Kendala.id, Kendala.answer_by).join(Unit, Unit.id == Kendala.unit_id)
    late = query.where(unanswered(when.day), Kendala.level != TOP, at_home(when.zone))
    return [Due(id_, f"{answer_by}", (when.day,)) for id_, answer_by in db.session.execute(late)]


def going_up(when: When) -> Iterator[Line]:
    """What `go_up` will do, for who asks beforehand; nobody's digest."""
    due = {each.subject_id: each for each in to_go_up(when)}
    within = policies.read().on(when.day)
    for item in db.session.scalars(select(Kendala).where(Kendala.id.in_(due))):
        text = f"{item.label} «{item.text[:80]}» naik dari {item.level_label} ke {LEVELS[above(item.level)]}."
        why = (
            f"jawaban ditunggu sampai {long_date(item.answer_by)}; jawaban berikutnya ditunggu "
            f"{within.answer_within} hari kerja; {within.name}"
        )
        yield Line(item.id, due[item.id].key, 0, RAISED, text, f"/kendala/{item.id}", why)


def above(level: str) -> str:
    return list(LEVELS)[list(LEVELS).index(level) + 1]


@rule(
    "kendala.escalate",
    find=to_go_up,
    foresee=going_up,
    at=MORNING,
    zone=EVERYWHERE,
    working=True,
    label="Kendala yang batas jawabannya lewat naik satu tingkat; jawaban berikutnya ditunggu menurut kebijakan pengingat.",
)
def go_up(kendala_id: int, now: datetime, day: date) -> None:
    kendala = db.session.get_one(Kendala, kendala_id)
    lock(kendala)
    if kendala.state not in LINKED_IN or kendala.level == TOP:
        return
    if kendala.answer_by is None or kendala.answer_by >= day:
        return  # somebody was quicker
    level = above(kendala.level)
    organiser = kendala.meeting.organiser
    addressee = ADDRESSEES[level].format(organiser=organiser.name if organiser else LEVELS[level])
    answer_by = workdays.add(day, policies.read().on(day).answer_within)
    fire(kendala, "escalate", MACHINE, now=now, addressee=addressee[:200], answer_by=answer_by)


@reminder(
    "kendala.unanswered",
    label="Tim Monev diberi tahu bila kendala di tingkat tertinggi tidak dijawab pada waktunya.",
    item="kendala",
    says="tidak dijawab di tingkat tertinggi",
)
def at_the_top(when: When) -> Iterator[Line]:
    evaluators = everyone(EVALUATOR)
    for item in db.session.scalars(select(Kendala).where(unanswered(when.day), Kendala.level == TOP)):
        text = (
            f"{item.label} «{item.text[:80]}» belum dijawab {item.addressee or item.level_label}: "
            f"jawaban diharapkan {long_date(item.answer_by)}."
        )
        why = f"jawaban ditunggu sampai {long_date(item.answer_by)}, di atasnya tidak ada tingkat lagi"
        for person in evaluators:
            yield Line(item.id, f"{item.answer_by}", person, WAITING, text, f"/kendala/{item.id}", why)
