from __future__ import annotations

from apiflask import fields
from flask import Response, url_for

from randal.accounts import commands
from randal.accounts.forms import AppointmentForm, PersonForm
from randal.api.furniture import Instant, RowOut, actor, answer, api, caller, described, now, shown
from randal.api.resources import Resource, creating, dump, serve
from randal.core.moving import seen
from randal.core.people import Appointment, Person
from randal.core.web import public_url


class UserOut(RowOut):
    name = fields.String()
    email = fields.String()
    role = fields.String()
    unit_id = fields.Integer(allow_none=True)
    active = fields.Boolean()
    created_at = Instant()
    appointments = fields.Function(lambda person: [appointment_json(a) for a in person.appointments])


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


serve(
    Resource(
        "users",
        Person,
        UserOut,
        update=commands.edit_person,
        update_schema=PersonForm,
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
        token = commands.make_link(person, actor(), now())
        links.append(public_url(url_for("accounts.first_sign_in", token=token)))
        return person

    # A kept answer would keep the secret link, so a replay of this creation gives the person without it.
    return creating(make, dump, extra=lambda: {"sign_in_url": links[0]})


@api.post("/users/<int:id>/appointments")
@described(AppointmentForm)
@shown(None, "Tambah jabatan", "users", 201)
def make_appointment(id: int) -> Response:
    return creating(
        lambda raw: commands.add_appointment(seen(Person, id, actor()), actor(), raw, now()), appointment_json
    )


@api.get("/me")
@shown(UserOut, "Siapa saya", "users")
def who_am_i() -> Response:
    return answer(dump(caller()) | {"roles": sorted(actor().roles), "heads": sorted(actor().heads)})
