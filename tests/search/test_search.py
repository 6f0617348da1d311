"""Search: Indonesian words by their stems, in what the reader may see and nothing else; the index goes with every change."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.models.search import KINDS, SearchEntry
from randal.search import indexing, stemming
from randal.search.queries import excerpt, search
from tests import items


@pytest.fixture
def story(world: Any) -> dict[str, Any]:
    """One of every kind with a word of its own; findings, kendala and follow-ups belong to Bangka Belitung."""
    for iso in ("ID-BB", "ID-AC"):
        world.ppk(iso)
    meeting = world.meeting(
        "in_session",
        units=("ID-BB", "ID-AC"),
        title="Contoh rapat zamrud",
        agenda="Contoh pembebasan lahan (30)",
    )
    taker = world.api(world.minute_taker)
    said = {
        name: taker.post(
            f"/meetings/{meeting.id}/{name}", json={"text": text, "speaker": "Contoh Pembicara"}
        ).json
        for name, text in (
            ("directives", "Percepat pelaksanaan zamrud."),
            ("decisions", "Rapat memutuskan zamrud."),
        )
    }
    finding = items.finding(world, meeting, text="Contoh temuan zamrud: papan kurang")
    kendala = items.kendala(world, meeting, text="Contoh kendala zamrud di lapangan")
    promised = items.linked_follow_up(world, finding)
    world.api(world.secretariat)
    promised.text = "Contoh: melengkapi sertifikat zamrud"
    db.session.commit()
    world.fire(meeting, "close", world.chair, confirm=True)
    minutes = db.session.get_one(Meeting, meeting.id).minutes
    section = minutes.sections[0]
    section.html = "<p>Contoh notula <strong>zamrud</strong> &amp; dibahas</p>"
    db.session.commit()
    return {
        "meeting": meeting.id, "minutes": minutes.id, "decision": said["decisions"]["id"],
        "directive": said["directives"]["id"], "follow_up": promised.id, "finding": finding.id, "kendala": kendala.id,
    }  # fmt: skip


def kinds(world: Any, person: Any, q: str) -> set[str]:
    found = world.api(person).get("/search", query_string={"q": q, "limit": 100}).json
    assert {hit["type"] for hit in found["items"]} == {
        name for name, count in found["counts"].items() if count
    }
    return {hit["type"] for hit in found["items"]}


OF_THE_UNIT = {"follow_up", "finding", "kendala"}


def test_of_every_kind_to_those_who_may_see_it(world, story):
    assert kinds(world, world.secretariat, "zamrud") == set(KINDS)
    assert kinds(world, world.ppk("ID-BB"), "zamrud") == set(KINDS) - {"minutes"}, (
        "a draft is for who writes it"
    )
    assert kinds(world, world.ppk("ID-AC"), "zamrud") == set(KINDS) - {"minutes"} - OF_THE_UNIT
    assert kinds(world, world.minute_taker, "zamrud") == set(KINDS)
    assert kinds(world, world.person("ppk", "ID-JK"), "zamrud") == set(), "not invited: nothing"
    assert kinds(world, world.person("none"), "zamrud") == set()
    for kind, item_id in story.items():
        found = world.api(world.secretariat).get("/search", query_string={"q": "zamrud", "type": kind}).json
        assert [hit["id"] for hit in found["items"]] == [item_id], kind


def test_the_page_marks_groups_and_shows_nothing_of_another_unit(world, story):
    page = world.sign_in(world.ppk("ID-AC")).get("/cari?q=Zamrud")
    assert page.status_code == 200
    assert (
        "<mark>zamrud</mark>" in page.text
        and "papan kurang" not in page.text
        and "sertifikat" not in page.text
    )
    whole = world.sign_in(world.secretariat).get("/cari?q=zamrud").text
    assert (
        "Contoh notula <mark>zamrud</mark> &amp; dibahas" in whole
        and f'href="/temuan/{story["finding"]}"' in whole
    )
    assert "Tidak ditemukan" in world.sign_in(world.secretariat).get("/cari?q=tidakadakataini").text
    assert world.sign_in(world.secretariat).get("/cari?q=%22%27%5C%25_").status_code == 200
    assert world.client().get("/cari?q=zamrud").status_code == 302


@pytest.mark.parametrize(
    ("q", "kind"),
    [
        ("dibebaskan", "meeting"), ("keputusan", "decision"), ("melaksanakan", "directive"), ("persertifikatan", "follow_up"),
        ("notulen zamrud", "minutes"), ("hambatan", "kendala"), ("RTL-1", "follow_up"), ("sertif", "follow_up"),
        ("ditemukan papan", "finding"), ("Bangka Belitung kekurangan", "finding"),
    ],
)  # fmt: skip
@pytest.mark.database("sqlite")
def test_words_as_people_write_them(world, story, q, kind):
    assert kind in kinds(world, world.secretariat, q), stemming.asked(q)


def test_all_words_are_wanted(world, story):
    assert kinds(world, world.secretariat, "zamrud papan") == {"finding"}
    assert kinds(world, world.secretariat, "papan tidakada") == set()


def test_the_index_goes_with_every_change_and_with_none_that_was_undone(world, story):
    desk = world.secretariat
    assert world.api(world.minute_taker).patch(
        f"/decisions/{story['decision']}", json={"text": "Rapat memutuskan nilam."}, headers={"If-Match": '"1"'}
    ).status_code == 200  # fmt: skip
    assert kinds(world, desk, "nilam") == {"decision"} and "decision" not in kinds(world, desk, "zamrud")
    assert world.api(world.minute_taker).delete(f"/decisions/{story['decision']}").status_code == 204
    assert kinds(world, desk, "nilam") == set()
    meeting = db.session.get_one(Meeting, story["meeting"])
    meeting.objectives[0].text = "Contoh sasaran nilam"
    db.session.flush()
    assert db.session.scalar(select(SearchEntry.id).where(SearchEntry.stems.contains(" nilam "))) is not None
    db.session.rollback()
    assert kinds(world, desk, "nilam") == set()


def entries() -> list[tuple[Any, ...]]:
    columns = (
        SearchEntry.kind,
        SearchEntry.item_id,
        SearchEntry.meeting_id,
        SearchEntry.title,
        SearchEntry.text,
        SearchEntry.stems,
    )
    return [
        tuple(row)
        for row in db.session.execute(select(*columns).order_by(SearchEntry.kind, SearchEntry.item_id))
    ]


def test_made_anew_it_is_the_same(world, story):
    before = entries()
    assert not indexing.is_missing()
    answer = world.app.test_cli_runner().invoke(args=["randal", "reindex"])
    assert answer.exit_code == 0 and "meeting 1" in answer.output
    db.session.expire_all()
    assert entries() == before and len(before) == len(story)
    for row in db.session.scalars(select(SearchEntry)):
        db.session.delete(row)
    db.session.commit()
    assert indexing.is_missing()
    db.session.commit()
    answer = world.app.test_cli_runner().invoke(args=["randal", "init"])
    assert answer.exit_code == 0, answer.output
    assert entries() == before


def test_a_kind_goes_on_page_by_page(world):
    meeting = world.meeting("in_session")
    for n in range(23):
        items.kendala(world, meeting, text=f"Contoh zamrud nomor {n}")
    desk = world.api(world.secretariat)
    first = desk.get("/search?q=zamrud&type=kendala").json
    assert len(first["items"]) == 20 and first["counts"]["kendala"] == 23
    rest = desk.get(f"/search?q=zamrud&type=kendala&cursor={first['next']}").json
    assert len(rest["items"]) == 3 and rest["next"] is None
    assert len({hit["id"] for hit in first["items"] + rest["items"]}) == 23
    page = world.sign_in(world.secretariat)
    assert "Semua 23" in page.get("/cari?q=zamrud").text
    assert "sesudah=" in page.get("/cari?q=zamrud&jenis=kendala").text


def test_wrong_questions_are_answered_with_a_sentence(world):
    desk = world.api(world.secretariat)
    for bad in ("", "?q=", "?q=a&type=orang", "?q=a&cursor=x", "?q=a&limit=0"):
        assert desk.get(f"/search{bad}").status_code == 400, bad
    assert desk.get("/search", query_string={"q": "<>&'\""}).json["items"] == []
    assert desk.get("/search", query_string={"q": "a" * 5000}).status_code == 200


def test_an_excerpt_is_escaped_and_stands_around_what_was_found(world):
    text = "<script>alert(1)</script> " + "kata " * 60 + "dibebaskan & selesai " + "kata " * 60
    made = str(excerpt(text, stemming.asked("pembebasan")))
    assert "<mark>dibebaskan</mark> &amp; selesai" in made and made.startswith("… ") and made.endswith(" …")
    assert "<script>" not in str(excerpt(text, stemming.asked("alert"))) and len(made) < 400
    assert search(world.actor(world.secretariat), "").total == 0
    assert db.session.scalar(select(func.count()).select_from(SearchEntry)) == 0
