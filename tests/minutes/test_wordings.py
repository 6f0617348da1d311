"""What was handed in for review stands still; agreement names it; a later change says so and asks again."""

from __future__ import annotations

from typing import Any

import pytest

from randal.database.base import db
from randal.documents.snapshots import fingerprint
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting, Objective
from randal.models.minutes import Minutes
from randal.models.minutes_wordings import MinutesWording
from randal.notifications.notices import Notice
from tests.world import World


@pytest.fixture
def minutes(world: World) -> Minutes:
    """In review, by two PPK."""
    meeting = world.meeting("closed", units=("ID-BB", "ID-BA"))
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    db.session.commit()
    return world.fire(db.session.get(Meeting, meeting.id).minutes, "submit", world.minute_taker)


def come_late(world: World, minutes: Minutes) -> None:
    """The desk corrects who was there: the table of attendance says something else from now on."""
    row = db.session.query(Attendance).filter_by(meeting_id=minutes.meeting_id).first()
    world.fire(row, "correct_to_present", world.secretariat, reason="hadir tetapi lupa mengisi daftar")


def reading(world: World, person: Any, minutes: Minutes) -> str:
    return world.sign_in(person).get(f"/notula/{minutes.id}").text


def test_the_text_under_review_does_not_follow_the_data_and_says_so(world: World, minutes: Minutes) -> None:
    before = reading(world, world.ppk("ID-BB"), minutes)
    assert "Tidak hadir" in before and "Data rapat berubah" not in before
    come_late(world, minutes)
    after = reading(world, world.ppk("ID-BB"), minutes)
    assert after.count("Tidak hadir") == before.count("Tidak hadir")
    assert "Data rapat berubah" in after and "Pada bagian: Kehadiran." in after
    assert "Perbarui dari data rapat" not in after  # a PPK reads it, the note-taker and the chair take it in
    assert "Perbarui dari data rapat" in reading(world, world.minute_taker, minutes)


def test_an_agreement_names_the_text_and_a_renewal_asks_again(
    world: World, minutes: Minutes, drain: Any
) -> None:
    ppk, taker, here = world.api(world.ppk("ID-BB")), world.api(world.minute_taker), f"/minutes/{minutes.id}"
    first = ppk.get(here).json["wording_sha256"]
    kept = db.session.query(MinutesWording).one()
    assert first == kept.sha256 == fingerprint(kept.body)
    made = ppk.post(f"{here}/agreements", json={"sha256": first})
    assert made.status_code == 201 and made.json["sha256"] == first
    nothing = taker.move("minutes", minutes.id, "renew")
    assert nothing.status_code == 422 and "tidak berubah" in nothing.json["detail"]
    come_late(world, minutes)
    renewed = taker.move("minutes", minutes.id, "renew")
    assert renewed.status_code == 200 and renewed.json["agreements"] == []
    second = renewed.json["wording_sha256"]
    assert second != first
    stale = world.api(world.ppk("ID-BA")).post(f"{here}/agreements", json={"sha256": first})
    assert stale.status_code == 422 and "Baca lagi" in stale.json["errors"]["sha256"][0]
    assert ppk.post(f"{here}/agreements", json={}).json["sha256"] == second
    named = [e["data"]["sha256"] for e in ppk.get(f"{here}/events").json["items"] if e["move"] == "agree"]
    assert named == [first, second]  # what somebody agreed to is found in the history, also after it changed
    drain()
    told = {n.person_id: n.text for n in db.session.query(Notice).filter(Notice.key.like("minutes.renew:%"))}
    assert "Persetujuan PPK Anda ditanyakan lagi" in told[world.ppk("ID-BB").id]
    assert "Kehadiran" in told[world.ppk("ID-BA").id] and "lagi" not in told[world.ppk("ID-BA").id]


def test_what_was_agreed_to_is_what_is_frozen(world: World, minutes: Minutes) -> None:
    kept = db.session.query(MinutesWording).one().body
    come_late(world, minutes)
    world.fire(db.session.get(Minutes, minutes.id), "approve", world.chair)
    snapshot = db.session.get(Minutes, minutes.id).snapshot
    assert {name: snapshot[name] for name in kept} == kept
    assert snapshot["number"] and snapshot["signers"]


def test_a_comment_tells_who_must_answer_and_the_answer_who_asked(
    world: World, minutes: Minutes, drain: Any
) -> None:
    ppk, taker, here = world.api(world.ppk("ID-BB")), world.api(world.minute_taker), f"/minutes/{minutes.id}"
    comment = ppk.post(f"{here}/comments", json={"text": "Mohon diperbaiki."}).json
    drain()

    def told(key: str) -> set[int]:
        return {n.person_id for n in db.session.query(Notice).filter(Notice.key.like(f"minutes.{key}:%"))}

    assert told("comment") == {world.minute_taker.id, world.chair.id, world.secretariat.id}
    match = {"If-Match": f'"{comment["version"]}"'}
    assert (
        taker.patch(f"{here}/comments/{comment['id']}", json={"answer": "Sudah."}, headers=match).status_code
        == 200
    )
    drain()
    assert told("answer") == {world.ppk("ID-BB").id}
