"""/pengguna: the people page of admin and secretariat, one account, and its one-time links."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from randal.base import ids
from randal.database.base import db, will_write
from randal.engine import access_log
from randal.l10n.clock import local_date
from randal.models.accounts import Grant, OneTimeLink
from randal.org import app_settings
from randal.org.app_settings import public_url
from randal.org.people import Person
from randal.org.places import Unit
from randal.rooms.accounts import appointing, commands, links, waiting
from randal.rooms.accounts.blueprint import bp
from randal.rooms.accounts.erasing import erase_person
from randal.rooms.accounts.forms import (
    AppointmentForm,
    EndAppointmentForm,
    ErasureForm,
    HandOverForm,
    PersonForm,
)
from randal.rooms.accounts.links import LinkForm
from randal.schemas import forms
from randal.settings import Settings
from randal.web.attempt import seen
from randal.web.pages import actor, me, now
from randal.web.timeline import history_of
from workflows.account import may_make_link
from workflows.lifecycle import ADMIN, Refused

access_log.WHERE["accounts.person"] = "halaman pengguna"
PROPOSED = "Diusulkan; berlaku setelah orang kedua (Admin Sistem atau pimpinan lain) menyetujuinya."


@bp.route("/pengguna", methods=["GET", "POST"])
@login_required
def people() -> ResponseReturnValue:
    commands.require_office(actor())
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            person = commands.make_person(actor(), request.form, now())
            token = links.make_link(person, actor(), now(), told=False)
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
    proposed = list(db.session.scalars(select(Grant).where(Grant.state == "requested").order_by(Grant.id)))
    return render_template(
        "accounts/people.html",
        people=rows,
        form=form,
        q=wanted,
        role_name=commands.role_name,
        waiting=proposed,
        mails=mails(),
    ), 422 if errors else 200


def mails() -> bool:
    """Does mail leave this installation? Then a link need not pass through the hands of who makes it."""
    settings: Settings = current_app.config["RANDAL"]
    return bool(settings.mail_url) and not app_settings.is_demo()


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
            said = change(row, about)
            db.session.commit()
            flash(said, "warning" if said == PROPOSED else "success")
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

    def form_of(name: str, schema: Any, data: Any = None, **lists: dict[int, str]) -> forms.Form:
        here = about == name
        given = typed if here and typed else data
        return forms.Form(schema, given, errors if here else {}, choices=unit_choices() | lists)

    matters = waiting.matters_of(row, actor(), now())

    form = form_of("person", PersonForm, row)
    made = select(OneTimeLink).where(OneTimeLink.person_id == id).order_by(OneTimeLink.id.desc()).limit(10)
    asked = select(Grant).where(Grant.person_id == id, Grant.state == "requested").order_by(Grant.id)
    return render_template(
        "accounts/person.html",
        person=row,
        form=form,
        fields=[form[name] for name in PersonForm(exclude=("post", "from", "to")).fields],
        post_form=form_of("appointment", AppointmentForm),
        end_blank=forms.Form(EndAppointmentForm, {"to": local_date(now(), row.zone)}),
        end_form=form_of("end_appointment", EndAppointmentForm, {"to": local_date(now(), row.zone)}),
        today=local_date(now(), row.zone),
        ending=request.form.get("appointment_id", "") if errors else "",
        warnings=waiting.warnings_about(row, matters),
        matters=matters,
        hand_over_form=form_of("hand_over", HandOverForm, to_id=successors(row)),
        may_hand_over=waiting.may_hand_over(actor(), matters),
        erasure_form=form_of("erasure", ErasureForm),
        link_form=form_of("link", LinkForm),
        links=list(db.session.scalars(made)),
        may_link=row.id != actor().id and row.active and may_make_link(actor(), {row.role}),
        mails=mails(),
        waiting=list(db.session.scalars(asked)),
        may_erase=actor().has(ADMIN),
        history=history_of(row, me()),
    ), 422 if errors else 200


def successors(person: Person) -> dict[int, str]:
    others = select(Person.id, Person.name).where(Person.active, Person.id != person.id).order_by(Person.name)
    return dict(db.session.execute(others).all())


def change(row: Person, about: str) -> str:
    """What one of the forms of this page asks for; what happened, in words."""
    if about == "appointment":
        proposed = isinstance(appointing.add_appointment(row, actor(), request.form, now()), Grant)
        return PROPOSED if proposed else "Tersimpan."
    if about == "end_appointment":
        post = appointing.appointment_of(row, ids.read(request.form.get("appointment_id")) or 0)
        appointing.end_appointment(post, actor(), request.form, now())
        return "Jabatan diakhiri."
    if about == "hand_over":
        return f"{waiting.hand_over(row, actor(), request.form, now())} rapat diserahkan."
    if about == "erasure":
        erase_person(row, actor(), request.form.get("reason", ""), now())
        return "Tersimpan."
    raw = request.form.to_dict() | {"active": request.form.get("active", "") in ("1", "on", "true")}
    return PROPOSED if commands.edit_person(row, actor(), raw, now()) else "Tersimpan."


@bp.post("/pengguna/<int:id>/tautan")
@login_required
def new_link(id: int) -> ResponseReturnValue:
    commands.require_office(actor())
    row = seen(Person, id, actor())
    links.require_maker(actor(), row, now())
    try:
        why = forms.load(LinkForm, request.form)["why"]
    except Refused as refused:
        flash(" ".join(s for several in refused.errors.values() for s in several), "danger")
        return redirect(url_for(".person", id=id), 303)
    return hand_over(row, links.make_link(row, actor(), now(), why=why))


def hand_over(person: Person, token: str) -> ResponseReturnValue:
    """By mail to the owner alone; or shown once, on this page only, where no mail leaves or who made it asks for that."""
    address = public_url(url_for("accounts.first_sign_in", token=token))
    by_mail = mails() and request.form.get("shown") not in ("1", "on", "true")
    if by_mail:
        links.send(person, address, now())
    found = links.find_link(token, now())
    db.session.commit()
    for said in waiting.warnings_about(person, []):
        flash(said, "warning")
    return render_template(
        "accounts/link.html",
        person=person,
        link=None if by_mail else address,
        until=found and found.expires_at,
    )
