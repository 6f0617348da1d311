"""The attendance list with its sessions, and the register of a year: what they say, to whom, in how many statements."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from randal.database.base import db
from randal.documents.model import Document
from randal.documents.paper_parts import heading
from randal.jobs import outbox
from randal.l10n import clock
from randal.meeting_facts import presence
from randal.models.meetings import Session
from randal.rooms.attendance import papers, register, register_papers
from randal.rooms.attendance.list_papers import list_workbook
from tests.attendance.test_replies import row_of
from tests.world import World

REASON = "contoh kunjungan lapangan bersama"
ISOS = ["ID-BB", "ID-PA", "ID-AC", "ID-BA", "ID-BE"]


@pytest.fixture
def held(world: World) -> Any:
    """One came, one stood in, one excused, one on duty elsewhere, one stayed away; two sessions, one late."""
    for iso in ISOS:
        world.ppk(iso)
    meeting = world.meeting("scheduled", units=ISOS, quorum=60)
    starts = meeting.starts_at
    for n, title in enumerate(("Contoh Pagi", "Contoh Siang")):
        begin = starts + timedelta(minutes=90 * n)
        made = Session(meeting_id=meeting.id, kind="session", title=title, place="", starts_at=begin)
        made.ends_at, made.updated_at = begin + timedelta(minutes=80), world.now
        db.session.add(made)
    db.session.commit()
    db.session.expire_all()
    desk = world.secretariat
    world.fire(meeting, "open", world.chair)
    world.now = starts + timedelta(minutes=12)
    world.fire(row_of(world, meeting, "ID-BB"), "check_in", world.ppk())
    world.fire(
        row_of(world, meeting, "ID-PA"), "check_in", desk, name="Contoh Wakil", post="Contoh Kepala Seksi"
    )
    world.fire(row_of(world, meeting, "ID-AC"), "decline", world.ppk("ID-AC"), reason=REASON)
    world.now = starts + timedelta(minutes=100)
    presence.arrive(row_of(world, meeting, "ID-BB"), world.now)
    presence.leave(row_of(world, meeting, "ID-BB"), world.now + timedelta(minutes=20))
    db.session.commit()
    world.fire(meeting, "close", world.chair, confirm=True)
    world.fire(row_of(world, meeting, "ID-BA"), "send_on_duty", desk, reason=REASON)
    return meeting


def test_the_list_says_each_session(world: World, held: Any) -> None:
    made = papers.list_of(held, heading("Contoh", world.now, "Asia/Jakarta"), pictures=True)
    assert [s["title"] for s in made["sessions"]] == ["Contoh Pagi", "Contoh Siang"]
    by = {row["institution"]: row for row in made["rows"]}
    came, stood_in = by[world.unit("ID-BB").name], by[world.unit("ID-PA").name]
    assert [m["present"] for m in came["marks"]] == [True, True]
    assert [m["present"] for m in stood_in["marks"]] == [True, False]
    assert "terlambat 12 menit" in came["note"] and "pulang lebih awal" in came["note"]
    assert came["arrived_at"] == "2026-03-02T03:12:00Z" and came["marks"][1]["to"]
    assert (stood_in["name"], stood_in["post"]) == ("Contoh Wakil", "Contoh Kepala Seksi")
    assert stood_in["on_behalf_of"] == f"PPK {world.unit('ID-PA').short_name}", "both are kept"
    assert made["totals"]["sessions"] == [2, 1]
    assert made["summary"].startswith("Diundang 5: hadir 2 (1 diwakili, 2 terlambat)")
    assert "Kuorum 60% (3): tidak tercapai." in made["summary"]
    assert REASON in by[world.unit("ID-AC").name]["note"]


def test_the_list_as_xlsx_is_for_those_who_see_the_meeting(world: World, held: Any) -> None:
    at = f"/hadir/daftar/{held.id}.xlsx"
    answer = world.sign_in(world.ppk()).get(at)
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    said = [[c.value for c in row] for row in sheet.iter_rows()]
    assert said[0][8:10] == ["1. Contoh Pagi", "2. Contoh Siang"] and len(said) == 6
    assert any("Contoh Wakil" in row for row in said)
    assert world.sign_in(world.ppk("ID-KT")).get(at).status_code == 404
    assert world.client().get(at).status_code in (302, 401)
    empty = papers.list_of(
        world.meeting("draft", units=[]), heading("x", world.now, "Asia/Jakarta"), pictures=False
    )
    assert list_workbook(empty)[:2] == b"PK"


def test_the_register_in_words_and_signs(world: World, held: Any) -> None:
    page = world.sign_in(world.secretariat).get("/hadir/register").text
    for word in (
        "Hadir",
        "Diwakilkan",
        "Izin",
        "Dinas luar",
        "Tidak hadir",
        "tanpa keterangan",
        REASON,
        "2026",
    ):
        assert word in page, word
    found = register.register_of(world.actor(world.secretariat), 2026, world.now)
    kinds = {line.unit.id: [c.kind for c in line.cells.values()] for line in found.lines}
    assert [kinds[world.unit(iso).id] for iso in ISOS] == [
        ["present"], ["represented"], ["excused"], ["on_duty"], ["absent"]
    ]  # fmt: skip
    assert {line.share for line in found.lines} == {0, 100}
    none = world.sign_in(world.secretariat).get("/hadir/register?tahun=2019")
    assert none.status_code == 200 and "Belum ada rapat yang ditutup" in none.text
    assert world.sign_in(world.secretariat).get("/hadir/register?tahun=abc").status_code == 200


def test_who_reads_the_register(world: World, held: Any) -> None:
    mine = world.sign_in(world.ppk("ID-AC")).get("/hadir/register").text
    assert f'<th scope="row">{world.unit("ID-AC").short_name} ' in mine and REASON in mine
    for other in ("ID-BB", "ID-PA", "ID-BA"):
        assert f'<th scope="row">{world.unit(other).short_name} ' not in mine
    for role in ("auditor", "evaluator", "admin"):
        assert (
            "Tidak hadir, dengan alasannya" in world.sign_in(world.person(role)).get("/hadir/register").text
        )
    nobody = world.sign_in(world.minute_taker)
    for path in ("/hadir/register", "/hadir/register.xlsx"):
        assert nobody.get(path).status_code == 403
        assert world.client().get(path).status_code in (302, 401)
    sheet = load_workbook(io.BytesIO(world.sign_in(world.ppk("ID-AC")).get("/hadir/register.xlsx").data))
    said = [[c.value for c in row] for row in sheet.worksheets[0].iter_rows()]
    assert len(said) == 2 and said[1][0] == world.unit("ID-AC").short_name and said[1][1] == "Izin"
    assert any(REASON in str(row[0].value) for row in sheet.worksheets[1].iter_rows())


def test_a_ppk_that_left_was_not_a_representative(world: World, held: Any) -> None:
    gone, came = world.ppk(), world.unit("ID-BB").id
    for change in ({"active": False}, {"role": "none", "unit_id": None}):
        for name, value in change.items():
            setattr(gone, name, value)
        db.session.commit()
        world.person("ppk", "ID-BB")
        found = register.register_of(world.actor(world.secretariat), 2026, world.now)
        (line,) = [each for each in found.lines if each.unit.id == came]
        assert [cell.kind for cell in line.cells.values()] == ["present"]


def test_a_year_is_the_year_of_the_place(world: World) -> None:
    """New Year's morning in Jayapura is still the old year in Greenwich."""
    world.now = datetime(2026, 12, 31, 16, tzinfo=UTC)
    meeting = world.meeting("closed", timezone="Asia/Jayapura")
    assert clock.local_date(meeting.starts_at, meeting.timezone).year == 2027
    assert [m.id for m in register.held_in(2027)] == [meeting.id] and register.held_in(2026) == []


