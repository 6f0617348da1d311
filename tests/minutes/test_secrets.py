"""No passphrase, NIK or private key reaches a log, a row, a file, Redis, an error page or a job's arguments."""

from __future__ import annotations

import gc
import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from rq.job import Job

from randal.database.base import db
from randal.jobs import outbox, relay
from randal.models.meetings import Meeting, Objective
from randal.models.minutes import Signature
from randal.rooms.minutes import moves
from tests import machines
from tests.minutes import fake_provider
from tests.world import World

OWN, WRONG = "frasa sandi sangat rahasia", "frasa yang keliru sekali"
SECRETS = (OWN, WRONG, fake_provider.NIK, fake_provider.PASSPHRASE, "BEGIN PRIVATE KEY")
pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def meeting(app: Flask, world: World) -> Meeting:
    meeting = world.meeting("closed", units=("ID-BB",))
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    db.session.commit()
    return meeting


def test_they_reach_nothing(
    app: Flask,
    world: World,
    meeting: Meeting,
    drain: Callable[[], int],
    redis: machines.Redis,
    tmp_path: Path,
    caplog: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="fontTools")  # thousands of lines about glyphs
    pages: list[str] = []
    taker, chair = world.sign_in(world.minute_taker), world.sign_in(world.chair)
    with fake_provider.serving() as provider:
        provider.name, provider.at = world.chair.name, world.now
        path = fake_provider.settings_file(tmp_path, provider.port)
        app.config["RANDAL"] = replace(app.config["RANDAL"], provider_file=str(path))
        given = {"passphrase": OWN, "again": OWN}
        pages.append(taker.post("/profil/kunci-tanda-tangan", data=given).text)
        mid = world.api(world.minute_taker).get(f"/meetings/{meeting.id}/minutes").json["id"]
        world.api(world.minute_taker).move("minutes", mid, "submit")
        world.api(world.chair).move("minutes", mid, "approve")
        drain()

        def at() -> str:
            db.session.expire_all()
            waiting = db.session.query(Signature).filter_by(minutes_id=mid, state="ready").one()
            return f"/tanda-tangan/{waiting.id}"

        where = at() + "/langkah/sign"
        shown = taker.get(at()).text
        assert "Tandatangani lewat Contoh PSrE" in shown and "(TTE tersertifikasi)" in shown
        pages.append(taker.post(where, data={"passphrase": WRONG}).text)
        # An error that nobody foresaw, with the secret in its own words:
        app.config.update(PROPAGATE_EXCEPTIONS=False, TESTING=False)
        with monkeypatch.context() as broken:
            broken.setattr(moves, "stamp_for", lambda *_: 1 / 0)
            fallen = taker.post(where, data={"passphrase": OWN})
            assert fallen.status_code == 500
            pages.append(fallen.text)
        caplog_of_the_fall = caplog.text
        assert taker.post(where, data={"passphrase": OWN}).status_code == 303
        where = at() + "/langkah/sign"
        theirs = {"nik": fake_provider.NIK, "passphrase": fake_provider.PASSPHRASE}
        provider.mood = "echo"
        refused = chair.post(where, data=theirs)
        assert refused.status_code == 422
        pages.append(refused.text)
        provider.mood = "good"
        signed = chair.post(where, data=theirs)
        assert signed.status_code == 303, signed.text
    # What the workers would be given, in Redis and in memory:
    db.session.execute(db.update(outbox.Delivery).values(next_at=world.now))
    db.session.commit()
    client = redis.client()
    assert relay.publish_due(client) > 0
    held = b"".join(client.dump(key) or b"" for key in client.keys("*"))
    jobs = [repr(vars(one)) for one in gc.get_objects() if issubclass(type(one), Job)]
    drain()
    document = db.session.query(Signature).filter_by(minutes_id=mid).first().document
    assert document is not None and len(document.versions) == 3
    seen = world.dropped(document.code, accept="text/html").text
    assert "TTE tersertifikasi (penerbit Contoh Penyelenggara Sertifikasi)" in seen
    assert "Dokumen ini ditandatangani dengan sertifikat elektronik Contoh PSrE." in seen
    assert world.client().get("/verifikasi").text.count("Contoh PSrE") == 0
    last = db.session.query(Signature).filter_by(minutes_id=mid, way="remote").one()
    assert last.signed_field.startswith("psre-") and len(last.certificate_sha256) == 64

    for secret in SECRETS:
        assert not [page for page in pages if secret in page]
        assert secret not in caplog.text and secret not in caplog_of_the_fall
        assert secret.encode() not in held and not [job for job in jobs if secret in job]
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(table.select()):
                assert secret not in repr(tuple(row)), table.name
    db.session.commit()
    everything = [p for p in app.config["RANDAL"].data_dir.rglob("*") if p.is_file()]
    assert everything and shutil.which("true")
    for file in everything:
        content = file.read_bytes()
        assert not [s for s in SECRETS if s.encode() in content], file
