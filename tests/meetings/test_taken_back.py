"""Asked by mistake, cancelled and wanted again: by page and API, with who had the invitation told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from icalendar import Calendar
from sqlalchemy import select

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.notifications.notices import Mail, Notice
from tests.world import World

Drain = Callable[[], int]
REASON = "Salah pilih PPK saat mengundang."


def invited(world: World, drain: Drain) -> tuple[Meeting, Any]:
    meeting = world.meeting("scheduled", units=("ID-BB", "ID-PA"))
    world.ppk("ID-BB"), world.ppk("ID-PA")
    drain()
    meeting = db.session.get_one(Meeting, meeting.id)
    return meeting, next(row for row in meeting.invitees if row.unit_id == world.ppk("ID-PA").unit_id)


def calendars_to(address: str) -> list[Any]:
    mails = db.session.scalars(select(Mail).where(Mail.to == address).order_by(Mail.id))
    return [Calendar.from_ical(part["text"]) for mail in mails for part in mail.attachments if "text" in part]


def test_who_was_asked_by_mistake_is_taken_off_and_told(world: World, drain: Drain) -> None:
    meeting, row = invited(world, drain)
    api, gone, row_id = world.api(world.secretariat), world.ppk("ID-PA"), row.id
    assert api.delete(f"/attendance/{row.id}").status_code == 409
    refused = world.api(gone).move("meetings", meeting.id, "uninvite", attendance_id=row_id, reason=REASON)
    assert refused.status_code == 403
    answer = api.move("meetings", meeting.id, "uninvite", attendance_id=row_id, reason=REASON)
    assert answer.status_code == 200, answer.json
    assert (
        api.move("meetings", meeting.id, "uninvite", attendance_id=row_id, reason=REASON).status_code == 422
    )
    drain()
    assert api.get(f"/attendance/{row_id}").status_code == 404
    assert world.api(gone).get(f"/meetings/{meeting.id}").status_code == 404
    first, last = calendars_to(gone.email)
    assert (first["METHOD"], last["METHOD"]) == ("REQUEST", "CANCEL")
    [before], [after] = first.walk("VEVENT"), last.walk("VEVENT")
    assert (
        after["STATUS"] == "CANCELLED"
        and after["UID"] == before["UID"]
        and after["SEQUENCE"] > before["SEQUENCE"]
    )
    mail = db.session.scalars(select(Mail).where(Mail.to == gone.email).order_by(Mail.id.desc())).first()
    assert mail and REASON in mail.body and "dicabut" in mail.subject
    assert any(
        "dicabut" in text
        for text in db.session.scalars(select(Notice.text).where(Notice.person_id == gone.id))
    )
    assert len(calendars_to(world.ppk("ID-BB").email)) == 1  # nothing changed for him
    events = api.get(f"/meetings/{meeting.id}/events").json["items"]
    told = next(event for event in events if event["move"] == "uninvite")
    assert told["data"]["unit_id"] == gone.unit_id
    alone = next(row for row in db.session.get_one(Meeting, meeting.id).invitees)
    refused = api.move("meetings", meeting.id, "uninvite", attendance_id=alone.id, reason=REASON)
    assert refused.status_code == 422 and "batalkan rapatnya" in refused.text


def test_the_page_takes_an_invitee_off(world: World, drain: Drain) -> None:
    meeting, row = invited(world, drain)
    desk = world.sign_in(world.secretariat)
    assert "Cabut undangan" in desk.get(f"/hadir/{row.id}").text
    at = f"/rapat/{meeting.id}/langkah/uninvite"
    short = desk.post(at, data={"attendance_id": row.id, "reason": "salah"})
    assert short.status_code == 422 and "salah" in short.text
    assert desk.post(at, data={"attendance_id": row.id, "reason": REASON}).status_code == 303
    assert "Undangan dicabut" in desk.get(f"/rapat/{meeting.id}?bagian=riwayat").text


def test_a_cancelled_meeting_is_made_again_from_itself(world: World, drain: Drain) -> None:
    meeting, _row = invited(world, drain)
    guest = world.person("evaluator", email="undangan@contoh.example")
    api, desk = world.api(world.secretariat), world.sign_in(world.secretariat)
    api.post(f"/meetings/{meeting.id}/attendance", json={"user_id": guest.id})
    assert api.post(f"/meetings/{meeting.id}/copy", json={}).status_code == 409
    assert "Buat lagi rapat ini" not in desk.get(f"/rapat/{meeting.id}").text
    assert api.move("meetings", meeting.id, "cancel", reason="Gedung kebanjiran.").status_code == 200
    assert world.api(world.ppk()).post(f"/meetings/{meeting.id}/copy", json={}).status_code == 403
    made = api.post(f"/meetings/{meeting.id}/copy", json={"place": "Gedung lain"})
    assert made.status_code == 201, made.json
    old, new = (db.session.get_one(Meeting, i, populate_existing=True) for i in (meeting.id, made.json["id"]))
    assert (
        new.state == "draft"
        and new.place == "Gedung lain"
        and new.starts_at == old.starts_at.replace(second=0, microsecond=0)
    )
    assert {(r.unit_id, r.person_id) for r in new.invitees} == {
        (r.unit_id, r.person_id) for r in old.invitees
    }
    assert [o.text for o in new.objectives] == [o.text for o in old.objectives]
    assert new.previous_id == old.previous_id
    page = desk.get(f"/rapat/{meeting.id}").text
    assert "Buat lagi rapat ini" in page
    form = desk.get(f"/rapat/{meeting.id}/buat-lagi")
    assert form.status_code == 200 and old.title in form.text


def test_a_new_title_reaches_the_calendars(world: World, drain: Drain) -> None:
    meeting, _row = invited(world, drain)
    api = world.api(world.secretariat)
    version = api.get(f"/meetings/{meeting.id}").json["version"]
    changed = api.patch(
        f"/meetings/{meeting.id}", json={"title": "Judul yang baru"}, headers={"If-Match": f'"{version}"'}
    )
    assert changed.status_code == 200
    from randal.jobs import outbox
    from randal.l10n import clock

    outbox.drain(clock.now().replace(year=clock.now().year + 1))
    first, last = calendars_to(world.ppk("ID-BB").email)
    [before], [after] = first.walk("VEVENT"), last.walk("VEVENT")
    assert after["SUMMARY"] == "Judul yang baru" and after["SEQUENCE"] > before["SEQUENCE"]
    assert last["METHOD"] == "REQUEST" and after["UID"] == before["UID"]
