"""Person, post and appointment are three things: a person may hold two posts, a post may be held by
someone Plt. or Plh., and both change with dates. `actor_of` sums them up for one instant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Select,
    String,
    UniqueConstraint,
    and_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, db
from randal.history.events import Chained
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.org.places import Unit, post_at
from workflows.account import NO_ROLE
from workflows.lifecycle import (
    AUDITOR,
    LEADER,
    ROLES,
    SEES_ALL,
    UNIT_HATS,
    UNIT_ROLES,
    Actor,
)

KINDS = {"definitive": "", "plt": "Plt.", "plh": "Plh.", "pj": "Pj.", "an": "a.n.", "ub": "u.b."}
OWN = ("definitive", "plt", "plh", "pj")  # held by oneself; a.n. and u.b. sign for whoever holds the post


class Person(Chained):
    """Someone who signs in, or is only named (a signer before the first sign-in)."""

    __tablename__ = "people"
    __lifecycle__ = "person"
    __table_args__ = (CheckConstraint(f"role IN {(*ROLES, NO_ROLE)}", name="role"),)
    name: Mapped[str] = mapped_column(String(120))  # with titles, as typed
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    phone: Mapped[str] = mapped_column(String(40), default="")
    nip: Mapped[str] = mapped_column(String(18), default="")
    role: Mapped[str] = mapped_column(String(20), default=NO_ROLE)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    until: Mapped[date | None]  # an auditor reads until this day
    former_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    email_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sure_from: Mapped[datetime | None] = mapped_column(
        UTCDateTime
    )  # known to be himself since; None: always was
    timezone: Mapped[str | None] = mapped_column(String(40))
    digest_mail: Mapped[bool] = mapped_column(default=True)  # the daily reminder also by mail
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit | None] = relationship(lazy="joined")
    appointments: Mapped[list[Appointment]] = relationship(
        back_populates="person", order_by="Appointment.from_date", lazy="selectin"
    )
    __mapper_args__ = {"version_id_col": version}

    @property
    def zone(self) -> str:
        return self.timezone or (self.unit.timezone if self.unit else DEFAULT_ZONE)

    @property
    def state(self) -> str:
        return "active" if self.active else "inactive"

    def held(self, day: date) -> list[Appointment]:
        """The appointments in force that day: definitive ones first, those that only sign for another last."""
        found = [a for a in self.appointments if a.in_force(day)]
        return sorted(found, key=lambda a: (a.kind != "definitive", a.kind not in OWN))

    def post_title(self, day: date) -> str:
        """What stands under the name: the post held that day (Plt./Plh. before it), else the role."""
        held = self.held(day)
        return held[0].title if held else ROLES.get(self.role, "")

    def signs_for(self, day: date) -> dict[str, str]:
        """The posts that this person signs for that day, by kind: `an` (a.n.), `ub` (told to do so, and passed on)."""
        return {a.kind: a.post.name for a in reversed(self.held(day)) if a.kind not in OWN}

    @property
    def label(self) -> str:
        return self.name

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """Accounts are the business of admin, secretariat and those who see all; others see themselves."""
        return select(cls) if actor.has(*SEES_ALL) else select(cls).where(cls.id == actor.id)


class Post(Row):
    """A jabatan in a unit; `is_head` marks the one who heads it."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("name", "unit_id"),)
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    is_head: Mapped[bool] = mapped_column(default=False)
    unit: Mapped[Unit | None] = relationship()


class Appointment(Row):
    """Who holds which post from when to when (both days included), and how (`KINDS`)."""

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint(f"kind IN {tuple(KINDS)}", name="kind"),
        CheckConstraint("to_date IS NULL OR to_date >= from_date", name="dates"),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12), default="definitive")
    from_date: Mapped[date]
    to_date: Mapped[date | None]
    person: Mapped[Person] = relationship(back_populates="appointments")
    post: Mapped[Post] = relationship(lazy="joined")

    def in_force(self, day: date) -> bool:
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)

    @classmethod
    def on(cls, day: date) -> ColumnElement[bool]:
        """`in_force`, as a condition."""
        return and_(cls.from_date <= day, or_(cls.to_date.is_(None), cls.to_date >= day))

    @property
    def title(self) -> str:
        return f"{KINDS[self.kind]} {self.post.name}".strip()

    @property
    def titled(self) -> str:
        """The post with its unit."""
        return post_at(self.title, self.post.unit.name if self.post.unit else "", ", ")


def actor_of(person: Person, now: datetime) -> Actor:
    """What this person may wear at this instant. A leader is one by an appointment in force, an auditor
    until his date; an inactive person is nobody."""
    day = local_date(now, person.zone)
    held = person.held(day)
    heads = frozenset(a.post.unit_id for a in held if a.post.is_head and a.post.unit_id)
    roles = {person.role} - {NO_ROLE, LEADER}
    if heads:
        roles.add(LEADER)
    if person.role == AUDITOR and person.until and day > person.until:
        roles.discard(AUDITOR)
    if not person.active:
        roles, held, heads = set(), [], frozenset()
    # A unit is one's own by a role: with the role, or at the end of its dates, the sight of the unit's things ends.
    unit_id = person.unit_id if roles else None
    sure = person.sure_from is None or person.sure_from <= now
    return Actor(person.id, frozenset(roles), unit_id, frozenset(a.post_id for a in held), heads, sure)


def sight_of(actor: Actor) -> str:
    """How far this actor sees now, as a paper of his own notes it: `all`, `unit:5`, or `office` (a meeting's alone)."""
    if actor.has(*SEES_ALL):
        return "all"
    return f"unit:{actor.unit_id}" if actor.unit_id else "office"


def unit_relations(actor: Actor, unit_id: int | None) -> set[str]:
    """UNIT_PPK or UNIT_STAFF when the actor is the PPK, or its staff, of this unit."""
    if unit_id is None or actor.unit_id != unit_id:
        return set()
    return {hat for role, hat in zip(UNIT_ROLES, UNIT_HATS, strict=True) if actor.has(role)}


def post_of(person: Person, day: date) -> int | None:
    """The id of the post this person holds that day, the definitive one first."""
    held = person.held(day)
    return held[0].post_id if held else None


def people_with_role(*roles: str, unit_id: int | None = None) -> list[Person]:
    """Active people of any of these roles (of the unit, when given), by name."""
    query = select(Person).where(Person.role.in_(roles), Person.active).order_by(Person.name)
    if unit_id is not None:
        query = query.where(Person.unit_id == unit_id)
    return list(db.session.scalars(query))


def holders(post_id: int | None, day: date) -> list[Person]:
    """Active people who hold this post that day, in whatever way."""
    held = select(Appointment.person_id).where(Appointment.post_id == post_id, Appointment.on(day))
    return list(db.session.scalars(select(Person).where(Person.id.in_(held), Person.active)))


def current_heads(unit_id: int, day: date) -> list[Person]:
    """Those who head the unit that day by appointment."""
    query = (
        select(Person)
        .join(Appointment)
        .join(Post)
        .where(Post.unit_id == unit_id, Post.is_head, Appointment.on(day), Person.active)
        .order_by(Appointment.id)
    )
    return list(db.session.scalars(query).unique())


def holders_of(post_id: int | None, day: date) -> dict[int, str]:
    """Who holds this post that day, in whatever way: person id → name with title."""
    if post_id is None:
        return {}
    query = (
        select(Appointment)
        .join(Person)
        .where(Appointment.post_id == post_id, Appointment.on(day), Person.active)
    )
    return {a.person_id: f"{a.person.name} ({a.title})" for a in db.session.scalars(query).unique()}
