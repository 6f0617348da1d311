"""Evidence: what is taken, what is refused and in which words, who judges, and how its file goes out."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from tests.follow_ups.conftest import PDF, Story, png


def test_a_file_is_kept_by_its_content(story: Story) -> None:
    item = story.assigned()
    answer = story.upload(
        item, "../../foto\u202e.png", png(), note="Contoh foto", dated_on=story.today().isoformat()
    )
    assert answer.status_code == 201, answer.json
    file = answer.json["file"]
    assert file["sha256"] == hashlib.sha256(png()).hexdigest()
    assert file["mime"] == "image/png"
    assert "/" not in file["name"]
    assert answer.json["verdict"] is None
    got = story.ppk.get(f"/evidence/{answer.json['id']}/file")
    assert got.data == png()
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("kosong.pdf", b"", "kosong"),
        ("gambar.png", PDF, "bukan PNG"),
        ("surat.docx", b"PK\x03\x04bukan zip", "bukan DOCX"),
        ("program.exe", b"MZ", "tidak diterima"),
        ("halaman.html", b"<script>alert(1)</script>", "tidak diterima"),
        ("gambar.svg", b"<svg onload='alert(1)'/>", "tidak diterima"),
        ("besar.pdf", PDF + b" " * 20 * 1024 * 1024, "20 MB"),
    ],
    ids=["empty", "not a picture", "not a document", "program", "page", "svg", "too large"],
)
def test_a_bad_file_is_refused_at_its_field(story: Story, name: str, data: bytes, said: str) -> None:
    item = story.assigned()
    answer = story.upload(item, name, data)
    assert answer.status_code == 422, answer.json
    assert said in answer.json["errors"]["file"][0]
    assert story.ppk.get(f"/follow-ups/{item['id']}/evidence").json["items"] == []


def test_far_too_large_is_refused_before_it_is_read(story: Story) -> None:
    answer = story.upload(story.assigned(), "besar.pdf", PDF + b" " * 22 * 1024 * 1024)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://contoh.example/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://contoh.example/x",
        "//contoh.example/x",
        "https://",
        "https://contoh.example/a b",
        "https://contoh.example\\@lain.example/",
        "https://nama:sandi@contoh.example/",
        "https://contoh.example:abc/",
        "https://contoh.example/" + "x" * 1000,
    ],
)
def test_only_addresses_of_the_web_are_links(story: Story, link: str) -> None:
    said = story.evidence(story.assigned(), status=422, link=link)
    assert list(said["errors"]) == ["link"]


def test_a_piece_is_a_file_or_a_link_and_not_of_tomorrow(story: Story) -> None:
    item = story.assigned()
    assert list(story.evidence(item, status=422, note="tanpa apa-apa")["errors"]) == ["file"]
    tomorrow = (story.today() + timedelta(days=1)).isoformat()
    said = story.evidence(item, status=422, link="https://contoh.example/", dated_on=tomorrow)
    assert list(said["errors"]) == ["dated_on"]
    both = story.upload(item, "foto.png", png(), link="https://contoh.example/")
    assert list(both.json["errors"]) == ["link"]
    assert story.evidence(item, status=422, file="foto.png")["errors"]["file"]


def test_only_the_unit_adds_and_only_while_it_runs(story: Story) -> None:
    world, item = story.world, story.draft()
    story.evidence(item, status=409)
    story.evidence(item, who=story.evaluator, status=403)
    foreign = world.api(world.ppk("ID-PA"))
    story.evidence(item, who=foreign, status=404)
    story.move(story.chair, item, "assign")
    staff = world.api(world.person("ppk_staff", story.unit))
    story.evidence(item, who=staff)
    assert story.move(staff, item, "submit", 403, note="x")["status"] == 403
    story.move(story.ppk, item, "submit", note="Contoh selesai")
    story.evidence(item, status=409)


def test_submit_needs_evidence_since_the_last_return(story: Story) -> None:
    item = story.assigned()
    assert "bukti dukung" in story.move(story.ppk, item, "submit", 422, note="x")["detail"]
    story.evidence(item)
    assert story.move(story.ppk, item, "submit", 422)["errors"]["note"]
    story.move(story.ppk, item, "submit", note="Contoh selesai")
    story.world.now += timedelta(minutes=1)
    story.move(story.evaluator, item, "return", reason="contoh belum lengkap")
    story.move(story.ppk, item, "submit", 422, note="lagi")
    story.world.now += timedelta(minutes=1)
    story.evidence(item)
    assert story.move(story.ppk, item, "submit", note="Contoh lengkap")["state"] == "submitted"


def test_every_piece_is_judged_before_verifying(story: Story) -> None:
    item = story.assigned()
    first, second = story.evidence(item), story.evidence(item)
    story.judge(first, status=409)
    story.move(story.ppk, item, "submit", note="Contoh selesai")
    story.judge(first, who=story.ppk, status=403)
    judged = story.judge(first, "insufficient")
    assert (judged["verdict"], judged["judged_by_id"]) == ("insufficient", story.world.evaluator.id)
    path = f"/evidence/{second['id']}"
    mark = {"If-Match": f'"{second["version"]}"'}
    assert story.evaluator.patch(path, json={"verdict": "accepted"}).status_code == 428
    assert story.evaluator.patch(path, json={"verdict": "bagus"}, headers=mark).status_code == 422
    assert "belum dinilai" in story.move(story.evaluator, item, "verify", 422, note="x")["detail"]
    story.judge(second, "unsuitable")
    assert "satu bukti" in story.move(story.evaluator, item, "verify", 422, note="x")["detail"]
    story.judge(second)
    assert story.evaluator.patch(path, json={"verdict": "accepted"}, headers=mark).status_code == 409
    done = story.move(story.evaluator, item, "verify", note="Contoh sesuai")
    assert done["state"] == "verified"
    story.judge(first, status=409)


def test_nobody_verifies_or_judges_his_own(story: Story) -> None:
    """A PPK who became evaluator after handing in."""
    item = story.submitted()
    person = story.world.ppk("ID-BB")
    person.role, person.unit_id = "evaluator", None
    story.world.app.extensions["sqlalchemy"].session.commit()
    piece = story.evaluator.get(f"/follow-ups/{item['id']}/evidence").json["items"][0]
    story.judge(piece, who=story.ppk, status=422)
    story.judge(piece)
    said = story.move(story.ppk, item, "verify", 422, note="x")
    assert "orang lain" in said["detail"]


@pytest.mark.parametrize("path", ["/follow-ups/{id}", "/follow-ups/{id}/evidence", "/follow-ups/{id}/events"])
def test_a_foreign_unit_sees_nothing(story: Story, path: str) -> None:
    item = story.submitted()
    foreign = story.world.api(story.world.ppk("ID-PA"))
    assert foreign.get(path.format(**item)).status_code == 404
    assert foreign.get("/follow-ups").json["items"] == []
    assert foreign.get("/evidence").json["items"] == []


def test_the_file_is_hidden_from_foreign_units_on_every_way(story: Story) -> None:
    item = story.assigned()
    piece = story.upload(item, "foto.png", png()).json
    world = story.world
    foreign, page = world.ppk("ID-PA"), f"/rtl/{item['id']}/bukti/{piece['id']}/berkas"
    assert world.api(foreign).get(f"/evidence/{piece['id']}/file").status_code == 404
    assert world.api(foreign).get(f"/evidence/{piece['id']}").status_code == 404
    assert world.sign_in(foreign).get(page).status_code == 404
    assert world.client().get(page).status_code in (302, 303)
    other = story.assigned()
    own = world.sign_in(world.ppk("ID-BB"))
    assert own.get(f"/rtl/{other['id']}/bukti/{piece['id']}/berkas").status_code == 404
    saved, shown = own.get(page), own.get(page + "?tampil")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert shown.headers["Content-Disposition"].startswith("inline")
    for answer in (saved, shown):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_office_file_is_never_shown_inline(story: Story) -> None:
    import io
    import zipfile

    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    item = story.assigned()
    piece: Any = story.upload(item, "surat.docx", kept.getvalue()).json
    own = story.world.sign_in(story.world.ppk("ID-BB"))
    answer = own.get(f"/rtl/{item['id']}/bukti/{piece['id']}/berkas?tampil")
    assert answer.headers["Content-Disposition"].startswith("attachment")