def test_the_register_takes_the_same_number_of_statements(world: World, held: Any) -> None:
    def statements(ask: Callable[[], Any]) -> int:
        db.session.expire_all()
        db.session.commit()
        counted: list[str] = []
        event.listen(db.engine, "before_cursor_execute", note := lambda *a: counted.append(a[2]))
        ask()
        event.remove(db.engine, "before_cursor_execute", note)
        return len(counted)

    desk = world.sign_in(world.secretariat)
    desk.get("/hadir/register")
    few = statements(lambda: desk.get("/hadir/register"))
    world.now = datetime(2026, 4, 1, 2, tzinfo=UTC)
    for n in range(4):
        world.now += timedelta(days=1)
        world.meeting("closed", units=[*ISOS, "ID-KT", "ID-KS"][: 3 + n])
    desk = world.sign_in(world.secretariat)  # a session of March has ended
    desk.get("/hadir/register")
    assert statements(lambda: desk.get("/hadir/register")) == few


def test_the_register_on_paper(world: World, held: Any) -> None:
    answer = world.sign_in(world.secretariat).post("/hadir/register/cetak", data={"tahun": "2026"})
    assert answer.status_code == 303
    outbox.drain(world.now)
    made = db.session.query(Document).filter_by(kind="attendance_register").one()
    assert made.stage == "ready" and made.newest is not None and made.newest.read()[:5] == b"%PDF-"
    assert world.sign_in(world.ppk()).get(f"/dokumen/{made.id}").status_code == 404
    assert (
        "attendance_register" in answer.headers["Location"]
        or f"/dokumen/{made.id}" in answer.headers["Location"]
    )
    found = register.register_of(world.actor(world.secretariat), 2026, world.now)
    paper = register_papers.paper(found, heading("x", world.now, "Asia/Jakarta"))
    assert sorted(line["cells"][0] for line in paper["lines"]) == ["DL", "H", "I", "TH", "W"]
    assert [a["label"] for a in paper["absences"]].count("Izin") == 1
