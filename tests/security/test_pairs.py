"""Who may make whom able to do what: every maker × everything that makes able. Alone, proposed to a second person, or refused."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from randal.database.base import db
from randal.models.accounts import Grant
from randal.org.people import Person, actor_of
from tests.world import World
from workflows.lifecycle import ROLES

ALL = (*ROLES, "none")
# maker → role → what comes of it, written by hand; whoever is not here is refused. `admin`: one of two; `only admin`: the one.
EVERYDAY = dict.fromkeys(("none", "ppk", "ppk_staff", "auditor"), "alone")
WEIGHTY = ("evaluator", "secretariat", "leader")
EXPECTED = {
    "admin": EVERYDAY | dict.fromkeys(WEIGHTY, "alone") | {"admin": "proposed"},
    "only admin": EVERYDAY | dict.fromkeys(WEIGHTY, "alone") | {"admin": "alone"},
    "secretariat": EVERYDAY | dict.fromkeys(WEIGHTY, "proposed") | {"admin": "refused"},
}
MAKERS = ("admin", "only admin", *(role for role in ALL if role != "admin"))
#: who may confirm what was proposed, besides nobody else: (proposer, role) → hats
CONFIRMS = {"admin": {"admin"}} | {role: {"admin", "leader"} for role in WEIGHTY}


def expected(maker: str, role: str) -> str:
    return EXPECTED.get(maker, {}).get(role, "refused")


@pytest.fixture
def makers(world: World) -> dict[str, Person]:
    found = {role: world.person(role, "ID-BB") for role in ALL if role != "admin"}
    found["only admin"] = world.person("admin")
    return found


def outcome(answer: Any, person_id: int | None, role: str) -> str:
    """What came of it, as the account itself says afterwards."""
    if answer.status_code in (403, 404):
        return "refused"
    assert answer.status_code in (200, 201, 202), answer.text
    db.session.expire_all()
    person = db.session.get_one(Person, person_id or answer.json["id"])
    waits = db.session.query(Grant).filter_by(person_id=person.id, state="requested").count()
    if waits:
        assert person.role != role or not person.active
        assert role not in actor_of(person, person.created_at).roles
        return "proposed"
    assert person.role == role
    return "alone"


@pytest.mark.database("sqlite")
def test_a_new_account(world: World, makers: dict[str, Person]) -> None:
    unit, wrong, number = world.unit("ID-BA"), [], itertools.count()
    for maker in MAKERS:
        if maker == "admin":
            continue
        for role in ALL:
            given = {"name": "Contoh Baru", "email": f"b{next(number)}@contoh.example", "role": role}
            given |= {"unit_id": unit.id, "post": f"Contoh {next(number)}"}
            made = outcome(world.api(makers[maker]).post("/users", json=given), None, role)
            if made != expected(maker, role):
                wrong.append((maker, role, made))
            if role == "admin" and made == "alone":
                db.session.query(Person).filter_by(email=given["email"]).update({"active": False})
                db.session.commit()
    assert wrong == []
    makers["admin"] = makers["only admin"]
    world.person("admin")
    for role in ALL:
        given = {"name": "Contoh Dua", "email": f"d{role}@contoh.example", "role": role, "unit_id": unit.id}
        made = outcome(
            world.api(makers["admin"]).post("/users", json=given | {"post": f"Contoh D {role}"}), None, role
        )
        assert made == expected("admin", role), role


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("way", ["another role", "reopened"])
def test_an_account_that_is_there(world: World, makers: dict[str, Person], way: str) -> None:
    wrong = []
    for maker, role in itertools.product([m for m in MAKERS if m != "admin"], ALL):
        old = "ppk_staff" if role != "ppk_staff" else "auditor"
        person = world.person(old if way == "another role" else role, "ID-BA")
        given: dict[str, Any] = {"role": role}
        if way == "reopened":
            person.active, given = False, {"active": True}
            db.session.commit()
        headers = {"If-Match": f'"{person.version}"'}
        answer = world.api(makers[maker]).patch(f"/users/{person.id}", json=given, headers=headers)
        made = outcome(answer, person.id, role)
        # A leader is one by an appointment: of this account it says nothing about what it may.
        if made != expected(maker, role):
            wrong.append((maker, role, made))
        person.active = False
        db.session.commit()
    assert wrong == []


@pytest.mark.database("sqlite")
def test_nobody_makes_himself_anything(world: World, makers: dict[str, Person]) -> None:
    makers["another admin"] = world.person("admin")
    unit, date = world.unit("ID-BB"), world.now.date().isoformat()
    for maker, person in makers.items():
        for role in ALL:
            if role == person.role:
                continue
            headers = {"If-Match": f'"{person.version}"'}
            changed = world.api(person).patch(f"/users/{person.id}", json={"role": role}, headers=headers)
            assert changed.status_code == 403, (maker, role, changed.text)
            page = world.sign_in(person).post(
                f"/pengguna/{person.id}",
                data={"role": role, "name": person.name, "email": person.email, "active": "1"},
            )
            assert page.status_code == 403, (maker, role)
        other_unit = world.api(person).patch(
            f"/users/{person.id}",
            json={"unit_id": world.unit("ID-PA").id},
            headers={"If-Match": f'"{person.version}"'},
        )
        assert other_unit.status_code == 403, maker
        for heads in (True, False):
            given = {
                "post": "Contoh Kepala",
                "unit_id": unit.id,
                "kind": "plh",
                "from": date,
                "is_head": heads,
            }
            assert (
                world.api(person).post(f"/users/{person.id}/appointments", json=given).status_code == 403
            ), maker
            page = world.sign_in(person).post(f"/pengguna/{person.id}", data=given | {"about": "appointment"})
            assert page.status_code == 403, maker
        link = world.api(person).post(f"/users/{person.id}/sign-in-links", json={"why": "forgotten"})
        assert link.status_code == 403, maker


@pytest.mark.database("sqlite")
def test_appointments_that_weigh(world: World, makers: dict[str, Person]) -> None:
    """One that heads a unit, by the flag or because the post does; one to the post that leads a meeting; an everyday one."""
    world.meeting("scheduled")
    post = world.chair.held(world.now.date())[0].post
    kinds = {
        "by the flag": {"post": "Contoh Kepala Baru", "unit_id": world.unit("ID-PA").id, "is_head": True},
        "of a post that heads": {"post": post.name, "unit_id": post.unit_id},
        "everyday": {"post": "Contoh Staf", "unit_id": world.unit("ID-PA").id},
    }
    leads = world.person("none")
    world.appoint(leads, world.centre, "Contoh Sekretaris Direktorat")
    world.meeting("scheduled", chair_id=leads.id)
    kinds["of a post that leads a meeting"] = {
        "post": "Contoh Sekretaris Direktorat",
        "unit_id": world.centre.id,
    }
    wrong = []
    for maker, (name, given) in itertools.product([m for m in MAKERS if m != "admin"], kinds.items()):
        person = world.person("none")
        asked = given | {"kind": "plt", "from": world.now.date().isoformat()}
        answer = world.api(makers[maker]).post(f"/users/{person.id}/appointments", json=asked)
        made = {201: "alone", 202: "proposed"}.get(answer.status_code, "refused")
        db.session.expire_all()
        assert bool(person.appointments) == (made == "alone"), (maker, name)
        want = {"only admin": "alone", "secretariat": "alone" if name == "everyday" else "proposed"}.get(
            maker, "refused"
        )
        if made != want:
            wrong.append((maker, name, made))
    assert wrong == []


@pytest.mark.database("sqlite")
def test_a_post_that_others_hold_does_not_make_heads_of_them(world: World, makers: dict[str, Person]) -> None:
    """The quiet way to head a unit: let somebody else be appointed head of the post that one holds oneself."""
    office, unit = makers["secretariat"], world.unit("ID-PA")
    world.appoint(office, unit, "Contoh Koordinator")
    given = {"post": "Contoh Koordinator", "unit_id": unit.id, "kind": "definitive", "is_head": True}
    given |= {"from": world.now.date().isoformat()}
    for maker in ("secretariat", "only admin"):
        answer = world.api(makers[maker]).post(f"/users/{world.person('none').id}/appointments", json=given)
        assert answer.status_code == 422 and office.name in answer.json["errors"]["is_head"][0], maker


@pytest.mark.database("sqlite")
def test_four_eyes_are_four_eyes(world: World, makers: dict[str, Person]) -> None:
    """Who proposes does not confirm, whom it is for does not, and who else does stands in the table above."""
    second = world.person("admin")
    proposals = {("secretariat", role): makers["secretariat"] for role in WEIGHTY} | {
        ("admin", "admin"): second
    }
    for (_, role), proposer in proposals.items():
        for hat, confirmer in [*makers.items(), ("admin", world.person("admin"))]:
            person = world.person("ppk_staff", "ID-PA")
            headers = {"If-Match": f'"{person.version}"'}
            answer = world.api(proposer).patch(f"/users/{person.id}", json={"role": role}, headers=headers)
            grant = answer.json["pending"][0]["id"]
            for nobody in (proposer, person):
                assert world.api(nobody).move("grants", grant, "grant").status_code in (403, 404, 422)
            said = world.api(confirmer).move("grants", grant, "grant").status_code
            may = hat.removeprefix("only ") in CONFIRMS[role] and confirmer is not proposer
            assert (said == 200) == may, (role, hat, said)
            db.session.expire_all()
            assert (person.role == role) == may
            if role == "admin":
                person.active = False
                db.session.commit()


def test_the_only_admin_is_said_to_be_alone(world: World) -> None:
    from randal.history.events import Event

    admin = world.person("admin")
    made = world.api(admin).post("/users", json={"name": "Contoh Dua", "email": "d@contoh.example", "role": "ppk_staff",
                                                 "unit_id": world.unit("ID-BB").id}).json  # fmt: skip
    headers = {"If-Match": f'"{made["version"]}"'}
    assert (
        world.api(admin).patch(f"/users/{made['id']}", json={"role": "admin"}, headers=headers).json["role"]
        == "admin"
    )
    event = db.session.query(Event).filter_by(item_type="person", move="role_changed").one()
    assert event.data["alone"] is True and event.data["role"] == "admin"
