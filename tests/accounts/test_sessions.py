"""What lets somebody in, and how each of it ends: sessions, devices, tokens, links, the calendar; and what is told of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.models.accounts import ApiToken
from randal.notifications.notices import Mail, Notice
from randal.org.people import Person
from randal.rooms.accounts import tokens
from randal.web import passwords
from randal.web.sign_ins import IDLE, LONGEST
from tests.world import World

PASSWORD, NEW = "contoh sandi yang panjang", "sandi lain yang panjang"


def sign_in(client: Any, person: Person, password: str = PASSWORD, **more: Any) -> int:
    answer = client.post("/masuk", data={"email": person.email, "password": password}, **more)
    return int(answer.status_code)


def copied(world: World, client: Any) -> Any:
    """A browser that somebody gave a copy of this one's cookies."""
    other = world.client()
    for name in ("randal", "randal_perangkat"):
        if cookie := client.get_cookie(name):
            other.set_cookie(name, cookie.value)
    return other


def new_password(client: Any, **more: Any) -> Any:
    return client.post("/profil", data={"present": PASSWORD, "password": NEW, "again": NEW} | more)


def test_signing_out_ends_the_session_everywhere_it_was_copied_to(world: World) -> None:
    person, here = world.person("evaluator", password=PASSWORD), world.client()
    assert sign_in(here, person) == 303
    copy = copied(world, here)
    assert copy.get("/").status_code == 200
    assert here.post("/keluar").status_code == 303
    assert here.get("/").status_code == 302 and copy.get("/").status_code == 302


def test_a_session_ends_by_itself(world: World) -> None:
    person = world.person("evaluator")
    idle, busy = world.sign_in(person, again=False), world.sign_in(person, again=False)
    world.now += IDLE - timedelta(minutes=1)
    assert busy.get("/").status_code == 200
    world.now += timedelta(minutes=2)
    assert idle.get("/").status_code == 302 and busy.get("/").status_code == 200
    for _ in range(int(LONGEST / IDLE)):
        world.now += IDLE - timedelta(minutes=5)
        busy.get("/")
    world.now += timedelta(hours=4)
    assert busy.get("/").status_code == 302, "also one that never rests"


def test_a_new_password_ends_all_that_let_anybody_in(world: World) -> None:
    person = world.person("evaluator", password=PASSWORD)
    here, there = world.client(), world.client()
    assert sign_in(here, person) == sign_in(there, person) == 303
    api = world.api(person)
    here.post("/rapat/kalender", data={})
    feed = re.search(r"/rapat/kalender/[^\"]+\.ics", here.get("/rapat/kalender").text)[0]  # type: ignore[index]
    assert world.client().get(feed).status_code == 200
    assert new_password(here).status_code == 303
    assert here.get("/").status_code == 200 and there.get("/").status_code == 302
    assert world.client().get(feed).status_code == 404
    assert api.get("/me").status_code == 200, "tokens are asked"
    given = {"present": NEW, "password": PASSWORD, "again": PASSWORD, "tokens": "true"}
    assert here.post("/profil", data=given).status_code == 303
    assert api.get("/me").status_code == 401
    said = db.session.scalars(select(Mail.body).where(Mail.to == person.email)).all()
    assert sum("Kata sandi diganti" in body for body in said) == 2


@pytest.mark.parametrize("present", ["", "bukan yang sekarang"])
def test_the_present_password_is_asked(world: World, present: str) -> None:
    person, client = world.person("evaluator", password=PASSWORD), world.client()
    sign_in(client, person)
    refused = client.post("/profil", data={"present": present, "password": NEW, "again": NEW})
    assert refused.status_code == 422
    assert sign_in(world.client(), person) == 303


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("password1234", "mudah ditebak"),
        ("qwertyuiop", "mudah ditebak"),
        ("aaaaaaaaaaaaaa", "mudah ditebak"),
        ("abcabcabcabc", "mudah ditebak"),
        ("1234567890", "mudah ditebak"),
        ("indonesia1", "mudah ditebak"),
        ("orang.contoh", "surel Anda"),
        ("orang.contoh@contoh.example", "surel Anda"),
        ("ContohOrang1", "surel Anda"),
        ("pendek", "Sedikitnya 10"),
    ],
)
def test_passwords_that_others_would_guess(world: World, password: str, said: str) -> None:
    person = world.person(
        "evaluator", name="Contoh Orang", email="orang.contoh@contoh.example", password=PASSWORD
    )
    client = world.client()
    sign_in(client, person)
    answer = client.post("/profil", data={"present": PASSWORD, "password": password, "again": password})
    assert answer.status_code == 422 and said in answer.text, answer.text[-3000:]
    made = (
        world.api(world.secretariat).post(f"/users/{person.id}/sign-in-links", json={"why": "forgotten"}).json
    )
    path = re.sub(r"^https?://[^/]+", "", made["sign_in_url"])
    assert said in world.client().post(path, data={"password": password, "again": password}).text
    assert passwords.complaint(password, person.name, person.email)


@pytest.mark.parametrize(
    "good", ["sandi-contoh-123", "kuda biru melompat pagar", "x9#kk21!qQz0", "kuda biru pagar " * 9]
)
def test_passwords_that_are_taken(good: str) -> None:
    assert passwords.complaint(good, "Contoh Orang", "orang@contoh.example") is None


