"""/profil: one's own name, posts, password, identity, tokens, and what happened to the account."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.models.accounts import ApiToken
from randal.org.people import Person
from randal.rooms.accounts import links, tokens
from randal.rooms.accounts.blueprint import bp
from randal.rooms.accounts.ending import end_access
from randal.rooms.accounts.forms import NewPasswordForm
from randal.rooms.accounts.views import enter
from randal.schemas import forms
from randal.signatures import identities
from randal.web import access, passwords
from randal.web.pages import actor, me, now
from randal.web.timeline import history_of
from workflows.lifecycle import Refused


@bp.route("/profil", methods=["GET", "POST"])
@login_required
def profile() -> ResponseReturnValue:
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            return change_password()
        except Refused as refused:
            db.session.rollback()
            errors = refused.errors
    identity = identities.of(me())
    return render_template(
        "accounts/profile.html",
        form=forms.Form(NewPasswordForm, {}, errors),
        identity=identity,
        sure=actor().sure,
        said=identities.said_of(identity, me().zone),
        tokens=tokens.live_tokens(me(), now()),
        history=history_of(me(), me())[:20],
    ), 422 if errors else 200


def change_password() -> ResponseReturnValue:
    """The present one is asked; all that let somebody in before ends, but for this browser, which begins anew."""
    row = me()
    password = links.chosen(request.form, NewPasswordForm, row)
    row_id, kept, given = row.id, row.password_hash, request.form
    passwords.require_present("present", row_id, kept, given.get("present", ""), now())
    hashed = passwords.hasher.hash(password)
    row = db.session.get_one(Person, row_id)
    end_access(row, "password", now(), tokens=given.get("tokens") in ("true", "on", "1"))
    row.password_hash = hashed
    access.happened(row, "password_set", actor(), now())
    flash(
        "Kata sandi diganti. Sesi lain, perangkat yang dikenal, dan alamat kalender sudah berakhir.",
        "success",
    )
    return enter(row, None, redirect(url_for(".profile"), 303))


@bp.post("/profil/token/<int:id>/cabut")
@login_required
def revoke_token(id: int) -> ResponseReturnValue:
    token = db.session.get(ApiToken, id)
    if token is None or token.person_id != me().id:
        abort(404)
    tokens.revoke_token(token, actor(), now())
    db.session.commit()
    flash("Token dicabut.", "success")
    return redirect(url_for(".profile"), 303)


@bp.post("/profil/identitas")
@login_required
def ask_for_identity() -> ResponseReturnValue:
    """Who wants to sign and is not known yet asks a second person."""
    row = identities.of(me())
    if row is None or row.state != "waiting":
        abort(404, "Tidak ada pemastian identitas yang menunggu.")
    identities.ask(row, now())
    db.session.commit()
    flash("Admin Sistem dan pimpinan diminta memastikan identitas Anda.", "success")
    return redirect(url_for(".profile"), 303)
