"""Signing in and out, one-time links, and the people page of admin and secretariat."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required, login_user, logout_user
from sqlalchemy import select

from randal.accounts import commands
from randal.accounts.erasing import erase_person
from randal.accounts.forms import AppointmentForm, ErasureForm, PasswordForm, PersonForm, SignInForm
from randal.core import access_log, forms, web
from randal.core.db import db, will_write
from randal.core.history import history_of
from randal.core.moving import seen
from randal.core.people import Person
from randal.core.places import Unit
from randal.core.web import Account, actor, me, now, public_url, safe_next
from workflows.lifecycle import ADMIN, Refused

bp = Blueprint("accounts", __name__)
web.PUBLIC |= {"accounts.sign_in", "accounts.first_sign_in"}
access_log.WHERE["accounts.person"] = "halaman pengguna"
WRONG = "Surel atau kata sandi tidak cocok. Periksa lagi, atau minta tautan masuk kepada Sekretariat."
BUSY = "Terlalu banyak percobaan masuk. Tunggu 15 menit lalu coba lagi, atau minta tautan masuk kepada Sekretariat."


@bp.route("/masuk", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    target = safe_next(request.values.get("next"), url_for("home.index"))
    if current_user.is_authenticated:
        return redirect(target)
    if request.method == "GET":
        return page(forms.Form(SignInForm), target)
    try:
        given = forms.load(SignInForm, request.form)
    except Refused as refused:
        return page(forms.Form(SignInForm, request.form, refused.errors), target, 422)
    email, address = given["email"].lower(), request.remote_addr or ""
    if commands.too_many(email, address, now()):
        return page(forms.Form(SignInForm, request.form, {"": [BUSY]}), target, 429)
    person = db.session.scalar(select(Person).where(Person.email == email))
    kept = person.password_hash if person and person.active else None
    db.session.rollback()  # Argon2 takes its time: not inside a transaction
    if not commands.check_password(kept, given["password"]):
        commands.note_failure(email, address, now())
        db.session.commit()
        return page(forms.Form(SignInForm, request.form, {"": [WRONG]}), target, 422)
    enter(db.session.scalar(select(Person).where(Person.email == email)))
    return redirect(target, 303)


def page(form: forms.Form, target: str, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/sign_in.html", form=form, target=target), status


def enter(person: Person | None) -> None:
    """A new session for this person: nothing of an earlier one stays."""
    session.clear()
    session.permanent = True
    login_user(Account(person))  # type: ignore[arg-type]


@bp.post("/keluar")
@login_required
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect(url_for("accounts.sign_in"), 303)


@bp.route("/sandi/<token>", methods=["GET", "POST"])
def first_sign_in(token: str) -> ResponseReturnValue:
    """The one-time link: choose a password and be signed in. It works once."""
    link = commands.find_link(token, now())
    if link is None:
        return web.error_page(
            404, "Tautan ini sudah dipakai atau kedaluwarsa. Minta tautan baru kepada Sekretariat."
        )
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            given = forms.load(PasswordForm, request.form)
            if given["password"] != given["again"]:
                raise forms.wrong("again", "Kedua kata sandi tidak sama.")
        except Refused as refused:
            errors = refused.errors
        else:
            db.session.rollback()
            hashed = commands.hasher.hash(given["password"])
            link = commands.find_link(token, now())  # again, now under the lock of this transaction
            if link is None:
                return web.error_page(404, "Tautan ini sudah dipakai atau kedaluwarsa.")
            link.used_at = now()
            commands.set_password(link.person, hashed)
            db.session.commit()
            enter(link.person)
            flash("Kata sandi tersimpan. Selamat datang.", "success")
            return redirect(url_for("home.index"), 303)
    form = forms.Form(PasswordForm, {}, errors)
    return render_template(
        "accounts/first_sign_in.html", form=form, person=link.person
    ), 422 if errors else 200


@bp.route("/pengguna", methods=["GET", "POST"])
@login_required
def people() -> ResponseReturnValue:
    commands.require_office(actor())
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            person = commands.make_person(actor(), request.form, now())
            token = commands.make_link(person, actor(), now())
            db.session.commit()
            return hand_over(person, token)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            errors = refused.errors
    wanted = request.args.get("q", "").strip()
    query = Person.visible_to(actor()).order_by(Person.name)
    if wanted:
        query = query.where(
            Person.name.icontains(wanted, autoescape=True) | Person.email.icontains(wanted, autoescape=True)
        )
    rows = list(db.session.scalars(query.limit(500)).unique())
    form = forms.Form(PersonForm, request.form if errors else None, errors, choices=unit_choices())
    return render_template(
        "accounts/people.html", people=rows, form=form, q=wanted, role_name=commands.role_name
    ), 422 if errors else 200


def unit_choices() -> dict[str, dict[int, str]]:
    return {"unit_id": dict(db.session.execute(select(Unit.id, Unit.name).order_by(Unit.name)).all())}


@bp.route("/pengguna/<int:id>", methods=["GET", "POST"])
@login_required
def person(id: int) -> ResponseReturnValue:
    if request.method == "GET":
        will_write()
    commands.require_office(actor())
    row = seen(Person, id, actor())
    errors: dict[str, list[str]] = {}
    about = request.form.get("about", "person")
    if request.method == "POST":
        try:
            if about == "appointment":
                commands.add_appointment(row, actor(), request.form, now())
            elif about == "erasure":
                erase_person(row, actor(), request.form.get("reason", ""), now())
            else:
                raw = request.form.to_dict() | {
                    "active": request.form.get("active", "") in ("1", "on", "true")
                }
                commands.edit_person(row, actor(), raw, now())
            db.session.commit()
            flash("Tersimpan.", "success")
            return redirect(url_for(".person", id=id), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            row, errors = seen(Person, id, actor()), refused.errors
    if what := " ".join(name for name in access_log.WHAT if getattr(row, name)):
        access_log.noted(actor(), what, "person", row.id, now())
        db.session.commit()
    typed = request.form if errors else None
    mine = PersonForm(exclude=("post", "from", "to")).fields
    form = forms.Form(
        PersonForm,
        typed if about == "person" and typed else row,
        errors if about == "person" else {},
        choices=unit_choices(),
    )
    post_form = forms.Form(
        AppointmentForm,
        typed if about == "appointment" else None,
        errors if about == "appointment" else {},
        choices=unit_choices(),
    )
    erasure_form = forms.Form(
        ErasureForm, typed if about == "erasure" else None, errors if about == "erasure" else {}
    )
    return render_template(
        "accounts/person.html",
        person=row,
        form=form,
        fields=[form[name] for name in mine],
        post_form=post_form,
        erasure_form=erasure_form,
        may_erase=actor().has(ADMIN),
        history=history_of(row, me()),
    ), 422 if errors else 200


@bp.post("/pengguna/<int:id>/tautan")
@login_required
def new_link(id: int) -> ResponseReturnValue:
    commands.require_office(actor())
    row = seen(Person, id, actor())
    if row.role == "admin" and not actor().has("admin"):
        raise Refused("role", "Hanya Admin Sistem yang membuat tautan masuk bagi Admin Sistem.")
    token = commands.make_link(row, actor(), now())
    db.session.commit()
    return hand_over(row, token)


def hand_over(person: Person, token: str) -> ResponseReturnValue:
    """The link is shown once, on this page only."""
    link = public_url(url_for("accounts.first_sign_in", token=token))
    return render_template("accounts/link.html", person=person, link=link)


@bp.route("/profil", methods=["GET", "POST"])
@login_required
def profile() -> ResponseReturnValue:
    """One's own name, posts and password."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            given = forms.load(PasswordForm, request.form)
            if given["password"] != given["again"]:
                raise forms.wrong("again", "Kedua kata sandi tidak sama.")
        except Refused as refused:
            errors = refused.errors
        else:
            row_id = me().id
            db.session.rollback()
            hashed = commands.hasher.hash(given["password"])
            row = db.session.get_one(Person, row_id)
            commands.set_password(row, hashed)
            db.session.commit()
            enter(row)
            flash("Kata sandi diganti. Sesi lain sudah diakhiri.", "success")
            return redirect(url_for(".profile"), 303)
    return render_template(
        "accounts/profile.html", form=forms.Form(PasswordForm, {}, errors)
    ), 422 if errors else 200
