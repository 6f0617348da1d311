"""What is sent twice is made once: a creation carries a key, and the same key again gets the first answer again.

A script sends its own key (Idempotency-Key); a form of a page carries one that was made with it, so that two presses, a reload,
or going back and sending again make one. The same key with other words in the form is another request: a form that stays open
makes several.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import Flask, Response, flash, g, has_request_context, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from randal.database.base import Row, UTCDateTime, db
from randal.l10n import clock

LONGEST_KEY = 120


class KeptAnswer(Row):
    """The answer to a creation under a key, given again when the same request comes again."""

    __tablename__ = "kept_answers"
    __table_args__ = (UniqueConstraint("person_id", "key"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


def answered_before(person_id: int, key: str) -> KeptAnswer | None:
    return db.session.scalar(
        select(KeptAnswer).where(KeptAnswer.person_id == person_id, KeptAnswer.key == key)
    )


def keep(
    person_id: int, key: str, mark: str, body: Any, now: datetime, *, status: int = 201, headers: dict[str, str] | None = None
) -> None:  # fmt: skip
    """In the transaction of what was made: of two at once, one stands in the way of the other (IntegrityError)."""
    row = KeptAnswer(person_id=person_id, key=key, fingerprint=mark, status=status, headers=headers or {})
    row.body, row.created_at = body, now
    db.session.add(row)


def fingerprint(without: Collection[str] = ()) -> str:
    """What was asked: method, path and content (the fields and files of a form, whose boundary varies)."""
    mark = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if request.form or request.files:
        for name in sorted(request.form.keys() - set(without)):
            mark.update(f"{name}={request.form.getlist(name)}\n".encode())
        for name in sorted(request.files):
            for file in request.files.getlist(name):
                mark.update(name.encode() + hashlib.sha256(file.stream.read()).digest())
                file.stream.seek(0)
    else:
        mark.update(request.get_data(cache=True))
    return mark.hexdigest()


# -- forms of pages ----------------------------------------------------------------------------------

FIELD = "form_key"
NOT_ASKED = (FIELD, "csrf_token")
SECRETS = {
    "password",
    "again",
    "passphrase",
    "present",
}  # what is kept names the content by its hash: not that of a secret
LONGEST_BODY = 64_000
SENT_BEFORE = "Formulir ini sudah terkirim tadi; yang dibuat tetap satu."


def new_key() -> str:
    """What a form that makes something carries (`forms.once()` in its template)."""
    return secrets.token_urlsafe(12)


def init_app(app: Flask) -> None:
    """A form with a key that was sent before gets the first answer again. Without a key nothing of this happens."""
    app.add_template_global(new_key, "new_form_key")

    @app.before_request
    def answered_already() -> ResponseReturnValue | None:
        key = (
            request.form.get(FIELD)
            if request.method == "POST" and not request.path.startswith("/api/")
            else None
        )
        if not key or not current_user.is_authenticated or not SECRETS.isdisjoint(request.form):
            return None
        g.form_of, g.form_key = current_user.person.id, f"form:{key[:60]}:{fingerprint(NOT_ASKED)[:40]}"
        kept = answered_before(g.form_of, g.form_key)
        return again(kept) if kept else None

    @app.after_request
    def remember(answer: Response) -> Response:
        """Where the first one led; what was refused may be sent again."""
        person_id, key = g.pop("form_of", 0), g.pop("form_key", "")
        if g.pop("form_kept", False) and (kept := answered_before(person_id, key)):
            kept.status, kept.body = answer.status_code, told(answer)
            if answer.status_code >= 400:
                db.session.delete(kept)
            db.session.commit()
        return answer

    @app.errorhandler(IntegrityError)
    def at_once(error: IntegrityError) -> ResponseReturnValue:
        """Two at the same time: the other one won, and this one stood in its own way."""
        db.session.rollback()
        g.pop("form_kept", None)
        kept = answered_before(g.form_of, g.form_key) if "form_key" in g else None
        if kept is None:
            raise error
        return again(kept)


@event.listens_for(db.session, "before_commit")
def with_what_was_made(_session: Any) -> None:
    """The key is kept in the transaction of what the form makes: neither stands without the other."""
    if has_request_context() and "form_key" in g and not g.get("form_kept"):
        g.form_kept = True
        keep(g.form_of, g.form_key, "", {}, clock.now(), status=0)


def told(answer: Response) -> dict[str, str]:
    """Where it led, or what a script was answered. A page is not kept: it may say what is said once (a secret link)."""
    if answer.mimetype == "application/json" and (answer.content_length or 0) < LONGEST_BODY:
        return {"text": answer.get_data(as_text=True), "type": answer.content_type}
    return {"location": answer.location or request.path}


def again(kept: KeptAnswer) -> ResponseReturnValue:
    g.pop("form_key", None)
    if request.headers.get("HX-Request"):
        return "", 204  # its rows stand on the page already
    if "text" in kept.body:
        return Response(kept.body["text"], kept.status, content_type=kept.body["type"])
    flash(SENT_BEFORE, "info")
    return redirect(kept.body.get("location", "/"), 303)
