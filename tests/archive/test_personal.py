"""Numbers and addresses of people, planted wherever people type, are in no export that promises none: all bytes are searched,
also inside zips, workbooks, compressed streams of PDFs and what is attached to them."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import String, Text, update

from randal.audit import checkpoints
from randal.audit.reading import File
from randal.audit.verifying import verify
from randal.base.personal import MASK, PRIVATE, mask, redacted
from randal.database.base import Model, db
from randal.models.meetings import Meeting
from randal.models.minutes import Minutes
from randal.org.people import Person
from randal.rooms.archive import contents
from tests.backup.conftest import PASSPHRASE
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
NEEDLES = (
    "196608011988031001",
    "19660801 198803 1 002",
    "081234567890",
    "+62 812-3456-7891",
    "rahasia.contoh@contoh.example",
)
PLANT = " Hubungi " + ", ".join(NEEDLES) + " segera."
# Words that are no prose: codes, hashes, names of zones, addresses of pages, the wording of certificates, whom a key is for.
NO_PROSE = {
    "sha256",
    "snapshot_sha256",
    "timezone",
    "certificate_pem",
    "link",
    "html",
    "key",
    "field",
    "signer_title",
}


def inside(data: bytes, path: str = "") -> Iterator[tuple[str, bytes]]:
    """The bytes, and all that is packed in them, by path."""
    yield path, data
    if data.startswith(b"PK\3\4"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield from inside(packed.read(name), f"{path}/{name}")
    elif data.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(data))
        yield f"{path}!pages", "\n".join(page.extract_text() for page in reader.pages).encode()
        for name, several in reader.attachments.items():
            for one in several:
                yield from inside(one, f"{path}!{name}")


def planted_in(data: bytes, path: str = "") -> list[tuple[str, str]]:
    """Where which needle is, however its digits are parted."""
    found = []
    for place, piece in inside(data, path):
        plain = piece.decode(errors="replace")
        tight = re.sub(r"[\s.-]", "", plain)
        found += [
            (place, needle) for needle in NEEDLES if needle in plain or re.sub(r"[\s.-]", "", needle) in tight
        ]
    return found


def plant(meeting: Meeting) -> set[str]:
    """Into every prose of every row of the meeting, behind the application's back; which fields these are."""
    told = set()
    for name, rows in contents.rows_of(meeting).items():
        table = Model.metadata.tables[name]
        for column in table.c:
            kind = column.type
            prose = isinstance(kind, Text) or (isinstance(kind, String) and (kind.length or 0) >= 100)
            if name == "events" or not prose or column.name in NO_PROSE or "id" not in table.c:
                continue
            full = [row for row in rows if row.get(column.name)]
            room = (getattr(kind, "length", None) or 10**6) - len(PLANT)
            ids = [
                row["id"] for row in full if MASK not in row[column.name] and len(row[column.name]) <= room
            ]
            if any(MASK in row[column.name] for row in full):  # planted when it was made
                told.add(f"{name}.{column.name}")
            if ids:
                db.session.execute(
                    update(table).where(table.c.id.in_(ids)).values({column.name: column + PLANT})
                )
                told.add(f"{name}.{column.name}")
    db.session.commit()
    db.session.expire_all()
    return told


