"""The room of the minutes by API: opened with the close, written, reviewed, answered, kept from who may not see."""

from __future__ import annotations

from typing import Any

import pytest

from randal.database.base import db
from randal.models.meetings import Meeting, Objective
from randal.models.minutes import Minutes
from tests.world import Api, World

XSS = '<p>Halo <b>dunia</b><script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">x</a></p>'


@pytest.fixture
def meeting(world: World) -> Meeting:
    """A closed meeting whose objective is assessed."""
    meeting = world.meeting("closed", units=("ID-BB", "ID-BA"))
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    db.session.commit()
    return meeting


def current(api: Api, meeting: Meeting) -> dict[str, Any]:
    answer = api.get(f"/meetings/{meeting.id}/minutes")
    assert answer.status_code == 200, answer.json
    return answer.json


def test_closing_opens_minutes_with_filled_sections_and_default_signers(
    world: World, meeting: Meeting
) -> None:
    minutes = current(world.api(world.minute_taker), meeting)
    assert minutes["state"] == "drafting"
    assert [s["key"] for s in minutes["sections"]][0::10] == ["pembukaan", "penutup"]
    assert all(len(s["html"]) > 20 for s in minutes["sections"])
    assert "2 Maret 2026" in minutes["sections"][0]["html"]
    assert [s["user_id"] for s in minutes["signers"]] == [world.minute_taker.id, world.chair.id]
    assert [m["name"] for m in minutes["moves"]] == ["submit", "write", "name_signers"]
    assert minutes["items"][0]["id"] == minutes["id"]


def test_reopening_and_closing_again_keeps_the_minutes_and_what_was_written(
    world: World, meeting: Meeting
) -> None:
    taker = world.api(world.minute_taker)
    first = current(taker, meeting)
    taker.patch(
        f"/minutes/{first['id']}",
        json={"sections": {"keputusan": "<p>Kata saya.</p>"}},
        headers={"If-Match": f'"{first["version"]}"'},
    )
    world.fire(db.session.get(Meeting, meeting.id), "reopen", world.chair, reason="ada yang tertinggal")
    world.fire(db.session.get(Meeting, meeting.id), "close", world.chair, confirm=True)
    again = current(taker, meeting)
    assert again["id"] == first["id"]
    assert {s["key"]: s["html"] for s in again["sections"]}["keputusan"] == "<p>Kata saya.</p>"


def test_a_draft_is_hidden_from_the_ppk_until_review(world: World, meeting: Meeting) -> None:
    taker, ppk = world.api(world.minute_taker), world.api(world.ppk("ID-BB"))
    stranger = world.api(world.ppk("ID-AC"))
    mid = current(taker, meeting)["id"]
    for path in (
        f"/minutes/{mid}",
        f"/meetings/{meeting.id}/minutes",
        f"/minutes/{mid}/comments",
        f"/minutes/{mid}/events",
    ):
        assert ppk.get(path).status_code == 404
    assert ppk.get("/minutes").json["items"] == []
    assert world.sign_in(world.ppk("ID-BB")).get(f"/notula/{mid}").status_code == 404
    assert taker.move("minutes", mid, "submit").status_code == 200
    assert ppk.get(f"/minutes/{mid}").status_code == 200
    assert stranger.get(f"/minutes/{mid}").status_code == 404


def test_html_is_cleaned_when_stored_and_when_shown(world: World, meeting: Meeting) -> None:
    taker = world.api(world.minute_taker)
    minutes = current(taker, meeting)
    url = f"/minutes/{minutes['id']}"
    answer = taker.patch(
        url, json={"sections": {"arahan": XSS}}, headers={"If-Match": f'"{minutes["version"]}"'}
    )
    assert answer.status_code == 200
    stored = next(s for s in db.session.get(Minutes, minutes["id"]).sections if s.key == "arahan")
    assert stored.html == "<p>Halo <b>dunia</b>x</p>"
    stored.html = XSS  # by another way into the database
    db.session.commit()
    shown = {s["key"]: s["html"] for s in taker.get(url).json["sections"]}["arahan"]
    assert shown == "<p>Halo <b>dunia</b>x</p>"
    for page in ("", "/tulis"):
        body = world.sign_in(world.minute_taker).get(f"/notula/{minutes['id']}{page}").text
        assert "onerror" not in body and "javascript:alert" not in body and "alert(1)" not in body


def test_saving_needs_the_present_version(world: World, meeting: Meeting) -> None:
    taker, secretariat = world.api(world.minute_taker), world.api(world.secretariat)
    minutes = current(taker, meeting)
    url, sent = f"/minutes/{minutes['id']}", {"sections": {"arahan": "<p>Satu.</p>"}}
    match = {"If-Match": f'"{minutes["version"]}"'}
    assert taker.patch(url, json=sent).status_code == 428
    first = taker.patch(url, json=sent, headers=match)
    assert first.status_code == 200 and first.json["version"] > minutes["version"]
    stale = secretariat.patch(url, json={"sections": {"arahan": "<p>Dua.</p>"}}, headers=match)
    assert stale.status_code == 409 and world.minute_taker.name in stale.json["detail"]
    wrong = taker.patch(
        url, json={"sections": {"tidak_ada": "x"}}, headers={"If-Match": f'"{first.json["version"]}"'}
    )
    assert wrong.status_code == 422 and "sections.tidak_ada" in wrong.json["errors"]
    assert (
        world.api(world.evaluator)
        .patch(url, json=sent, headers={"If-Match": f'"{first.json["version"]}"'})
        .status_code
        == 403
    )


