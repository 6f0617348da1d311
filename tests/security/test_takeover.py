"""The takeover that an attacker with the secretariat's rights tried: link, password, key, signature. At each step it is
refused, or the owner and the heads hear of it on a channel that the doer does not hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.models.minutes import Signature
from randal.notifications.notices import Mail, Notice
from randal.org.people import Person
from randal.signatures import identities, installed
from randal.signatures.held_keys import SigningKey
from tests.world import Api, Client, World

OWN, THEIRS, PASSWORD = "frasa pemilik yang asli", "frasa penyerang sendiri", "penyerang masuk lewat tautan"
HERS = "kata sandi pimpinan asli"
REASON = "Contoh alasan yang cukup panjang."


def heard(person: Person) -> list[str]:
    """What this person was told in the application and by mail, the newest last."""
    notices = select(Notice.text).where(Notice.person_id == person.id).order_by(Notice.id)
    mails = select(Mail.body).where(Mail.to == person.email).order_by(Mail.id)
    return [*db.session.scalars(notices), *db.session.scalars(mails)]


def told(person: Person, words: str) -> bool:
    """Was this said to the person both in the application and by mail?"""
    notice = select(Notice.id).where(Notice.person_id == person.id, Notice.text.contains(words))
    mail = select(Mail.id).where(Mail.to == person.email, Mail.body.contains(words))
    return db.session.scalar(notice) is not None and db.session.scalar(mail) is not None


@dataclass
class House:
    """One secretariat, one chair who heads the organising unit and has a key, one other head, one Admin Sistem."""

    world: World
    attacker: Person
    chair: Person
    other_head: Person
    admin: Person
    signature: int

    def link(self, why: str = "forgotten") -> str:
        """The path of a link that the secretariat makes for the chair."""
        made = self.world.api(self.attacker).post(f"/users/{self.chair.id}/sign-in-links", json={"why": why})
        assert made.status_code == 201, made.text
        return re.sub(r"^https?://[^/]+", "", made.json["sign_in_url"])

    def enter(self) -> Client:
        """In the chair's account, through that link, with a password of the attacker's."""
        client = self.world.client()
        assert client.post(self.link(), data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
        return client


@pytest.fixture
def house(world: World, app: Any, drain: Callable[[], int]) -> House:
    installed.ensure_authority(app.config["RANDAL"], world.now)
    admin = world.person("admin")
    chair, taker = world.chair, world.minute_taker
    other = world.person("leader", "ID-PA")
    meeting = world.meeting("closed")
    for person, phrase in ((chair, OWN), (taker, "frasa notulis contoh")):
        assert world.api(person).post("/me/signing-key", json={"passphrase": phrase}).status_code == 201
    for objective in meeting.objectives:
        objective.assessment = "met"
    db.session.commit()
    mid = world.api(taker).get(f"/meetings/{meeting.id}/minutes").json["id"]
    assert world.api(taker).move("minutes", mid, "submit").status_code == 200
    assert world.api(chair).move("minutes", mid, "approve").status_code == 200
    drain()
    ready = db.session.scalars(
        select(Signature).where(Signature.minutes_id == mid).order_by(Signature.position)
    ).all()
    signed = world.api(taker).move("signatures", ready[0].id, "sign", passphrase="frasa notulis contoh")
    assert signed.status_code == 200, signed.text
    from randal.web.passwords import hasher

    chair.password_hash = hasher.hash(HERS)
    db.session.commit()
    return House(world, world.secretariat, chair, other, admin, ready[1].id)


def sign(api: Api, house: House, passphrase: str) -> Any:
    return api.move("signatures", house.signature, "sign", passphrase=passphrase)


def key_of(person: Person) -> str:
    query = select(SigningKey.serial).where(
        SigningKey.person_id == person.id, SigningKey.revoked_at.is_(None)
    )
    return str(db.session.scalars(query).one())


def test_from_the_link_to_the_signature(house: House, world: World) -> None:
    """The attack, step by step. The chair's heads are the Admin Sistem here: he heads his unit himself."""
    before = key_of(house.chair)
    house.link()
    assert told(house.chair, "Tautan masuk sekali pakai dibuat")
    assert told(house.admin, "Tautan masuk sekali pakai dibuat")
    assert world.sign_in(house.chair).get("/").status_code == 200
    hers = world.sign_in(house.chair)
    page = house.enter()
    assert hers.get("/").status_code == 302, "whoever was in before is out, and wonders why"
    assert told(house.chair, "Tautan masuk dipakai") and told(house.admin, "Tautan masuk dipakai")
    api = world.api(house.chair)  # even with a token made for this account
    for passphrase in (THEIRS, OWN + "x"):
        refused = api.post("/me/signing-key", json={"passphrase": passphrase})
        assert refused.status_code == 422 and "belum dipastikan" in refused.json["detail"], refused.text
    given = {"passphrase": THEIRS, "again": THEIRS, "why": "lost", "password": PASSWORD}
    assert page.post("/profil/kunci-tanda-tangan", data=given).status_code == 422
    assert sign(api, house, THEIRS).status_code == 422
    assert sign(api, house, OWN).status_code == 422, "not even by guessing what he would type"
    db.session.expire_all()
    assert key_of(house.chair) == before
    assert db.session.get_one(Signature, house.signature).state == "ready"
    history = [row["move"] for row in world.api(house.admin).get("/events?limit=200").json["items"]
               if row["item_type"] == "person" and row["item_id"] == house.chair.id]  # fmt: skip
    assert history[-2:] == ["link_made", "link_used"]


