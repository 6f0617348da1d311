"""What a meeting does to reports, and who hears of a report's moves."""

from randal.database.base import db
from randal.engine.transitions import make
from randal.models.attendance import Attendance
from randal.models.progress import ProgressReport
from randal.notifications.notices import Notice
from tests.evaluation.stories import report


def states(period="2026-03"):
    rows = db.session.query(ProgressReport).filter_by(period=period)
    return {r.unit.province.iso: r.state for r in rows}


def test_scheduling_asks_every_invited_unit_once(world):
    kept = report(world, "ID-BB", period="2026-03", state="draft") if world.now.day > 20 else None
    first = world.meeting("scheduled", units=("ID-BB", "ID-JT"))
    assert kept is None and states() == {"ID-BB": "draft", "ID-JT": "draft"}
    world.meeting("scheduled", units=("ID-BB", "ID-BE"), report_period=first.report_period)
    assert states() == {"ID-BB": "draft", "ID-JT": "draft", "ID-BE": "draft"}
    made = world.api(world.evaluator).get("/progress-reports").json["items"][0]
    event = world.api(world.evaluator).get(f"/progress-reports/{made['id']}/events").json["items"][0]
    assert event["move"] == "create" and event["actor"] is None


def test_a_unit_invited_late_is_asked_too(world):
    meeting = world.meeting("scheduled", units=("ID-BB",))
    row = Attendance(meeting=meeting, unit_id=world.unit("ID-JT").id, position=2)
    make(row, world.actor(world.secretariat), now=world.now)
    db.session.commit()
    assert states() == {"ID-BB": "draft", "ID-JT": "draft"}


def test_closing_notes_who_did_not_report(world, drain):
    meeting = world.meeting("in_session", units=("ID-BB", "ID-JT", "ID-BE"))
    reports = {r.unit.province.iso: r for r in db.session.query(ProgressReport)}
    for iso, source in (("ID-BB", "emon"), ("ID-JT", "satker")):
        reports[iso].source, reports[iso].as_of = source, world.now.date()
        db.session.commit()
        world.fire(reports[iso], "submit", world.ppk(iso))
    world.fire(reports["ID-JT"], "return", world.evaluator, reason="Angka belum cocok")
    world.ppk("ID-BE")
    world.fire(meeting, "close", world.chair, confirm=True)
    assert states() == {"ID-BB": "submitted", "ID-JT": "missing", "ID-BE": "missing"}
    events = world.api(world.evaluator).get(f"/progress-reports/{reports['ID-BE'].id}/events").json["items"]
    assert events[-1]["move"] == "waive" and events[-1]["data"]["reason"] == "Rapat ditutup tanpa laporan"
    drain()
    told = {n.person_id: n.text for n in db.session.query(Notice) if "tidak melapor" in n.text}
    assert set(told) == {world.ppk("ID-JT").id, world.ppk("ID-BE").id}


def test_a_report_that_was_missing_may_still_come(world):
    made = report(world, "ID-BB")
    world.fire(made, "waive", world.secretariat, reason="PPK sedang dinas luar")
    assert (
        world.api(world.ppk("ID-BB")).post(f"/progress-reports/{made.id}/moves/submit", json={}).status_code
        == 200
    )


def test_those_concerned_are_told_once_and_others_are_not(world, drain):
    staff, foreign = world.person("ppk_staff", "ID-BB"), world.ppk("ID-JT")
    made = report(world, "ID-BB", state="returned")
    drain()
    drain()
    notices = db.session.query(Notice).filter(Notice.url == f"/laporan/{made.id}").all()
    told = [(n.person_id, n.text) for n in notices]
    evaluator, ppk = world.evaluator.id, world.ppk("ID-BB").id
    assert (
        evaluator,
        "Laporan PPK Kepulauan Bangka Belitung Februari 2026 disampaikan dan menunggu validasi.",
    ) in told
    returned = "Laporan PPK Kepulauan Bangka Belitung Februari 2026 dikembalikan untuk diperbaiki."
    assert sorted(p for p, text in told if text == returned) == sorted([ppk, staff.id])
    assert foreign.id not in {p for p, _ in told} and len(told) == 3
