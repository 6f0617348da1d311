"""An error that nobody foresaw has a number, which the person reads and the log has; and the log has nothing that is secret."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask_login import current_user
from sqlalchemy.exc import IntegrityError, OperationalError

from randal.database.base import db
from randal.org.people import Person
from tests.world import World

NUMBER = re.compile(r"\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b")
pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`broken(endpoint, error)`: that page raises it."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def make(endpoint: str, error: Exception | None = None) -> None:
        def fail(**_given: Any) -> None:
            assert current_user is not None and current_user.is_authenticated in (
                True,
                False,
            )  # is asked first
            raise error or ZeroDivisionError("contoh")

        monkeypatch.setitem(app.view_functions, endpoint, fail)

    return make


def test_the_page_has_the_number_that_the_log_has(world: World, broken: Any, caplog: Any) -> None:
    broken("meetings.show")
    page = world.sign_in(world.secretariat).get(f"/rapat/{world.meeting().id}")
    assert page.status_code == 500
    [number] = set(NUMBER.findall(page.text))
    assert (
        f"error {number}: GET /rapat/1 by secretariat" in caplog.text and "ZeroDivisionError" in caplog.text
    )
    part = world.sign_in(world.secretariat).get("/rapat/1", headers={"HX-Request": "true"})
    assert NUMBER.search(part.text) and number not in part.text, "each has its own"


def test_a_script_gets_it_too(world: World, broken: Any, caplog: Any) -> None:
    broken("api.who_am_i")
    answer = world.api(world.ppk()).get("/me")
    assert answer.status_code == 500 and NUMBER.fullmatch(answer.json["reference"]), answer.json
    assert f"error {answer.json['reference']}: GET /api/v1/me by ppk" in caplog.text


def test_no_secret_of_an_address_reaches_the_log(world: World, broken: Any, caplog: Any) -> None:
    secret = "rahasia-contoh-yang-panjang"
    broken("minutes.turn")
    assert world.client().get(f"/verifikasi/antrean/{secret}?q=nama-contoh").status_code == 500
    assert "GET /verifikasi/antrean/<token> by a visitor" in caplog.text
    assert secret not in caplog.text and "nama-contoh" not in caplog.text


def test_no_name_that_was_to_be_stored_reaches_the_log(
    app: Flask, world: World, broken: Any, caplog: Any
) -> None:
    name = world.secretariat.name
    with pytest.raises(IntegrityError) as error:
        db.session.execute(db.insert(Person), [{"name": name, "email": world.secretariat.email}])
    db.session.rollback()
    broken("accounts.sign_in", error.value)
    assert world.client().get("/masuk").status_code == 500
    assert "IntegrityError" in caplog.text and name not in caplog.text


def test_a_database_that_is_away_is_told_as_such(world: World, broken: Any, caplog: Any) -> None:
    broken("accounts.sign_in", OperationalError("SELECT 1", {}, Exception("gone")))
    page = world.client().get("/masuk")
    assert page.status_code == 503 and NUMBER.search(page.text)
