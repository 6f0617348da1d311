"""One piece of evidence: its versions, what a photo knows and who is told, duplicates, sent twice, small pictures."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from randal.database.base import db
from randal.documents import thumbnails
from randal.documents.thumbnails import Preview
from randal.storage import photos
from tests.follow_ups.conftest import PDF, Story


def photo(side: int = 60, **camera: Any) -> bytes:
    """A photo as a phone takes it: turned, with its time and position."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Contoh Kamera"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "S", (2.0, 7.0, 48.0), "E", (106.0, 6.0, 30.0)
    exif.get_ifd(0x8769)[0x9003] = "2026:03:01 10:12:13"
    kept = io.BytesIO()
    Image.new("RGB", (side, side // 2), camera.get("colour", "teal")).save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def one_page() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (200, 300), "white").save(kept, "PDF")
    return kept.getvalue()


@pytest.mark.database("sqlite")
def test_position_is_kept_for_its_unit_and_its_judge_and_taken_out_for_all_else(story: Story) -> None:
    taken, world = photo(), story.world
    made = story.upload(story.assigned(), "foto.jpg", taken, place="Contoh Desa Air").json
    path = f"/evidence/{made['id']}"
    for who in (story.ppk, story.evaluator):
        row = who.get(path).json
        assert (row["latitude"], row["longitude"]) == ("-2.130000", "106.108333")
        assert row["taken_at"] == "2026-03-01T10:12:13"
        assert row["place"] == "Contoh Desa Air"
        assert who.get(f"{path}/file").data == taken
    for who in (world.api(world.person("leader")), world.api(world.person("auditor")), story.secretariat):
        row = who.get(path).json
        assert row["latitude"] is row["longitude"] is row["taken_at"] is None
        given = who.get(f"{path}/file").data
        assert given != taken
        assert b"Contoh Kamera" not in given
        assert photos.facts(given) == photos.Facts()
        with Image.open(io.BytesIO(given)) as seen, Image.open(io.BytesIO(taken)) as whole:
            assert seen.getexif()[0x0112] == 6  # still upright
            assert seen.tobytes() == whole.tobytes()
    page = world.sign_in(world.person("leader")).get(f"/rtl/{made['follow_up_id']}").text
    assert "106.108" not in page
    assert "106.108333" in world.sign_in(world.evaluator).get(f"/rtl/{made['follow_up_id']}").text


@pytest.mark.parametrize("tail", [b"", b"RAHASIA di belakang gambar", photo()], ids=["none", "text", "photo"])
def test_nothing_stays_behind_the_end_of_a_photo(tail: bytes) -> None:
    with Image.open(io.BytesIO(photo())) as image:
        exif = image.getexif()
        kept = io.BytesIO()
        image.save(kept, "JPEG", exif=exif, progressive=True, comment=b"RAHASIA")
    given = photos.stripped(kept.getvalue() + tail, photos.JPEG)
    assert b"RAHASIA" not in given
    assert given.count(b"\xff\xd9") == 1
    assert photos.facts(given) == photos.Facts()


def test_a_photo_whose_parts_cannot_be_followed_is_drawn_anew() -> None:
    whole = photo()
    odd = whole[:20] + b"\x00\x00" + whole[20:]
    try:
        given = photos.stripped(odd, photos.JPEG)
    except Exception:  # not even a picture any more: nothing is given away
        return
    assert photos.facts(given) == photos.Facts()


@pytest.mark.database("sqlite")
def test_a_new_version_takes_the_place_of_the_old(story: Story) -> None:
    item = story.assigned()
    first = story.upload(item, "foto.jpg", photo(colour="red")).json
    story.move(story.ppk, item, "submit", note="Contoh selesai")
    story.judge(first, "insufficient")
    story.world.now += timedelta(minutes=1)
    story.move(story.evaluator, item, "return", reason="contoh papan nama belum terlihat")
    story.world.now += timedelta(minutes=1)
    page = story.world.sign_in(story.world.ppk("ID-BB")).get(f"/rtl/{item['id']}").text
    assert "foto.jpg: kurang" in page
    second = story.upload(item, "foto-2.jpg", photo(colour="blue"), replaces_id=first["id"]).json
    assert second["replaces_id"] == first["id"]
    now = story.ppk.get(f"/follow-ups/{item['id']}").json
    assert now["evidence_ids"] == [second["id"]]
    again = story.upload(item, "foto-3.jpg", photo(), replaces_id=first["id"])
    assert "versi yang lebih baru" in again.json["errors"]["replaces_id"][0]
    other = story.evidence(story.assigned())
    foreign = story.upload(item, "foto-3.jpg", photo(), replaces_id=other["id"])
    assert "tindak lanjut ini" in foreign.json["errors"]["replaces_id"][0]
    story.move(story.ppk, item, "submit", note="Contoh lengkap")
    story.judge(second)
    assert story.move(story.evaluator, item, "verify", note="Contoh sesuai")["state"] == "verified"


@pytest.mark.database("sqlite")
def test_the_history_holds_what_was_handed_in_and_how_it_was_judged(story: Story) -> None:
    item, data = story.assigned(), photo()
    made = story.upload(item, "foto.jpg", data).json
    story.move(story.ppk, item, "submit", note="Contoh selesai")
    story.judge(made)
    told = [e["data"] for e in story.ppk.get(f"/follow-ups/{item['id']}/events").json["items"]]
    handed_in = next(d for d in told if "evidence_id" in d)
    assert (handed_in["evidence_id"], handed_in["sha256"]) == (made["id"], hashlib.sha256(data).hexdigest())
    assert {"evidence_id": made["id"], "verdict": "accepted"} in told
    page = story.world.sign_in(story.world.ppk("ID-BB")).get(f"/rtl/{item['id']}").text
    assert "Bukti dukung ditambahkan." in page
    assert "Bukti dukung dinilai: Diterima." in page


def test_the_same_bytes_elsewhere_are_said_to_who_judges_alone(story: Story) -> None:
    data, world = photo(), story.world
    earlier = story.assigned(text="Contoh janji lama")
    story.upload(earlier, "lama.jpg", data)
    item = story.assigned()
    made = story.upload(item, "foto.jpg", data).json
    assert story.evaluator.get(f"/evidence/{made['id']}").json["same_as"] == [made["id"] - 1]
    assert story.ppk.get(f"/evidence/{made['id']}").json["same_as"] is None
    story.move(story.ppk, item, "submit", note="Contoh selesai")
    said = "Berkas yang persis sama juga diunggah"
    assert said in world.sign_in(world.evaluator).get(f"/rtl/{item['id']}").text
    assert said not in world.sign_in(world.ppk("ID-BB")).get(f"/rtl/{item['id']}").text


def test_sent_twice_is_kept_once(story: Story) -> None:
    """As the page's script does on a bad line: the same key again, also after the hand-in went through."""
    item, client = story.assigned(), story.world.sign_in(story.world.ppk("ID-BB"))

    def send() -> Any:
        sent = {"file": (io.BytesIO(photo()), "foto.jpg"), "note": "Foto terlampir.", "then": "submit"}
        sent |= {"sent_as": "contoh-kunci-1", "version": item["version"]}
        return client.post(f"/rtl/{item['id']}/bukti", data=sent, headers={"X-Sender": "1"})

    for answer in (send(), send()):
        assert answer.status_code == 200, answer.text
        assert answer.json["url"] == f"/rtl/{item['id']}"
    assert len(story.ppk.get(f"/follow-ups/{item['id']}/evidence").json["items"]) == 1
    assert story.ppk.get(f"/follow-ups/{item['id']}").json["state"] == "submitted"


@pytest.mark.database("sqlite")
def test_the_script_is_told_what_is_wrong(story: Story) -> None:
    item, client = story.assigned(), story.world.sign_in(story.world.ppk("ID-BB"))
    sent = {"file": (io.BytesIO(b""), "foto.jpg"), "note": "x", "sent_as": "k"}
    answer = client.post(f"/rtl/{item['id']}/bukti", data=sent, headers={"X-Sender": "1"})
    assert answer.status_code == 422
    assert "kosong" in answer.json["errors"]["file"][0]


@pytest.mark.database("sqlite")
def test_a_link_that_leads_back_is_no_evidence(story: Story) -> None:
    item = story.assigned()
    here = story.world.app.config["RANDAL"].public_url
    said = story.evidence(item, status=422, link=f"{here}/rtl/{item['id']}#bukti")
    assert "kembali ke tindak lanjut ini" in said["errors"]["link"][0]


def test_small_pictures_are_made_by_a_worker(story: Story, drain: Callable[[], int]) -> None:
    item, world = story.assigned(), story.world
    pieces = [
        story.upload(item, name, data).json["id"]
        for name, data in (("foto.jpg", photo(2000)), ("surat.pdf", one_page()), ("rusak.pdf", PDF))
    ]
    path = f"/rtl/{item['id']}/bukti/{{}}/pratinjau"
    client = world.sign_in(world.person("leader"))
    assert client.get(path.format(pieces[0])).status_code == 404
    drain()
    sizes = []
    for piece, query in ((pieces[0], ""), (pieces[0], "?kecil"), (pieces[1], "")):
        answer = client.get(path.format(piece) + query)
        assert answer.status_code == 200
        assert answer.content_type == "image/jpeg"
        assert photos.facts(answer.data) == photos.Facts()
        sizes.append(Image.open(io.BytesIO(answer.data)).size)
    assert sizes[0] == (700, 1400)  # upright, no longer than a screen
    assert sizes[1] == (120, 240)
    assert max(sizes[2]) == 1400
    assert client.get(path.format(pieces[2])).status_code == 404
    assert world.sign_in(world.ppk("ID-PA")).get(path.format(pieces[0])).status_code == 404
    assert db.session.query(Preview).count() == 3
    assert "1 halaman" in client.get(f"/rtl/{item['id']}").text


def test_no_picture_comes_of_a_broken_file() -> None:
    assert thumbnails.pictures(b"%PDF-1.7 rusak", thumbnails.PDF) is None
    assert thumbnails.pictures(photo()[:200], photos.JPEG) is None
