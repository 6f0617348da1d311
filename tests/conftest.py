"""Fixtures of the whole suite: the application on SQLite and on PostgreSQL, real Redis, SMTP, processes and browser.

A test that needs one database alone says `@pytest.mark.database("sqlite")`.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import weasyprint
from alembic import command
from flask import Flask
from sqlalchemy import event

from ops.processes import ROOT
from randal import ROOMS, create_app, models
from randal.database.base import db
from randal.l10n import clock
from randal.settings import Settings
from randal.signatures import installed
from randal.web import pages
from tests import conforming, machines
from tests.world import START, Client, World


@pytest.fixture(scope="session")
def postgres() -> Iterator[machines.Postgres]:
    with machines.stopping(machines.Postgres()) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[machines.Redis]:
    with machines.stopping(machines.Redis()) as server:
        yield server


# Every room is loaded before any test: some keep the list of reactions or rules aside and put it back, and what a room
# declares when it is first imported would be missing from what they put back.
models.load()
for room in ROOMS:
    pages.load(room)


@pytest.fixture(scope="session", autouse=True)
def drawn_papers() -> Iterator[list[bytes]]:
    """Every paper that a test of this process draws, until `papers_keep_their_claims` has looked at it."""
    drawn: list[bytes] = []
    write = weasyprint.Document.write_pdf

    def keep(document: weasyprint.Document, *args: Any, **more: Any) -> Any:
        drawn.append(pdf := write(document, *args, **more))
        return pdf

    weasyprint.Document.write_pdf = keep
    yield drawn
    weasyprint.Document.write_pdf = write


@pytest.fixture(autouse=True)
def papers_keep_their_claims(drawn_papers: list[bytes]) -> Iterator[None]:
    yield
    found = [fault for pdf in drawn_papers for fault in conforming.faults(pdf)]
    drawn_papers.clear()
    assert not found, found


def settings_for(database_url: str, data_dir: Path, redis_url: str) -> Settings:
    port = machines.free_port()
    return Settings(
        env="development",
        data_dir=data_dir,
        database_url=database_url,
        redis_url=redis_url,
        secret_key="rahasia contoh untuk pengujian saja",
        storage_url=f"file://{data_dir / 'files'}",
        mail_url="",
        public_url=f"http://127.0.0.1:{port}",
        host="127.0.0.1",
        port=port,
        demo=False,
        now=START,
        secure_cookies=False,
    )


def environment_for(settings: Settings) -> dict[str, str]:
    """These settings as environment variables, in place of whatever is set here; the clock there is the real one."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("RANDAL_", "FLASK_"))}
    return ours | {
        "RANDAL_ENV": settings.env,
        "RANDAL_DATA_DIR": str(settings.data_dir),
        "RANDAL_DATABASE_URL": settings.database_url,
        "RANDAL_REDIS_URL": settings.redis_url,
        "RANDAL_SECRET_KEY": settings.secret_key,
        "RANDAL_STORAGE_URL": settings.storage_url,
        "RANDAL_MAIL_URL": settings.mail_url,
        "RANDAL_PUBLIC_URL": settings.public_url,
        "RANDAL_HOST": settings.host,
        "RANDAL_PORT": str(settings.port),
        "RANDAL_DEMO": "0",
        "RANDAL_NOW": "",
    }


def furnish(settings: Settings) -> None:
    """Make the tables and the 38 provinces."""
    app = create_app(settings)
    with app.app_context():
        from randal.org import bootstrap
        from randal.rooms.areas.beginning import load_lists

        # Straight from the models; tests/core/test_migrations.py holds the revisions to the same.
        db.create_all()
        with bootstrap.alembic(db.engine) as config:
            command.stamp(config, "head")
        bootstrap.load_provinces()
        load_lists(START)
        installed.ensure_authority(settings, START)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="rdl-sqlite-"))
    file = folder / "template.db"
    furnish(settings_for(f"sqlite:///{file}", folder, ""))
    assert not file.with_name("template.db-wal").exists(), "the copy would lack what is in the log"
    yield file
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres: machines.Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = postgres.create("randal_template")
    furnish(settings_for(url, tmp_path_factory.mktemp("template"), ""))
    return "randal_template"


@pytest.fixture(scope="session")
def workplace() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="rdl-data-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def data_dir(workplace: Path) -> Path:
    """RANDAL_DATA_DIR, empty at the start of each test but for the compressed assets, which are always the same."""
    for path in workplace.iterdir():
        if path.name != "aset":
            path.unlink() if path.is_file() else remove(path)
    return workplace


