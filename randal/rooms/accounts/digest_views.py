"""The daily reminder by mail: ended by the link in it without signing in, and switched on again in the profile."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.notifications import unsubscribing
from randal.org.people import Person
from randal.web import pages
from randal.web.pages import csrf, me

pages.PUBLIC.add("accounts.end_digest")


def add_digests(bp: Blueprint) -> None:
    # A mail program posts here by itself (RFC 8058); the token alone says whose reminders end.
    view = csrf.exempt(end_digest)
    bp.add_url_rule("/surel/berhenti/<token>", view_func=view, methods=["GET", "POST"])
    bp.add_url_rule("/profil/pengingat", view_func=login_required(choose_digest), methods=["POST"])


def end_digest(token: str) -> ResponseReturnValue:
    """GET asks (a scanner that follows links must not end anything), POST ends."""
    person_id = unsubscribing.person_of(token, current_app.config["SECRET_KEY"])
    person = db.session.get(Person, person_id) if person_id else None
    if person is None:
        return pages.error_page(
            404, "Tautan ini tidak dikenal. Masuklah, lalu atur surel pengingat di Profil."
        )
    if request.method == "POST":
        person.digest_mail = False
        db.session.commit()
    return render_template("accounts/end_digest.html", ended=not person.digest_mail)


def choose_digest() -> ResponseReturnValue:
    wanted = request.form.get("digest_mail") == "1"
    person = db.session.get_one(Person, me().id)
    person.digest_mail = wanted
    db.session.commit()
    flash(
        "Pengingat harian juga dikirim lewat surel."
        if wanted
        else "Pengingat tidak lagi dikirim lewat surel.",
        "success",
    )
    return redirect(url_for("accounts.profile"), 303)
