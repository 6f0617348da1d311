"""Keys are for who can be a signer, and end with what makes him one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.notifications.notices import Notice
from randal.org.people import Person
from randal.rooms.accounts import rules
from randal.schedule import scheduler
from randal.signatures import keys
from randal.signatures.held_keys import SigningKey
from tests.world import World

PHRASE = "frasa contoh yang panjang"
SIGNERS = ("admin", "secretariat", "evaluator", "ppk", "leader")
OTHERS = ("none", "ppk_staff", "auditor")


def enrol(world: World, person: Person, phrase: str = PHRASE) -> Any:
    return world.api(person).post("/me/signing-key", json={"passphrase": phrase})


def key_of(person: Person) -> SigningKey | None:
    query = select(SigningKey).where(SigningKey.person_id == person.id, SigningKey.revoked_at.is_(None))
    return db.session.scalar(query)


@pytest.mark.database("sqlite")
def test_who_can_have_one(world: World) -> None:
    for role in SIGNERS + OTHERS:
        person = world.person(role, "ID-BB")
        answer = enrol(world, person)
        assert answer.status_code == (201 if role in SIGNERS else 403), (role, answer.text)
        page = world.sign_in(person).post(
            "/profil/kunci-tanda-tangan", data={"passphrase": "x", "again": "y"}
        )
        assert page.status_code == (422 if role in SIGNERS else 403), role
    gone = world.person("auditor")
    gone.until = world.now.date() - timedelta(days=1)
    db.session.commit()
    assert enrol(world, gone).status_code == 403
    named = world.person("ppk_staff", "ID-BB")
    world.meeting("scheduled", minute_taker_id=named.id)
    assert enrol(world, named).status_code == 201, "whoever takes the minutes signs them"


@pytest.mark.database("sqlite")
def test_as_long_as_the_post(world: World) -> None:
    until = world.now.date() + timedelta(days=40)
    person = world.person("none")
    world.appoint(person, world.centre, "Contoh Plt. Kepala", kind="plt", until=until)
    by_role = world.person("evaluator")
    for one in (person, by_role):
        assert enrol(world, one).status_code == 201
    assert 39 <= (key_of(person).not_after - world.now).days <= 41
    assert (key_of(by_role).not_after - world.now).days <= 731, "not until the authority itself ends"


@pytest.mark.database("sqlite")
def test_the_same_twice_is_one_and_there_is_a_limit(world: World) -> None:
    person = world.person("evaluator")
    first = enrol(world, person)
    again = enrol(world, person)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["serial"] == again.json["serial"]
    made = [enrol(world, person, f"{PHRASE} {n}").status_code for n in range(keys.MOST)]
    assert made == [201] * (keys.MOST - 1) + [422]


def test_it_ends_with_what_it_was_for(world: World) -> None:
    left, named, stays = world.person("evaluator"), world.person("evaluator"), world.person("evaluator")
    acting = world.person("leader", "ID-PA")
    for person in (left, named, stays, acting):
        assert enrol(world, person).status_code == 201
    world.meeting("scheduled", minute_taker_id=named.id)
    left.role = named.role = "none"
    for post in acting.appointments:
        post.to_date = world.now.date() - timedelta(days=1)
    acting.role = "none"
    db.session.commit()
    assert rules.end_keys in [each.run for each in scheduler.RULES.values()]
    rules.end_keys(0, world.now)
    rules.end_keys(0, world.now)
    db.session.commit()
    assert [key_of(p) is not None for p in (left, named, stays, acting)] == [False, True, True, False]
    said = select(Notice.text).where(Notice.person_id == left.id, Notice.text.contains("dicabut"))
    assert len(list(db.session.scalars(said))) == 1, "told once"
