"""The drill: back up under load, wreck, restore into an empty place on either database, and go on as if nothing was."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path
from typing import Any

from flask import Flask

from randal.database.base import db
from randal.models.findings import Finding
from tests.backup import facts
from tests.backup.conftest import Elsewhere, Lived, Run
from tests.items import body
from tests.machines import wait_until
from tests.world import Api, Client, World

TEXT = 'Contoh "kutip"; é — 雨 \\ \t tab, baris\nbaru, %s {} NULL \\N'


class Load:
    """People who record findings and answer them until they are told to stop."""

    def __init__(self, app: Flask, world: World, writers: int = 3):
        meeting = world.meeting("in_session", units=("ID-BB",))
        self.app, self.given = app, body(world, meeting, severity="high") | {"text": TEXT}
        self.tokens = world.token(world.evaluator), world.token(world.ppk("ID-BB"))
        self.done, self.wrong = 0, []  # type: tuple[int, list[Any]]
        self.stop = threading.Event()
        world.client()
        db.session.commit()
        db.session.remove()
        self.threads = [threading.Thread(target=self.write) for _ in range(writers)]

    def write(self) -> None:
        with self.app.app_context():
            client: Client = self.app.test_client()  # type: ignore[assignment]
            evaluator, ppk = (Api(client, token) for token in self.tokens)
            while not self.stop.is_set():
                made = evaluator.post("/findings", json=self.given)
                moved = made.status_code == 201 and ppk.move(
                    "findings", made.json["id"], "respond", response="Contoh tanggapan"
                )
                if not moved or moved.status_code != 200:
                    self.wrong.append((made.json, moved))
                    return
                self.done += 2
            db.session.remove()

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        wait_until(lambda: self.done >= 6, what="the load to run")
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(60)


def test_backed_up_under_load_wrecked_and_restored(
    lived: Lived, app: Flask, world: World, run: Run, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    folder = tmp_path / "cadangan"
    assert run(app, "audit", "checkpoint").exit_code == 0
    with Load(app, world) as load:
        before = load.done
        result = run(app, "backup", folder)
        after = load.done
        wait_until(lambda: load.done > after + 6 or load.wrong, what="moves after the backup")
    assert load.wrong == [] and result.exit_code == 0, result.output
    manifest = json.loads((folder / "manifest.json").read_text())

    for path in app.config["RANDAL"].data_dir.iterdir():  # nothing may be borrowed from where it was
        if path.name != "aset":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    found = []
    for target in ("sqlite", "postgresql"):
        place = elsewhere.place(target)
        restored = run(place, "restore", folder)
        assert restored.exit_code == 0, (restored.output, restored.exception)
        assert "randal check" in restored.output and "audit verify" in restored.output
        found.append(facts.rows(place))
        verified = run(place, "audit", "verify")
        assert verified.exit_code == 0, verified.output
        with place.app_context():
            assert facts.check_history() == manifest["tables"]["events"]
            assert facts.check_files() >= 3
            facts.check_authority()
            answered = [f.state for f in db.session.query(Finding)]
            assert before // 2 <= len(answered) <= load.done // 2 + 3
            assert {f.text for f in db.session.query(Finding)} == {TEXT}
            go_on(place, load)
    assert {name: len(rows) for name, rows in found[0].items()} == manifest["tables"]
    assert found[0] == found[1], "the same rows on both databases, to the last value"


def go_on(place: Flask, load: Load) -> None:
    """The pages answer, the signed minutes verify, and new rows get new numbers."""
    world = World(place)
    assert world.client().get("/masuk").status_code == 200
    evaluator, ppk = (Api(world.client(), token) for token in load.tokens)
    document = evaluator.get("/documents?kind=minutes").json["items"][0]
    signed = evaluator.get(f"/documents/{document['id']}/file").data
    verdict = world.dropped(document["code"])
    assert signed.startswith(b"%PDF") and verdict.json["verdict"] in ("intact", "noted"), verdict.json
    last = max(f.id for f in db.session.query(Finding))
    made = evaluator.post("/findings", json=load.given)
    assert made.status_code == 201 and made.json["id"] > last, made.json
    assert ppk.move("findings", made.json["id"], "respond", response="Contoh").status_code == 200
    facts.check_history()
