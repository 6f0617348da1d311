"""Where a follow-up belongs, whom it waits for, its group, and due dates on days off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from randal.database.base import db
from randal.documents.richtext import marked, plain
from randal.models.minutes import Minutes, MinutesSection
from randal.rooms.evaluation import places
from tests.follow_ups.conftest import Story


def place(story: Story, iso: str = "ID-BB") -> tuple[int, int]:
    world = story.world
    keeper = world.actor(world.secretariat)
    given = {"name": f"Contoh Kawasan {iso}", "province": iso, "theme": "wisata"}
    area = places.make_area(keeper, given, world.now)
    db.session.flush()
    given = {"unit_id": world.unit(iso).id, "area_id": area.id, "name": "Contoh SPAM"}
    activity = places.make_activity(keeper, given | {"sector": "AM", "budget": "1"}, world.now)
    db.session.commit()
    return area.id, activity.id


def test_area_and_activity_are_the_units_own(story: Story) -> None:
    area, activity = place(story)
    foreign, _other = place(story, "ID-PA")
    item = story.draft(activity_id=activity)
    assert (item["area_id"], item["activity_id"]) == (area, activity)  # the area of the activity
    wrong = story.secretariat.post("/follow-ups", json=story.given(area_id=foreign))
    assert "kawasan di provinsi" in wrong.json["errors"]["area_id"][0]
    for kind, more in (("findings", {"severity": "high"}), ("kendala", {})):
        raw = {
            "meeting_id": story.meeting.id,
            "unit_id": story.unit.id,
            "text": "Contoh",
            "area_id": area,
        } | more
        made = story.evaluator.post(f"/{kind}", json=raw)
        assert made.json["area_id"] == area, made.json


@pytest.mark.database("sqlite")
def test_a_paragraph_of_the_minutes_is_quoted_and_found_again(story: Story) -> None:
    world = story.world
    minutes = story.meeting.minutes
    if minutes is None:
        minutes = Minutes(meeting=story.meeting, state="drafting", created_at=world.now, updated_at=world.now)
        db.session.add(minutes)
    html = "<div>Contoh pembuka.<br>Contoh &amp; janji kedua.</div><ul><li>Contoh butir</li></ul>"
    section = next((s for s in minutes.sections if s.key == "temuan"), None)
    if section is None:
        section = MinutesSection(
            minutes=minutes, key="temuan", title="Temuan", position=9, updated_at=world.now
        )
    section.html = html
    db.session.add(section)
    db.session.commit()
    item = story.assigned()
    client = world.sign_in(world.secretariat)
    path = f"/rtl/{item['id']}/tautan"
    assert "Contoh &amp; janji kedua." in client.get(path).text
    assert client.post(path, data={"source": "temuan-2"}).status_code == 303
    now = story.ppk.get(f"/follow-ups/{item['id']}").json
    assert (now["source_section"], now["source_paragraph"]) == ("temuan", 2)
    assert now["source_quote"] == "Contoh & janji kedua."
    page = client.get(f"/rtl/{item['id']}").text
    assert f"/notula/{minutes.id}#temuan-2" in page
    assert 'id="temuan-2"' in client.get(f"/notula/{minutes.id}").text
    section = db.session.get(MinutesSection, section.id)
    section.html = "<div>Contoh sisipan.</div>" + html
    db.session.commit()
    assert f"/notula/{minutes.id}#temuan-3" in client.get(f"/rtl/{item['id']}").text
    section = db.session.get(MinutesSection, section.id)
    section.html = "<div>Contoh lain sama sekali.</div>"
    db.session.commit()
    assert "kalimat ini sudah berubah" in client.get(f"/rtl/{item['id']}").text
    assert client.post(path, data={"source": "temuan-9"}).status_code == 422


@pytest.mark.parametrize(
    "html",
    [
        "<p>a</p><p>b</p>",
        "a<br>b",
        "<ul><li><b>a</b> c</li><li> </li><li>b</li></ul>",
        "<h2></h2>a<div>b</div>",
        "",
    ],
)
def test_anchors_are_counted_as_lines_are(html: str) -> None:
    assert marked(html, "temuan").count('class="paragraph"') == len(plain(html).splitlines())


def test_whom_it_waits_for_since_when_and_no_longer(story: Story) -> None:
    world, item = story.world, story.assigned()
    other = story.assigned()
    client = world.sign_in(world.ppk("ID-BB"))
    given = {"waits_for": "Contoh Dinas PUPR", "waits_post": "Kepala Dinas"}
    assert client.post(f"/rtl/{item['id']}/menunggu", data={"waits_post": "Kepala Dinas"}).status_code == 422
    assert client.post(f"/rtl/{item['id']}/menunggu", data=given).status_code == 303
    now = story.ppk.get(f"/follow-ups/{item['id']}").json
    assert now["waits_since"] == story.today().isoformat()
    assert "Kepala Dinas, Contoh Dinas PUPR" in client.get(f"/rtl/{item['id']}").text
    tracked = story.secretariat.get("/tracker?waiting=true").json
    assert [row["id"] for row in tracked["items"]] == [item["id"]]
    assert [row["id"] for row in story.secretariat.get("/tracker?waiting=false").json["items"]] == [
        other["id"]
    ]
    tomorrow = (story.today() + timedelta(days=1)).isoformat()
    late = client.post(f"/rtl/{item['id']}/menunggu", data=given | {"waits_since": tomorrow})
    assert "belum tiba" in late.text
    assert (
        world.sign_in(world.person("auditor")).post(f"/rtl/{item['id']}/menunggu", data=given).status_code
        == 403
    )
    client.post(f"/rtl/{item['id']}/menunggu", data={"selesai": "1"})
    assert story.ppk.get(f"/follow-ups/{item['id']}").json["waits_since"] is None
    told = client.get(f"/rtl/{item['id']}").text
    assert "Pihak yang ditunggu dicatat: Contoh Dinas PUPR." in told
    assert "Tidak menunggu pihak lain lagi." in told


def test_a_group_tells_how_far_it_is(story: Story) -> None:
    world = story.world
    ids = [world.unit("ID-BB").id, world.unit("ID-PA").id]
    made = story.secretariat.post("/follow-ups", json=story.given(unit_ids=ids)).json["items"]
    for item in made:
        story.move(story.chair, item, "assign")
    story.evidence(made[0])
    story.move(story.ppk, made[0], "submit", note="Contoh selesai")
    said = "0 dari 2 PPK selesai, 1 menunggu verifikasi."
    assert (
        said in world.sign_in(world.secretariat).get(f"/rapat/{story.meeting.id}?bagian=tindak-lanjut").text
    )
    page = world.sign_in(world.ppk("ID-BB")).get(f"/rtl/kelompok/{made[0]['group_key']}").text
    assert said in page
    assert f"/rtl/{made[1]['id']}" not in page  # another unit's
    assert world.sign_in(world.ppk("ID-PA")).get("/rtl/kelompok/tidak-ada").status_code == 404


@pytest.mark.database("sqlite")
def test_a_due_date_on_a_day_off_is_taken_and_said(story: Story) -> None:
    world = story.world
    saturday = date(2026, 3, 14)
    client = world.sign_in(world.secretariat)
    raw: dict[str, Any] = story.given(due_on=saturday.isoformat())
    answer = client.get(client.post("/rtl", data=raw).location)
    assert (
        "Tenggat jatuh pada hari libur: Sabtu, bukan hari kerja. Hari kerja berikutnya Senin, 16 Maret 2026."
        in answer.text
    )
    assert client.get("/hari-kerja?due_on=2026-03-13").text == ""
    assert "Senin, 16 Maret" in client.get("/hari-kerja?new_due_on=2026-03-14").text
    assert client.get("/hari-kerja?due_on=besok").text == ""


@pytest.mark.database("sqlite")
def test_how_often_a_date_was_moved(story: Story) -> None:
    item = story.assigned()
    for days in (20, 30):
        given = {
            "new_due_on": (story.today() + timedelta(days=days)).isoformat(),
            "reason": "contoh alasan yang cukup",
        }
        asked = story.ppk.post(f"/follow-ups/{item['id']}/extensions", json=given).json
        assert story.evaluator.move("extensions", asked["id"], "grant").status_code == 200
    now = story.ppk.get(f"/follow-ups/{item['id']}").json
    assert (now["extensions_granted"], now["first_due_on"]) == (2, item["due_on"])
    assert "2 kali diperpanjang" in story.world.sign_in(story.world.evaluator).get(f"/rtl/{item['id']}").text
