"""What waits for a second person: roles and appointments that were proposed, identities to be confirmed; and one-time links."""

from __future__ import annotations

from typing import Any

from apiflask import fields
from flask import Response, url_for
from marshmallow import Schema

from randal.api.furniture import Instant, ItemOut, actor, answer, api, body, described, instant, now, shown
from randal.api.resources import Resource, serve
from randal.database.base import db
from randal.models.accounts import Grant
from randal.org.app_settings import public_url
from randal.org.people import Person
from randal.rooms.accounts import commands, links
from randal.rooms.accounts.links import LinkForm
from randal.schemas import forms
from randal.signatures.identities import Identity
from randal.web.attempt import seen


class GrantOut(ItemOut):
    user_id = fields.Integer(attribute="person_id")
    what = fields.String(metadata={"description": "Yang diusulkan, dalam kata"})
    role = fields.String()
    post = fields.String()
    unit_id = fields.Integer(allow_none=True)
    kind = fields.String()
    from_date = fields.Date(data_key="from", allow_none=True)
    to_date = fields.Date(data_key="to", allow_none=True)
    is_head = fields.Boolean()
    created_by_id = fields.Integer(allow_none=True)
    decided_by_id = fields.Integer(allow_none=True)
    decided_at = Instant(allow_none=True)


class IdentityOut(ItemOut):
    user_id = fields.Integer(attribute="person_id")
    link_maker_id = fields.Integer(allow_none=True)
    asked_at = Instant(allow_none=True)
    how = fields.String()
    confirmed_by_id = fields.Integer(allow_none=True)
    confirmed_at = Instant(allow_none=True)
    counts_from = Instant(allow_none=True)


serve(Resource("grants", Grant, GrantOut, filters={"user_id": Grant.person_id, "state": Grant.state}))
serve(
    Resource(
        "identities", Identity, IdentityOut, filters={"user_id": Identity.person_id, "state": Identity.state}
    )
)


class LinkOut(Schema):
    sign_in_url = fields.String(metadata={"description": "Ditampilkan sekali; tidak dapat dibaca lagi"})
    expires_at = Instant()


@api.post("/users/<int:id>/sign-in-links")
@described(LinkForm)
@shown(LinkOut, "Buat tautan masuk sekali pakai; pemiliknya diberi tahu", "users", 201)
def make_sign_in_link(id: int) -> Response:
    """No Idempotency-Key here: what is kept for one would keep the link."""
    commands.require_office(actor())
    row = seen(Person, id, actor())
    links.require_maker(actor(), row, now())
    why = forms.load(LinkForm, body())["why"]
    token = links.make_link(row, actor(), now(), why=why)
    found = links.find_link(token, now())
    told: dict[str, Any] = {"sign_in_url": public_url(url_for("accounts.first_sign_in", token=token))}
    told["expires_at"] = instant(found.expires_at) if found else None
    db.session.commit()
    return answer(told, 201)
