"""A year of reminders under a moved clock, beside what a reader of the rules would have written by hand.

`expected` walks the days with arithmetic of its own (no rule, no occurrence, no calendar of Randal) and says which sentence
each person must hear on which day. `run` lets the scheduler live the same days, outages and all, and reads what it wrote.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import func, insert, select, update

from randal.database.base import db
from randal.history import chain
from randal.history.events import Event
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.notifications.notices import Mail, Notice
from randal.org.people import Person
from randal.org.places import Province
from randal.schedule import reminders, scheduler
from tests.world import START, World
from workflows.kendala import LEVELS

FIRST = START.date()
NOON = time(5, tzinfo=UTC)  # people act after all mornings of the day
LOOKS = ((-1, 22, 30), (-1, 23, 30), (0, 0, 30), (0, 0, 31), (0, 3, 0))  # when the scheduler looks, UTC
HEADINGS = {reminders.KINDS[kind][0]: kind for kind in reminders.KINDS}
Heard = tuple[date, int, str, int]  # the day, the person, the kind, the number of the follow-up


@dataclass
class Item:
    """One follow-up's year, decided beforehand. Days on which something happens, at noon."""

    number: int
    unit: int
    assigned: date
    due: date
    opened: date | None
    ends: date | None
    moved: tuple[date, date] | None  # on that day an extension is granted, to that date
    id: int = 0

    def due_on(self, day: date) -> date:
        return self.moved[1] if self.moved and self.moved[0] < day else self.due


class Days:
    """Working days by counting, apart from randal.schedule.workdays."""

    def __init__(self, first: date, count: int):
        off = holidays.country_holidays(
            "ID",
            years=range(first.year - 1, first.year + 3),
            categories=(holidays.PUBLIC, holidays.GOVERNMENT),
        )
        self.start, total, self.upto, self.works = first - timedelta(200), 0, [], []
        for n in range(count + 900):
            day = self.start + timedelta(n)
            works = day.weekday() < 5 and day not in off
            total += works
            self.works.append(works)
            self.upto.append(total)

    def working(self, day: date) -> bool:
        return self.works[(day - self.start).days]

    def between(self, a: date, b: date) -> int:
        return self.upto[(b - self.start).days] - self.upto[(a - self.start).days]

    def before(self, day: date, n: int) -> date:
        while not self.working(day):
            day -= timedelta(1)
        while n:
            day -= timedelta(1)
            n -= self.working(day)
        return day


def plan(rng: random.Random, units: int, items: int, count: int) -> list[Item]:
    made = []
    for number in range(1, items + 1):
        assigned = FIRST + timedelta(rng.randrange(max(count - 30, 1)))
        due = assigned + timedelta(rng.randrange(5, 60))
        opened = assigned + timedelta(rng.randrange(0, 12)) if rng.random() < 0.8 else None
        ends = assigned + timedelta(rng.randrange(3, 110)) if rng.random() < 0.9 else None
        moved = None
        if rng.random() < 0.2:
            moved = (due - timedelta(rng.randrange(1, 4)), due + timedelta(rng.randrange(10, 30)))
        made.append(Item(number, rng.randrange(units), assigned, due, opened, ends, moved))
    return made


