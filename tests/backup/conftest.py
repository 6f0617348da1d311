"""A lived-in installation, a way to run commands on any installation, and empty places on both databases."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from randal import create_app
from randal.database.base import db
from randal.l10n import clock
from randal.models.meetings import Meeting, Objective
from randal.storage import files
from tests import machines
from tests.conftest import settings_for
from tests.follow_ups.conftest import Story, png
from tests.items import finding
from tests.world import World

Run = Callable[..., Result]
PASSPHRASE = "frasa contoh untuk cadangan"


@pytest.fixture(autouse=True)
def programs_of_the_server(postgres: machines.Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the very server that the tests run."""
    monkeypatch.setenv("PATH", f"{postgres.server.bin_path}:{os.environ['PATH']}")


@pytest.fixture
def run() -> Run:
    """`run(app, "backup", folder)`: the command on this installation; no transaction is open meanwhile."""

    def run(app: Flask, *words: Any) -> Result:
        with app.app_context():
            return app.test_cli_runner().invoke(args=["randal", *map(str, words)])

    return run


class Lived:
    """Signed minutes, evidence with its file, findings with reasons: made by the API, drawn and signed for real."""

    def __init__(self, world: World, drain: Callable[[], int]):
        self.world = world
        self.meeting = self.signed(drain)
        self.evidence()
        drain()
        db.session.commit()

    def signed(self, drain: Callable[[], int]) -> Meeting:
        world = self.world
        meeting = world.meeting("closed", units=("ID-BB", "ID-BA"))
        for objective in db.session.query(Objective):
            objective.assessment = "met"
        db.session.commit()
        taker, chair = world.api(world.minute_taker), world.api(world.chair)
        for api in (taker, chair):
            assert api.post("/me/signing-key", json={"passphrase": PASSPHRASE}).status_code == 201
        minutes = taker.get(f"/meetings/{meeting.id}/minutes").json["id"]
        assert taker.move("minutes", minutes, "submit").status_code == 200
        assert chair.move("minutes", minutes, "approve").status_code == 200
        drain()
        for api in (taker, chair):
            ready = api.get("/signatures?state=ready").json["items"][0]["id"]
            assert api.move("signatures", ready, "sign", passphrase=PASSPHRASE).status_code == 200
        return meeting

    def evidence(self) -> None:
        story = Story(self.world)
        item = story.assigned()
        assert story.upload(item, "contoh.png", png()).status_code == 201
        story.move(story.ppk, item, "submit", note="Contoh sudah dikerjakan: selesai \u2014 100 %")


@pytest.fixture
def lived(world: World, drain: Callable[[], int]) -> Lived:
    return Lived(world, drain)


@pytest.fixture
def modest(world: World, app: Flask) -> Flask:
    """A finding, an authority and one stored file: enough for what does not hang on how much there is."""
    finding(world)
    files.keep(files.check("contoh.png", png()), by=None, now=world.now)
    db.session.commit()
    return app


@pytest.fixture
def saved(modest: Flask, run: Run, tmp_path: Path) -> Path:
    """A backup of the modest installation."""
    folder = tmp_path / "cadangan"
    result = run(modest, "backup", folder)
    assert result.exit_code == 0, result.output
    return folder


class Elsewhere:
    """Makes empty places: `place("postgresql")` is an application without tables, files or authority."""

    def __init__(self, postgres: Callable[[], machines.Postgres], folder: Path, known: dict[str, Flask]):
        self._postgres, self.folder, self.known = postgres, folder, known
        self.made: list[Flask] = []

    def place(self, database: str, name: str = "elsewhere", **changed: Any) -> Flask:
        data_dir = self.folder / name
        shutil.rmtree(data_dir, ignore_errors=True)
        data_dir.mkdir()
        url = f"sqlite:///{data_dir / 'randal.db'}"
        if database == "postgresql":
            self._postgres().drop(name)
            url = self._postgres().create(name)
        key = f"{url} {changed}"
        if key not in self.known:  # its routes take longer to compile than a restore
            self.known[key] = create_app(replace(settings_for(url, data_dir, ""), **changed))
            self.known[key].config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        self.made.append(self.known[key])
        return self.known[key]

    def close(self) -> None:
        for app in self.made:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


@pytest.fixture(scope="session")
def known_places() -> dict[str, Flask]:
    return {}


@pytest.fixture(scope="session")
def land(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("land")


@pytest.fixture
def elsewhere(
    request: pytest.FixtureRequest, land: Path, known_places: dict[str, Flask], app: Flask
) -> Iterator[Elsewhere]:
    places = Elsewhere(lambda: request.getfixturevalue("postgres"), land, known_places)
    yield places
    places.close()
    clock.start_at(None)
