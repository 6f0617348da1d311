"""Is it alive, is it ready, and what exactly is wrong: for load balancers (/healthz, /readyz) and `randal check`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, Response, current_app, json
from redis.exceptions import RedisError
from sqlalchemy import text

from randal.core import files, queues, setting_up, typefaces, watching, web
from randal.core.db import db
from randal.settings import Settings

bp = Blueprint("health", __name__)
web.PUBLIC |= {"health.alive", "health.ready"}


@dataclass(frozen=True)
class Finding:
    """One line of `randal check`: what was looked at, whether it is well, and the words for it."""

    name: str
    well: bool
    said: str


def database() -> str:
    db.session.execute(text("SELECT 1"))
    return f"menjawab ({db.engine.dialect.name})"


def migrations() -> str:
    here, newest = setting_up.present_revision(), setting_up.newest_revision()
    if here != newest:
        raise Trouble(
            f"skema {here or 'kosong'}, seharusnya {newest}; jalankan: flask --app wsgi randal init"
        )
    return f"skema {here}"


def redis() -> str:
    queues.connect(_settings(), patience=1.0).ping()
    return "menjawab"


def workers() -> str:
    heard = queues.silences(queues.connect(_settings(), patience=1.0))
    if silent := [name for name, found in heard.items() if not any(map(queues.is_heard, found))]:
        raise Trouble(f"tidak terdengar: worker {', worker '.join(silent)}")
    return f"terdengar: {', '.join(heard)}"


def storage() -> str:
    if not files.storage_works():
        raise Trouble("berkas yang ditulis tidak terbaca kembali")
    return "dapat ditulis dan dibaca"


def fonts() -> str:
    for face in typefaces.FACES.values():
        typefaces.unpacked(face)
    return f"{len(typefaces.FACES)} berkas huruf Noto"


class Trouble(Exception):
    """Something is not as it should be; the text is for the operator."""


READY: dict[str, Callable[[], str]] = {
    "database": database,
    "redis": redis,
    "migrations": migrations,
    "worker": workers,
}


def machine(now: datetime) -> list[Finding]:
    """The machine at work, part by part: a trouble found is its finding, else how it is."""
    state = watching.look(now)
    waiting = ", ".join(
        f"{q.name} {q.waiting} menunggu" + (f" (terlama {watching.age(q.oldest)})" if q.oldest else "")
        for q in state.queues
    )
    heard = ", ".join(f"{q.name} {q.heard} terdengar" for q in state.queues)
    mails = f"{state.mails_waiting} belum dikirim" + (
        "" if state.mails_sent_out else "; RANDAL_MAIL_URL kosong"
    )
    well = {
        "Redis": "menjawab",
        "Worker": heard,
        "Relay, schedule": "terdengar",
        "Jadwal": f"diperiksa {watching.age(state.ticked)} lalu",
        "Antrean": waiting,
        "Macet": "tidak ada",
        "Dokumen": f"{state.rendering} sedang dibuat",
        "Surel": mails,
    }
    found = list(watching.troubles(state))
    if not state.redis:
        unknown = "tidak diketahui selama Redis tidak menjawab"
        found += [("Worker", unknown), ("Relay, schedule", unknown)]
    wrong = {name: [said for part, said in found if part == name] for name in well}
    return [Finding(n, not wrong[n], "; ".join(wrong[n]) or said) for n, said in well.items()]


CHECKS: dict[str, Callable[[], str]] = {
    "Basis data": database,
    "Migrasi": migrations,
    "Penyimpanan": storage,
    "Huruf": fonts,
}


def look(checks: dict[str, Callable[[], str]]) -> list[Finding]:
    """Run the checks; one that breaks is a finding, not an error."""
    found = []
    for name, check in checks.items():
        try:
            found.append(Finding(name, True, check()))
        except Trouble as trouble:
            found.append(Finding(name, False, str(trouble)))
        except RedisError:
            found.append(Finding(name, False, "Redis tidak menjawab; periksa RANDAL_REDIS_URL"))
        except Exception as error:
            found.append(Finding(name, False, f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"))
        finally:
            db.session.rollback()
    return found


def _settings() -> Settings:
    settings: Settings = current_app.config["RANDAL"]
    return settings


@bp.get("/healthz")
def alive() -> Response:
    return _answer({"status": "ok"})


@bp.get("/readyz")
def ready() -> Response:
    """200 when all that serving needs is there; else 503, and which part is not. No details: anybody may ask."""
    started = time.monotonic()
    found = look(READY)
    well = all(each.well for each in found)
    parts = {each.name: "ok" if each.well else "down" for each in found}
    taken = round((time.monotonic() - started) * 1000)
    return _answer({"status": "ok" if well else "down", "checks": parts, "ms": taken}, 200 if well else 503)


def _answer(body: dict[str, object], status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
