"""Appointments: who holds which post from when to when. One that heads a unit, leads a meeting or signs weighs more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, or_, select
from werkzeug.exceptions import NotFound

from randal.database.base import db
from randal.l10n.clock import local_date
from randal.models.accounts import Grant
from randal.models.meetings import Meeting
from randal.models.minutes import Signature
from randal.org.people import Appointment, Person, Post
from randal.org.places import Unit
from randal.rooms.accounts import granting
from randal.rooms.accounts.forms import AppointmentForm, EndAppointmentForm
from randal.schemas import forms
from randal.web import access
from workflows.account import appoints_alone
from workflows.lifecycle import Actor, Refused

OWN_POST = "Tidak seorang pun mencatat jabatannya sendiri. Mintalah kepada yang lain."


def is_weighty(post: Post | None, heads: bool) -> bool:
    """Does who holds it head a unit, lead a meeting or sign?"""
    if heads or (post is not None and post.is_head):
        return True
    if post is None:
        return False
    leads = exists().where(Meeting.chair_post_id == post.id)
    signs = exists().where(Signature.signer_post_id == post.id)
    return bool(db.session.scalar(select(or_(leads, signs))))


def named(post: str, unit: Unit | None) -> Post | None:
    return db.session.scalar(
        select(Post).where(Post.name == post, Post.unit_id == (unit.id if unit else None))
    )


def alone(actor: Actor, *, weighty: bool) -> bool:
    """May this actor appoint without a second person? From the shell: yes, the machine is his."""
    return actor.id is None or appoints_alone(actor, weighty=weighty)


def appoint(
    person: Person,
    *,
    post: str,
    unit: Unit | None,
    kind: str,
    from_date: date,
    to_date: date | None,
    is_head: bool,
) -> Appointment:
    """The bare row; nobody is told. A post that others hold as well does not become one that heads."""
    row = named(post, unit)
    if row is None:
        row = Post(name=post, unit_id=unit.id if unit else None, is_head=is_head)
        db.session.add(row)
        db.session.flush()
    if is_head and not row.is_head:
        require_own(row, person, from_date)
        row.is_head = True
    found = Appointment(post=row, kind=kind, from_date=from_date, to_date=to_date)
    person.appointments.append(found)
    db.session.flush()
    return found


def require_own(post: Post, person: Person, day: date) -> None:
    """Whoever makes a post one that heads makes heads of all who hold it."""
    others = select(Person.name).join(Appointment).where(Appointment.post_id == post.id, Appointment.on(day))
    names = list(db.session.scalars(others.where(Person.id != person.id)))
    if names:
        said = f"Jabatan ini juga dipegang {', '.join(names)}: mereka akan ikut menjadi kepala. Pakai nama jabatan tersendiri."
        raise Refused("field", said, {"is_head": [said]})


def note_appointment(
    person: Person, made: Appointment, actor: Actor, now: datetime, deed: str = "appointed"
) -> None:
    facts: dict[str, Any] = {
        "appointment_id": made.id,
        "post_id": made.post_id,
        "from": made.from_date,
        "to": made.to_date,
    }
    access.happened(person, deed, actor, now, about=made.titled, **facts)


def give(person: Person, actor: Actor, now: datetime, **what: Any) -> Appointment | Grant:
    """Appoint at once, or propose it (`what`: as `appoint` takes it)."""
    post = named(what["post"], what["unit"])
    if what["is_head"] and post is not None and not post.is_head:
        require_own(post, person, what["from_date"])
    if not alone(actor, weighty=is_weighty(post, what["is_head"])):
        return granting.propose(person, actor, now, **what)
    made = appoint(person, **what)
    note_appointment(person, made, actor, now)
    return made


def add_appointment(
    person: Person, actor: Actor, raw: Mapping[str, Any], now: datetime
) -> Appointment | Grant:
    """A further post for this person, or what waits for a second person. A Plt., Plh., Pj., a.n. or u.b. of a head post heads
    the unit as well."""
    granting.require_office(actor)
    if person.id == actor.id:
        raise Refused("role", OWN_POST)
    given = forms.load(AppointmentForm, raw)
    unit = db.session.get(Unit, given["unit_id"])
    if unit is None:
        raise forms.wrong("unit_id", "Satuan kerja ini tidak dikenal.")
    if given.get("to") and given["to"] < given["from"]:
        raise forms.wrong("to", "Tanggal akhir harus setelah tanggal mulai.")
    return give(
        person, actor, now, post=given["post"], unit=unit, kind=given["kind"], from_date=given["from"],
        to_date=given.get("to"), is_head=bool(given["is_head"]),
    )  # fmt: skip


def change_appointment(
    row: Appointment, actor: Actor, now: datetime, *, kind: str, to_date: date | None, is_head: bool
) -> None:
    """Another way of holding a post, another end; whether it heads. What would give more is proposed as a new appointment."""
    granting.require_office(actor)
    person, post = row.person, row.post
    if person.id == actor.id:
        raise Refused("role", OWN_POST)
    more = is_head and not post.is_head
    longer = row.to_date is not None and (to_date is None or to_date > row.to_date)
    if (more or longer or kind != row.kind) and not alone(actor, weighty=is_weighty(post, is_head)):
        start = max(local_date(now, person.zone), row.from_date)
        what = dict(post=post.name, unit=post.unit, kind=kind, from_date=start, to_date=to_date)
        granting.propose(person, actor, now, is_head=is_head, **what)
        return
    if more:
        require_own(post, person, row.from_date)
    row.kind, row.to_date, post.is_head = kind, to_date, is_head
    db.session.flush()
    note_appointment(person, row, actor, now)


def end_appointment(row: Appointment, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """The last day that he holds the post. It only takes: no second person is asked. What was done under it stays."""
    granting.require_office(actor)
    if row.person_id == actor.id:
        raise Refused("role", OWN_POST)
    to = forms.load(EndAppointmentForm, raw)["to"]
    if to < row.from_date:
        raise forms.wrong("to", "Tanggal akhir harus setelah tanggal mulai.")
    if row.to_date and to > row.to_date:
        raise forms.wrong(
            "to", "Jabatan ini berakhir lebih dahulu. Catat jabatan baru untuk memperpanjangnya."
        )
    row.to_date = to
    db.session.flush()
    note_appointment(row.person, row, actor, now, "post_ended")


def appointment_of(person: Person, id: int) -> Appointment:
    found = next((row for row in person.appointments if row.id == id), None)
    if found is None:
        raise NotFound
    return found
