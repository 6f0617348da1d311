"""Uploads that nobody could open, or should: refused with a sentence; what phones send is taken, kept as it is, and shown."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pillow_heif
import pytest
from PIL import Image
from pypdf import PdfWriter

from randal.database.base import db
from randal.documents import thumbnails
from randal.models.follow_ups import FollowUp
from randal.storage import files, photos
from randal.untrusted.readers.kinds import CUT_OFF, LOCKED, MACROS, fault
from tests.contract.outsider import picture
from tests.items import body
from tests.world import World

pillow_heif.register_heif_opener()


def photo(kind: str, size: tuple[int, int] = (640, 480), **more: Any) -> bytes:
    out = io.BytesIO()
    image = Image.effect_noise(size, 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Contoh Kamera"
    exif.get_ifd(0x8825).update({1: "S", 2: (2.0, 7.0, 48.0), 3: "E", 4: (106.0, 6.0, 30.0)})
    image.save(out, kind, exif=exif.tobytes(), **more)
    return out.getvalue()


def pdf(user: str | None = None, owner: str | None = None) -> bytes:
    made, out = PdfWriter(), io.BytesIO()
    made.add_blank_page(200, 200)
    if user is not None or owner is not None:
        made.encrypt(user or "", owner or "contoh", algorithm="RC4-128")
    made.write(out)
    return out.getvalue()


def office(main: str, *more: str, types: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("[Content_Types].xml", f"<Types>{types}</Types>")
        for name in (main, *more):
            made.writestr(name, b"<x/>")
    return out.getvalue()


JPEG, HEIC, PNG = photo("JPEG"), photo("HEIF"), picture()[0].read()
WORD, SHEET, SLIDES = "word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"
SOUND = {
    "pdf": [pdf(), pdf(owner="contoh")],
    "jpg": [JPEG, photo("JPEG", progressive=True), JPEG + b"\x00" * 40],
    "png": [PNG],
    "heic": [HEIC],
    "heif": [HEIC],
    "docx": [office(WORD)],
    "xlsx": [office(SHEET)],
    "pptx": [office(SLIDES)],
}
NOT = [
    ("pdf", pdf(user="rahasia"), LOCKED),
    ("docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "terkunci kata sandi, atau"),
    ("docx", office(WORD, "word/vbaProject.bin"), MACROS),
    ("xlsx", office(SHEET, "xl/vbaProject.bin"), MACROS),
    ("xlsx", office(SHEET, types="application/vnd.ms-excel.sheet.macroEnabled.main+xml"), MACROS),
    ("pptx", office(SLIDES, "ppt/vbaProject.bin"), MACROS),
    ("jpg", JPEG[: len(JPEG) * 6 // 10], CUT_OFF),
    ("jpg", JPEG[:-2], CUT_OFF),
    ("jpg", JPEG[:200], CUT_OFF),
    ("png", PNG[:-20], CUT_OFF),
    ("heic", HEIC[: len(HEIC) // 2], CUT_OFF),
    ("jpg", PNG, "bukan JPG"),
    ("heic", JPEG, "bukan HEIC"),
    ("docx", office(SHEET), "bukan DOCX"),
]


@pytest.mark.parametrize("ending", SOUND)
def test_what_is_whole_is_taken(ending: str) -> None:
    assert [fault(data, ending) for data in SOUND[ending]] == [""] * len(SOUND[ending])


@pytest.mark.parametrize(("ending", "data", "said"), NOT, ids=[f"{n}-{e}" for n, (e, _, _) in enumerate(NOT)])
def test_what_nobody_could_open_is_refused(ending: str, data: bytes, said: str) -> None:
    assert said in fault(data, ending)


def assigned(world: World) -> FollowUp:
    meeting = world.meeting("in_session")
    world.ppk()
    made = world.api(world.secretariat).post(
        "/follow-ups", json=body(world, meeting, due_on="2026-03-20", expected_output="Contoh")
    )
    assert made.status_code == 201, made.json
    world.api(world.secretariat).move("follow-ups", made.json["id"], "assign", priority="high")
    return db.session.get_one(FollowUp, made.json["id"])


def test_a_phone_sends_heic(world: World) -> None:
    """The original is kept and given back to who may have it; everybody sees a JPEG."""
    item = assigned(world)
    ppk, judge = world.api(world.ppk()), world.api(world.evaluator)
    sent = {"file": (io.BytesIO(HEIC), "IMG_0001.HEIC"), "note": "Contoh."}
    made = ppk.post(f"/follow-ups/{item.id}/evidence", data=sent, content_type="multipart/form-data")
    assert made.status_code == 201, made.json
    assert made.json["file"]["mime"] == photos.HEIC and made.json["latitude"] == "-2.130000"
    here = f"/evidence/{made.json['id']}/file"
    assert judge.get(here).data == HEIC and "IMG_0001.HEIC" in judge.get(here).headers["Content-Disposition"]
    shown = world.sign_in(world.evaluator).get(f"/rtl/{item.id}/bukti/{made.json['id']}/berkas?tampil=1")
    assert (shown.mimetype, shown.headers["Content-Disposition"]) == (
        "image/jpeg",
        'inline; filename="IMG_0001.jpg"',
    )
    other = world.api(world.person("auditor")).get(here)
    assert other.mimetype == "image/jpeg"
    assert photos.facts(other.data) == photos.Facts(), "without its position"
    assert Image.open(io.BytesIO(other.data)).size == (640, 480)
    drawn = thumbnails.pictures(HEIC, photos.HEIC)
    assert drawn and drawn.size == (640, 480)


def test_meeting_photos_in_heic(world: World) -> None:
    meeting = world.meeting("in_session")
    api = world.api(world.secretariat)
    sent = {"file": (io.BytesIO(HEIC), "IMG_0002.heic")}
    made = api.post(f"/meetings/{meeting.id}/photos", data=sent, content_type="multipart/form-data")
    assert made.status_code == 201, made.json
    got = api.get(f"/photos/{made.json['items'][0]['id']}/file")
    assert got.mimetype == "image/jpeg" and photos.facts(got.data) == photos.Facts()


def test_long_names_keep_their_ending() -> None:
    assert files.check("x" * 400 + ".PNG", PNG).name.endswith(".PNG")