def expected(
    items: list[Item], days: Days, alive: list[date], ppk: list[int], heads: list[int], top: int
) -> Counter[Heard]:
    """What must be heard; `heads[unit]` 0: none."""
    found: Counter[Heard] = Counter()
    said: set[tuple[Any, ...]] = set()

    def say(day: date, person: int, kind: str, item: Item, *what: Any) -> None:
        if (key := (person, kind, item.number, *what)) not in said:
            said.add(key)
            found[day, person, kind, item.number] += 1

    for day in filter(days.working, alive):
        for item in items:
            if item.assigned >= day or (item.ends is not None and item.ends < day):
                continue
            due, mine = item.due_on(day), ppk[item.unit]
            late = days.between(due, day) if due < day else 0
            if due >= day:
                come = [n for n in (3, 0) if days.before(due, n) <= day]
                if come:
                    say(day, mine, "soon", item, due, min(come))
            else:
                say(day, mine, "late", item, due, (late - 1) // 5)
            unseen = item.opened is None or item.opened >= day
            if unseen and item.assigned < days.before(day, 3):
                say(day, mine, "unopened", item)
            if late > 5 and (heads[item.unit] or late <= 10):
                say(day, heads[item.unit] or top, "raised", item, due, "satker")
            if late > 10:
                say(day, top, "raised", item, due, "direktorat")
    return found


def heard() -> Counter[Heard]:
    """What the mails say, line by line."""
    found: Counter[Heard] = Counter()
    for mail in db.session.scalars(select(Mail).where(Mail.key.startswith("digest:"))):
        day, kind = date.fromisoformat(mail.key.split(":")[1]), ""
        for line in mail.body.splitlines():
            kind = HEADINGS.get(line.rstrip(":"), kind)
            if number := re.match(r"- RTL-\d+-(\d+) ", line):
                found[day, mail.person_id or 0, kind, int(number[1])] += 1
    return found


def run(world: World, *, units: int, items: int, count: int, seed: int = 7) -> dict[str, Any]:
    """Live `count` days; the figures, of which those under `wrong` must be 0."""
    rng, days = random.Random(seed), Days(FIRST, count)
    isos = list(db.session.scalars(select(Province.iso).order_by(Province.id).limit(units)))
    ppk = [world.ppk(iso).id for iso in isos]
    heads = [0 if n % 7 == 6 else world.person("leader", iso).id for n, iso in enumerate(isos)]
    top, meeting = world.chair.id, world.meeting("closed", units=isos)
    places = [world.unit(iso).id for iso in isos]
    all_items = plan(rng, units, items, count)
    every = [FIRST + timedelta(n) for n in range(1, count)]
    dead: set[date] = set()
    for length in (1, 1, 2, 3, 5, 8, 12)[
        : max(2, count // 50)
    ]:  # outages; the longest hides both escalations
        start = rng.choice(every)
        dead |= {start + timedelta(n) for n in range(length)}
    alive = [day for day in every if day not in dead]
    row = {
        "meeting_id": meeting.id,
        "text": "Contoh",
        "created_at": world.now,
        "updated_at": world.now,
        "version": 1,
    }
    stuck = [
        row
        | {
            "unit_id": places[n % units],
            "state": "raised",
            "answer_by": FIRST + timedelta(n % max(count // 3, 1)),
        }
        for n in range(units)
    ]
    ids = list(db.session.scalars(insert(Kendala).returning(Kendala.id), stuck))
    # every third one ends: before its answer is due, between its two levels, or after both
    after = (-5, 9, 40)
    over = {
        id: max(FIRST, row["answer_by"] + timedelta(after[n // 3 % 3]))
        for n, (id, row) in enumerate(zip(ids, stuck, strict=True))
        if n % 3 == 2
    }
    db.session.commit()
    by_day: dict[date, list[tuple[str, Item]]] = {}
    for item in all_items:
        for what, day in (("assigned", item.assigned), ("opened", item.opened), ("ends", item.ends)):
            if day:
                by_day.setdefault(day, []).append((what, item))
        if item.moved:
            by_day.setdefault(item.moved[0], []).append(("moved", item))
    looks, before = 0, reminders.SHOWN
    reminders.SHOWN = 10**6  # every line is read again
    try:
        for day in [FIRST, *every]:
            if day in alive:
                for back, hour, minute in LOOKS:
                    scheduler.run_due(datetime.combine(day, time(hour, minute), UTC) + timedelta(back))
                    looks += 1
            gone = [id for id, ends in over.items() if ends == day]
            db.session.execute(update(Kendala).where(Kendala.id.in_(gone)).values(state="withdrawn"))
            for what, item in by_day.get(day, ()):
                happen(what, item, row, places[item.unit], datetime.combine(day, NOON))
            db.session.commit()
    finally:
        reminders.SHOWN = before
    wanted, got = expected(all_items, days, alive, ppk, heads, top), heard()
    return figures(wanted, got, days, len(dead & set(every)), looks, ids, over)


def happen(what: str, item: Item, row: dict[str, Any], unit: int, now: datetime) -> None:
    mine = update(FollowUp).where(FollowUp.id == item.id)
    if what == "assigned":
        given = row | {"unit_id": unit, "number": item.number, "state": "assigned", "due_on": item.due}
        item.id = db.session.scalars(insert(FollowUp).returning(FollowUp.id), [given]).one()
        event = Event(item_type="follow_up", item_id=item.id, seq=1, move="assign", from_state="draft")
        event.to_state, event.at, event.hat, event.data = "assigned", now, "", {}
        event.unit_id, event.meeting_id = unit, row["meeting_id"]
        head = event.link(chain.NOTHING, {})
        db.session.add(event)
        db.session.flush()
        db.session.execute(update(FollowUp).where(FollowUp.id == item.id).values(seq=1, head=head))
    elif what == "opened":
        db.session.execute(mine.values(opened_at=now))
    elif what == "ends":
        db.session.execute(mine.values(state="cancelled"))
    elif item.moved:
        db.session.execute(mine.values(due_on=item.moved[1]))


def figures(
    wanted: Counter[Heard],
    got: Counter[Heard],
    days: Days,
    dead: int,
    looks: int,
    kendala: list[int],
    over: dict[int, date],
) -> dict[str, Any]:
    digests = select(Mail).where(Mail.key.startswith("digest:"))
    zones = {p.id: p.zone for p in db.session.scalars(select(Person))}
    mails = list(db.session.scalars(digests))
    local = [(m.person_id, m.created_at.astimezone(ZoneInfo(zones[m.person_id or 0]))) for m in mails]
    notices = db.session.execute(
        select(func.count()).where(Notice.key.startswith("digest:")).group_by(Notice.person_id, Notice.key)
    )
    raised = db.session.execute(select(Event.item_id, Event.at).where(Event.move == "escalate")).all()
    ups = Counter(row.item_id for row in raised)
    kinds = Counter[str]()
    for (_, _, kind, _), times in got.items():
        kinds[kind] += times
    return {
        "hari tanpa penjadwal": dead,
        "pemeriksaan jadwal": looks,
        "surel rangkuman": len(mails),
        **{f"baris {kind}": times for kind, times in sorted(kinds.items())},
        "kendala naik tingkat · yang berakhir": f"{len(raised)} · {len(over)}",
        "wrong": {
            "hilang": sum((wanted - got).values()),
            "berlebih atau dua kali": sum((got - wanted).values()),
            "pada hari libur atau akhir pekan": sum(not days.working(at.date()) for _, at in local),
            "sebelum 07.30 setempat": sum(at.time() < time(7, 30) for _, at in local),
            "orang-hari dengan lebih dari satu surel": sum(
                n > 1 for n in Counter((who, at.date()) for who, at in local).values()
            ),
            "orang-hari dengan lebih dari satu pemberitahuan": sum(row[0] > 1 for row in notices),
            "kendala naik lebih sering daripada tingkatnya": sum(n > len(LEVELS) - 1 for n in ups.values()),
            "kendala tidak naik": sum(not ups[id] for id in kendala if id not in over),
            "kendala naik sesudah berakhir": sum(
                row.item_id in over and row.at > datetime.combine(over[row.item_id], NOON) for row in raised
            ),
            "aturan gagal": sum(bool(p.error) for p in scheduler.plan(START)),
        },
    }
