"""Photos of a meeting: what is kept of them, who adds, who sees, and what is answered to what is no photo."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from randal.database.base import db
from randal.documents import rendering
from randal.models.meetings import Meeting
from randal.models.photos import Photo, for_paper, photos_of
from randal.rooms.minutes.papers import minutes_paper
from randal.rooms.photos.developing import develop
from randal.storage import files
from randal.web.timeline import history_of

PLACE = b"Contoh tempat rahasia"


def photo(width: int = 1200, height: int = 800, *, kind: str = "JPEG", turned: bool = False) -> bytes:
    """A picture, red on the left half, with the place and the device in its EXIF, a comment and an XMP packet."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x010F], exif[0x9286], exif[0x0112] = "Contoh Kamera", PLACE.decode(), 6 if turned else 1
    exif.get_ifd(0x8825)[2] = (2.0, 7.0, 45.0)
    stream = io.BytesIO()
    more: Any = {"comment": PLACE, "xmp": b"<x:xmpmeta>" + PLACE + b"</x:xmpmeta>"} if kind == "JPEG" else {}
    image.save(stream, kind, exif=exif, **more)
    return stream.getvalue()


def upload(data: bytes | None = None, name: str = "rapat.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data or photo()), name


def added(world: Any, meeting: Any, *several: Any, by: Any = None, **given: Any) -> Any:
    body = {"file": list(several) or [upload()]} | given
    return world.api(by or world.secretariat).post(f"/meetings/{meeting.id}/photos", data=body)


def test_nothing_of_the_camera_stays_and_it_stands_upright():
    assert PLACE in photo() and b"Contoh Kamera" in photo()
    made = develop("rapat.jpg", photo(3000, 2000, turned=True))
    for each in (made.large, made.small):
        assert PLACE not in each.data and b"Contoh Kamera" not in each.data and b"Exif" not in each.data
        with Image.open(io.BytesIO(each.data)) as image:
            assert not image.getexif() and image.width < image.height, "turned as it was held"
    assert (made.width, made.height) == (1333, 2000)
    with Image.open(io.BytesIO(made.small.data)) as image:
        assert max(image.size) == 480
        red, _green, blue = image.convert("RGB").getpixel((image.width // 2, 20))
        assert red > blue, "what was left is now on top"


def test_a_transparent_picture_gets_white_behind_it():
    stream = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(stream, "PNG")
    with Image.open(io.BytesIO(develop("kosong.png", stream.getvalue()).large.data)) as image:
        assert min(image.convert("RGB").getpixel((20, 20))) > 250


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("teks.jpg", b"bukan gambar"), ("surat.pdf", b"%PDF-1.4\n%%EOF"), ("kosong.jpg", b""), ("gambar.png", photo()),
        ("potongan.jpg", photo()[:2000]), ("skrip.svg", b"<svg/>"),
    ],
)  # fmt: skip
def test_what_is_no_photo_is_refused_with_a_sentence(name, data):
    with pytest.raises(files.BadFile, match=r"\.$"):
        develop(name, data)


def test_several_at_once_all_or_none(world):
    meeting = world.meeting("in_session")
    made = added(
        world, meeting, upload(), upload(name="dua.jpg"), caption="Contoh pembukaan", by=world.minute_taker
    )
    assert made.status_code == 201, made.json
    assert [(p["caption"], p["on_paper"]) for p in made.json["items"]] == [("Contoh pembukaan", True)] * 2
    bad = added(world, meeting, upload(), upload(b"bukan gambar", "rusak.jpg"))
    assert bad.status_code == 422 and "rusak.jpg" in bad.json["errors"]["file"][0]
    assert added(world, meeting, *[upload() for _ in range(21)]).status_code == 422
    assert len(photos_of(db.session.get_one(Meeting, meeting.id))) == 2
    told = [each.what for each in history_of(db.session.get_one(Meeting, meeting.id), world.secretariat)]
    assert told[0] == "2 foto ditambahkan."


def test_who_adds_and_who_sees(world):
    meeting = world.meeting("in_session", units=("ID-BB",))
    assert added(world, meeting, by=world.ppk()).status_code == 403
    assert added(world, world.meeting("draft")).status_code == 409
    number = added(world, meeting).json["items"][0]["id"]
    for who, status in ((world.ppk(), 200), (world.evaluator, 200), (world.ppk("ID-AC"), 404)):
        assert world.api(who).get(f"/photos/{number}/file").status_code == status
        assert world.sign_in(who).get(f"/foto/{number}/berkas?kecil=1").status_code == status
        assert world.sign_in(who).get(f"/foto/{number}").status_code == status
    assert world.client().get(f"/foto/{number}/berkas").status_code == 302
    assert world.sign_in(world.ppk()).post(f"/foto/{number}/tarik").status_code == 403
    room = world.sign_in(world.ppk()).get(f"/rapat/{meeting.id}?bagian=foto").text
    assert f"/foto/{number}/berkas?kecil=1" in room and "Unggah foto" not in room


def test_a_caption_an_annex_and_taken_off(world):
    meeting = world.meeting("in_session")
    one, two = (p["id"] for p in added(world, meeting, upload(), upload()).json["items"])
    desk = world.api(world.secretariat)
    assert desk.patch(f"/photos/{one}", json={"caption": "x"}).status_code == 428
    changed = desk.patch(
        f"/photos/{one}", json={"caption": "Contoh <b>pimpinan</b>"}, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == 200 and changed.json["version"] == 2
    assert desk.patch(f"/photos/{one}", json={"caption": "y"}, headers={"If-Match": '"1"'}).status_code == 409
    page = world.sign_in(world.secretariat)
    assert page.post(f"/foto/{two}", data={"version": 1, "caption": ""}).status_code == 303, (
        "no longer annexed"
    )
    assert "Contoh &lt;b&gt;pimpinan" in page.get(f"/rapat/{meeting.id}?bagian=foto").text
    annexed = for_paper(db.session.get_one(Meeting, meeting.id))
    assert [p["caption"] for p in annexed] == ["Contoh <b>pimpinan</b>"]
    assert rendering.photo(annexed[0]["sha256"]).startswith("data:image/jpeg;base64,")
    assert desk.delete(f"/photos/{one}").status_code == 204
    assert desk.get(f"/photos/{one}").status_code == 404 and db.session.get(Photo, one) is not None


def test_a_page_that_was_wrong_keeps_the_caption_and_says_which_file(world):
    meeting = world.meeting("in_session")
    page = world.sign_in(world.secretariat)
    answer = page.post(
        f"/rapat/{meeting.id}/foto", data={"file": [upload(b"x", "rusak.jpg")], "caption": "Contoh tetap"}
    )
    assert answer.status_code == 422 and "rusak.jpg" in answer.text and 'value="Contoh tetap"' in answer.text
    assert page.post(f"/rapat/{meeting.id}/foto", data={}).status_code == 422
    answer = page.post(f"/rapat/{meeting.id}/foto", data={"file": [upload()], "caption": ""})
    assert answer.status_code == 303 and "bagian=foto" in answer.location


def test_the_minutes_annex_them_and_their_snapshot_names_them(world):
    meeting = world.meeting("in_session")
    added(world, meeting, caption="Contoh pembukaan")
    world.fire(db.session.get_one(Meeting, meeting.id), "close", world.chair, confirm=True)
    made = minutes_paper(db.session.get_one(Meeting, meeting.id).minutes, world.now, draft=True)
    kept = photos_of(db.session.get_one(Meeting, meeting.id))[0]
    assert made["photos"] == [{"caption": "Contoh pembukaan", "sha256": kept.file.sha256}]
    page = rendering.html("minutes/minutes.pdf.html", made, jinja_env=world.app.jinja_env)
    assert "LAMPIRAN FOTO" in page and "data:image/jpeg;base64," in page
    before = {
        name: value for name, value in made.items() if name != "photos"
    }  # frozen before there were photos
    assert "LAMPIRAN" not in rendering.html("minutes/minutes.pdf.html", before, jinja_env=world.app.jinja_env)