def test_the_helper_cannot_be_the_second_person(house: House, world: World) -> None:
    house.enter()
    row = identities.of(house.chair)
    assert row is not None and row.state == "waiting"
    for person in (house.attacker, house.chair, world.evaluator, world.ppk()):
        said = world.api(person).move("identities", row.id, "confirm", how="met")
        assert said.status_code in (403, 404, 422), (person.role, said.text)
    assert identities.of(house.chair).state == "waiting"  # type: ignore[union-attr]


def test_an_admin_who_made_the_link_is_no_second_person(house: House, world: World) -> None:
    world.api(house.admin).post(f"/users/{house.chair.id}/sign-in-links", json={"why": "forgotten"})
    house.attacker = house.admin
    house.enter()
    row = identities.of(house.chair)
    assert row is not None
    refused = world.api(house.admin).move("identities", row.id, "confirm", how="met")
    assert refused.status_code == 422 and "Anda yang membuat" in refused.json["detail"]
    assert world.api(house.other_head).move("identities", row.id, "confirm", how="met").status_code == 200


def test_a_second_person_a_day_and_then_a_key(house: House, world: World) -> None:
    """The way of somebody who really forgot both: confirmed by another, told, and after a day he signs."""
    house.enter()
    row = identities.of(house.chair)
    assert row is not None
    confirmed = world.api(house.other_head).move("identities", row.id, "confirm", how="met")
    assert confirmed.status_code == 200, confirmed.text
    assert told(house.chair, "Identitas dipastikan")
    api = world.api(house.chair)
    assert api.post("/me/signing-key", json={"passphrase": THEIRS}).status_code == 422, (
        "not before the day is over"
    )
    world.now += timedelta(hours=25)
    made = api.post("/me/signing-key", json={"passphrase": THEIRS})
    assert made.status_code == 201, made.text
    assert "bertemu langsung" in made.json["identity"]
    assert told(house.chair, "Kunci tanda tangan didaftarkan")
    signed = sign(api, house, THEIRS)
    assert signed.status_code == 200, signed.text
    document = db.session.get_one(Signature, house.signature).document
    shown = world.client().get(f"/verifikasi/{document.code}")
    file = world.api(house.admin).get(f"/documents/{document.id}/file")
    import io

    posted = world.client().post("/verifikasi", data={"file": (io.BytesIO(file.data), "notula.pdf")})
    assert "bertemu langsung" in posted.text, (shown.status_code, posted.text[:2000])


