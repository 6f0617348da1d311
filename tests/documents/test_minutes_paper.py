"""The minutes as paper: frozen at approval, drawn from the snapshot alone, followed by the call for signatures."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from pypdf import PdfReader

from randal.database.base import db
from randal.documents import pipeline, snapshots
from randal.documents.model import Document
from randal.engine.transitions import make
from randal.models.findings import Finding
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import AgendaItem, Decision, Directive, Meeting
from randal.models.minutes import Minutes
from randal.models.progress import Activity, Figure, ProgressReport
from randal.rooms.minutes.papers import minutes_paper
from tests.world import World

Drain = Callable[[], int]
UNITS = ("ID-BB", "ID-KR", "ID-BE")


def said_in(data: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def held(world: World) -> Meeting:
    """A meeting of three PPK with one of everything in it, closed."""
    meeting = world.meeting("in_session", units=UNITS)
    now, chair = world.now, world.actor(world.chair)
    evaluator = world.actor(world.evaluator)
    unit = world.unit("ID-BB")
    world.fire(meeting.invitees[0], "check_in", world.ppk("ID-BB"))
    db.session.add_all(
        [
            Directive(
                meeting_id=meeting.id, number=1, speaker="Contoh Ketua", text="Contoh arahan", updated_at=now
            ),
            Decision(meeting_id=meeting.id, number=1, text="Contoh keputusan", updated_at=now),
        ]
    )
    meeting.objectives[0].assessment = "partly"
    for item in db.session.query(AgendaItem).filter_by(meeting_id=meeting.id):
        item.outcome = "discussed"
    make(
        Finding(meeting_id=meeting.id, unit_id=unit.id, text="Contoh temuan <b>", severity="high"),
        evaluator,
        now=now,
    )
    make(
        Kendala(
            meeting_id=meeting.id,
            unit_id=unit.id,
            text="Contoh kendala",
            category="LHN",
            cause="Contoh sebab",
        ),
        evaluator,
        now=now,
    )
    number = 0
    for text, isos, key in (("Contoh janji bersama", UNITS, "g1"), ("Contoh janji sendiri", UNITS[:1], "")):
        for iso in isos:
            number += 1
            row = FollowUp(meeting_id=meeting.id, unit_id=world.unit(iso).id, text=text, number=number)
            row.group_key, row.expected_output, row.priority = key, "Contoh berita acara", "high"
            row.due_on = (now + timedelta(days=30)).date()
            make(row, chair, now=now)
            db.session.commit()
            world.fire(row, "assign", world.chair)
    report_of(world, meeting)
    world.fire(meeting, "close", world.chair, confirm=True)
    return meeting


def report_of(world: World, meeting: Meeting) -> None:
    """ID-BB handed in figures; the others are left as the meeting's end leaves them."""
    unit = world.unit("ID-BB")
    report = (
        db.session.query(ProgressReport)
        .filter_by(unit_id=unit.id, period=meeting.report_period)
        .one_or_none()
    )
    if report is None:
        report = ProgressReport(unit_id=unit.id, period=meeting.report_period, state="draft")
        report.created_at = report.updated_at = world.now
        db.session.add(report)
    activity = Activity(unit_id=unit.id, name="Contoh kegiatan", sector="AM", budget=Decimal(1000))
    db.session.add(activity)
    db.session.flush()
    report.all_figures.append(
        Figure(
            activity_id=activity.id,
            physical_plan=Decimal("54.50"),
            physical_actual=Decimal("48.74"),
            financial_plan=Decimal("50.00"),
            financial_actual=Decimal("42.10"),
        )
    )
    report.source, report.as_of = "emon", world.now.date()
    db.session.commit()
    world.fire(report, "submit", world.ppk("ID-BB"))


def approved(world: World, meeting: Meeting) -> Minutes:
    minutes = meeting.minutes
    assert minutes is not None
    for section in minutes.sections:
        section.html = section.html or f"<p>Contoh isi {section.title}.</p>"
    db.session.commit()
    world.fire(minutes, "submit", world.minute_taker)
    world.fire(minutes, "approve", world.chair)
    return minutes