def test_a_stale_section_is_answered_with_the_other_text(world: World, meeting: Meeting) -> None:
    mid = current(world.api(world.minute_taker), meeting)["id"]
    first, second = world.sign_in(world.minute_taker), world.sign_in(world.secretariat)
    saves = {"X-Autosave": "1"}
    url = f"/notula/{mid}/bagian/arahan"
    good = first.post(url, data={"html": "<p>Pertama.</p>", "version": 1}, headers=saves)
    assert good.status_code == 200 and good.json["version"] == 2
    stale = second.post(url, data={"html": "<p>Kedua.</p>", "version": 1}, headers=saves)
    assert stale.status_code == 409
    assert stale.json["value"] == "<p>Pertama.</p>" and stale.json["version"] == 2
    assert stale.json["by"] == world.minute_taker.name
    other = second.post(
        f"/notula/{mid}/bagian/penutup", data={"html": "<p>Lain.</p>", "version": 1}, headers=saves
    )
    assert other.status_code == 200  # another section is another text
    assert (
        world.sign_in(world.evaluator).post(url, data={"html": "x", "version": 2}, headers=saves).status_code
        == 403
    )


def test_comments_are_answered_before_approval_and_units_agree(world: World, meeting: Meeting) -> None:
    taker, chair, ppk = world.api(world.minute_taker), world.api(world.chair), world.api(world.ppk("ID-BB"))
    mid = current(taker, meeting)["id"]
    assert taker.post(f"/minutes/{mid}/comments", json={"text": "Terlalu dini"}).status_code == 409
    taker.move("minutes", mid, "submit")
    assert ppk.post(f"/minutes/{mid}/comments", json={"text": "  "}).status_code == 422
    made = ppk.post(f"/minutes/{mid}/comments", json={"text": "Angka <b>saya</b> keliru"})
    assert made.status_code == 201 and made.json["author"]["id"] == world.ppk("ID-BB").id
    blocked = chair.move("minutes", mid, "approve")
    assert blocked.status_code == 422 and "tanggapan" in blocked.json["detail"]
    url = f"/minutes/{mid}/comments/{made.json['id']}"
    assert ppk.patch(url, json={"answer": "sendiri"}, headers={"If-Match": '"1"'}).status_code == 403
    assert taker.patch(url, json={"answer": "Diperbaiki."}).status_code == 428
    assert taker.patch(url, json={"answer": "Diperbaiki."}, headers={"If-Match": '"1"'}).status_code == 200
    for _ in range(2):
        assert ppk.post(f"/minutes/{mid}/agreements", json={}).status_code == 201
    assert chair.post(f"/minutes/{mid}/agreements", json={}).status_code == 403
    assert [a["unit_id"] for a in taker.get(f"/minutes/{mid}").json["agreements"]] == [world.unit("ID-BB").id]
    assert chair.move("minutes", mid, "return", reason="angka akan berubah").status_code == 200
    assert taker.get(f"/minutes/{mid}").json["agreements"] == []  # what was agreed to is about to change
    page = world.sign_in(world.minute_taker).get(f"/notula/{mid}").text
    assert "Angka &lt;b&gt;saya&lt;/b&gt; keliru" in page


def test_signers_follow_the_officers_until_chosen_by_hand(world: World, meeting: Meeting) -> None:
    taker, other = world.api(world.minute_taker), world.person("secretariat")
    mid = current(taker, meeting)["id"]
    world.fire(
        db.session.get(Meeting, meeting.id),
        "reassign",
        world.secretariat,
        minute_taker_id=other.id,
        reason="yang lama sakit",
    )
    signers = world.api(other).get(f"/minutes/{mid}").json["signers"]
    assert [s["user_id"] for s in signers] == [other.id, world.chair.id]


def test_signers_are_named_in_order(world: World, meeting: Meeting) -> None:
    taker = world.api(world.minute_taker)
    url = f"/minutes/{current(taker, meeting)['id']}/signers"
    third = world.person("leader", name="Contoh Ketiga")
    bad = taker.put(url, json=[{"user_id": 999_999}, {"user_id": third.id}, {"user_id": third.id}])
    assert bad.status_code == 422 and set(bad.json["errors"]) == {"0", "2"}
    assert taker.put(url, json=[]).status_code == 422
    good = taker.put(url, json=[{"user_id": world.chair.id}, {"user_id": third.id}])
    assert [s["user_id"] for s in good.json["signers"]] == [world.chair.id, third.id]
    assert world.api(world.ppk("ID-BB")).put(url, json=[{"user_id": third.id}]).status_code == 404
    assert world.api(world.evaluator).put(url, json=[{"user_id": third.id}]).status_code == 403
