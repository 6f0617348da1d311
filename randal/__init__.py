"""Randal carries the chain of a coordination meeting: invitation → … → signed minutes → the next meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING

# Only what is built needs the framework: an auditor runs `python -m randal.core.audit` without it.
if TYPE_CHECKING:
    from apiflask import APIFlask

    from randal.settings import Settings

ROOMS = (
    "accounts",
    "home",
    "meetings",
    "attendance",
    "paparan",
    "evaluation",
    "deadlines",
    "areas",
    "findings",
    "kendala",
    "follow_ups",
    "minutes",
    "summaries",
    "changes",
    "search",
    "photos",
    "documents",
    "archive",
    "operator",
    "imports",
    "monitoring",
)


def create_app(settings: Settings | None = None) -> APIFlask:
    """The whole application for these settings (default: from the environment)."""
    from apiflask import APIFlask

    from randal import api, cli
    from randal.core import assets, clock, db, fitness, health, outgoing, proxies, sessions, web
    from randal.core.head_requests import HeadIsGet
    from randal.core.limited import door
    from randal.settings import ROOT, read_settings
    from randal.signatures import installed

    settings = settings or read_settings()
    app = APIFlask(
        "randal",
        json_errors=False,
        docs_path=None,
        spec_path=None,
        template_folder=str(ROOT / "templates"),
        static_folder=None,  # type: ignore[arg-type]
        instance_path=str(settings.data_dir),
        root_path=str(ROOT),
    )
    clock.start_at(settings.now)
    door.use(settings.data_dir)
    outgoing.use(settings.internal_hosts)
    web.configure(app, settings)
    sessions.init_app(app)
    db.init_app(app, settings)
    proxies.init_app(app, settings)
    fitness.init_app(app, lambda: installed.fits(app.config["RANDAL"]))
    assets.init_app(app, settings.data_dir / "aset")
    web.init_app(app)
    health.init_app(app)
    for room in ROOMS:
        web.furnish(app, room)
    api.init_app(app)
    cli.init_app(app)
    app.wsgi_app = HeadIsGet(app.wsgi_app)  # type: ignore[method-assign]
    return app
