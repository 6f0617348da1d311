"""Is it alive, is it ready: for load balancers (/healthz, /readyz). What exactly is wrong, `randal check` says."""

from __future__ import annotations

import time

from flask import Blueprint, Flask, Response, current_app, json

from randal.database import timeouts
from randal.operations import checks
from randal.web import pages

bp = Blueprint("health", __name__)
pages.PUBLIC |= {"health.alive", "health.ready", "health.serves", "health.works"}
WRITES = 5.0  # seconds between two looks at the storage
PATIENCE = 3.0  # seconds for a database that does not answer: who asks has other machines to send people to


@bp.get("/healthz")
def alive() -> Response:
    return _answer({"status": "ok"})


@bp.get("/readyz")
def ready() -> Response:
    """200 when all is there: what serving needs, and what working needs."""
    return _looked_at(checks.SERVE | checks.WORK)


@bp.get("/readyz/serve")
def serves() -> Response:
    """200 when requests can be answered: what a balancer asks. No request needs Redis or a worker."""
    return _looked_at(checks.SERVE)


@bp.get("/readyz/work")
def works() -> Response:
    """200 when what follows from a request is done: what an alarm asks."""
    return _looked_at(checks.WORK)


def _looked_at(parts: checks.Checks) -> Response:
    """Each part: ok, or down, and then 503. No details: anybody may ask."""
    started = time.monotonic()
    with timeouts.of(PATIENCE):
        found = checks.look(
            parts | {"storage": (parts["storage"][0], _storage)} if "storage" in parts else parts
        )
    well = all(each.well for each in found)
    said = {each.code: "ok" if each.well else "down" for each in found}
    taken = round((time.monotonic() - started) * 1000)
    return _answer({"status": "ok" if well else "down", "checks": said, "ms": taken}, 200 if well else 503)


def _storage() -> str:
    """What is asked by anybody at any time does not write each time."""
    kept = current_app.extensions.setdefault("randal.health", {})
    if time.monotonic() - kept.get("at", float("-inf")) > WRITES:
        kept["at"], kept["down"] = time.monotonic(), ""
        try:
            checks.SERVE["storage"][1]()
        except checks.Trouble as trouble:
            kept["down"] = str(trouble)
    if kept["down"]:
        raise checks.Trouble(kept["down"])
    return "baik"


def _answer(body: dict[str, object], status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
