"""Sheets as offices send them and as we give them out: each number comes in as it was meant, and comes back as it went out."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.models.progress import Activity
from randal.org.people import Person
from randal.spreadsheets import reader, writer
from randal.spreadsheets.coercion import read
from randal.spreadsheets.importing import Column
from randal.spreadsheets.writer import Kind, workbook
from randal.untrusted.readers.worksheet import multiplies
from tests.contract.chain import Chain
from tests.evaluation.stories import activity
from tests.imports.books import PEOPLE, book, post, repacked, saved
from tests.imports.test_figures import HEADS, kept, row
from tests.imports.test_kinds import cells, counts
from tests.world import World

WORKS = "Satuan kerja;Nama kegiatan;Sektor;Pagu (rupiah)"
LITERAL = ['0.0"%"', "0.0\\%", '#,##0.00"%"', '0.0" %"', "0.0_%", '[$Rp]0.0"%"']


def formatted(rows: list[list[Any]], place: str, shape: str) -> bytes:
    made = Workbook()
    for one in rows:
        made.active.append(one)
    made.active[place].number_format = shape
    return saved(made)


# -- what comes in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", LITERAL)
def test_a_written_sign_multiplies_nothing(world: World, shape: str) -> None:
    work = activity(world)
    sent = formatted([HEADS, row(work, 8, 5.5, 8, 7)], "E2", shape)
    assert counts(post(world.api(world.evaluator), "figures", sent)) == (1, 0, 0)
    made = kept(world, work.unit_id)
    assert made and [str(f.physical_actual) for f in made.figures] == ["5.50"]


@pytest.mark.parametrize("shape", ["0.0%", "0%", "0.00%;[Red]-0.00%", '"kira-kira "0.0%'])
def test_a_sign_of_the_format_does(shape: str) -> None:
    assert multiplies(shape)


@pytest.mark.parametrize(
    ("said", "kept_as"),
    [
        ("250.000", "250000.00"),
        ("1.500", "1500.00"),
        ("1.500.000.000", "1500000000.00"),
        ("Rp1.500.000.000,00", "1500000000.00"),
        (1500, "1500.00"),
        (250000.5, "250000.50"),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_rupiah_in_a_sheet(world: World, said: Any, kept_as: str, ending: str) -> None:
    unit = world.unit("ID-BB")
    line = [unit.code, "Contoh pagu satu", "AM", said]
    sent = (
        book(WORKS.split(";"), line)
        if ending == "xlsx"
        else f"{WORKS}\r\n{';'.join(map(str, line))}\r\n".encode()
    )
    api = world.api(world.secretariat)
    assert counts(post(api, "activities", sent, name=f"pagu.{ending}")) == (1, 0, 0)
    assert [str(a.budget) for a in db.session.scalars(select(Activity))] == [kept_as]
    assert counts(post(api, "activities", sent, name=f"pagu.{ending}")) == (0, 0, 1), (
        "and it is the same again"
    )


def test_two_readings_of_a_cell(world: World) -> None:
    sent = f"{WORKS}\r\n{world.unit('ID-BB').code};Contoh;AM;1,500\r\n".encode()
    assert (
        "1.500 atau 1,500"
        in cells(post(world.api(world.secretariat), "activities", sent, name="pagu.csv"))["D2"]
    )


def test_what_lies_beside_a_workbook_is_not_judged(world: World) -> None:
    work = activity(world)
    query = '<?xml version="1.0" encoding="utf-16"?><DataMashup>contoh</DataMashup>'.encode("utf-16")
    sent = repacked(book(HEADS, row(work)), **{"customXml/item1.xml": query})
    assert counts(post(world.api(world.evaluator), "figures", sent, dry_run=True)) == (1, 0, 0)
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    declared = b'<Override PartName="/customXml/item1.xml" ContentType="%s"/></Types>' % kind
    with zipfile.ZipFile(io.BytesIO(sent)) as archive:
        types = archive.read("[Content_Types].xml").replace(b"</Types>", declared)
    bad = b"<!DOCTYPE x [<!ENTITY a 'b'>]><sst/>"
    for name, content in (("xl/bad.xml", bad), ("docProps/bad.xml", bad)):
        assert (
            post(world.api(world.evaluator), "figures", repacked(sent, **{name: content})).status_code == 422
        )
    evil = repacked(book(HEADS, row(work)), **{"customXml/item1.xml": bad, "[Content_Types].xml": types})
    with pytest.raises(reader.Unreadable):
        list(reader.read(evil).rows)


@pytest.mark.parametrize("blank", [" ", "\u200b", "\u00a0\t"])
def test_rows_of_nothing_are_no_rows(world: World, blank: str) -> None:
    work = activity(world)
    sent = book(HEADS, row(work), *[[None, None, blank]] * 7)
    assert counts(post(world.api(world.evaluator), "figures", sent)) == (1, 0, 0)
    line = ";".join(map(str, row(work, 51, 40, 30, 20)))
    sent = f"{';'.join(HEADS)}\n{line}\n;;{blank};;;;\n".encode()
    assert counts(post(world.api(world.evaluator), "figures", sent, name="isian.csv")) == (0, 1, 0)


@pytest.mark.parametrize(
    ("said", "kept_as"),
    [(81234567890, "081234567890"), (6281234567890, "+6281234567890"), (217654321, "0217654321"),
     ("\u202a+62 812\u20113456\u202c", "+62 812\u20113456")],
)  # fmt: skip
def test_a_telephone_number_that_was_a_number(world: World, said: Any, kept_as: str) -> None:
    sent = book(PEOPLE, ["a@contoh.example", "Contoh A", "Tanpa peran", None, None, said])
    answer = post(
        world.api(world.admin if hasattr(world, "admin") else world.person("admin")), "people", sent
    )
    assert answer.status_code == 200, answer.json
    made = db.session.scalars(select(Person).where(Person.email == "a@contoh.example")).one()
    assert made.phone == kept_as
    assert any("Telepon: angka 0 di depan" in note for note in answer.json["notes"]) == isinstance(said, int)


def test_codes_with_zeros_in_front() -> None:
    sent = formatted([["Kode"], [123]], "A2", "000000")
    assert [values for _n, values in reader.read(sent).rows] == [("Kode",), ("000123",)]


# -- what goes out, and comes back -----------------------------------------------------------------------


ROUND: dict[Kind, list[str]] = {
    "percent": ["0.55", "5.5", "51.74", "100", "0.01"],
    "money": ["250000", "1500", "1500000000.25", "0.5"],
}


@pytest.mark.parametrize("kind", ROUND)
def test_each_kind_of_number_comes_back(kind: Kind) -> None:
    head = [writer.Column("Angka", kind)]
    data = workbook(
        head,
        [(v,) for v in ROUND[kind]],
        sheet="Isian",
        created_at="2026-01-01T00:00:00Z",
    )
    sheet = reader.read(data)
    column = Column("a", "A", kind)  # type: ignore[arg-type]
    found = [read(column, values[0], sheet.epoch) for number, values in sheet.rows if number > 1]
    assert found == [Decimal(v) for v in ROUND[kind]]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, list[Any]]]:
    """Every workbook that is made from here on: its bytes, and (name, columns, rows) of each sheet."""
    made: list[tuple[bytes, list[Any]]] = []
    write = writer.workbook

    def keep(columns: Any, rows: Any, *, sheet: str, more: Any = (), curves: Any = (), **rest: Any) -> bytes:
        told = [
            (name, list(c), [tuple(r) for r in rs])
            for name, c, rs in [(sheet, columns, rows), *more, *curves]
        ]
        first, others = told[0], told[1:]
        data = write(
            first[1], first[2], sheet=sheet, more=others[: len(more)], curves=others[len(more) :], **rest
        )
        made.append((data, told))
        return data

    for module in (
        "rooms.follow_ups.spreadsheet", "rooms.minutes.spreadsheet", "rooms.archive.sheet", "rooms.attendance.list_papers",
        "rooms.attendance.register_papers", "overviews.monitoring.papers",
    ):  # fmt: skip
        monkeypatch.setattr(f"randal.{module}.workbook", keep)
    return made


@pytest.mark.database("sqlite")
@pytest.mark.timeout(600)
def test_every_exported_column_says_what_was_put_in(world: World, drain: Any, written: Any) -> None:
    chain = Chain(world, drain).play()
    who = chain.secretariat
    page = world.sign_in(db.session.get_one(Person, who.id))
    for path in (f"/hadir/daftar/{chain.meeting}.xlsx", "/hadir/register.xlsx", "/arsip/register.xlsx"):
        assert page.get(path).status_code == 200, path
    assert page.post("/pemantauan/dokumen", data={"jenis": "evaluation_sheet"}).status_code == 303
    drain()
    names = {told[0][0] for _data, told in written}
    assert len(names) >= 5, names
    checked = 0
    for data, told in written:
        pages = load_workbook(io.BytesIO(data))
        for (name, columns, rows), page_of in zip(told, pages.worksheets, strict=False):
            for at, column in enumerate(columns):
                values = [r[at] for r in rows]
                got = [page_of.cell(n, at + 1) for n in range(2, len(rows) + 2)]
                checked += 1
                assert numbers_are_numbers(column, values), (name, column.header, values[:3])
                for value, cell in zip(values, got, strict=True):
                    assert came_back(column.kind, value, cell), (name, column.header, value, cell.value)
                    assert not multiplies(cell.number_format) and '"%"' not in cell.number_format
    assert checked > 60


def numbers_are_numbers(column: writer.Column, values: list[Any]) -> bool:
    """A column of text holds no figures, but for codes."""
    if column.kind != "text" or column.header.startswith(("Kode", "No", "SHA")):
        return True
    said = [str(v) for v in values if v not in (None, "")]
    return not (said and all(v.strip("+−-%").replace(".", "").replace(",", "").isdecimal() for v in said))


def came_back(kind: str, value: Any, cell: Any) -> bool:
    if value in (None, ""):
        return cell.value in (None, "")
    if kind in ("integer", "number", "percent", "points", "money"):
        return isinstance(cell.value, int | float) and Decimal(repr(cell.value)) == Decimal(str(value))
    if kind in ("date", "instant"):
        return bool(cell.is_date)
    return cell.value == "\n".join(str(value).splitlines())


def test_the_tracker_comes_back_through_its_own_import(world: World, drain: Any) -> None:
    chain = Chain(world, drain).play("closing")
    who, waiting = chain.evaluator, db.session.get_one(FollowUp, chain.follow_ups[1])
    waiting.waits_for, waiting.waits_post = "Contoh Dinas PUPR", "Kepala Dinas"
    db.session.commit()
    made = who.ask("GET", "/tracker", 202, headers={"Accept": sheets_mime()}).json["id"]
    drain()
    data = who.ask("GET", f"/documents/{made}/file", 200).data
    before = {f["id"]: f for f in who.all("/follow-ups")}

    def brought(meeting: int, **more: Any) -> Any:
        sent = {"file": (io.BytesIO(data), "pelacak.xlsx"), "meeting_id": str(meeting), **more}
        answer = who.api.post("/imports/follow_ups", data=sent, content_type="multipart/form-data")
        assert answer.status_code == 200, answer.json
        return answer.json

    here = brought(chain.meeting)
    assert (here["created"], here["unchanged"]) == (0, len(before)), "all of it is there already"
    start, end = f"{chain.day(7)}T09:00", f"{chain.day(7)}T12:00"
    given = {"title": "Contoh lanjutan", "starts_at": start, "ends_at": end, "timezone": "Asia/Jakarta", "place": "Contoh",
             "chair_id": chain.chair.id, "minute_taker_id": chain.note_taker.id, "unit_ids": list(chain.units.values()),
             "objectives": "Contoh", "agenda": "Contoh"}  # fmt: skip
    following = chain.secretariat.post("/meetings", given)["id"]
    chain.secretariat.move(f"/meetings/{following}", "schedule")
    chain.later(days=7)
    chain.chair.move(f"/meetings/{following}", "open")
    there = brought(following)
    assert there["created"] == len(before), there
    came = who.all(f"/follow-ups?meeting_id={following}")
    same = ("unit_id", "text", "expected_output", "due_on", "priority", "waits_for", "waits_post")
    assert sorted([str(f[n]) for n in same] for f in came) == sorted(
        [str(f[n]) for n in same] for f in before.values()
    )
    assert db.session.scalar(select(FollowUp).where(FollowUp.meeting_id == following)) is not None


def sheets_mime() -> str:
    return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
