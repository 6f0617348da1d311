"""The meeting's pulse: another one after every change that its pages show, and next to nothing to ask for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event
from werkzeug.exceptions import NotFound

from randal.database.base import db
from randal.meeting_facts import etag
from randal.models.attendance import Presence
from randal.models.meetings import Session


@pytest.fixture
def beat(world):
    meeting = world.meeting("in_session", units=["ID-BB", "ID-AC"])
    who = world.actor(world.secretariat)

    def mark() -> str:
        db.session.commit()
        return etag.mark_of(meeting.id, who, world.now)

    mark.meeting = meeting
    return mark


def test_it_stands_still_while_nothing_happens(world, beat):
    assert beat() == beat()
    world.now += timedelta(minutes=5)
    other = world.meeting("in_session", units=["ID-BA"])
    world.fire(other, "close", world.chair, confirm=True)
    assert len({beat(), beat()}) == 1
    before = beat()
    world.now += timedelta(days=1)
    assert beat() != before, "what was due today is late"


def test_whatever_changes_it_is_another(world, beat):
    meeting, bb = beat.meeting, world.unit("ID-BB")
    taker, desk = world.api(world.minute_taker), world.api(world.secretariat)
    path = f"/meetings/{meeting.id}"
    item, objective = meeting.agenda_items[0].id, meeting.objectives[0].id
    row = meeting.attendance[0]
    given = {"meeting_id": meeting.id, "unit_id": bb.id, "text": "Contoh"}
    match = {"If-Match": '"1"'}
    made = {}

    def keep(name, answer):
        made[name] = answer.json["id"]
        return answer

    changes = {
        "a note": lambda: taker.patch(f"/agenda/{item}", json={"note": "Contoh"}, headers=match),
        "an item begins": lambda: taker.post(f"/agenda/{item}/moves/start"),
        "an assessment": lambda: taker.patch(
            f"/objectives/{objective}", json={"assessment": "met"}, headers=match
        ),
        "a decision": lambda: keep("decision", taker.post(f"{path}/decisions", json={"text": "Contoh"})),
        "another": lambda: taker.post(f"{path}/decisions", json={"text": "Contoh lain"}),
        "one is taken away": lambda: taker.delete(f"/decisions/{made['decision']}"),
        "an arahan": lambda: taker.post(f"{path}/directives", json={"text": "Contoh"}),
        "somebody comes": lambda: desk.move("attendance", row.id, "check_in", name="Contoh", post="Contoh"),
        "a guest": lambda: desk.post(
            f"{path}/attendance",
            json={"guest": {"name": "Contoh", "post": "Contoh", "institution": "Contoh"}},
        ),
        "a finding": lambda: keep("finding", desk.post("/findings", json=given | {"severity": "low"})),
        "a kendala": lambda: desk.post("/kendala", json=given),
        "a follow-up": lambda: keep(
            "follow_up",
            desk.post(
                "/follow-ups", json=given | {"due_on": "2026-04-01", "expected_output": "Contoh keluaran"}
            ),
        ),
        "its state": lambda: desk.move("follow-ups", made["follow_up"], "assign", priority="high"),
    }
    seen = [beat()]
    for what, change in changes.items():
        answer = change()
        assert answer.status_code in (200, 201, 204), (what, answer.json)
        seen.append(beat())
        assert seen[-1] not in seen[:-1], what


def test_what_has_no_event_counts_too(world, beat):
    meeting, seen = beat.meeting, [beat()]
    starts = meeting.starts_at
    made = Session(meeting_id=meeting.id, title="Contoh", starts_at=starts,
                   ends_at=starts + timedelta(hours=1), updated_at=world.now)  # fmt: skip
    db.session.add(made)
    seen.append(beat())
    made.title = "Contoh lain"
    seen.append(beat())
    presence = Presence(attendance_id=meeting.attendance[0].id, arrived_at=world.now)
    db.session.add(presence)
    seen.append(beat())
    presence.left_at = world.now + timedelta(minutes=1)
    seen.append(beat())
    assert len(set(seen)) == len(seen)


def test_a_paparan_its_version_and_who_has_read_it(world, beat):
    from randal.models.paparan import Paparan, PaparanVersion, Reading
    from randal.storage import files

    meeting, seen = beat.meeting, [beat()]
    made = Paparan(meeting_id=meeting.id, title="Contoh", created_at=world.now)
    db.session.add(made)
    seen.append(beat())
    kept = files.keep(files.check("contoh.pdf", b"%PDF-1.4 contoh"), by=None, now=world.now)
    version = PaparanVersion(paparan_id=made.id, number=1, file_id=kept.id, added_at=world.now)
    db.session.add(version)
    seen.append(beat())
    db.session.add(Reading(version_id=version.id, unit_id=world.unit().id, at=world.now))
    seen.append(beat())
    made.withdrawn_at = world.now
    seen.append(beat())
    assert len(set(seen)) == len(seen)


def test_a_report_and_an_earlier_promise_of_an_invited_unit(world, beat):
    ppk, seen = world.api(world.ppk()), [beat()]
    report = ppk.get(f"/progress-reports?unit_id={world.ppk().unit_id}").json["items"]
    if report:
        answer = ppk.patch(f"/progress-reports/{report[0]['id']}", json={"source": "satker"},
                           headers={"If-Match": f'"{report[0]["version"]}"'})  # fmt: skip
    else:
        answer = ppk.post("/progress-reports", json={"unit_id": world.ppk().unit_id, "source": "satker",
                          "period": beat.meeting.report_period, "as_of": "2026-03-02", "figures": []})  # fmt: skip
    assert answer.status_code in (200, 201), answer.json
    seen.append(beat())
    assert seen[0] != seen[1]


def test_not_for_everybody(world, beat):
    with pytest.raises(NotFound):
        etag.mark_of(beat.meeting.id, world.actor(world.ppk("ID-BA")), world.now)
    with pytest.raises(NotFound):
        etag.mark_of(2**40, world.actor(world.secretariat), world.now)


def statements(act) -> list[str]:
    told: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            told.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return told