def test_a_device_is_new_once(world: World) -> None:
    head = world.person("leader", "ID-BB")
    person = world.person("ppk", "ID-BB", password=PASSWORD)
    here, agent = world.client(), {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}
    assert sign_in(here, person, headers=agent) == 303
    told = select(Notice.text).where(Notice.text.contains("perangkat"))
    assert db.session.scalars(told).all() == [], "the first of an account surprises nobody"
    here.post("/keluar")
    assert sign_in(here, person, headers=agent) == 303
    assert db.session.scalars(told).all() == []
    assert sign_in(world.client(), person, headers=agent) == 303
    for who in (person, head):
        mine = told.where(Notice.person_id == who.id)
        assert len(db.session.scalars(mine).all()) == 1, who.role
        mails = select(Mail.body).where(Mail.to == who.email, Mail.body.contains("perangkat"))
        assert "Firefox di Windows" in db.session.scalars(mails).one()


def test_a_closed_account_opened_again_revives_nothing(world: World) -> None:
    admin, person = world.api(world.person("admin")), world.person("evaluator", password=PASSWORD)
    api, page = world.api(person), world.client()
    sign_in(page, person)
    for active in (False, True):
        headers = {"If-Match": f'"{person.version}"'}
        assert admin.patch(f"/users/{person.id}", json={"active": active}, headers=headers).status_code == 200
        assert api.get("/me").status_code == 401 and page.get("/").status_code == 302
    assert world.api(person).get("/me").json["active"] is True


def test_tokens_end(world: World, app: Any) -> None:
    person = world.person("evaluator")
    secret = tokens.make_token(person, write=False, now=world.now, lives=timedelta(days=30))
    db.session.commit()

    def asks() -> int:
        return int(
            world.client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code
        )

    def run(*words: str) -> Any:
        return app.test_cli_runner().invoke(args=["randal", "token", *words])

    assert asks() == 200
    row = db.session.query(ApiToken).one()
    assert row.last_used_at == row.created_at or row.last_used_at > row.created_at
    listed = run("list").output.splitlines()
    assert len(listed) == 1 and listed[0].split("\t")[:3] == [str(row.id), person.email, "baca"]
    assert "berlaku" in listed[0] and secret not in listed[0]
    world.now += timedelta(days=31)
    assert asks() == 401 and run("list", person.email).output == ""
    assert "tidak berlaku" in run("list", "--all").output
    fresh = run("create", person.email, "--days", "5")
    secret = fresh.output.splitlines()[-1]
    assert fresh.exit_code == 0 and asks() == 200
    number = max(db.session.scalars(select(ApiToken.id)))
    assert run("revoke", str(number)).exit_code == 0 and asks() == 401
    assert run("revoke", "99999").exit_code == 1
    said = " ".join(db.session.scalars(select(Mail.body).where(Mail.to == person.email)))
    assert "Token API dibuat" in said and "Token API dicabut" in said


def test_one_revokes_his_own_token_and_no_other(world: World) -> None:
    person, other = world.person("evaluator"), world.person("evaluator")
    for each in (person, other):
        tokens.make_token(each, write=True, now=world.now)
    db.session.commit()
    mine, theirs = db.session.scalars(select(ApiToken).order_by(ApiToken.id)).unique().all()
    page = world.sign_in(person)
    assert f"/profil/token/{mine.id}/cabut" in page.get("/profil").text
    assert page.post(f"/profil/token/{theirs.id}/cabut").status_code == 404
    assert page.post(f"/profil/token/{mine.id}/cabut").status_code == 303
    assert mine.revoked_at and not theirs.revoked_at


def test_links_are_for_a_stated_time_and_stay_to_be_read(world: World) -> None:
    office, person = world.secretariat, world.person("evaluator", password=PASSWORD)
    page = world.sign_in(office)
    shown = page.post(f"/pengguna/{person.id}/tautan", data={"why": "forgotten"})
    address = re.search(r"/sandi/[\w-]+", shown.text)[0]  # type: ignore[index]
    assert "berlaku sampai" in shown.text
    assert address.split("/")[-1] not in page.get(f"/pengguna/{person.id}").text
    world.now += timedelta(hours=25)
    assert world.client().get(address).status_code == 404, "of an account in use a day"
    page = world.sign_in(office)
    again = page.post(f"/pengguna/{person.id}/tautan", data={"why": "lost_device"})
    address = re.search(r"/sandi/[\w-]+", again.text)[0]  # type: ignore[index]
    assert world.client().post(address, data={"password": NEW, "again": NEW}).status_code == 303
    listed = page.get(f"/pengguna/{person.id}").text
    assert "kedaluwarsa" in listed and "dipakai" in listed and "kata sandi terlupa" in listed
    assert page.post(f"/pengguna/{person.id}/tautan", data={}).status_code == 303, "no link without a reason"
    assert listed.count("<b>dipakai</b>") == 1


def test_a_link_by_mail_is_shown_to_nobody(world: World, smtp: Any, app: Any) -> None:
    """Where mail leaves, the text of a link does not pass through the hands of who makes it, and is not kept."""
    from randal.notifications import mailing

    person, page = world.person("evaluator"), world.sign_in(world.secretariat)
    shown = page.post(f"/pengguna/{person.id}/tautan", data={"why": "new"})
    assert "/sandi/" not in shown.text and person.email in shown.text
    assert "/sandi/" not in world.sign_in(person).get("/pemberitahuan").text
    mailing.send_due(app.config["RANDAL"], world.now)
    letters = [m for m in smtp.messages if "Tautan masuk ke Randal" in str(m["Subject"])]
    parts = [part.get_payload(decode=True) for part in letters[0].walk() if not part.is_multipart()]
    assert len(letters) == 1 and parts and all(b"/sandi/" in part for part in parts)
    db.session.expire_all()
    assert not [body for body in db.session.scalars(select(Mail.body)) if "/sandi/" in body]
    made = page.post(f"/pengguna/{person.id}/tautan", data={"why": "new", "shown": "true"})
    assert "/sandi/" in made.text, "where a mailbox is not there yet"
