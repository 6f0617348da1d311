"""Who walks: the people as the model knows them, and the same people as rows. Every role and relation, and strangers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday, 09.00 in Jakarta
DAY = timedelta(days=1)
UNITS = {"A": "ID-BB", "B": "ID-PA", "C": "ID-SN"}  # west, east, middle
ZONES = {"A": 7, "B": 9, "C": 8, "pusat": 7, None: 7}  # hours before UTC
ACTIVITIES = {"A": 1, "B": 2, "C": 0}
SEES_ALL = {"admin", "secretariat", "evaluator", "leader", "auditor"}


@dataclass(frozen=True)
class Held:
    """A post held from `since` to `until` (days after START; None: open)."""

    post: str
    unit: str
    head: bool = False
    kind: str = "definitive"
    since: int = -30
    until: int | None = None

    def in_force(self, day: date) -> bool:
        first = START.date()
        return first + self.since * DAY <= day and (self.until is None or day <= first + self.until * DAY)


@dataclass
class Who:
    key: str
    role: str = "none"
    unit: str | None = None
    held: tuple[Held, ...] = ()
    id: int = field(default=0, compare=False)

    def __hash__(self) -> int:
        return hash(self.key)

    def day(self, now: datetime) -> date:
        return (now + timedelta(hours=ZONES[self.unit])).date()

    def posts(self, now: datetime) -> set[str]:
        return {h.post for h in self.held if h.in_force(self.day(now))}

    def heads(self, now: datetime) -> set[str]:
        return {h.unit for h in self.held if h.head and h.in_force(self.day(now))}

    def roles(self, now: datetime) -> set[str]:
        """A leader is one by an appointment in force."""
        return ({self.role} - {"none", "leader"}) | ({"leader"} if self.heads(now) else set())

    def post_on(self, day: date) -> str | None:
        return next((h.post for h in self.held if h.in_force(day)), None)


DIRECTOR = Held("Contoh Direktur", "pusat", head=True)
SECTION = Held("Contoh Kepala Subdirektorat", "pusat")


def people() -> list[Who]:
    return [
        Who("sekretariat", "secretariat"),
        Who("sekretariat 2", "secretariat"),
        Who("monev", "evaluator"),
        Who("monev 2", "evaluator"),
        Who("monev 3", "evaluator"),
        Who("direktur", "leader", held=(DIRECTOR,)),
        Who("plh direktur", held=(Held(DIRECTOR.post, "pusat", True, "plh", -1, 25),)),
        Who("kasubdit", held=(SECTION,)),
        Who("plt kasubdit", held=(Held(SECTION.post, "pusat", False, "plt", 3),)),
        Who("kepala C", "leader", "C", (Held("Contoh Kepala C", "C", head=True),)),
        Who("notulis"),
        Who("notulis 2"),
        Who("ppk A", "ppk", "A"),
        Who("ppk A 2", "ppk", "A"),
        Who("staf A", "ppk_staff", "A"),
        Who("ppk B", "ppk", "B"),
        Who("staf B", "ppk_staff", "B"),
        Who("ppk C", "ppk", "C"),
        Who("admin", "admin"),
        Who("pemeriksa", "auditor"),
        Who("orang lain"),
    ]


@dataclass
class Cast:
    """The rows behind the model's people and units: ids, which stay the same through all walks."""

    people: dict[str, int]
    units: dict[str, int]
    posts: dict[str, int]
    activities: dict[str, list[int]]
    keys: dict[int, int]  # person → a signing key
    file: int


def settle(world: Any) -> Cast:
    """Make units, people, posts, activities, signing keys; committed."""
    from sqlalchemy import select

    from randal.database.base import db
    from randal.models.minutes import SigningKey
    from randal.models.progress import Activity
    from randal.org.people import Person, Post
    from randal.storage import files

    units = {name: world.unit(iso) for name, iso in UNITS.items()} | {"pusat": world.centre}
    rows = {}
    for who in people():
        person = Person(name=f"Contoh {who.key}", email=f"{who.key.replace(' ', '.')}@contoh.example".lower())
        person.role, person.created_at = who.role, START
        person.unit = units[who.unit] if who.unit else None
        db.session.add(person)
        db.session.commit()
        for held in who.held:
            until = START.date() + held.until * DAY if held.until is not None else None
            since = START.date() + held.since * DAY
            world.appoint(
                person,
                units[held.unit],
                held.post,
                kind=held.kind,
                is_head=held.head,
                since=since,
                until=until,
            )
        rows[who.key] = person
    activities: dict[str, list[int]] = {}
    for name, count in ACTIVITIES.items():
        for number in range(count):
            row = Activity(unit_id=units[name].id, name=f"Contoh kegiatan {number}", sector="AM")
            row.budget = Decimal(1000)
            db.session.add(row)
            db.session.flush()
            activities.setdefault(name, []).append(row.id)
    keys = {}
    for person in rows.values():
        key = SigningKey(person_id=person.id, p12=b"contoh", certificate_pem="contoh", serial=f"c{person.id}")
        key.created_at, key.not_after = START, START + 999 * DAY
        db.session.add(key)
        db.session.flush()
        keys[person.id] = key.id
    file = files.keep(files.Checked("notula.pdf", "application/pdf", b"%PDF-contoh", "0"), by=None, now=START)
    found = Cast(
        people={key: person.id for key, person in rows.items()},
        units={name: unit.id for name, unit in units.items()},
        posts={post.name: post.id for post in db.session.scalars(select(Post))},
        activities=activities,
        keys=keys,
        file=file.id,
    )
    db.session.commit()
    return found
