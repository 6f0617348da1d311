"""Furniture of every page: settings of the session, security headers, errors for people, rooms, moves."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_required
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from randal.base import crashes, ids
from randal.base.ids import bounded
from randal.database.base import db
from randal.database.unavailable import AWAY, why_away
from randal.documents import charts
from randal.engine.transitions import WorkflowItem
from randal.l10n import clock, formats, numbers
from randal.notifications.courtesies import salutation
from randal.notifications.notices import Notice
from randal.org import app_settings
from randal.org.app_settings import public_url
from randal.org.people import Person, actor_of
from randal.schemas import forms
from randal.schemas.moves import ask_schema
from randal.settings import Settings
from randal.storage.blobs import StorageError
from randal.storage.files import MAX_BYTES
from randal.web import once, sign_ins
from randal.web.attempt import attempt, seen
from randal.web.navigation import navigation
from randal.web.sign_ins import SignIn
from randal.web.timeline import sentence_of
from workflows.lifecycle import Actor, Move, Open, Refused
from workflows.sentences import names_in, say

csrf = CSRFProtect()
login = LoginManager()
login.login_view = "accounts.sign_in"
login.login_message = "Silakan masuk dahulu."
login.session_protection = None  # addresses of phones change; a session is a row, which ends (sign_ins.py)

STATUS = {"role": 403, "state": 409, "need": 422, "field": 422}
PUBLIC: set[str] = {"aset"}  # endpoints open without an account; a test reads this list
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; frame-src 'self'"
)


class Account:
    """What Flask-Login keeps: the secret of a session, and whose it is."""

    is_authenticated, is_anonymous = True, False

    def __init__(self, person: Person, secret: str, session: SignIn | None = None):
        self.person, self.secret, self.session = person, secret, session
        self.is_active = person.active

    def get_id(self) -> str:
        return self.secret


@login.user_loader
def load_account(kept: str) -> Account | None:
    found = sign_ins.of_cookie(kept, now())
    return Account(found.person, kept, found) if found else None


def configure(app: Flask, settings: Settings) -> None:
    app.url_map.converters["int"] = ids.IdConverter
    app.config.update(
        RANDAL=settings,
        RANDAL_DATA_DIR=str(settings.data_dir),
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_BYTES + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_NAME="randal",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,
        TEMPLATES_AUTO_RELOAD=False,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )


def init_app(app: Flask) -> None:
    csrf.init_app(app)
    login.init_app(app)
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.add_extension("jinja2.ext.do")
    app.add_template_global(move_form)  # components are imported without the page's words
    app.jinja_env.globals.update(first_said=first_said, privacy_facts=app_settings.privacy_facts)
    app.jinja_env.globals.update(chart_svg=charts.svg, chart_alive=charts.alive, salutation=salutation)
    app.context_processor(page_words)

    @app.before_request
    def read_all_first() -> None:
        numbers.by_program(False)  # people wrote them; the API says otherwise of what comes to it
        # The whole body is read before a transaction begins: a slow upload must not hold the database.
        if request.method not in ("GET", "HEAD"):
            request.form  # noqa: B018 - parses, and so reads

    @app.after_request
    def headers(response: Any) -> Any:
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
        if request.endpoint != "aset":
            response.headers.setdefault("Cache-Control", "no-store")
            response.vary.add("Cookie")
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        db.session.rollback()

    once.init_app(app)
    app.register_error_handler(Refused, refused_page)
    app.register_error_handler(StorageError, lambda error: error_page(503, str(error)))
    app.register_error_handler(
        CSRFError,
        lambda error: error_page(400, "Halaman ini sudah terlalu lama terbuka. Muat ulang lalu kirim lagi."),
    )
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, crash)


#: the files of a room that declare something and are called by nobody
DECLARING = ("papers", "reactions", "rules", "importing")


def furnish(app: Flask, room: str) -> None:
    """Load a room and register its pages."""
    if bp := load(room):
        app.register_blueprint(bp)


def load(room: str) -> Blueprint | None:
    """Import what a room declares: its papers, reactions, rules, imports and pages. Pages hang on the `bp` of its
    `blueprint.py`, which names their files (`PAGES`), or of its only file of pages, `views.py`."""
    for part in DECLARING:
        _part(room, part)
    found = _part(room, "blueprint") or _part(room, "views")
    for page in getattr(found, "PAGES", ()):
        importlib.import_module(f"randal.{room}.{page}")
    return found.bp if found else None


def _part(room: str, part: str) -> Any:
    name = f"randal.{room}.{part}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


# -- who is here ------------------------------------------------------------------------------------


def now() -> datetime:
    """One instant per request."""
    if "now" not in g:
        g.now = clock.now()
    return g.now


def me() -> Person:
    return current_user.person


def actor() -> Actor:
    """The actor of this request, made once."""
    if "actor" not in g:
        g.actor = actor_of(me(), now())
    return g.actor


def page_words() -> dict[str, Any]:
    """What every template may use."""
    if request.path.startswith("/api/"):
        return {}
    words_: dict[str, Any] = {
        "demo": app_settings.is_demo(),
        "now": now(),
        "public_url": public_url,
        "Form": forms.Form,
        "navigation": lambda: navigation(actor()),
    }
    if current_user.is_authenticated:
        unread = (
            select(func.count())
            .select_from(Notice)
            .where(Notice.person_id == me().id, Notice.read_at.is_(None))
        )
        words_ |= {
            "me": me(),
            "actor": actor(),
            "zone": me().zone,
            "notices_count": db.session.scalar(unread),
        }
    return words_


def safe_next(target: str | None, default: str) -> str:
    """A local path to return to; anything that could lead elsewhere becomes the default."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return default
    if any(ord(c) < 33 for c in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


# -- errors for people ------------------------------------------------------------------------------

SENTENCES = {
    400: "Permintaan ini tidak dapat dibaca. Muat ulang halaman lalu coba lagi.",
    403: "Anda tidak berwenang membuka halaman ini.",
    404: "Halaman ini tidak ada, atau tidak untuk Anda.",
    405: "Tindakan ini tidak tersedia di alamat ini.",
    409: "Data ini sudah berubah. Muat ulang untuk melihat yang terbaru.",
    413: "Berkas terlalu besar (maks. 20 MB).",
    429: "Terlalu banyak percobaan. Tunggu sebentar lalu coba lagi.",
    500: "Terjadi kesalahan di sistem. Isian Anda belum tersimpan; coba lagi, atau hubungi Admin Sistem.",
    503: "Sistem sedang tidak dapat melayani. Coba lagi sebentar.",
}


def error_page(
    code: int, sentence: str | None = None, errors: Mapping[str, list[str]] | None = None, reference: str = ""
) -> ResponseReturnValue:
    db.session.rollback()
    g.pop("actor", None)
    sentence = sentence or SENTENCES.get(code, "Terjadi kesalahan.")
    if request.path.startswith("/api/") or wants_json():
        from randal.web.problems import problem

        return problem(code, sentence, errors, reference)
    template = "errors/part.html" if request.headers.get("HX-Request") else "errors/error.html"
    given = {"code": code, "sentence": sentence, "errors": errors or {}, "reference": reference}
    if code >= 500:  # render_template asks the database who reads, and the database may be what fails
        return current_app.jinja_env.get_template(template).render(given), code
    return render_template(template, **given), code


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return (
        best == "application/json"
        and request.accept_mimetypes["application/json"] > request.accept_mimetypes["text/html"]
    )


def refused_page(refused: Refused) -> ResponseReturnValue:
    return error_page(STATUS[refused.kind], refused.detail, refused.errors)


def http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code and error.code < 400:
        return error
    said = (
        error.description
        if error.code and getattr(type(error), "description", None) != error.description
        else None
    )
    return error_page(error.code or 500, said)


def crash(error: Exception) -> ResponseReturnValue:
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    # The database away, busy or full is nobody's mistake.
    return error_page(503 if isinstance(error, AWAY) else 500, why_away(error), reference=crashes.note())


def sent() -> MultiDict[str, Any]:
    """The fields and the files of this request in one."""
    return MultiDict([*request.form.items(multi=True), *request.files.items(multi=True)])


NOTHING_CHANGED = "Tidak ada yang berubah."

# -- moves on pages ---------------------------------------------------------------------------------


class Opened(list[Open]):
    """The moves open to who is here, for the item's own page: blocked ones carry their sentences."""

    def offers(self, name: str) -> bool:
        """By state and hat."""
        return any(one.move.name == name for one in self)

    def can(self, name: str) -> bool:
        """And nothing stands in the way."""
        return any(one.move.name == name and not one.blocked for one in self)

    @property
    def steps(self) -> list[Open]:
        """Without the deeds, which a page draws where they belong."""
        return [one for one in self if not one.move.deed]


def moves_of(item: WorkflowItem) -> Opened:
    return Opened(item.lifecycle().open_to(item, actor(), now()))


def first_said(item: WorkflowItem, move: Move) -> str:
    """Before a move that reaches others: whom it reaches, what it undoes; "" where there is nothing to say."""
    return say(move.first, {name: getattr(item, name, None) for name in names_in(move.first)})


Lists = Callable[[WorkflowItem], Mapping[str, Mapping[Any, str]]]


def move_form(
    item: WorkflowItem, move: Any, data: Any = None, errors: Mapping[str, list[str]] | None = None
) -> forms.Form:
    """The form of one move; lists of people and the like come from `MOVE_CHOICES`."""
    lists = MOVE_CHOICES.get(item.__lifecycle__)
    prefilled = {
        ask.name: getattr(item, ask.name, None)
        for ask in move.asks
        if ask.kind in ("choice", "date", "text", "prose")
    }
    return forms.Form(
        ask_schema(move.asks),
        data if data is not None else prefilled,
        errors,
        required=[ask.name for ask in move.asks if ask.required],
        choices=lists(item) if lists else {},
    )


MOVE_CHOICES: dict[str, Lists] = {}


def add_moves(
    bp: Blueprint, model: type[WorkflowItem], page: str, *, param: str = "id", prefix: str = ""
) -> None:
    """Give a room's blueprint `…/<id>/langkah/<move>`: GET shows the form alone, POST makes the move.

    `page` is the endpoint (with `param`) to return to. A refused move shows its form again with what was typed.
    """

    @bp.route(
        f"{prefix}/<int:item_id>/langkah/<move>",
        methods=["GET", "POST"],
        endpoint=f"{model.__lifecycle__}_move",
    )
    @login_required
    def make_move(item_id: int, move: str) -> ResponseReturnValue:
        item = seen(model, item_id, actor())
        rows = model.lifecycle().moves_named(move)
        if not rows:
            abort(404)
        values: dict[str, Any] = {param: item_id}
        back = url_for(page, **values)
        errors: Mapping[str, list[str]] = {}
        status = 200
        if request.method == "POST":
            raw = sent()
            try:
                done = attempt(
                    model,
                    item_id,
                    move,
                    raw,
                    actor(),
                    now=now(),
                    version=request.form.get("version", type=bounded),
                )
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                if refused.kind not in ("need", "field"):
                    raise
                item, errors, status = seen(model, item_id, actor()), refused.errors, 422
            else:
                said = sentence_of(done.event) if done.event else NOTHING_CHANGED
                flash(said, "success" if done.event else "info")
                return redirect(safe_next(request.form.get("next"), back), 303)
        row, _hat = model.lifecycle().row_for(item, move, actor())
        form = move_form(item, row, request.form if request.method == "POST" else None, errors)
        return render_template("move.html", item=item, move=row, form=form, back=back), status