def test_the_owner_stops_it_without_signing_in(house: House, world: World) -> None:
    page = house.enter()
    row = identities.of(house.chair)
    assert row is not None
    world.api(house.other_head).move("identities", row.id, "confirm", how="phone")
    letter = next(text for text in reversed(heard(house.chair)) if "/akses/hentikan/" in text)
    address = re.search(r"/akses/hentikan/\S+", letter)[0]  # type: ignore[index]
    anyone = world.client()
    assert house.chair.name in anyone.get(address).text
    assert anyone.post(address).status_code == 200
    assert page.get("/").status_code == 302, "the attacker is out"
    assert (
        world.client().post("/masuk", data={"email": house.chair.email, "password": PASSWORD}).status_code
        == 422
    )
    assert told(house.admin, "Pemastian identitas dihentikan")
    world.now += timedelta(days=3)
    assert world.api(house.chair).post("/me/signing-key", json={"passphrase": THEIRS}).status_code == 422
    assert "Sudah dihentikan" in anyone.post(address).text
    assert anyone.get(address + "x").status_code == 404


def test_with_the_passphrase_of_the_earlier_key_one_needs_nobody(house: House, world: World) -> None:
    """No helper holds it: whoever opens the key from before is its owner."""
    house.enter()
    row, api = identities.of(house.chair), world.api(house.chair)
    assert row is not None
    wrong = api.move("identities", row.id, "prove", passphrase=THEIRS)
    assert wrong.status_code == 422 and "passphrase" in wrong.json["errors"]
    proved = api.move("identities", row.id, "prove", passphrase=OWN)
    assert proved.status_code == 200, proved.text
    assert sign(api, house, OWN).status_code == 200


def test_another_address_does_not_silence_anybody(house: House, world: World) -> None:
    old = house.chair.email
    office = world.api(house.attacker)
    version = office.get(f"/users/{house.chair.id}").json["version"]
    changed = office.patch(
        f"/users/{house.chair.id}",
        json={"email": "penyerang@contoh.example"},
        headers={"If-Match": f'"{version}"'},
    )
    assert changed.status_code == 200
    house.link()
    to_old = list(db.session.scalars(select(Mail.body).where(Mail.to == old)))
    assert any("Alamat surel diubah" in body for body in to_old)
    assert any("Tautan masuk sekali pakai dibuat" in body for body in to_old)


def test_another_name_is_no_other_person(house: House, world: World) -> None:
    """An account that is renamed into somebody else gets no certificate under that name before a second person says so."""
    mine = world.person("ppk", "ID-BB", password=PASSWORD)
    office = world.api(house.attacker)
    version = office.get(f"/users/{mine.id}").json["version"]
    office.patch(f"/users/{mine.id}", json={"name": house.chair.name}, headers={"If-Match": f'"{version}"'})
    assert told(house.admin, "Nama diubah") or told(mine, "Nama diubah")
    assert world.api(mine).post("/me/signing-key", json={"passphrase": THEIRS}).status_code == 422


def test_a_new_account_of_the_secretariat_signs_nothing_by_itself(house: House, world: World) -> None:
    """The chair of tomorrow, made today by the attacker alone: neither the role nor the key is hers to give."""
    given = {"name": "Contoh Direktur Baru", "email": "direktur@contoh.example", "role": "leader"}
    given |= {"unit_id": world.centre.id, "post": "Contoh Direktur"}
    made = world.api(house.attacker).post("/users", json=given)
    assert made.status_code == 201 and made.json["role"] == "none" and made.json["appointments"] == []
    assert made.json["pending"][0]["role"] == "leader"
    path = re.sub(r"^https?://[^/]+", "", made.json["sign_in_url"])
    assert world.client().post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    person = db.session.get_one(Person, made.json["id"])
    assert world.api(person).post("/me/signing-key", json={"passphrase": THEIRS}).status_code == 403
    grant = made.json["pending"][0]["id"]
    assert world.api(house.attacker).move("grants", grant, "grant").status_code == 403
    assert world.api(house.chair).move("grants", grant, "grant").status_code == 200
    assert world.api(person).get("/me").json["roles"] == ["leader"]
    refused = world.api(person).post("/me/signing-key", json={"passphrase": THEIRS})
    assert refused.status_code == 422, "the role is confirmed, who sits there is not"


