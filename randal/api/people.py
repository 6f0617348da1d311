from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import fields
from flask import Response, url_for
from marshmallow import Schema
from sqlalchemy import select

from randal.api.furniture import Instant, RowOut, actor, answer, api, body, caller, described, now, shown
from randal.api.resources import Resource, creating, dump, serve
from randal.database.base import db
from randal.models.accounts import Grant
from randal.org.app_settings import public_url
from randal.org.people import Appointment, Person
from randal.rooms.accounts import appointing, commands, waiting
from randal.rooms.accounts import links as links_of
from randal.rooms.accounts.forms import AppointmentForm, EndAppointmentForm, PersonForm
from randal.web.attempt import seen
from workflows.lifecycle import KEEPERS, Actor


class MatterOut(Schema):
    kind = fields.String(
        metadata={
            "description": "chair, minute_taker, invited, signature, signer, writer, draft, follow_up, report"
        }
    )
    what = fields.String(metadata={"description": "Yang menunggu, dalam kata"})
    page = fields.String(metadata={"description": "Halamannya"})
    resource = fields.String(metadata={"description": "Sumber daya API; dengan id-nya di bawah"})
    id = fields.Integer()
    move = fields.String(
        metadata={"description": "Langkah yang menyerahkannya kepada orang lain; «»: tidak ada"}
    )


class UserOut(RowOut):
    name = fields.String()
    email = fields.String()
    role = fields.String()
    unit_id = fields.Integer(allow_none=True)
    active = fields.Boolean()
    created_at = Instant()
    appointments = fields.Function(lambda person: [appointment_json(a) for a in person.appointments])
    pending = fields.Function(
        lambda person: [pending_json(g) for g in waiting_of(person)],
        metadata={"description": "Yang diusulkan dan menunggu orang kedua (/grants)"},
    )

    waiting = fields.List(
        fields.Nested(MatterOut),
        metadata={
            "description": "Yang menunggu orang ini, bagi pengelola pengguna; hanya pada satu pengguna, tidak dalam daftar"
        },
    )
    warnings = fields.List(
        fields.String(), metadata={"description": "PPK ganda; hal yang menunggu akun yang sudah berakhir"}
    )


def told(who: Actor, person: Person) -> dict[str, Any]:
    if not who.has(*KEEPERS):
        return {}
    matters = waiting.matters_of(person, who, now())
    said = waiting.warnings_about(person, matters)
    return {"waiting": MatterOut(many=True).dump(matters), "warnings": said}


def appointment_json(row: Appointment) -> dict[str, object]:
    return {
        "id": row.id,
        "post": row.post.name,
        "unit_id": row.post.unit_id,
        "kind": row.kind,
        "is_head": row.post.is_head,
        "from": row.from_date.isoformat(),
        "to": row.to_date.isoformat() if row.to_date else None,
    }


def waiting_of(person: Person) -> list[Grant]:
    query = select(Grant).where(Grant.person_id == person.id, Grant.state == "requested").order_by(Grant.id)
    return list(db.session.scalars(query))


def pending_json(row: Grant) -> dict[str, object]:
    return {"id": row.id, "what": row.what, "role": row.role, "post": row.post}


def edit(person: Person, who: Actor, raw: dict[str, Any], at: datetime) -> None:
    commands.edit_person(person, who, raw, at)


serve(
    Resource(
        "users",
        Person,
        UserOut,
        update=edit,
        update_schema=PersonForm,
        tell=told,
        filters={"role": Person.role, "unit_id": Person.unit_id, "email": Person.email},
    )
)


@api.post("/users")
@described(PersonForm)
@shown(UserOut, "Buat pengguna; menjawab tautan masuk sekali pakai", "users", 201)
def make_user() -> Response:
    links: list[str] = []

    def make(raw: dict[str, object]) -> Person:
        person = commands.make_person(actor(), raw, now())
        token = links_of.make_link(person, actor(), now(), told=False)
        links.append(public_url(url_for("accounts.first_sign_in", token=token)))
        return person

    # A kept answer would keep the secret link, so a replay of this creation gives the person without it.
    return creating(make, dump, extra=lambda: {"sign_in_url": links[0]})


@api.post("/users/<int:id>/appointments")
@described(AppointmentForm)
@shown(None, "Tambah jabatan", "users", 201)
def make_appointment(id: int) -> Response:
    """201 with the appointment; 202 with what was proposed, where a second person has to confirm it (`/grants`)."""
    person = seen(Person, id, actor())
    return creating(
        lambda raw: appointing.add_appointment(person, actor(), raw, now()),
        lambda made: appointment_json(made) if isinstance(made, Appointment) else proposed_json(made),
        status=lambda made: 201 if isinstance(made, Appointment) else 202,
    )


@api.patch("/users/<int:id>/appointments/<int:appointment_id>")
@described(EndAppointmentForm)
@shown(None, "Akhiri jabatan: hari terakhirnya", "users")
def end_appointment(id: int, appointment_id: int) -> Response:
    person = seen(Person, id, actor())
    commands.require_office(actor())
    row = appointing.appointment_of(person, appointment_id)
    appointing.end_appointment(row, actor(), body(), now())
    made = answer(appointment_json(row))
    db.session.commit()
    return made


def proposed_json(row: Grant) -> dict[str, object]:
    return {
        "id": None,
        "grant_id": row.id,
        "post": row.post,
        "unit_id": row.unit_id,
        "kind": row.kind,
        "is_head": row.is_head,
        "from": row.from_date.isoformat() if row.from_date else None,
        "to": row.to_date.isoformat() if row.to_date else None,
    }


@api.get("/me")
@shown(UserOut, "Siapa saya", "users")
def who_am_i() -> Response:
    return answer(dump(caller()) | {"roles": sorted(actor().roles), "heads": sorted(actor().heads)})
