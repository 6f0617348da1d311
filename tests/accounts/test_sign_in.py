"""Signing in: limits, no hints, one-time links used once, no way out to another site."""

import re

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.models.accounts import OneTimeLink
from randal.web.pages import safe_next

PASSWORD = "contoh-sandi-panjang"


def sign_in(client, email, password, **more):
    return client.post("/masuk", data={"email": email, "password": password, **more})


def test_the_right_password_opens_beranda_and_a_wrong_one_says_the_same_for_everybody(world, client):
    person = world.person("evaluator", password=PASSWORD)
    unknown = sign_in(client, "tidak.ada@contoh.example", PASSWORD)
    wrong = sign_in(client, person.email, "bukan-sandinya")
    assert unknown.status_code == wrong.status_code == 422
    sentence = "Surel atau kata sandi tidak cocok"
    assert sentence in unknown.text and sentence in wrong.text
    assert person.email in wrong.text  # what was typed is kept
    right = sign_in(client, person.email.upper(), PASSWORD)
    assert right.status_code == 303 and right.location == "/"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        r"/\evil.example",
        "/\t/evil.example",
        "/\n//evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_no_next_leads_elsewhere(target):
    assert safe_next(target, "/aman") == "/aman"


def test_next_leads_to_the_page_asked_for(world, client):
    person = world.person("evaluator", password=PASSWORD)
    first = client.get("/pengguna")
    assert first.status_code == 302 and "/masuk" in first.location
    assert sign_in(client, person.email, PASSWORD, next="/rapat?bagian=x").location == "/rapat?bagian=x"


def test_a_one_time_link_lets_choose_a_password_once(world, client):
    secretariat = world.api(world.person("secretariat"))
    made = secretariat.post(
        "/users", json={"name": "Contoh Baru", "email": "baru@contoh.example", "role": "evaluator"}
    )
    assert made.status_code == 201, made.text
    path = re.sub(r"^https?://[^/]+", "", made.json["sign_in_url"])
    assert "Contoh Baru" in client.get(path).text
    short = client.post(path, data={"password": "pendek", "again": "pendek"})
    assert short.status_code == 422 and "Sedikitnya 10 karakter" in short.text
    unequal = client.post(path, data={"password": PASSWORD, "again": PASSWORD + "x"})
    assert unequal.status_code == 422 and "tidak sama" in unequal.text
    assert client.post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert client.get("/").status_code == 200
    assert client.get(path).status_code == 404
    assert (
        client.post(path, data={"password": "lain-lagi-sandinya", "again": "lain-lagi-sandinya"}).status_code
        == 404
    )


def test_a_link_grows_old_and_its_secret_is_not_kept(world, client):
    from datetime import timedelta

    made = world.api(world.person("secretariat")).post(
        "/users", json={"name": "Contoh Lama", "email": "lama@contoh.example", "role": "none"}
    )
    token = made.json["sign_in_url"].rsplit("/", 1)[-1]
    assert token not in db.session.scalars(select(OneTimeLink.token_hash)).all()
    world.now += timedelta(days=8)
    assert client.get(f"/sandi/{token}").status_code == 404


def test_a_new_password_ends_other_sessions(world):
    person = world.person("evaluator", password=PASSWORD)
    here, there = world.client(), world.client()
    for browser in (here, there):
        assert sign_in(browser, person.email, PASSWORD).status_code == 303
    given = {"present": PASSWORD, "password": "sandi-yang-baru", "again": "sandi-yang-baru"}
    assert here.post("/profil", data=given).status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


def test_only_the_office_manages_people_and_only_an_admin_makes_admins(world):
    ppk = world.person("ppk", unit="ID-BB")
    assert (
        world.api(ppk)
        .post("/users", json={"name": "x", "email": "x@contoh.example", "role": "none"})
        .status_code
        == 403
    )
    assert world.sign_in(ppk).get("/pengguna").status_code == 403
    listed = world.api(ppk).get("/users").json["items"]
    assert [row["id"] for row in listed] == [ppk.id]  # no look-up of everybody's e-mail
    admin = {"name": "Contoh Admin", "email": "a@contoh.example", "role": "admin"}
    assert world.api(world.person("secretariat")).post("/users", json=admin).status_code == 403
    assert world.api(world.person("admin")).post("/users", json=admin).status_code == 201


def test_wrong_fields_are_all_named_at_once(world):
    bad = {"name": "", "email": "bukan surel", "role": "raja", "nip": "12", "unit_id": 10**9}
    answer = world.api(world.person("secretariat")).post("/users", json=bad)
    assert answer.status_code == 422
    assert {"name", "email", "role", "nip"} <= set(answer.json["errors"])


def test_a_leader_is_one_by_appointment_and_a_stand_in_too(world):
    admin = world.api(world.person("admin"))
    unit = world.centre.id
    leader = {
        "name": "Contoh Pimpinan",
        "email": "p@contoh.example",
        "role": "leader",
        "unit_id": unit,
        "post": "Kepala",
    }
    made = admin.post("/users", json=leader | {"from": "2026-01-01"}).json
    assert made["appointments"][0]["is_head"] is True
    stand_in = world.person("evaluator")
    appointed = {"post": "Kepala", "unit_id": unit, "kind": "plh", "from": "2026-03-01", "to": "2026-03-31"}
    assert admin.post(f"/users/{stand_in.id}/appointments", json=appointed).status_code == 201
    assert world.api(stand_in).get("/me").json["roles"] == ["evaluator", "leader"]
    from datetime import timedelta

    world.now += timedelta(days=60)
    assert world.api(stand_in).get("/me").json["roles"] == ["evaluator"]


def test_tokens_read_only_unless_made_to_write(world):
    reader = world.api(world.person("secretariat"), write=False)
    assert reader.get("/me").status_code == 200
    refused = reader.post("/users", json={})
    assert refused.status_code == 403 and refused.mimetype == "application/problem+json"
    bare = world.client().get("/api/v1/me")
    assert bare.status_code == 401 and "detail" in bare.json


def test_the_same_key_makes_one_person(world):
    secretariat = world.api(world.person("secretariat"))
    fields = {"name": "Contoh Sekali", "email": "sekali@contoh.example", "role": "none"}
    key = {"Idempotency-Key": "k-1"}
    first, again = (secretariat.post("/users", json=fields, headers=key) for _ in "12")
    assert first.status_code == again.status_code == 201
    assert first.json["id"] == again.json["id"]
    assert "sign_in_url" not in again.json  # the secret is told once
    other = secretariat.post("/users", json=fields | {"name": "Lain"}, headers=key)
    assert other.status_code == 422


def test_pages_carry_their_guards(world):
    answer = world.sign_in(world.person("evaluator")).get("/")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]


def test_html_in_a_name_is_text(world):
    secretariat = world.person("secretariat")
    world.api(secretariat).post(
        "/users", json={"name": "<script>alert(1)</script>", "email": "h@contoh.example", "role": "none"}
    )
    page = world.sign_in(secretariat).get("/pengguna").text
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