@pytest.fixture
def played(world: World, drain: Callable[[], int]) -> Meeting:
    """A meeting with signed minutes, in whose texts, history and people everything personal was planted."""
    meeting = world.meeting("closed", units=("ID-BB", "ID-BA"), title="Contoh Rapat" + PLANT)
    for person in db.session.query(Person):
        person.nip, person.phone, person.former_email = NEEDLES[0], NEEDLES[2], ""
    world.ppk("ID-BB").former_email = NEEDLES[4]
    for objective in meeting.objectives:
        objective.assessment = "met"
    db.session.commit()
    assert {"meetings.title", "agenda_items.title", "objectives.text"} <= plant(meeting)
    taker, chair = world.api(world.minute_taker), world.api(world.chair)
    for api in (taker, chair):
        assert api.post("/me/signing-key", json={"passphrase": PASSPHRASE}).status_code == 201
    minutes = taker.get(f"/meetings/{meeting.id}/minutes").json["id"]
    assert taker.move("minutes", minutes, "submit").status_code == 200
    assert chair.move("minutes", minutes, "return", reason="Contoh: perbaiki." + PLANT).status_code == 200
    for section in db.session.get_one(Minutes, minutes).sections:
        section.html += f"<p>{PLANT}</p>"
    db.session.commit()
    assert taker.move("minutes", minutes, "submit").status_code == 200
    assert chair.move("minutes", minutes, "approve").status_code == 200
    drain()
    for api in (taker, chair):
        ready = api.get("/signatures?state=ready").json["items"][0]["id"]
        assert api.move("signatures", ready, "sign", passphrase=PASSPHRASE).status_code == 200
    checkpoints.make(world.now)
    db.session.commit()
    drain()
    return meeting


def test_no_export_that_promises_none_holds_one(
    played: Meeting, world: World, app: Flask, drain: Callable[[], int], tmp_path: Path
) -> None:
    document = played.minutes.document
    signed = document.newest.read()
    given: dict[str, bytes] = {}
    # Without an account, by a printed code or by the file.
    visitor = world.client()
    for how in ("text/html", "application/json"):
        given[f"code, {how}"] = visitor.get(f"/verifikasi/{document.code}", headers={"Accept": how}).data
    given["manifest"] = visitor.get(f"/verifikasi/{document.code}/manifest.json").data
    # What travels inside the signed paper.
    for name, several in PdfReader(io.BytesIO(signed)).attachments.items():
        given[name] = several[0]
    assert len(given) >= 5 and all(given.values())
    # The wall, lists, and what others did, for somebody who does not see all.
    secretariat = world.sign_in(world.secretariat)
    given["wall"] = secretariat.get(f"/rapat/{played.id}/proyektor").data
    given["register"] = secretariat.get("/arsip/register.xlsx").data
    given["feed"] = world.api(world.ppk("ID-BB")).get("/events?limit=200").data
    # A calendar to subscribe to is an open address, too: read without an account, its folded lines made whole.
    subscriber = world.sign_in(world.ppk("ID-BB"))
    assert subscriber.post("/rapat/kalender").status_code == 303
    [address] = set(re.findall(r"/rapat/kalender/[^\s\"<]+\.ics", subscriber.get("/rapat/kalender").text))
    given["calendar"] = visitor.get(address).data.replace(b"\r\n ", b"")
    assert MASK.encode() in given["calendar"]
    # The archive, but for the papers and uploads that are taken as they are.
    api = world.api(world.secretariat)
    asked = api.post(f"/meetings/{played.id}/archive").json
    drain()
    data = api.get(f"/documents/{asked['id']}/file").data
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        packed.extractall(tmp_path)
        as_it_is = [
            name
            for name in packed.namelist()
            if name.startswith(("dokumen/", "berkas/")) and ".manifest." not in name
        ]
        given |= {name: packed.read(name) for name in packed.namelist() if name not in as_it_is}
    found = {name: planted_in(piece, name) for name, piece in given.items()}
    assert not {name: where for name, where in found.items() if where}
    assert MASK.encode() in given["data/meetings.json"] and MASK.encode() in given["riwayat/riwayat.jsonl"]

    # What it does hold it says, file by file.
    readme = given["BACA-SAYA.txt"].decode()
    said = {e["file"]: e["prints"] for e in json.loads(given["MANIFEST.json"])["documents"]}
    for name in as_it_is:
        held = planted_in((tmp_path / name).read_bytes(), name)
        if held and (name in said):
            assert "NIP" in said[name] and f"  {name}: {', '.join(said[name])}" in readme
        # On its pages, or in its title: what a reader sees, and nothing in the data that it carries.
        assert {place for place, _ in held} <= {name, f"{name}!pages"}
    minutes = next(
        e["file"] for e in json.loads(given["MANIFEST.json"])["documents"] if e["kind"] == "minutes"
    )
    assert said[minutes] == ["alamat surel", "NIP", "nomor telepon"]

    # And it still proves itself.
    audit = subprocess.run(
        [sys.executable, "-m", "randal.audit", str(tmp_path / "riwayat/riwayat.jsonl"), "--root",
         str(tmp_path / "otoritas/akar.pem")],
        cwd=ROOT, capture_output=True, text=True)  # fmt: skip
    assert (
        audit.returncode == 0
        and "Riwayat utuh." in audit.stdout
        and "teks memuat data pribadi" in audit.stdout
    )
    manifest = tmp_path / next(
        e["manifest"] for e in json.loads(given["MANIFEST.json"])["documents"] if e["kind"] == "minutes"
    )
    judged = app.test_cli_runner().invoke(
        args=[
            "randal",
            "verify",
            str(tmp_path / minutes),
            "--root",
            str(tmp_path / "otoritas/akar.pem"),
            "--manifest",
            str(manifest),
        ]
    )
    assert judged.exit_code == 0, judged.output

    # The mask covers a mask alone: other words in its place are found.
    history = tmp_path / "riwayat/riwayat.jsonl"
    forged = history.read_bytes().replace(b'"masked":["reason"]', b'"masked":[]', 1)
    assert forged != history.read_bytes()
    history.write_bytes(forged)
    assert [bend for bend in verify(File(history)).bends if bend.kind == "text"]


