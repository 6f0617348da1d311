"""Randal carries the chain of a coordination meeting: invitation → … → signed minutes → the next meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING

# Only what is built needs the framework: an auditor runs `python -m randal.audit` without it.
if TYPE_CHECKING:
    from apiflask import APIFlask

    from randal.settings import Settings

#: one for each thing that people work on, and the pages over all of them: the order of the blueprints
ROOMS = (
    "rooms.accounts",
    "overviews.home",
    "rooms.meetings",
    "rooms.attendance",
    "rooms.paparan",
    "rooms.evaluation",
    "rooms.deadlines",
    "rooms.areas",
    "rooms.findings",
    "rooms.kendala",
    "rooms.follow_ups",
    "rooms.minutes",
    "overviews.summaries",
    "overviews.changes",
    "search",
    "rooms.photos",
    "rooms.documents",
    "rooms.archive",
    "overviews.operator",
    "rooms.imports",
    "overviews.monitoring",
)


def create_app(settings: Settings | None = None) -> APIFlask:
    """The whole application for these settings (default: from the environment)."""
    from apiflask import APIFlask

    from randal import api, cli, models
    from randal.base import outgoing
    from randal.database import base
    from randal.l10n import clock
    from randal.operations import health
    from randal.settings import ROOT, read_settings
    from randal.signatures import installed
    from randal.untrusted.limited import door
    from randal.web import assets, fitness, pages, proxies, sessions
    from randal.web.head_requests import HeadIsGet
    from workflows import SETS

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
    pages.configure(app, settings)
    sessions.init_app(app)
    base.init_app(app, settings)
    proxies.init_app(app, settings)
    fitness.init_app(app, lambda: installed.fits(app.config["RANDAL"]))
    assets.init_app(app, settings.data_dir / "aset")
    pages.init_app(app)
    health.init_app(app)
    models.load()
    for room in ROOMS:
        pages.furnish(app, room)
    app.jinja_env.globals["sets"] = SETS
    api.init_app(app)
    cli.init_app(app)
    app.wsgi_app = HeadIsGet(app.wsgi_app)  # type: ignore[method-assign]
    return app
