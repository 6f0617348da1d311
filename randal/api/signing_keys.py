"""A signer's own key."""

from __future__ import annotations

from apiflask import Schema, fields
from flask import Response, abort

from randal.api.furniture import Instant, answer, api, body, caller, described, now, shown
from randal.database.base import db
from randal.signatures import keys
from randal.signatures.certificates import notice_of_pem
from randal.signatures.keys import SigningKeyForm


class SigningKeyOut(Schema):
    serial = fields.String()
    certificate_pem = fields.String()
    created_at = Instant()
    not_after = Instant()
    identity = fields.Function(
        lambda key: notice_of_pem(key.certificate_pem),
        metadata={"type": "string", "description": "Bagaimana identitas pemiliknya dipastikan"},
    )


@api.get("/me/signing-key", endpoint="signing_key")
@shown(SigningKeyOut, "Kunci tanda tangan saya", "me")
def my_key() -> Response:
    key = keys.key_of(caller().id)
    if key is None:
        abort(404, "Anda belum mempunyai kunci tanda tangan.")
    return answer(SigningKeyOut().dump(key))


@api.post("/me/signing-key", endpoint="signing_key_create")
@described(SigningKeyForm)
@shown(SigningKeyOut, "Daftarkan kunci tanda tangan", "me", 201)
def enrol() -> Response:
    """No Idempotency-Key here: what is kept for one is a hash of the request, and this one holds a passphrase."""
    key, made = keys.enrol(caller(), body(), now())
    db.session.commit()
    return answer(SigningKeyOut().dump(key), 201 if made else 200)