def test_from_approval_to_the_call_for_signatures(world: World, drain: Drain) -> None:
    minutes = approved(world, held(world))
    document = minutes.document
    assert document and document.stage == "queued" and minutes.state == "approved"
    snapshot = dict(minutes.snapshot)
    assert document.code == snapshot["verification"]["code"]
    assert snapshots.fingerprint(snapshot) == minutes.snapshot_sha256
    # Whatever is changed after the approval is not on the paper.
    finding = db.session.query(Finding).one()
    finding.text = "Diubah sesudah disetujui"
    db.session.commit()
    drain()
    assert minutes.state == "signing" and minutes.document.stage == "ready"
    data = minutes.document.newest.read()
    said = said_in(data)
    for part in (
        "NOTULA RAPAT",
        minutes.number,
        "Contoh arahan",
        "Contoh keputusan",
        "Contoh temuan <b>",
        "Contoh kendala",
        "Lahan",
        "Tercapai sebagian",
        "Contoh janji sendiri",
        "Semua PPK (3 unit)",
        "48,74",
        "−5,76",
        "Disetujui secara elektronik melalui aplikasi Randal",
        document.code,
        world.chair.name,
        world.minute_taker.name,
    ):
        assert part in said, part
    assert "Diubah sesudah" not in said and said.count("Contoh janji bersama") == 1
    reader = PdfReader(io.BytesIO(data))
    attached = {name: content[0] for name, content in reader.attachments.items()}
    assert attached["minutes.json"] == snapshots.canonical(snapshot)
    assert json.loads(attached["minutes.json"])["number"] == minutes.number
    sheet = load_workbook(io.BytesIO(attached["tindak-lanjut.xlsx"])).worksheets[0]
    assert [cell.value for cell in sheet["B"]][1:] == ["Contoh janji bersama", "Contoh janji sendiri"]
    fields = [field.get_object()["/T"] for field in reader.trailer["/Root"]["/AcroForm"]["/Fields"]]
    assert fields == ["tte-1", "tte-2"] == [s.field for s in minutes.signatures]


def test_the_same_snapshot_gives_the_same_bytes(world: World, drain: Drain) -> None:
    minutes = approved(world, held(world))
    drain()
    build, draw = pipeline.RENDERERS["minutes"]
    again = draw(build(minutes.document, world.now))
    assert again.data == minutes.document.newest.read()


def test_who_reads_the_minutes(world: World, drain: Drain) -> None:
    minutes = approved(world, held(world))
    drain()
    path = f"/documents/{minutes.document.id}/file"
    for person, status in (
        (world.ppk("ID-BB"), 200),
        (world.secretariat, 200),
        (world.chair, 200),
        (world.ppk("ID-KT"), 404),
    ):
        assert world.api(person).get(path).status_code == status, person.name


def test_taken_back_before_it_is_drawn(world: World, drain: Drain) -> None:
    minutes = approved(world, held(world))
    first = minutes.document
    world.fire(minutes, "revise", world.chair, reason="contoh perbaikan isi")
    drain()
    assert first.withdrawn_at and first.stage == "failed" and not first.versions
    assert world.api(world.secretariat).post(f"/documents/{first.id}/retry").status_code == 409
    approved(world, minutes.meeting)
    drain()
    assert minutes.document.id != first.id and minutes.document.stage == "ready"
    assert "Versi 2" in said_in(minutes.document.newest.read())
    assert world.api(world.ppk("ID-BB")).get(f"/documents/{first.id}").status_code == 404


def test_a_preview_says_that_it_is_one(world: World, app: Any) -> None:
    meeting = held(world)
    paper = minutes_paper(meeting.minutes, world.now, draft=True)
    assert paper["draft"] and paper["verification"] is None
    assert minutes_paper(meeting.minutes, world.now)["verification"]["code"].startswith("RDL-")


def test_every_unit_that_owes_gets_its_tracker(world: World, drain: Drain) -> None:
    minutes = approved(world, held(world))
    drain()
    for signature in minutes.signatures:
        signature.state, signature.signed_at, signature.way = "signed", world.now, "local"
    db.session.commit()
    world.fire(minutes, "complete")
    drain()
    for iso in UNITS:
        tracker = Document.of("tracker", "unit", world.unit(iso).id)
        assert tracker and tracker.stage == "ready", iso
        said = said_in(tracker.newest.read())
        assert "Contoh janji bersama" in said and ("Contoh janji sendiri" in said) == (iso == "ID-BB")
    own, other = (Document.of("tracker", "unit", world.unit(iso).id) for iso in ("ID-BB", "ID-KR"))
    ppk = world.api(world.ppk("ID-BB"))
    assert ppk.get(f"/documents/{own.id}/file").status_code == 200
    assert ppk.get(f"/documents/{other.id}/file").status_code == 404
    assert world.api(world.person("ppk_staff", "ID-BB")).get(f"/documents/{own.id}").status_code == 200
