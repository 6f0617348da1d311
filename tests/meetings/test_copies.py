"""What leaves the desk besides the invitations: tembusan, annexes, what comes over; and warnings to who asks by API."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from randal.models.letters import Copy, copies_of
from randal.models.meetings import Meeting
from randal.notifications.notices import Mail
from tests.meetings.test_series import first
from tests.world import World

Drain = Callable[[], int]


def text_of(meeting: Meeting) -> str:
    letter = Document.of("invitation", "meeting", meeting.id)
    assert letter and letter.newest, letter and letter.error
    if folder := os.environ.get("RANDAL_SHOTS"):
        Path(folder, "undangan.pdf").write_bytes(letter.newest.read())
    pages = PdfReader(io.BytesIO(letter.newest.read())).pages
    return " ".join(" ".join(p.extract_text() for p in pages).split())


@pytest.mark.parametrize(
    ("line", "name", "address"),
    [
        ("Contoh Direktur", "Contoh Direktur", ""),
        ("Contoh Direktur <a@contoh.example>", "Contoh Direktur", "a@contoh.example"),
        (" Contoh Kepala Bidang, A.B@Contoh.example ", "Contoh Kepala Bidang", "a.b@contoh.example"),
        ("Contoh Arsip (arsip@contoh.example)", "Contoh Arsip", "arsip@contoh.example"),
        ("Bagian Umum (dua rangkap)", "Bagian Umum (dua rangkap)", ""),
        ("b@contoh.example", "b@contoh.example", "b@contoh.example"),
    ],
)
def test_a_line_of_the_tembusan(line: str, name: str, address: str) -> None:
    assert copies_of(line) == [Copy(name, address)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "A <a@contoh.example>; B <b@contoh.example>",
            [("A", "a@contoh.example"), ("B", "b@contoh.example")],
        ),
        ("a@contoh.example, b@contoh.example", [("a@contoh.example",) * 2, ("b@contoh.example",) * 2]),
        (
            '"Contoh, S.T." <a@contoh.example>, B (b@contoh.example)',
            [("Contoh, S.T.", "a@contoh.example"), ("B", "b@contoh.example")],
        ),
        (
            "Arsip a@contoh.example b@contoh.example (dua)",
            [("Arsip", "a@contoh.example"), ("(dua)", "b@contoh.example")],
        ),
    ],
)
def test_several_in_a_line_are_several(line: str, found: list[tuple[str, str]]) -> None:
    assert copies_of(line)[0] == Copy(*found[0]) and copies_of(line)[1].address == found[1][1]
    assert len(copies_of(line)) == 2


@pytest.mark.parametrize(
    "cc",
    ["A <a@contoh>", "a@@contoh.example", "a@contoh.example b@", "@contoh.example", "a @ contoh.example"],
)
def test_an_address_that_is_none_is_refused(world: World, cc: str) -> None:
    meeting = world.meeting("draft")
    answer = world.api(world.secretariat).patch(
        f"/meetings/{meeting.id}",
        json={"cc": f"Contoh Arsip\n{cc}"},
        headers={"If-Match": f'"{meeting.version}"'},
    )
    assert answer.status_code == 422 and cc in answer.json["errors"]["cc"][0]


def test_both_of_a_line_have_the_letter(world: World, drain: Drain) -> None:
    meeting = world.meeting("scheduled", cc="A <a@contoh.example>; B <b@contoh.example>")
    given = {"number": "UM 3", "dated_on": "2026-03-02"}
    world.api(world.secretariat).move("meetings", meeting.id, "issue_letter", **given)
    drain()
    drain()
    sent = select(Mail.to).where(Mail.to.in_(("a@contoh.example", "b@contoh.example"))).order_by(Mail.to)
    assert list(db.session.scalars(sent)) == ["a@contoh.example", "b@contoh.example"]


def test_a_tembusan_with_an_address_has_the_letter_and_hears_of_the_end(world: World, drain: Drain) -> None:
    meeting = world.meeting(
        "scheduled", cc=f"Contoh Direktur <direktur@contoh.example>\nContoh Arsip\nContoh PPK <{world.ppk().email}>"
    )  # fmt: skip
    drain()
    sent = select(Mail).where(Mail.to == "direktur@contoh.example").order_by(Mail.id)
    assert db.session.scalars(sent).all() == []  # nothing before there is a letter
    world.api(world.secretariat).move(
        "meetings", meeting.id, "issue_letter", number="UM 3", dated_on="2026-03-02"
    )
    drain()
    drain()
    (mail,) = db.session.scalars(sent)
    assert (
        "UM 3" in mail.subject and mail.attachments[0]["mime"] == "application/pdf" and mail.person_id is None
    )
    assert "Contoh Direktur" in mail.body and "/rapat/" not in mail.body
    letters = select(Mail).where(Mail.to == world.ppk().email, Mail.key.contains(":letter:"))
    assert len(db.session.scalars(letters).all()) == 1  # invited and among the tembusan: once
    paper = text_of(meeting)
    assert "Contoh Direktur" in paper and "direktur@contoh.example" not in paper
    page = world.sign_in(world.secretariat).get(f"/rapat/{meeting.id}").text
    assert "lewat surel direktur@contoh.example" in page and "disampaikan sendiri" in page
    assert "direktur@contoh.example" not in world.sign_in(world.ppk()).get(f"/rapat/{meeting.id}").text
    told = world.api(world.ppk()).get(f"/meetings/{meeting.id}")
    assert told.json["cc"] == "Contoh Direktur\nContoh Arsip\nContoh PPK" and "@" not in told.json["cc"]
    listed = world.api(world.ppk()).get("/meetings").text
    assert "direktur@contoh.example" not in listed
    assert "direktur@contoh.example" in world.api(world.secretariat).get(f"/meetings/{meeting.id}").json["cc"]
    world.fire(meeting, "cancel", world.secretariat, reason="contoh alasan pembatalan")
    drain()
    assert "contoh alasan pembatalan" in db.session.scalars(sent).all()[-1].body


def test_annexes_are_numbered_by_how_many_there_are(world: World, drain: Drain) -> None:
    units = ("ID-BB", "ID-BA", "ID-AC", "ID-JT", "ID-JI", "ID-MA", "ID-PA")
    meeting = world.meeting("scheduled", units=units)
    issue: dict[str, Any] = {"number": "UM 4", "dated_on": "2026-03-02"}
    world.api(world.secretariat).move("meetings", meeting.id, "issue_letter", **issue)
    drain()
    alone = text_of(meeting)
    assert "1 (satu) berkas" in alone and "Lampiran surat undangan" in alone and "Lampiran I " not in alone
    made = follow(world, first(world), units)
    world.api(world.secretariat).move("meetings", made.id, "issue_letter", **issue | {"number": "UM 5"})
    drain()
    several = text_of(made)
    assert "2 (dua) berkas" in several and "2 sesi, jadwalnya terlampir" in several
    assert "Lampiran I surat undangan" in several and "Lampiran II surat undangan" in several
    for point in (
        "Ditunda dari rapat sebelumnya: Contoh lain-lain",
        "Belum (seluruhnya) tercapai: Contoh dua",
    ):
        assert point in several, point


def follow(world: World, before: Meeting, units: tuple[str, ...] = ("ID-BB",)) -> Meeting:
    """The scheduled next meeting: at the same hours, with these units."""
    api = world.api(world.secretariat)
    asked = {"unit_ids": [world.unit(iso).id for iso in units]}
    made = api.post(f"/meetings/{before.id}/next", json=asked)
    assert made.status_code == 201 and api.move("meetings", made.json["id"], "schedule").status_code == 200
    return db.session.get_one(Meeting, made.json["id"])


def test_what_comes_over_is_on_the_rooms_screen_while_it_is_due(world: World) -> None:
    made = follow(world, first(world))
    page = world.sign_in(world.secretariat).get(f"/rapat/{made.id}/proyektor").text
    assert (
        "Dibawa dari rapat sebelumnya" in page and "Ditunda dari rapat sebelumnya: Contoh lain-lain" in page
    )
    other = world.meeting("in_session")
    assert "Dibawa dari" not in world.sign_in(world.secretariat).get(f"/rapat/{other.id}/proyektor").text


def test_a_double_booking_is_told_by_api_to_who_plans(world: World) -> None:
    one = world.meeting("scheduled", place="Contoh Aula")
    desk = world.api(world.secretariat)
    raw = {
        "title": "Contoh lain", "place": "contoh aula", "timezone": "Asia/Jakarta",
        "starts_at": "2026-03-02T11:00", "ends_at": "2026-03-02T12:00",
    }  # fmt: skip
    made = desk.post("/meetings", json=raw)
    assert made.status_code == 201 and one.title in made.json["warnings"][0]
    moved = desk.patch(
        f"/meetings/{made.json['id']}",
        json={"place": "Contoh lain"},
        headers={"If-Match": made.headers["ETag"]},
    )
    assert moved.status_code == 200 and moved.json["warnings"] == []
    assert desk.get(f"/meetings/{one.id}").json["warnings"] == []
    assert world.api(world.ppk()).get(f"/meetings/{one.id}").json["warnings"] == []
    assert all("warnings" not in row for row in desk.get("/meetings").json["items"])
