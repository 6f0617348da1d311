"""A history that nobody bent verifies: after every kind of move, after erasing, without its texts, and from a file."""

from __future__ import annotations

from sqlalchemy import func, select

from randal.audit import examining
from randal.database.base import db
from randal.history.events import CHAINED, Event
from randal.rooms.accounts import commands as accounts
from randal.rooms.accounts.erasing import erase_person
from tests.audit.story import WHY, History, named


def test_as_it_was_written(history: History) -> None:
    with history.bending() as bender:
        report = bender.judge()
    assert (report.bends, report.notes, report.exit_code) == ([], [], 0)
    assert report.events == db.session.scalar(select(func.count()).select_from(Event))
    assert report.items == sum(
        db.session.scalar(select(func.count()).select_from(kind)) or 0 for kind in CHAINED.values()
    )
    assert report.checkpoints == 2
    assert report.covered == report.events - 2  # a new finding, and one move


def test_texts_erased_and_corrected(history: History) -> None:
    admin = history.world.person("admin")
    history.erase(history.finding, admin, 2)
    history.erase(history.finding, admin, 3, "Contoh: alasan yang diperbaiki")
    report, _ = examining.examine(roots=history.roots)
    assert report.bends == []
    history.erase(history.finding, admin, 7)  # the reason for erasing, itself erased
    history.checkpoint()
    report, _ = examining.examine(roots=history.roots)
    assert report.bends == [] and report.covered == report.events


def test_a_person_forgotten(history: History) -> None:
    world = history.world
    admin, ppk = world.actor(world.person("admin")), world.ppk()
    accounts.edit_person(ppk, admin, {"active": False}, world.now)
    erase_person(ppk, admin, WHY, world.now)
    db.session.commit()
    with history.bending() as bender:
        assert bender.judge().bends == []
        bender.run("UPDATE people SET active = :yes WHERE id = :id", yes=True, id=ppk.id)
        assert named(bender.judge()) == {("state", "person", ppk.id, None)}
