"""Whom and what one may pick in the forms of a meeting. Read once per request."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import select

from randal.database.base import db
from randal.l10n import clock
from randal.org.people import NO_ROLE, Person
from randal.org.places import Province, Unit, post_at
from randal.web.pages import now
from workflows.lifecycle import AUDITOR


def people() -> dict[int, str]:
    """Active people by id, with the post they hold today."""
    if "pickable_people" not in g:
        query = select(Person).where(Person.active, Person.role.not_in((AUDITOR,))).order_by(Person.name)
        day = clock.local_date(now(), clock.DEFAULT_ZONE)
        g.pickable_people = {p.id: said(p, p.post_title(day)) for p in db.session.scalars(query).unique()}
    return g.pickable_people


def said(person: Person, post: str) -> str:
    place = person.unit.short_name if person.unit and person.role != NO_ROLE else ""
    return " – ".join(filter(None, [person.name, post_at(post, place)]))


def units() -> dict[int, str]:
    """Units of a province, in the order of the codes people know."""
    query = (
        select(Unit).join(Province, Province.id == Unit.province_id).order_by(Province.kemendagri, Unit.name)
    )
    return {unit.id: unit.short_name for unit in db.session.scalars(query)}


def organisers() -> dict[int, str]:
    query = select(Unit).order_by(Unit.province_id.is_not(None), Unit.name)
    return {unit.id: unit.name for unit in db.session.scalars(query)}


def of_form() -> dict[str, dict[Any, str]]:
    return {
        "chair_id": people(),
        "minute_taker_id": people(),
        "organiser_id": organisers(),
        "unit_ids": units(),
    }


def of_moves(meeting: Any) -> dict[str, dict[Any, str]]:
    """What the moves of a meeting ask for by id."""
    return {
        "chair_id": people(),
        "minute_taker_id": people(),
        "attendance_id": {row.id: row.label for row in meeting.invitees},
        "mail_id": {one.id: f"{one.mail.to}: {one.mail.subject}" for one in meeting.lost_mails},
    }
