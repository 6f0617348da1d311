"""Who writes in which section: few writes, nobody who may not write, and forgotten soon."""

from __future__ import annotations

from datetime import timedelta

import pytest

from randal.database.base import db
from randal.models.meeting_parts import Writer
from tests.meetings.test_projector import again, mark_in
from tests.meetings.test_pulse import statements


def rows() -> list[tuple[int, str]]:
    db.session.expire_all()
    found = [
        (w.person_id, w.section) for w in db.session.scalars(db.select(Writer).order_by(Writer.person_id))
    ]
    db.session.commit()
    return found


@pytest.fixture
def live(world):
    meeting = world.meeting("in_session")
    path = f"/rapat/{meeting.id}/langsung"

    pages = {}

    def ask(person, section=None, mark=""):
        headers = again(mark) | ({"X-Here": section} if section else {})
        page = pages.setdefault(person.id, None) or world.sign_in(person)
        pages[person.id] = page
        return page.get(path, headers=headers)

    return ask


def test_at_most_one_write_in_ten_seconds_by_each(world, live):
    taker, desk = world.minute_taker, world.secretariat
    mark = mark_in(live(taker).text)
    told = []
    for second in range(0, 24, 4):
        world.now += timedelta(seconds=4 if second else 0)
        seen = statements(lambda: live(taker, "acara", mark))
        told.append(sum(s.lstrip().upper().startswith(("INSERT", "DELETE", "UPDATE")) for s in seen))
    assert [bool(n) for n in told] == [True, False, False, True, False, False], told
    assert live(taker, "arahan", mark).status_code == 304, "oneself changes nothing for oneself"
    assert rows() == [(taker.id, "acara")], "another section is written at the next turn"
    page = live(desk)
    assert f"{taker.name} juga menulis di sini" in page.text
    mark = mark_in(page.text)
    assert live(desk, None, mark).status_code == 304
    world.now += timedelta(seconds=10)
    live(taker, "keputusan")
    changed = live(desk, None, mark)
    assert changed.status_code == 200 and rows() == [(taker.id, "keputusan")]
    live(desk, "keputusan")
    assert len(rows()) == 2


def test_it_is_forgotten(world, live):
    live(world.minute_taker, "acara")
    mark = mark_in(live(world.secretariat).text)
    world.now += timedelta(seconds=26)
    page = live(world.secretariat, None, mark)
    assert page.status_code == 200 and "juga menulis" not in page.text
    world.now += timedelta(seconds=40)
    other = world.meeting("in_session")
    world.sign_in(world.secretariat).get(f"/rapat/{other.id}/langsung", headers={"X-Here": "acara"})
    assert rows() == [(world.secretariat.id, "acara")], "whoever writes next sweeps, in whichever meeting"


def test_nobody_who_may_not_write_is_noted(world, live):
    for person in (world.ppk(), world.person("auditor")):
        assert live(person, "acara").status_code == 403
    assert live(world.ppk("ID-AC"), "acara").status_code == 404
    assert live(world.minute_taker, "<script>").status_code == 200
    assert rows() == []
    assert live(world.minute_taker, "acara").status_code == 200
    assert rows() == [(world.minute_taker.id, "acara")]


def test_in_the_minutes_too(world):
    meeting = world.meeting("closed")
    path = f"/rapat/{meeting.id}/penulis?bagian=n-penutup&bagian=n-acara&bagian=<b>"
    taker, desk = world.sign_in(world.minute_taker), world.sign_in(world.secretariat)
    assert taker.get(path, headers={"X-Here": "n-penutup"}).status_code == 200
    page = desk.get(path)
    assert f"{world.minute_taker.name} juga menulis di sini" in page.text and "&lt;b" not in page.text
    assert page.text.index('data-fresh="di-n-penutup"') < page.text.index("juga menulis")
    assert desk.get(path, headers=again(mark_in(page.text))).status_code == 304
    assert rows() == [(world.minute_taker.id, "n-penutup")]
    for person, status in ((world.ppk(), 403), (world.person("auditor"), 403), (world.ppk("ID-AC"), 404)):
        assert world.sign_in(person).get(path, headers={"X-Here": "n-acara"}).status_code == status
    assert len(rows()) == 1
