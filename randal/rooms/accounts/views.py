"""Signing in and out, one-time links, and stopping what somebody else began."""

from __future__ import annotations

from flask import (
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required, login_user, logout_user

from randal.database.base import db
from randal.engine.transitions import fire
from randal.org.people import Person
from randal.rooms.accounts import digest_views, links, signing_in
from randal.rooms.accounts.blueprint import bp
from randal.rooms.accounts.forms import PasswordForm, SignInForm
from randal.schemas import forms
from randal.signatures import identities
from randal.web import pages, passwords, rate_limit, sign_ins, tries
from randal.web.pages import Account, now, safe_next
from randal.web.sign_ins import KNOWN_FOR, Device
from workflows.identity import OPEN
from workflows.lifecycle import OWNER, Actor, Refused

digest_views.add_digests(bp)
pages.PUBLIC |= {"accounts.sign_in", "accounts.first_sign_in", "accounts.stop"}
DEVICE = "randal_perangkat"  # the cookie by which a device is known again
WRONG = "Surel atau kata sandi tidak cocok. Periksa lagi, atau minta tautan masuk kepada Sekretariat."
BUSY = "Terlalu banyak percobaan masuk. Tunggu {wait}, lalu coba lagi, atau minta tautan masuk kepada Sekretariat."
GONE = "Tautan ini sudah dipakai atau kedaluwarsa. Minta tautan baru kepada Sekretariat."


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
    db.session.rollback()
    made = signing_in.attempt(
        given["email"], given["password"], address(), request.cookies.get(DEVICE, ""), now()
    )
    if made.wait:
        said = {"": [BUSY.format(wait=tries.in_words(made.wait))]}
        answer = make_response(page(forms.Form(SignInForm, request.form, said), target, 429))
        answer.headers["Retry-After"] = str(int(made.wait.total_seconds()) + 1)
        return answer
    if made.person is None:
        return page(forms.Form(SignInForm, request.form, {"": [WRONG]}), target, 422)
    return enter(made.person, made.device, redirect(target, 303))


def address() -> str:
    return request.remote_addr or ""


def page(form: forms.Form, target: str, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/sign_in.html", form=form, target=target), status


def enter(person: Person, device: Device | None, answer: ResponseReturnValue) -> Response:
    """A new session for this person: nothing of an earlier one stays. A new device is given its cookie."""
    agent = request.headers.get("User-Agent", "")
    secret, new_device = signing_in.enter(person, device, agent, address(), now())
    db.session.commit()
    session.clear()
    session.permanent = True
    login_user(Account(person, secret))  # type: ignore[arg-type]
    made = make_response(answer)
    if new_device:
        made.set_cookie(
            DEVICE,
            new_device,
            max_age=KNOWN_FOR,
            httponly=True,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            samesite="Lax",
        )
    return made


@bp.post("/keluar")
@login_required
def sign_out() -> ResponseReturnValue:
    """Ends the session itself: a copy of its cookie opens nothing any more."""
    if current_user.session:
        sign_ins.end(current_user.session, "signed_out", now())
        db.session.commit()
    logout_user()
    session.clear()
    return redirect(url_for("accounts.sign_in"), 303)


@bp.route("/sandi/<token>", methods=["GET", "POST"])
def first_sign_in(token: str) -> ResponseReturnValue:
    """The one-time link: choose a password and be signed in. It works once."""
    link = links.find_link(token, now())
    if link is None:
        return unknown(GONE)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            password = links.chosen(request.form, PasswordForm, link.person)
        except Refused as refused:
            errors = refused.errors
        else:
            db.session.rollback()
            hashed = passwords.hasher.hash(password)
            link = links.find_link(token, now())  # again, now under the lock of this transaction
            if link is None:
                return pages.error_page(404, GONE)
            person = links.use(link, hashed, now())
            flash("Kata sandi tersimpan. Selamat datang.", "success")
            return enter(person, None, redirect(url_for("home.index"), 303))
    form = forms.Form(PasswordForm, {}, errors)
    shown = render_template("accounts/first_sign_in.html", form=form, person=link.person, link=link)
    return shown, 422 if errors else 200


@bp.route("/akses/hentikan/<token>", methods=["GET", "POST"])
def stop(token: str) -> ResponseReturnValue:
    """From a letter, without signing in: the account may be in other hands. The address is the only right."""
    row = identities.of_address(token)
    if row is None:
        return unknown("Alamat ini tidak dikenal.")
    open_ = row.state in OPEN
    if request.method == "POST" and open_:
        owner = Actor(row.person_id, frozenset({OWNER}))
        fire(row, "stop", owner, now=now(), reason="Dihentikan pemilik akun lewat tautan dalam suratnya.")
        db.session.commit()
        open_ = False
    shown = render_template("accounts/stop.html", row=row, open=open_)
    answer = make_response(shown)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def unknown(sentence: str) -> ResponseReturnValue:
    """Of an address that opens nothing."""
    guessed = rate_limit.too_many(address(), now())
    return pages.error_page(429 if guessed else 404, None if guessed else sentence)
