"""The pages of meetings: the list, the form, the room, the live minutes, closing."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.rooms.meetings.room import PARTS

FORM = {
    "title": "Contoh Rakor",
    "starts_at": "2026-03-04T09:00",
    "ends_at": "2026-03-04T12:00",
    "timezone": "Asia/Jakarta",
    "place": "Contoh Aula",
    "objectives": "Contoh sasaran satu\n- Contoh sasaran dua",
    "outputs": "Contoh keluaran",
    "agenda": "Pembukaan (15)\nPaparan",
}


def test_from_an_empty_form_to_the_day(world):
    desk = world.sign_in(world.secretariat)
    assert desk.get("/rapat/baru").status_code == 200
    ppk = world.ppk()
    given = FORM | {
        "chair_id": world.chair.id,
        "minute_taker_id": world.minute_taker.id,
        "unit_ids": ["", str(ppk.unit_id)],
    }
    answer = desk.post("/rapat", data=given)
    assert answer.status_code == 303
    meeting = db.session.scalars(db.select(Meeting)).one()
    assert [(o.kind, o.text) for o in meeting.objectives] == [
        ("sasaran", "Contoh sasaran satu"), ("sasaran", "Contoh sasaran dua"), ("keluaran", "Contoh keluaran")]  # fmt: skip
    assert [(a.title, a.duration) for a in meeting.agenda_items] == [("Pembukaan", 15), ("Paparan", None)]
    assert [a.unit_id for a in meeting.attendance] == [ppk.unit_id]
    assert world.sign_in(ppk).get(f"/rapat/{meeting.id}").status_code == 404, "a draft"
    page = desk.get(f"/rapat/{meeting.id}").text
    assert "Jadwalkan" in page
    moved = desk.post(f"/rapat/{meeting.id}/langkah/schedule", data={"version": meeting.version})
    assert moved.status_code == 303
    page = world.sign_in(ppk).get(f"/rapat/{meeting.id}").text
    assert "Kehadiran Anda" in page and "Akan hadir" in page
    assert "Batalkan rapat" not in page
    assert "Contoh Rakor" in world.sign_in(ppk).get("/rapat").text


def test_a_bad_form_keeps_what_was_typed(world):
    desk = world.sign_in(world.secretariat)
    answer = desk.post("/rapat", data=FORM | {"title": "", "ends_at": "2026-03-04T08:00", "unit_ids": [""]})
    assert answer.status_code == 422
    assert "Waktu selesai harus setelah waktu mulai." in answer.text and "Contoh sasaran satu" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert db.session.scalars(db.select(Meeting)).all() == []
    assert world.sign_in(world.ppk()).post("/rapat", data=FORM).status_code == 403
    assert world.sign_in(world.ppk()).get("/rapat/baru").status_code == 403


def test_a_stale_form_is_told_so(world):
    desk = world.sign_in(world.secretariat)
    meeting = world.meeting("draft")
    data = {"title": "Judul baru", "version": meeting.version}
    assert desk.post(f"/rapat/{meeting.id}/ubah", data=data).status_code == 303
    again = desk.post(
        f"/rapat/{meeting.id}/ubah", data={"title": "Judul basi", "version": meeting.version - 1}
    )
    assert again.status_code == 409 and "Judul basi" in again.text and "Sudah diubah oleh" in again.text
    assert db.session.get(Meeting, meeting.id).title == "Judul baru"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_for_everyone_who_may_see(world, part):
    meeting = world.meeting("closed", units=["ID-BB", "ID-AC"])
    people = [
        world.secretariat,
        world.evaluator,
        world.chair,
        world.minute_taker,
        world.ppk(),
        world.person("auditor"),
    ]
    for person in people:
        answer = world.sign_in(person).get(f"/rapat/{meeting.id}?bagian={part}")
        assert answer.status_code == 200, (person.role, part)
    assert world.sign_in(world.ppk("ID-BA")).get(f"/rapat/{meeting.id}?bagian={part}").status_code == 404


def test_html_in_any_text_is_shown_as_text(world):
    nasty = "<script>alert(1)</script>"
    meeting = world.meeting("in_session", title=nasty, place=nasty, source_note=nasty)
    taker = world.sign_in(world.minute_taker)
    taker.post(f"/rapat/{meeting.id}/bagian/arahan", data={"text": nasty, "speaker": nasty})
    for path in ("", "?bagian=acara", "?bagian=kehadiran", "/langsung"):
        assert nasty not in taker.get(f"/rapat/{meeting.id}{path}").text
    assert nasty not in taker.get("/rapat").text


def test_closing_asks_once(world):
    chair = world.sign_in(world.chair)
    meeting = world.meeting("in_session")
    page = chair.get(f"/rapat/{meeting.id}/tutup").text
    assert (
        page.count("<li>") >= 3 and "Tidak melapor" in page and "Ditunda" in page and "Belum dinilai" in page
    )
    assert chair.post(f"/rapat/{meeting.id}/tutup").status_code == 422
    assert chair.post(f"/rapat/{meeting.id}/tutup", data={"confirm": "true"}).status_code == 303
    assert db.session.get(Meeting, meeting.id).state == "closed"
    assert world.sign_in(world.ppk()).get(f"/rapat/{meeting.id}/tutup").status_code == 403


def test_live_minutes_save_themselves_and_never_overwrite(world):
    meeting = world.meeting("in_session")
    one, two = world.sign_in(world.minute_taker), world.sign_in(world.secretariat)
    item = meeting.agenda_items[0]
    url, auto = f"/rapat/{meeting.id}/bagian/acara/{item.id}", {"X-Autosave": "1"}
    assert one.get(f"/rapat/{meeting.id}/langsung").status_code == 200
    first = one.post(url, data={"note": "Tulisan satu", "version": 1}, headers=auto)
    assert first.json == {"version": 2}
    stale = two.post(url, data={"note": "Tulisan dua", "version": 1}, headers=auto)
    assert stale.status_code == 409
    assert (
        stale.json["value"] == "Tulisan satu"
        and stale.json["version"] == 2
        and stale.json["by"] == world.minute_taker.name
    )
    assert one.post(url, data={"outcome": "entah", "version": 2}, headers=auto).status_code == 422
    assert one.post(url, data={"outcome": "discussed", "version": 2}, headers=auto).json == {"version": 3}
    assert one.post(url, data={"outcome": "", "version": 3}, headers=auto).json == {"version": 4}
    assert one.post(url, data={"note": "Tanpa skrip", "version": 4}).status_code == 303
    assert (
        world.sign_in(world.ppk()).post(url, data={"note": "x", "version": 5}, headers=auto).status_code
        == 403
    )
    assert world.sign_in(world.ppk()).get(f"/rapat/{meeting.id}/langsung").status_code == 403


def test_live_minutes_add_rows(world):
    meeting = world.meeting("in_session")
    taker, htmx = world.sign_in(world.minute_taker), {"HX-Request": "true"}
    made = taker.post(f"/rapat/{meeting.id}/bagian/keputusan", data={"text": "Contoh putusan"}, headers=htmx)
    assert made.status_code == 201 and made.text.strip().startswith("<li") and "Contoh putusan" in made.text
    wrong = taker.post(f"/rapat/{meeting.id}/bagian/keputusan", data={"text": " "}, headers=htmx)
    assert wrong.status_code == 422 and "Wajib diisi" in wrong.text
    assert taker.post(f"/rapat/{meeting.id}/bagian/entah", data={"text": "x"}).status_code == 404
    decision = db.session.get(Meeting, meeting.id).decisions[0]
    assert taker.post(f"/rapat/{meeting.id}/bagian/keputusan/{decision.id}/hapus").status_code == 303


def test_planning_on_the_page(world):
    desk, meeting = world.sign_in(world.secretariat), world.meeting("draft")
    base = f"/rapat/{meeting.id}/bagian"
    assert desk.post(f"{base}/sasaran", data={"text": "Contoh kedua", "kind": "keluaran"}).status_code == 303
    assert desk.post(f"{base}/acara", data={"title": "", "duration": "x"}).status_code == 303
    assert "Acara: Wajib diisi." in desk.get(f"/rapat/{meeting.id}?bagian=acara").text
    item = meeting.agenda_items[0]
    assert desk.post(f"{base}/acara/{item.id}", data={"title": "Baru", "version": 1}).status_code == 303
    assert desk.post(f"{base}/acara/{item.id}", data={"title": "Basi", "version": 1}).status_code == 409
    assert desk.post(f"{base}/acara/{item.id}/hapus").status_code == 303
    assert (
        desk.post(f"/rapat/{meeting.id}/undang", data={"siapa": f"ppk-{world.unit('ID-AC').id}"}).status_code
        == 303
    )
    assert desk.post(f"/rapat/{meeting.id}/undang", data={"siapa": "orang-x"}).status_code == 303
    assert [a.unit.short_name for a in db.session.get(Meeting, meeting.id).attendance][1:] == [
        world.unit("ID-AC").short_name
    ]


def test_whatsapp_holds_no_personal_data(world):
    meeting = world.meeting("scheduled")
    page = world.sign_in(world.secretariat).get(f"/rapat/{meeting.id}").text
    texts = re.findall(r'data-copy="([^"]*)"', page)
    assert len(texts) == 2 and all("http" in t for t in texts)
    for person in (world.chair, world.minute_taker, world.ppk()):
        assert not any(person.name in t or person.email in t for t in texts)


def test_the_calendar_of_the_page(world):
    meeting = world.meeting("scheduled")
    assert "BEGIN:VCALENDAR" in world.sign_in(world.ppk()).get(f"/rapat/{meeting.id}/undangan.ics").text
    assert world.sign_in(world.ppk("ID-AC")).get(f"/rapat/{meeting.id}/undangan.ics").status_code == 404


def many_units(world, name, count):
    from randal.org.places import Unit

    province = world.unit("ID-BB").province
    rows = [
        Unit(code=f"{name}{n}", name=f"Contoh Satker {name} {n}", province=province) for n in range(count)
    ]
    db.session.add_all(rows)
    db.session.commit()
    return rows


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("who", ["secretariat", "ppk"])
def test_statements_do_not_grow_with_the_participants(world, part, who):
    counts = []
    for size in (5, 30):  # bench/ goes to 500
        units = many_units(world, f"U{size}", size)
        meeting = world.meeting("in_session", units=[world.unit("ID-BB"), *units])
        person = world.secretariat if who == "secretariat" else world.ppk()
        client = world.sign_in(person)
        client.get(f"/rapat/{meeting.id}?bagian={part}")  # what is read once per process
        counts.append(statements(client, f"/rapat/{meeting.id}?bagian={part}"))
    assert counts[0] == counts[1], counts
    assert counts[0] <= 15, counts


def statements(client, path):
    said = []

    def count(_conn, _cursor, statement, *_):
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            said.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(said)


def test_numbers_beyond_all_rows_name_nothing(world):
    meeting, desk, much = world.meeting("in_session"), world.sign_in(world.secretariat), 2**70
    for path in (f"/rapat/{much}", f"/rapat/{much}/langsung", f"/hadir/layar/{much}"):
        assert desk.get(path).status_code == 404
    assert desk.get(f"/hadir/{much}").status_code == 410, "no row of this number: a code, and none of ours"
    assert desk.get(f"/rapat?sebelum={much}").status_code == 200
    assert desk.post(f"/rapat/{meeting.id}/undang", data={"siapa": f"ppk-{much}"}).status_code == 303
