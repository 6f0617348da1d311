"""Whoever guesses is slowed down, by all processes together; whoever only stands beside him is not."""

from __future__ import annotations

import contextvars
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from randal.database.base import db
from randal.org.people import Person
from randal.rooms.accounts import links, signing_in
from randal.web import tries
from randal.web.rate_limit import FORGED
from randal.web.tries import Limit
from tests.world import World

PASSWORD, WRONG = "contoh sandi yang panjang", "bukan sandinya"
OFFICE, OTHER = "203.0.113.7", "198.51.100.9"


def tried(world: World, email: str, password: str, address: str = OFFICE, client: Any = None) -> int:
    client = client or world.client()
    given = {"email": email, "password": password}
    return int(client.post("/masuk", data=given, environ_base={"REMOTE_ADDR": address}).status_code)


def test_an_account_from_one_address(world: World) -> None:
    """A few are free; then each waits longer, also the right one; and a rest forgives."""
    person = world.person("evaluator", password=PASSWORD)
    assert [tried(world, person.email, WRONG) for _ in range(signing_in.HERE.free)] == [
        422
    ] * signing_in.HERE.free
    answer = world.client().post(
        "/masuk", data={"email": person.email, "password": PASSWORD}, environ_base={"REMOTE_ADDR": OFFICE}
    )
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) <= 61
    assert "Tunggu" in answer.text and person.email in answer.text
    world.now += timedelta(seconds=61)
    assert tried(world, person.email, WRONG) == 422
    world.now += timedelta(seconds=61)
    assert tried(world, person.email, PASSWORD) == 429, "twice as long"
    world.now += timedelta(seconds=61)
    assert tried(world, person.email, PASSWORD) == 303
    assert tried(world, person.email, WRONG) == 422 and tried(world, person.email, PASSWORD) == 303


def test_the_owner_gets_in_while_others_guess(world: World) -> None:
    """From many addresses: the account as a whole waits, but not on the device that it was used on before."""
    person, device = world.person("evaluator", password=PASSWORD), world.client()
    assert tried(world, person.email, PASSWORD, OFFICE, device) == 303
    device.post("/keluar")
    for number in range(signing_in.ACCOUNT.free + 1):
        tried(world, person.email, WRONG, f"192.0.2.{number}")
    assert tried(world, person.email, PASSWORD, "192.0.2.200") == 429
    assert tried(world, person.email, PASSWORD, OTHER, device) == 303
    device.post("/keluar")
    for _ in range(signing_in.DEVICE.free):
        tried(world, person.email, WRONG, OTHER, device)
    assert tried(world, person.email, PASSWORD, OTHER, device) == 429, "a device is no place to guess either"


def test_one_address_with_many_people_behind_it(world: World) -> None:
    """Sixty mistakes of some do not shut out the office: whoever came from here before passes, others wait seconds."""
    known, new = (world.person("evaluator", password=PASSWORD) for _ in range(2))
    assert tried(world, known.email, PASSWORD) == 303
    for number in range(signing_in.ADDRESS.free):
        assert tried(world, f"tidak.ada.{number}@contoh.example", WRONG) == 422
    assert tried(world, "siapa.lagi@contoh.example", WRONG) == 429
    assert tried(world, known.email, PASSWORD) == 303
    assert tried(world, new.email, PASSWORD) == 429
    world.now += timedelta(seconds=6)
    assert tried(world, new.email, PASSWORD) == 303
    assert tried(world, new.email, PASSWORD, OTHER) == 303


def test_nothing_tells_whether_there_is_an_account(world: World) -> None:
    person = world.person("evaluator", password=PASSWORD)
    seen = {
        email: [tried(world, email, WRONG, f"192.0.2.{n}") for n in range(25)]
        + [tried(world, email, WRONG) for _ in range(7)]
        for email in (person.email, "tidak.ada@contoh.example")
    }
    assert len({tuple(found) for found in seen.values()}) == 1


FEW = Limit("contoh", free=5, first=timedelta(minutes=1), most=timedelta(minutes=8))


def test_how_long(world: World) -> None:
    assert [int(FEW.wait(n).total_seconds()) for n in range(1, 11)] == [
        0,
        0,
        0,
        0,
        60,
        120,
        240,
        480,
        480,
        480,
    ]
    assert (
        tries.in_words(timedelta(seconds=40)) == "40 detik"
        and tries.in_words(timedelta(seconds=121)) == "3 menit"
    )


def test_a_hundred_at_once_are_a_hundred(app: Flask, world: World) -> None:
    """Guesses that arrive together are counted one by one, in the database that all processes share."""
    db.session.commit()
    now, taken = world.now, Counter[bool]()

    def guess() -> None:
        with app.app_context():
            taken[tries.take(FEW, "x", now) is None] += 1

    threads = [threading.Thread(target=contextvars.Context().run, args=(guess,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken[True] == FEW.free, taken


def test_a_try_counts_although_the_request_is_undone(world: World) -> None:
    now = world.now
    for _ in range(FEW.free):
        tries.take(FEW, "y", now)
        db.session.rollback()
    assert tries.waits(FEW, "y", now) == timedelta(minutes=1)
    assert tries.waits(FEW, "z", now) is None
    tries.forgive(FEW, "y", all=False)
    assert tries.waits(FEW, "y", now) is None
    assert tries.waits(FEW, "y", now + FEW.rest * 2) is None


@pytest.mark.parametrize("path", ["/sandi/{}", "/akses/hentikan/{}", "/hadir/{}.x", "/konfirmasi/{}"])
def test_keys_that_nobody_gave(world: World, path: str) -> None:
    """Doors that a signed key opens: whoever tries keys waits, whoever has one never does."""
    assert isinstance(world.person("evaluator"), Person)
    answers = Counter(world.client().get(path.format(f"dikarang{n}")).status_code for n in range(45))
    assert answers[429] > 5 and not [s for s in answers if s >= 500], answers


@pytest.mark.parametrize(
    "path", ["/sandi/bukan-tautan", "/akses/hentikan/bukan", "/verifikasi/XXXX-XXXX-XXXX"]
)
def test_codes_that_nobody_gave_are_slowed_down(world: World, path: str) -> None:
    """By all processes together: the count stands in the database. What is true is answered all the same."""
    for _ in range(FORGED.free):
        assert world.client().get(path).status_code == 404
    assert world.client().get(path).status_code == 429
    link = links.make_link(world.person("ppk", "ID-BB"), world.actor(world.person("admin")), world.now)
    db.session.commit()
    assert world.client().get(f"/sandi/{link}").status_code == 200
