"""Whoever is asked to act must be able to: nobody is invited, chairs or signs with a closed account."""

from __future__ import annotations

from randal.database.base import db
from randal.models.meetings import Meeting, Objective
from randal.models.minutes import Minutes
from randal.org.people import Person
from tests.world import World


def close_account(person: Person) -> None:
    db.session.get_one(Person, person.id).active = False
    db.session.commit()


def test_a_meeting_is_not_scheduled_under_a_closed_account(world: World) -> None:
    meeting = world.meeting("draft")
    close_account(world.chair)
    desk = world.api(world.secretariat)
    refused = desk.move("meetings", meeting.id, "schedule")
    assert refused.status_code == 422
    assert f"Akun {world.chair.name} sudah ditutup: pilih orang lain." in refused.json["detail"]
    another = world.person("leader")
    given = {"chair_id": another.id, "reason": "contoh: pimpinan lama purnatugas"}
    assert desk.move("meetings", meeting.id, "reassign", **given).status_code == 200
    assert desk.move("meetings", meeting.id, "schedule").status_code == 200


def test_minutes_are_not_approved_for_a_signer_who_will_never_sign(world: World) -> None:
    meeting = world.meeting("closed")
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    db.session.commit()
    minutes = world.fire(db.session.get_one(Meeting, meeting.id).minutes, "submit", world.minute_taker)
    close_account(world.minute_taker)
    chair = world.api(world.chair)
    refused = chair.move("minutes", minutes.id, "approve")
    assert refused.status_code == 422
    assert (
        f"Akun {world.minute_taker.name} sudah ditutup: tetapkan penanda tangan lain."
        in refused.json["detail"]
    )
    assert chair.put(f"/minutes/{minutes.id}/signers", json=[{"user_id": world.chair.id}]).status_code == 200
    assert chair.move("minutes", minutes.id, "approve").status_code == 200
    assert db.session.get_one(Minutes, minutes.id).state == "approved"
