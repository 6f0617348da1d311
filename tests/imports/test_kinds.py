"""Units, people, posts and invitees: made, changed, left alone; every wrong cell told by its address."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.history.events import Event
from randal.org.people import Person
from randal.org.places import Unit
from randal.spreadsheets.importing import KINDS
from tests.imports.books import PEOPLE, POSTS, UNITS, book, filled, post
from tests.world import World


def counts(answer) -> tuple[int, int, int]:
    assert answer.status_code == 200, answer.json
    return answer.json["created"], answer.json["updated"], answer.json["unchanged"]


def cells(answer) -> dict[str, str]:
    assert answer.status_code == 422, answer.json
    assert answer.mimetype == "application/problem+json"
    return {e["cell"]: e["message"] for e in answer.json["errors"]}


def test_units_are_made_changed_and_left_alone(world: World) -> None:
    api = world.api(world.secretariat)
    rows = [
        ["C-1", "Contoh Satker Satu", "ID-BB"],
        ["C-2", " Contoh  Satker Dua ", None],
        [12, "Contoh Tiga", "papua"],
    ]
    assert counts(post(api, "units", book(UNITS, *rows), dry_run=True)) == (3, 0, 0)
    assert db.session.scalar(select(Unit).where(Unit.code == "C-1")) is None
    assert counts(post(api, "units", book(UNITS, *rows))) == (3, 0, 0)
    made = {
        u.code: u
        for u in db.session.scalars(select(Unit).where(Unit.code.in_(("C-1", "C-2", "12")))).unique()
    }
    assert made["C-2"].name == "Contoh Satker Dua" and made["12"].province.iso == "ID-PA"
    assert counts(post(api, "units", book(UNITS, *rows))) == (0, 0, 3)
    rows[0][1] = "Contoh Satker Satu Baru"
    assert counts(post(api, "units", book([*UNITS, "Kode eMon"], [*rows[0], 4711], [*rows[1], None]))) == (
        0,
        1,
        1,
    )
    db.session.expire_all()
    assert (made["C-1"].name, made["C-1"].external_ids) == ("Contoh Satker Satu Baru", {"emon": "4711"})


def test_wrong_units(world: World) -> None:
    api, taken = world.api(world.secretariat), world.unit("ID-BB")
    answer = post(api, "units", book(
        UNITS, ["C-1", None, "ID-XX"], ["C-2", taken.name, None], [None, "Contoh", None], ["c-2", "Contoh lain", None],
        ["C-3", "x" * 201, None], ["C-4", "Contoh lain", None],
    ))  # fmt: skip
    said = cells(answer)
    assert said["B2"] == "Wajib diisi." and "sudah dipakai" in said["B3"] and said["A4"] == "Wajib diisi."
    assert said["A5"] == "Data yang sama ada pada baris 3 dan 5." and "200" in said["B6"]
    assert answer.json["errors"][0] == {
        "cell": "B2",
        "column": UNITS[1],
        "value": "",
        "message": "Wajib diisi.",
    }
    assert db.session.scalar(select(Unit).where(Unit.code == "C-4")) is None


def test_people_are_known_by_their_address(world: World) -> None:
    api, unit = world.api(world.secretariat), world.unit("ID-BB")
    rows = [
        ["SATU@Contoh.Example ", "Contoh Satu", "PPK", "ID-BB", "198001012005011001", "0811 000"],
        ["dua@contoh.example", "Contoh Dua", "Tanpa peran", None, None, 81100000],
    ]
    assert counts(post(api, "people", book(PEOPLE, *rows))) == (2, 0, 0)
    one = db.session.scalars(select(Person).where(Person.email == "satu@contoh.example")).one()
    assert (one.role, one.unit_id, one.nip, one.phone) == ("ppk", unit.id, "198001012005011001", "0811 000")
    history = (
        select(Event.move).where(Event.item_type == "person", Event.item_id == one.id).order_by(Event.seq)
    )
    assert db.session.scalars(history).all() == ["create"]
    assert counts(post(api, "people", book(PEOPLE, *rows))) == (0, 0, 2)
    rows[0][1], rows[0][5] = "Contoh Satu, M.T.", None  # an empty cell takes nothing away
    assert counts(post(api, "people", book(PEOPLE, *rows))) == (0, 1, 1)
    db.session.expire_all()
    assert (one.name, one.phone) == ("Contoh Satu, M.T.", "0811 000")
    assert db.session.scalars(history).all() == ["create", "name_changed"]


def test_wrong_people(world: World) -> None:
    world.unit("ID-BB")
    said = cells(post(world.api(world.secretariat), "people", book(
        PEOPLE,
        ["bukan surel", "Contoh", "PPK", "ID-BB", None, None],
        ["a@contoh.example", "Contoh", "PPK", None, None, None],
        ["b@contoh.example", "Contoh", "Raja", None, None, None],
        ["c@contoh.example", "Contoh", "PPK", "TIDAK-ADA", 198001012005011001, None],
        ["d@contoh.example", "Contoh", "Admin Sistem", None, "123", None],
        ["e@contoh.example", "Contoh", "Tanpa peran", None, "#REF!", None],
        ["e@contoh.example", "Contoh", "Tanpa peran", None, None, None],
        ["E@contoh.example", "Contoh", "Tanpa peran", None, None, None],
        ["f@contoh.example", "Contoh", "leader", "ID-BB", None, None],
    )))  # fmt: skip
    assert "surel yang benar" in said["A2"] and "Wajib diisi" in said["D3"] and "Pilih" in said["C4"]
    assert "membulatkan" in said["E5"] and "18 angka" in said["E6"] and "galat Excel" in said["E7"]
    assert said["A9"] == "Data yang sama ada pada baris 8 dan 9."
    assert "Wajib diisi untuk Pimpinan" in said["baris 10"]
    said = cells(post(world.api(world.secretariat), "people", book(
        PEOPLE, ["d@contoh.example", "Contoh", "admin", None, None, None])))  # fmt: skip
    assert "Hanya Admin Sistem" in said["C2"]


def test_posts_with_dates_of_every_kind(world: World) -> None:
    person, unit = world.person("ppk", "ID-BB"), world.unit("ID-BB")
    api = world.api(world.person("admin"))
    rows = [
        [person.email, "Contoh PPK", unit.code, "Definitif", date(2018, 1, 1), None, None],
        [person.email, "Contoh Kepala", unit.code, "Plt.", "01/06/2018", 43465, "ya"],
        [person.email, "Contoh Kepala", unit.code, "plh", "1 Juli 2019", "2019-07-31", "tidak"],
    ]
    assert counts(post(api, "posts", book(POSTS, *rows))) == (3, 0, 0)
    db.session.expire_all()
    held = {(a.post.name, a.kind): (a.from_date, a.to_date) for a in person.appointments}
    assert held["Contoh Kepala", "plt"] == (date(2018, 6, 1), date(2018, 12, 31))
    assert held["Contoh Kepala", "plh"] == (date(2019, 7, 1), date(2019, 7, 31))
    assert counts(post(api, "posts", book(POSTS, *rows[:2]))) == (0, 0, 2)
    rows[0][5] = "31/12/2025"
    assert counts(post(api, "posts", book(POSTS, rows[0]))) == (0, 1, 0)
    said = cells(post(api, "posts", book(
        POSTS, ["tidak.ada@contoh.example", "Contoh", unit.code, "Definitif", "31/02/2018", "x", "mungkin"],
        [person.email, "Contoh", unit.code, "Definitif", "02/01/2018", "01/01/2018", None],
        [person.email, "Contoh X", unit.code, "Definitif", "02/01/2018", None, None],
        [person.email, "Contoh X", "ID-BB", "Definitif", "02/01/2018", None, None],
    )))  # fmt: skip
    assert set(said) == {"E2", "F2", "G2", "F3", "A5"} and "setelah" in said["F3"]
    assert said["A5"] == "Data yang sama ada pada baris 4 dan 5."


def test_what_weighs_waits_for_a_second_person(world: World) -> None:
    """The same file by a secretariat: everyday posts count at once, heads are proposed, once."""
    person, unit = world.person("ppk", "ID-BB"), world.unit("ID-BB")
    api = world.api(world.secretariat)
    rows = [
        [person.email, "Contoh PPK", unit.code, "Definitif", date(2018, 1, 1), None, None],
        [person.email, "Contoh Kepala", unit.code, "Plt.", "01/06/2018", None, "ya"],
    ]
    for _ in range(2):
        post(api, "posts", book(POSTS, *rows))
    people = [["e@contoh.example", "Contoh Evaluator", "Tim Monev", None, None, None]]
    assert counts(post(api, "people", book(PEOPLE, *people))) == (1, 0, 0)
    db.session.expire_all()
    assert [a.post.name for a in person.appointments] == ["Contoh PPK"]
    waits = [g["what"] for g in world.api(world.person("admin")).get("/grants?state=requested").json["items"]]
    assert sorted(waits) == [f"jabatan Plt. Contoh Kepala, {unit.name}", "peran Tim Monev"]
    mine = [[world.secretariat.email, "Contoh Kepala", unit.code, "Plt.", "01/06/2018", None, "ya"]]
    assert "jabatannya sendiri" in cells(post(api, "posts", book(POSTS, *mine)))["A2"]


HEADS = [c.header for c in KINDS["invitees"].columns]


def test_invitees_and_who_comes_instead(world: World) -> None:
    meeting, person = world.meeting("scheduled", units=("ID-BB",)), world.person("evaluator")
    world.unit("ID-PA")
    api = world.api(world.secretariat)
    rows = [
        ["ID-BB", None, "Contoh Wakil", "Contoh Staf", None, None, None],
        ["ID-PA", None, None, None, None, None, None],
        [None, person.email, None, None, None, None, None],
        [None, None, None, None, "Contoh Tamu", "Contoh Kabid", "Contoh Bappeda"],
    ]
    sent = book(HEADS, *rows)
    assert counts(post(api, "invitees", sent, meeting_id=meeting.id)) == (3, 1, 0)
    db.session.expire_all()
    found = {row.label: row for row in meeting.attendance}
    assert len(found) == 4
    assert found["Contoh Tamu"].is_guest
    assert {row.state for row in meeting.attendance} == {"represented", "invited", "present"}
    assert counts(post(api, "invitees", sent, meeting_id=meeting.id)) == (0, 0, 4)
    rows[0][2] = "Contoh Wakil Lain"
    assert counts(post(api, "invitees", book(HEADS, rows[0]), meeting_id=meeting.id)) == (0, 1, 0)


def test_wrong_invitees(world: World) -> None:
    meeting = world.meeting(
        "draft",
        units=("ID-BB",),
        starts_at=world.now + timedelta(days=3),
        ends_at=world.now + timedelta(days=4),
    )
    api = world.api(world.secretariat)
    said = cells(post(api, "invitees", book(
        HEADS,
        ["ID-BB", "x@contoh.example", None, None, None, None, None],
        ["ID-BB", None, "Contoh", "Contoh", None, None, None],
        ["ID-ZZ", None, None, None, None, None, None],
        [None, "x@contoh.example", None, None, None, None, None],
        [None, None, None, None, "Contoh", "Contoh", "Contoh"],
        [None, None, "Contoh", None, "Contoh", None, None],
    ), meeting_id=meeting.id))  # fmt: skip
    assert set(said) == {"A2", "C3", "A4", "B5", "E6", "C7", "F7", "G7"}
    assert "setelah undangan dikirim" in said["C3"] and "tanggal rapat" in said["E6"]
    assert post(api, "invitees", book(HEADS, ["ID-BB"]), meeting_id=987654).status_code == 422
    assert post(api, "invitees", book(HEADS, ["ID-BB"])).json["errors"] == {"meeting_id": ["Pilih rapatnya."]}
    closed = world.meeting("closed", units=("ID-BB",))
    assert post(api, "invitees", book(HEADS, ["ID-PA"]), meeting_id=closed.id).status_code == 409


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"figures"}))  # that one comes filled
def test_our_own_template_comes_back(world: World, kind: str) -> None:
    """Filled with its own example it is read; the sheets beside it are not."""
    world.unit("ID-BB")
    api = world.api(world.secretariat)
    got = api.get(f"/imports/{kind}/template")
    assert got.status_code == 200 and got.data[:2] == b"PK"
    columns = KINDS[kind].columns
    rows = [[c.examples[n] if n < len(c.examples) else None for c in columns] for n in range(2)]
    if kind == "posts":
        post(api, "people", filled("people", *[[r[0], "Contoh", "Tanpa peran"] for r in rows]))
    if kind == "activities":
        world.unit("ID-KR")
        columns_of_areas = KINDS["areas"].columns
        area = [c.examples[0] if c.examples else None for c in columns_of_areas]
        assert post(api, "areas", filled("areas", area)).status_code == 200
    if kind == "invitees":
        post(api, "people", filled("people", ["orang.satu@contoh.example", "Contoh", "Tanpa peran"]))
    more = {"meeting_id": world.meeting("scheduled", units=("ID-PA",)).id} if kind == "invitees" else {}
    if kind == "follow_ups":
        more = {"meeting_id": world.meeting("in_session", units=("ID-BB", "ID-KR")).id}
    assert counts(post(api, kind, filled(kind, *rows), **more)) == (2, 0, 0)
    empty = post(api, kind, got.data, **more)
    assert empty.status_code == 422 and "Tidak ada baris data" in empty.json["errors"]["file"][0]


def test_who_may(world: World) -> None:
    for person in (world.ppk(), world.evaluator, world.chair):
        api = world.api(person)
        assert api.get("/imports/units/template").status_code == 403
        assert post(api, "units", book(UNITS, ["A", "B", None])).status_code == 403
    assert world.sign_in(world.chair).get("/impor").status_code == 403
    own = world.sign_in(world.ppk()).get("/impor").text
    assert "/impor/figures" in own and "/impor/units" not in own
    api = world.api(world.secretariat)
    assert api.get("/imports/apa/template").status_code == 404
    assert post(api, "apa", b"x").status_code == 404
    assert api.post("/imports/units", json={}).status_code == 422