def test_every_column_that_sounds_personal_is_judged() -> None:
    """A new column of this kind is declared in `PRIVATE`, or here with why it is none."""
    none = {
        "people.email_changed_at", "people.digest_mail",  # when, and whether
        "presences.phone_time",  # the clock of a telephone
        "stationery.address",  # of an office
        "sign_ins.address",  # of a machine; hangs on no meeting
        "kendala.addressee", "minutes.addressee_id",  # an office; a person by number
    }  # fmt: skip
    sounds = re.compile(r"mail|phone|nip|nik$|telp|telepon|address|surel")
    heard = {f"{t.name}.{c.name}" for t in Model.metadata.sorted_tables for c in t.c if sounds.search(c.name)}
    assert {name for name in heard - none if name.partition(".")[2] not in PRIVATE} == set()


@pytest.mark.parametrize("words", [*NEEDLES, "(021) 7395588", "0812.3456.7890", "WA081234567890", "telp.081234567890",
                                   "62 812 3456 7890", "NIP196608011988031001", "3171234567890001"])  # fmt: skip
def test_numbers_and_addresses_are_known_in_a_text(words: str) -> None:
    hidden = mask(f"Hubungi {words} ya")
    assert hidden.count(MASK) == 1 and not re.search(r"\d|@", hidden)


@pytest.mark.parametrize("words", ["6281234567.00", "2018-06-25T02:00:00.000000Z", "RDL-0123-4567-8901", "Rp 6281234567",
                                   "UM.02.06/2018/0123", "a1b2-0123-4567-890123456789", "https://contoh.example/j/81234567890",
                                   "09.00-10.30", "f" * 54 + "0812345678"])  # fmt: skip
def test_what_is_no_number_of_a_person_stays(words: str) -> None:
    assert mask(words) == words


def test_redaction_goes_to_any_depth_and_twice_is_once() -> None:
    value: dict[str, Any] = {
        "a": [{"nip": "1", "p12": b"x", "b": ({"email": "", "text": "Surel a@b.example"},)}],
        "n": 3,
    }
    once = redacted(value)
    assert (
        once
        == {"a": [{"nip": MASK, "b": [{"email": "", "text": f"Surel {MASK}"}]}], "n": 3}
        == redacted(once)
    )
