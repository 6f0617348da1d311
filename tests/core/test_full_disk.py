"""A database without room: what is there is read, what is sent is answered with a sentence, and it heals by itself."""

from __future__ import annotations

import pytest
from flask import Flask
from psycopg.errors import DiskFull
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from randal.database import unavailable
from randal.database.base import db
from tests.world import World


@pytest.mark.database("sqlite")
def test_reads_go_on_and_writes_get_a_sentence(world: World, app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    person = world.person("secretariat")
    client, api = world.sign_in(person), world.api(person)
    meeting = world.meeting("draft")
    db.session.commit()
    pages = db.session.scalar(text("PRAGMA page_count"))

    def no_room(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]

    def room(connection: object, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 4294967294")  # type: ignore[attr-defined]

    event.listen(db.engine, "checkout", no_room)
    try:
        texts = {"title": "Contoh " + "panjang " * 30, "purpose": "x " * 4000}
        answers = [
            api.patch(f"/meetings/{meeting.id}", json=texts, headers={"If-Match": f'"{n}"'}) for n in range(4)
        ]
        answers += [
            api.post(f"/meetings/{meeting.id}/objectives", json={"text": "x " * 1500, "kind": "sasaran"})
            for _ in range(30)
        ]
        full = [answer for answer in answers if answer.status_code == 503]
        assert full and all("Penyimpanan server penuh" in answer.text for answer in full)
        assert not [answer for answer in answers if answer.status_code == 500]
        assert client.get("/rapat").status_code == client.get(f"/rapat/{meeting.id}").status_code == 200
    finally:
        event.remove(db.engine, "checkout", no_room)
        event.listen(db.engine, "checkout", room)
    try:
        assert (
            api.post(
                f"/meetings/{meeting.id}/objectives", json={"text": "Contoh", "kind": "sasaran"}
            ).status_code
            == 201
        )
    finally:
        event.remove(db.engine, "checkout", room)


def test_both_databases_say_it_in_the_same_words() -> None:
    assert unavailable.why_away(OperationalError("INSERT", {}, DiskFull("no space left"))) == unavailable.FULL
    assert unavailable.why_away(OperationalError("SELECT 1", {}, Exception("closed"))) is None