def test_by_an_admin_an_installation_is_set_up_in_one_step(house: House, world: World) -> None:
    """`interface.md`: an account of any role, its link, its key, its signature."""
    for role in ("leader", "evaluator", "ppk", "secretariat"):
        given = {
            "name": f"Contoh {role}",
            "email": f"{role}.baru@contoh.example",
            "role": role,
            "post": f"Contoh {role}",
        }
        made = world.api(house.admin).post("/users", json=given | {"unit_id": world.unit("ID-BA").id})
        assert made.status_code == 201 and made.json["role"] == role, made.text
        path = re.sub(r"^https?://[^/]+", "", made.json["sign_in_url"])
        assert world.client().post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
        person = db.session.get_one(Person, made.json["id"])
        key = world.api(person).post("/me/signing-key", json={"passphrase": OWN})
        assert key.status_code == 201 and "Admin Sistem" in key.json["identity"], key.text


def test_a_link_of_the_secretariat_for_an_account_that_an_admin_made(house: House, world: World) -> None:
    """Before its owner ever came: the second link is not the one that was vouched for."""
    given = {
        "name": "Contoh Pimpinan",
        "email": "baru@contoh.example",
        "role": "leader",
        "post": "Contoh Kepala",
    }
    made = world.api(house.admin).post("/users", json=given | {"unit_id": world.unit("ID-BA").id}).json
    again = world.api(house.attacker).post(f"/users/{made['id']}/sign-in-links", json={"why": "new"})
    first, second = (re.sub(r"^https?://[^/]+", "", a["sign_in_url"]) for a in (made, again.json))
    assert world.client().get(first).status_code == 404, "a later link ends the earlier"
    assert world.client().post(second, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    person = db.session.get_one(Person, made["id"])
    assert told(person, "Tautan masuk dipakai")
    assert world.api(person).post("/me/signing-key", json={"passphrase": THEIRS}).status_code == 422


def test_one_who_is_not_known_confirms_nobody(house: House, world: World) -> None:
    """A head's account taken over is no second person."""
    made = world.api(house.attacker).post(
        f"/users/{house.other_head.id}/sign-in-links", json={"why": "forgotten"}
    )
    house.other_head.password_hash = "x"
    db.session.commit()
    path = re.sub(r"^https?://[^/]+", "", made.json["sign_in_url"])
    assert world.client().post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    house.enter()
    row = identities.of(house.chair)
    assert row is not None
    refused = world.api(house.other_head).move("identities", row.id, "confirm", how="met")
    assert refused.status_code == 422 and "belum dipastikan" in refused.json["detail"]


def test_links_of_an_admin_are_made_by_an_admin_and_nobody_makes_his_own(house: House, world: World) -> None:
    for who, whose, status in (
        (house.attacker, house.admin, 403),
        (house.attacker, house.attacker, 403),
        (house.admin, house.admin, 403),
        (world.evaluator, house.chair, 403),
    ):
        made = world.api(who).post(f"/users/{whose.id}/sign-in-links", json={"why": "forgotten"})
        assert made.status_code == status, (who.role, whose.role)


def test_from_the_shell_as_the_last_resort(house: House, world: World, app: Any) -> None:
    house.enter()
    run = app.test_cli_runner().invoke(
        args=["randal", "user", "confirm", house.chair.email, "--reason", "Bertemu langsung di ruang server."]
    )
    assert run.exit_code == 0, run.output
    db.session.expire_all()
    made = world.api(house.chair).post("/me/signing-key", json={"passphrase": THEIRS})
    assert made.status_code == 201 and "mesin" in made.json["identity"]
    assert told(house.chair, "Identitas dipastikan")
