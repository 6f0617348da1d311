"""Is it alive, is it ready, and what exactly is wrong: for load balancers (/healthz, /readyz) and `randal check`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, current_app, json
from redis.exceptions import RedisError
from sqlalchemy import text

from randal.core import files, outbox, queues, setting_up, typefaces, web
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
    heard = queues.workers_heard(queues.connect(_settings(), patience=1.0))
    if silent := [name for name, well in heard.items() if not well]:
        raise Trouble(f"tidak terdengar: worker {', worker '.join(silent)}")
    return f"terdengar: {', '.join(heard)}"


def errands() -> str:
    client = queues.connect(_settings(), patience=1.0)
    if silent := [name for name in ("relay", "schedule") if not queues.beats(name, client)]:
        raise Trouble(f"tidak terdengar: {', '.join(silent)}")
    return "relay dan schedule terdengar"


def storage() -> str:
    if not files.storage_works():
        raise Trouble("berkas yang ditulis tidak terbaca kembali")
    return "dapat ditulis dan dibaca"


def fonts() -> str:
    for face in typefaces.FACES.values():
        typefaces.unpacked(face)
    return f"{len(typefaces.FACES)} berkas huruf Noto"


def backlog() -> str:
    waiting, stuck = outbox.backlog(), outbox.stuck()
    if stuck:
        names = sorted({row.consumer for row in stuck})
        raise Trouble(
            f"{len(stuck)} pekerjaan macet ({', '.join(names)}); coba lagi: flask --app wsgi randal stuck --retry"
        )
    return f"{waiting} menunggu, tidak ada yang macet"


class Trouble(Exception):
    """Something is not as it should be; the text is for the operator."""


READY: dict[str, Callable[[], str]] = {
    "database": database,
    "redis": redis,
    "migrations": migrations,
    "worker": workers,
}
CHECKS: dict[str, Callable[[], str]] = {
    "Basis data": database,
    "Migrasi": migrations,
    "Redis": redis,
    "Worker": workers,
    "Relay, schedule": errands,
    "Penyimpanan": storage,
    "Huruf": fonts,
    "Antrean": backlog,
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