def remove(folder: Path, tries: int = 5) -> None:
    """The whole folder, also when what the test before began still puts its last file there."""
    for left in reversed(range(tries)):
        try:
            return shutil.rmtree(folder)
        except OSError:
            if not left:
                raise
            time.sleep(0.2)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[str]:
    """A fresh database, on both servers in turn; always at the same address."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), data_dir / "randal.db")
        yield f"sqlite:///{data_dir / 'randal.db'}"
    else:
        postgres = request.getfixturevalue("postgres")
        yield postgres.fresh("randal_test", request.getfixturevalue("postgres_template"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database(name): run on this database alone (sqlite, postgresql)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("database")
        metafunc.parametrize("database_url", mark.args if mark else ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def applications() -> dict[str, Flask]:
    """By database URL. Its 300 routes take longer to compile than most tests to run, so an application is made once."""
    return {}


@pytest.fixture
def app(
    applications: dict[str, Flask], database_url: str, data_dir: Path, redis_server: machines.Redis
) -> Iterator[Flask]:
    """The application with a fresh database, in an application context. CSRF tokens are off; switch them on by
    `app.config["WTF_CSRF_ENABLED"] = True` (the configuration is put back after the test). Redis is named, and
    started by the fixture `redis` only."""
    if database_url not in applications:
        made = create_app(settings_for(database_url, data_dir, redis_server.url))
        made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True, WTF_CSRF_ENABLED=False)
        applications[database_url] = made
        with made.app_context():
            if database_url.startswith("sqlite"):  # what a crash of this machine loses, a test does not miss
                event.listen(db.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))
    app = applications[database_url]
    kept = dict(app.config)
    clock.start_at(START)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    app.config.clear()
    app.config.update(kept)
    clock.start_at(None)


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


@pytest.fixture
def client(world: World) -> Client:
    return world.client()


@pytest.fixture
def drain(app: Flask) -> Callable[..., int]:
    """Run all reactions that are due, now or at this instant, in this process; how many effects were made."""
    from randal.jobs import outbox

    def run(at: datetime | None = None) -> int:
        db.session.commit()
        made = outbox.drain(at or clock.now())
        db.session.expire_all()
        return made

    return run


# -- real parts ---------------------------------------------------------------------------------------


@pytest.fixture
def redis(redis_server: machines.Redis) -> Iterator[machines.Redis]:
    """A running, empty Redis: the one that `app` is told of, and gone for the next test."""
    yield redis_server.start()
    redis_server.kill()


@pytest.fixture
def smtp(app: Flask) -> Iterator[machines.Mailbox]:
    """A running SMTP server, which `app` sends its mail to."""
    with machines.stopping(machines.Mailbox()) as server:
        app.config["RANDAL"] = replace(app.config["RANDAL"], mail_url=server.url)
        yield server


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    """The environment in which a process of its own is this application."""
    return environment_for(app.config["RANDAL"])


@pytest.fixture
def processes(environment: dict[str, str], tmp_path: Path) -> Iterator[machines.Processes]:
    """`processes.start("worker", "small")`: flask randal … on the test's database. The clock there is the real one."""
    logs = tmp_path / "log"
    logs.mkdir()
    with machines.stopping(machines.Processes(environment, logs)) as started:
        yield started


@dataclass
class Server:
    url: str
    app: Flask


@pytest.fixture
def live_server(app: Flask, world: World) -> Iterator[Server]:
    """The application listening at `url` (its RANDAL_PUBLIC_URL), with every reaction run soon after its move."""
    from werkzeug.serving import make_server

    settings: Settings = app.config["RANDAL"]
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    server = make_server(settings.host, settings.port, app, threaded=True)
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.serve_forever, daemon=True),
        threading.Thread(target=_deliver_until, args=(app, stop), daemon=True),
    ]
    for thread in threads:
        thread.start()
    yield Server(settings.public_url, app)
    db.session.rollback()  # a test that read last holds SQLite's place to write, and a reaction waits 15 s for it
    stop.set()
    server.shutdown()
    for thread in threads:
        thread.join(15)
    server.server_close()


def _deliver_until(app: Flask, stop: threading.Event) -> None:
    from randal.jobs import outbox

    while not stop.wait(0.1):
        with app.app_context():
            try:
                outbox.drain(clock.now())
            except Exception:  # kept on its row and tried again, as a worker would
                app.logger.exception("a reaction failed")


# -- browser ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One Chromium per file. Missing is a skip at a desk and a failure under CI.

    Not per run: while Playwright is there its event loop counts as running in this thread, and pyHanko, which begins
    one of its own, would sign nothing in the tests that follow.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        said = "no Chromium on the path; install the package chromium"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(said)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: Any, live_server: Server) -> Iterator[Callable[..., Any]]:
    """`page = browser(width=390)`: a new visitor's page, with paths relative to the live server."""
    contexts = []

    def visit(width: int = 1280, height: int = 900, **more: Any) -> Any:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, locale="id-ID", **more
        )
        contexts.append(context)
        return context.new_page()

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in_browser(browser: Callable[..., Any], app: Flask, world: World) -> Callable[..., Any]:
    """`page = sign_in_browser(person, width=390)`: a page with this person's session, without the sign-in form."""

    def visit(person: Any, **more: Any) -> Any:
        page = browser(**more)
        signer = app.session_interface.get_signing_serializer(app)
        kept = signer.dumps({"_user_id": world.session(person), "_fresh": True})
        url = app.config["RANDAL"].public_url
        page.context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": kept, "url": url}])
        db.session.commit()  # SQLite has one writer, and the browser will want to write
        return page

    return visit


@pytest.fixture(scope="session")
def axe() -> Callable[[Any], None]:
    """`axe(page)`: no violation of WCAG 2.1 AA on this page; AssertionError lists them."""
    source = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    tags = json.dumps(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"])

    def check(page: Any) -> None:
        page.evaluate(source)  # not add_script_tag: the page's CSP refuses it
        found = page.evaluate(f"async () => (await axe.run(document, {{runOnly: {tags}}})).violations")
        said = [
            f"{v['id']} ({v['impact']}): {v['help']}\n    "
            + "\n    ".join(n["html"][:200] for n in v["nodes"])
            for v in found
        ]
        assert not said, f"{page.url}\n" + "\n".join(said)

    return check
