"""Beranda: what a person can and should do stands there, with its true count, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from randal.database.base import db
from randal.engine.transitions import ITEMS
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting, Objective
from randal.models.minutes import Minutes
from randal.models.progress import ProgressReport
from randal.org.people import Person
from randal.overviews.home.conditions import WHEN
from randal.overviews.home.expected import IN_ORDER, SHOWN, mine
from randal.overviews.home.queries import Home, home_of
from randal.rooms.minutes import commands
from tests import items
from tests.world import World
from workflows import LIFECYCLES


@pytest.fixture
def story(world: World) -> World:
    """Meetings in every state, minutes under way, findings, kendala and follow-ups in several; two units, all roles."""
    both = ("ID-BB", "ID-BA")
    for iso in both:
        world.person("ppk_staff", iso)
    world.person("auditor"), world.person("admin"), world.person("evaluator")
    later = world.now + timedelta(days=9)
    world.meeting("draft", units=both)
    world.meeting("scheduled", units=both)
    world.meeting("scheduled", units=both, starts_at=later, ends_at=later + timedelta(hours=2))
    running = world.meeting("in_session", units=both)
    items.finding(world, running)
    answered = items.finding(world, running, "ID-BA")
    world.fire(answered, "respond", world.ppk("ID-BA"), response="Contoh tanggapan")
    agreed = items.finding(world, running)
    items.linked_follow_up(world, agreed)
    world.fire(agreed, "agree", world.evaluator, reason="contoh alasan yang cukup")
    items.kendala(world, running)
    for number in range(SHOWN + 2):
        items.draft_follow_up(world, running, number=number + 10)
    closed = world.meeting("closed", units=both)
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    db.session.commit()
    minutes = world.fire(db.session.get(Meeting, closed.id).minutes, "submit", world.minute_taker)
    commands.add_comment(minutes, world.actor(world.ppk("ID-BB")), {"text": "Mohon diperbaiki."}, world.now)
    commands.agree(minutes, world.actor(world.ppk("ID-BA")), {}, world.now)
    db.session.commit()
    world.meeting("closed", units=both)
    return world


def shown(world: World, person: Person) -> Home:
    with world.app.test_request_context():  # addresses
        return home_of(world.actor(person), world.now)


def everybody() -> list[Person]:
    return list(db.session.scalars(select(Person).order_by(Person.id)))


def test_the_grid(story: World) -> None:
    """For each person: what SQL finds is what the tables say of every item that he sees; counts are true."""
    found_at_all = set()
    for person in everybody():
        actor = story.actor(person)
        told: Counter[tuple[str, str]] = Counter()
        for group in shown(story, person).groups:
            told[group.kind, group.move] += group.count
        for kind in IN_ORDER:
            lifecycle = LIFECYCLES[kind]
            seen = list(db.session.scalars(ITEMS[kind].visible_to(actor)).unique())
            for awaited in lifecycle.awaited:
                wanted = {i.id for i in seen if awaited in lifecycle.waits_for(i, actor, story.now)}
                asked = set(
                    db.session.scalars(
                        mine(kind, awaited, actor, story.now).with_only_columns(ITEMS[kind].id)
                    )
                )
                if all(need in WHEN for need in awaited.when):
                    assert asked == wanted, (person.role, kind, awaited.move)
                assert told[kind, awaited.move] == len(wanted), (person.role, kind, awaited.move)
                found_at_all |= {(kind, awaited.move)} if wanted else set()
    assert len(found_at_all) >= 14, found_at_all


def page(world: World, person: Person) -> str:
    return world.sign_in(person).get("/").text


def test_the_secretariat_is_told_of_drafts_comments_and_letters(story: World) -> None:
    text = page(story, story.secretariat)
    assert "Semua beres" not in text
    drafts = db.session.scalar(select(func.count()).where(FollowUp.state == "draft"))
    assert f"{drafts} tindak lanjut masih draf" in text and f"{SHOWN} dari {drafts} ditampilkan" in text
    assert "1 naskah dengan tanggapan yang belum dijawab" in text
    assert "surat undangan belum diterbitkan" in text
    assert "1 rapat belum dijadwalkan" in text


def test_the_chair_is_not_asked_for_what_only_the_secretariat_can(story: World) -> None:
    text = page(story, story.chair)
    assert "belum dijadwalkan" not in text
    assert "1 naskah menunggu persetujuan Anda" in text
    assert "Sebelumnya: Jawab dahulu 1 tanggapan peserta." in text


def test_whoever_has_handed_on_reads_who_is_waited_for(story: World) -> None:
    text = page(story, story.minute_taker)
    assert "1 naskah menunggu disusun dan diajukan" in text
    assert "1 Notula «Ditinjau»" in text and "menunggu Pimpinan Rapat" in text


def test_all_done_is_said_only_when_it_is_so(world: World) -> None:
    nobody = world.person("none")
    assert "Semua beres" in page(world, nobody)
    world.meeting("scheduled", units=("ID-BB",))
    assert "Semua beres" not in page(world, world.secretariat)
    home = shown(world, world.ppk("ID-BB"))
    assert [(g.move, g.count) for g in home.groups] == [("accept", 1), ("submit", 1)]
    assert home.groups[1].title == "1 laporan Maret 2026 menunggu disampaikan"


def test_a_report_of_years_ago_is_no_task(world: World) -> None:
    ppk: Any = world.ppk("ID-BB")
    world.meeting("scheduled", units=("ID-BB",))
    report = db.session.scalars(select(ProgressReport)).one()
    report.period = "2018-06"
    db.session.commit()
    assert "laporan" not in [word for g in shown(world, ppk).groups for word in g.title.split()]


def test_a_draft_that_others_assign_is_told_to_them(world: World, drain: Any) -> None:
    from randal.notifications.notices import Notice

    meeting = world.meeting("in_session", units=("ID-BB",))
    given = {"meeting_id": meeting.id, "unit_id": world.unit("ID-BB").id, "text": "Contoh tindak lanjut"}
    given |= {"due_on": "2026-04-30", "expected_output": "Contoh keluaran"}
    assert world.api(world.minute_taker).post("/follow-ups", json=given).status_code == 201
    drain()
    told = {n.person_id for n in db.session.query(Notice).filter(Notice.key.like("follow_up.create:%"))}
    assert told == {world.chair.id, world.secretariat.id}
    minutes = db.session.query(Minutes).all()
    assert minutes == []


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_readable(story: World, sign_in_browser: Any, axe: Any, width: int) -> None:
    for person in (story.secretariat, story.minute_taker, story.ppk("ID-BB")):
        page = sign_in_browser(person, width=width)
        page.goto("/")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
