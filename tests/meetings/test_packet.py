"""Paket rapat: what lies on the table before anybody has come, and for whom it is printed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from randal.database.base import db
from randal.documents.model import Document
from randal.documents.paper_parts import heading
from randal.models.meetings import Meeting
from randal.rooms.meetings.packet import packet_of
from tests.attendance.test_replies import row_of
from tests.changes.test_changes import promised
from tests.minutes.test_signing import text_of
from tests.photos.test_photos import upload


def last_and_next(world: Any) -> Meeting:
    for iso in ("ID-BB", "ID-AC", "ID-JK"):
        world.ppk(iso)
    first = world.meeting(
        "in_session", units=("ID-BB", "ID-AC", "ID-JK"), agenda="Contoh satu (15)\nContoh tertunda"
    )
    promised(world, first, "Contoh janji lama", 5)
    first = db.session.get_one(Meeting, first.id)
    first.agenda_items[0].outcome = "discussed"
    db.session.commit()
    world.fire(first, "close", world.chair, confirm=True)
    world.now += timedelta(days=10)
    api = world.api(world.secretariat)
    made = api.post(
        f"/meetings/{first.id}/next", json={"agenda": "Contoh pembukaan (15)\nContoh bahasan (60)"}
    ).json
    assert api.move("meetings", made["id"], "schedule").status_code == 200
    meeting = db.session.get_one(Meeting, made["id"])
    world.fire(
        row_of(world, meeting, "ID-AC"),
        "represent",
        world.ppk("ID-AC"),
        name="Contoh Wakil",
        post="Contoh Kasi",
    )
    world.fire(row_of(world, meeting, "ID-JK"), "decline", world.ppk("ID-JK"), reason="contoh alasan cukup")
    return db.session.get_one(Meeting, made["id"])


def test_the_table_has_all_that_is_needed(world):
    meeting = last_and_next(world)
    made = packet_of(meeting, heading("Contoh", world.now, "Asia/Jakarta"), world.now)
    by = {row["institution"]: row for row in made["places"]}
    assert by[world.unit("ID-BB").name]["name"] == world.ppk("ID-BB").name
    stands_in = by[world.unit("ID-AC").name]
    assert (stands_in["name"], stands_in["post"]) == (
        "Contoh Wakil",
        "Contoh Kasi",
    ) and "mewakili" in stands_in["note"]
    assert by[world.unit("ID-JK").name]["note"] == "Berhalangan"
    assert [line["title"] for line in made["agenda"]] == [
        "Tindak lanjut rapat sebelumnya", "Contoh pembukaan", "Contoh bahasan"
    ]  # fmt: skip
    assert "Ditunda dari rapat sebelumnya: Contoh tertunda" in made["agenda"][0]["points"]
    assert [line["unit"] for line in made["overview"]] == [
        world.unit(iso).short_name for iso in ("ID-BB", "ID-AC", "ID-JK")
    ]
    ((unit, rows),) = made["owed"]
    assert unit == world.unit("ID-BB").short_name and rows[0]["days_late"] == 5 and made["photos"] == []


def test_it_is_printed_for_who_runs_the_table(world, drain):
    meeting = last_and_next(world)
    photo = world.api(world.secretariat).post(
        f"/meetings/{meeting.id}/photos", data={"file": upload(), "caption": "Contoh aula"}
    )
    assert photo.status_code == 201
    assert world.api(world.ppk()).post(f"/meetings/{meeting.id}/packet", json={}).status_code == 403
    asked = world.api(world.minute_taker).post(f"/meetings/{meeting.id}/packet", json={})
    assert asked.status_code == 201 and asked.json["kind"] == "packet"
    drain()
    document = db.session.get_one(Document, asked.json["id"])
    assert document.stage == "ready", document.error
    assert world.api(world.minute_taker).get(f"/documents/{document.id}/file").status_code == 200
    assert world.api(world.ppk()).get(f"/documents/{document.id}").status_code == 404, (
        "it tells of every unit"
    )
    said = text_of(document.newest.read())
    for words in (
        "DAFTAR HADIR",
        "Contoh Wakil",
        "ACARA",
        "IKHTISAR PER PPK",
        "Contoh janji lama",
        "Contoh aula",
    ):
        assert words in said, words
    sent = world.sign_in(world.secretariat).post(f"/rapat/{meeting.id}/paket")
    assert sent.status_code == 303 and "/dokumen/" in sent.location


def test_a_draft_has_no_packet(world):
    draft = world.meeting("draft")
    assert world.api(world.secretariat).post(f"/meetings/{draft.id}/packet", json={}).status_code == 409
    assert (
        "Cetak paket rapat"
        not in world.sign_in(world.secretariat).get(f"/rapat/{draft.id}?bagian=dokumen").text
    )
