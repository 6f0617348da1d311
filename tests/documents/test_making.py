"""From a move to a file: which paper is asked for when, drawn for real, once."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image, ImageDraw
from pypdf import PdfReader
from sqlalchemy import func, select

from randal.database.base import db
from randal.documents import model, pipeline
from randal.documents.model import Document, DocumentVersion
from randal.jobs import outbox
from randal.jobs.outbox import Delivery
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.org import app_settings
from randal.storage import files
from tests.world import World

Drain = Callable[[], int]


def words(document: Document) -> str:
    """The text of the newest file, as pdftotext reads it."""
    data = stored(document)
    done = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def marked(document: Document, mark: str) -> bool:
    """Does this word stand across every page? pdftotext tears slanted letters apart."""
    pages = PdfReader(io.BytesIO(stored(document))).pages
    return all(mark in page.extract_text() for page in pages)


def stored(document: Document) -> bytes:
    assert document.stage == "ready", document.error
    assert document.newest is not None
    return document.newest.read()


def paper(kind: str, item: Any) -> Document:
    found = Document.of(kind, item.__lifecycle__, item.id)
    assert found is not None
    return found


def test_a_scheduled_meeting_has_a_draft_letter(world: World, drain: Drain) -> None:
    meeting = world.meeting("scheduled", units=("ID-BB", "ID-KR"), purpose="Contoh maksud rapat.")
    draft = paper("invitation", meeting)
    assert (draft.stage, draft.restricted) == ("queued", True)
    drain()
    said = words(draft)
    for part in (
        meeting.title,
        "Contoh maksud rapat.",
        "PPK Kepulauan Riau",
        "Contoh acara",
        world.chair.name,
    ):
        assert part in said, part
    assert marked(draft, "DRAF") and not marked(draft, "CONTOH")
    assert draft.code not in said and "/verifikasi/" not in said
    assert "tidak berlaku" not in said


def test_the_issued_letter_and_the_one_that_changes_it(world: World, drain: Drain) -> None:
    meeting = world.meeting("scheduled")
    world.fire(meeting, "issue_letter", world.secretariat, number="UM 0201-Dc/7", dated_on=date(2018, 6, 18))
    drain()
    issued = paper("invitation", meeting)
    said = words(issued)
    assert "UM 0201-Dc/7" in said and "18 Juni 2018" in said and not marked(issued, "DRAF")
    assert issued.code in said and f"/verifikasi/{issued.code}" in said.replace(" ", "")
    assert "Disetujui secara elektronik" not in said
    starts = meeting.starts_at + timedelta(days=2)
    local = starts.replace(tzinfo=None)
    world.fire(
        meeting,
        "reschedule",
        world.secretariat,
        starts_at=local,
        ends_at=local + timedelta(hours=2),
        reason="contoh alasan perubahan",
    )
    drain()
    draft = paper("invitation", meeting)
    assert draft.restricted and issued.superseded_by_id == draft.id
    assert "mengubah surat kami nomor UM 0201-Dc/7 tanggal 18 Juni 2018" in words(draft)
    world.fire(meeting, "issue_letter", world.secretariat, number="UM 0201-Dc/9", dated_on=date(2018, 6, 20))
    drain()
    last = paper("invitation", meeting)
    assert "UM 0201-Dc/9" in words(last) and "UM 0201-Dc/7 tanggal 18 Juni 2018" in words(last)
    assert [d.revision for d in db.session.scalars(select(Document).order_by(Document.id))] == [1, 2, 3, 4]


def test_a_letter_signed_elsewhere_is_the_document(world: World, drain: Drain) -> None:
    meeting = world.meeting("scheduled")
    drain()
    signed = b"%PDF-1.4 contoh surat bertanda tangan"
    file = files.keep(files.check("surat.pdf", signed), by=world.secretariat.id, now=world.now)
    world.fire(
        meeting, "issue_letter", world.secretariat, number="UM 1", dated_on=date(2018, 6, 18), file=file.id
    )
    drain()
    issued = paper("invitation", meeting)
    assert stored(issued) == signed and len(issued.versions) == 1 and issued.newest.name == "surat.pdf"


def picture() -> bytes:
    image = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(image).line([(10, 280), (400, 20), (880, 250)], fill="black", width=9)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def test_the_attendance_list(world: World, drain: Drain) -> None:
    meeting = world.meeting("in_session", units=("ID-BB", "ID-KR", "ID-BE"))
    came, stood_in, away = meeting.invitees
    secretariat, ppk = world.secretariat, world.ppk("ID-BB")
    drawn = files.keep(files.check("ttd.png", picture()), by=ppk.id, now=world.now)
    world.fire(came, "check_in", ppk, signature=drawn.id)
    world.fire(stood_in, "check_in", secretariat, name="Contoh Wakil", post="Contoh Staf Teknis")
    world.fire(away, "decline", secretariat, reason="contoh tugas di lapangan")
    guest = Attendance(meeting_id=meeting.id, is_guest=True, name_attending="Contoh Tamu", position=9)
    guest.institution, guest.state, guest.created_at, guest.updated_at = (
        "Dinas Contoh",
        "present",
        world.now,
        world.now,
    )
    db.session.add(guest)
    db.session.commit()
    world.fire(meeting, "close", world.chair, confirm=True)
    drain()
    document = paper("attendance_list", meeting)
    said = words(document)
    for part in (
        "DAFTAR HADIR",
        ppk.name,
        "Contoh Wakil",
        "mewakili PPK Kepulauan Riau",
        "Contoh Staf Teknis",
        "contoh tugas di lapangan",
        "Contoh Tamu",
        "Dinas Contoh",
        "Diundang 3:",
        "tamu 1",
        document.code,
    ):
        assert part in said, part
    images = subprocess.run(
        ["pdfimages", "-list", "-"], input=stored(document), capture_output=True, check=True
    )
    assert "600" in images.stdout.decode(), "the drawn signature, made smaller"
    world.fire(away, "correct_to_present", secretariat, reason="contoh pembetulan daftar")
    drain()
    newer = paper("attendance_list", meeting)
    assert newer.id != document.id and document.superseded_by_id == newer.id


def test_twice_run_is_once_made(world: World, drain: Drain) -> None:
    meeting = world.meeting("scheduled")
    delivery = db.session.scalars(select(Delivery).where(Delivery.document_id.is_not(None))).one()
    db.session.commit()
    store = pipeline.draw(delivery.document_id, world.now)  # a run that is slower than the next
    assert outbox.deliver(delivery.id, world.now) is True
    store()
    db.session.commit()
    assert outbox.deliver(delivery.id, world.now) is False
    delivery.done_at = None
    db.session.commit()
    outbox.deliver(delivery.id, world.now)
    assert db.session.scalar(select(func.count()).select_from(DocumentVersion)) == 1
    assert paper("invitation", meeting).stage == "ready"


def test_while_it_waits_a_second_wish_is_the_same(world: World, drain: Drain) -> None:
    meeting = world.meeting("scheduled")
    first = paper("invitation", meeting)
    again = model.request(
        "invitation",
        "meeting",
        meeting.id,
        title="Lain",
        now=world.now,
        restricted=True,
        meeting_id=meeting.id,
    )
    assert again.id == first.id and again.title == "Lain"
    drain()
    later = model.request(
        "invitation",
        "meeting",
        meeting.id,
        title="Lain",
        now=world.now,
        restricted=True,
        meeting_id=meeting.id,
    )
    assert later.id != first.id and later.revision == 2 and first.superseded_by_id == later.id


def test_a_failure_says_why_and_is_tried_again(
    world: World, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = world.meeting("scheduled")
    stages = []

    def broken(paper: Any) -> Any:
        stages.append(db.session.scalar(select(Document.stage)))
        raise RuntimeError("/a/path/of/ours is broken")

    build, drawer = pipeline.RENDERERS["invitation"]
    monkeypatch.setitem(pipeline.RENDERERS, "invitation", (build, broken))
    with pytest.raises(RuntimeError):
        drain()
    document = db.session.scalars(select(Document)).one()
    db.session.refresh(document)
    assert stages == ["rendering"]
    assert document.stage == "failed" and document.error.startswith("Sistem gagal membuat berkas ini.")
    assert "/a/path" not in document.error
    monkeypatch.setitem(pipeline.RENDERERS, "invitation", (build, drawer))
    api = world.api(world.secretariat)
    assert api.get(f"/documents/{document.id}").json["error"] == document.error
    answer = api.post(f"/documents/{document.id}/retry")
    assert answer.status_code == 200 and answer.json["state"] == "queued"
    assert api.post(f"/documents/{document.id}/retry").status_code == 409
    drain()
    assert marked(paper("invitation", meeting), "DRAF")
    assert api.post(f"/documents/{document.id}/retry").status_code == 409


def test_the_demonstration_marks_every_paper(world: World, drain: Drain) -> None:
    app_settings.change("demo", True)
    meeting = world.meeting("closed")
    drain()
    for kind in ("invitation", "attendance_list"):
        said = words(paper(kind, meeting))
        assert marked(paper(kind, meeting), "CONTOH") and "Dokumen contoh, tidak berlaku." in said


def test_trackers_as_pdf_and_sheet(world: World, drain: Drain) -> None:
    meeting = world.meeting("closed", units=("ID-BB", "ID-KR"))
    for iso in ("ID-BB", "ID-KR"):
        promise(world, meeting, iso, f"Contoh janji {iso}")
    ppk = world.ppk("ID-BB")
    api = world.api(ppk)
    asked = api.get("/tracker", headers={"Accept": "application/pdf"})
    assert asked.status_code == 202
    sheet = api.get("/tracker", headers={"Accept": files.TYPES["xlsx"]})
    drain()
    said = words(db.session.get(Document, asked.json["id"]))
    assert "Contoh janji ID-BB" in said and "Contoh janji ID-KR" not in said and "RTL-" in said
    book = load_workbook(io.BytesIO(stored(db.session.get(Document, sheet.json["id"]))))
    cells = [str(c.value) for row in book.worksheets[0] for c in row]
    assert any("Contoh janji ID-BB" in c for c in cells) and not any("ID-KR" in c for c in cells)


def promise(world: World, meeting: Meeting, iso: str, text: str) -> Any:
    from randal.models.follow_ups import FollowUp

    answer = world.api(world.secretariat).post(
        "/follow-ups",
        json={
            "meeting_id": meeting.id,
            "unit_id": world.unit(iso).id,
            "text": text,
            "due_on": f"{world.now + timedelta(days=20):%Y-%m-%d}",
            "expected_output": "Contoh berita acara",
            "priority": "high",
        },
    )
    assert answer.status_code == 201, answer.json
    item = db.session.get(FollowUp, answer.json["id"])
    return world.fire(item, "assign", world.secretariat)
