"""What was signed is checked before anybody asks, again as time goes by, and whoever looks gets the kept answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from randal.database.base import db
from randal.documents.model import Document
from randal.models.meetings import Meeting
from randal.models.verifications import Verdict
from randal.notifications.notices import Notice
from randal.rooms.minutes import verdicts
from randal.rooms.minutes.verdicts import FRESH
from randal.schedule import scheduler
from randal.storage import blobs
from tests.minutes.test_room_signing import Drain, approved, enrol, meeting, people, sign  # noqa: F401
from tests.world import Api, World


@pytest.fixture
def code(meeting: Meeting, people: dict[str, Api], drain: Drain) -> str:  # noqa: F811
    enrol(people)
    minutes = approved(people, meeting)
    drain()
    sign(people, "taker"), sign(people, "chair")
    return people["taker"].get(f"/minutes/{minutes['id']}").json["documents"][0]["code"]


def kept() -> Verdict:
    db.session.rollback()
    [verdict] = db.session.query(Verdict).populate_existing()
    return verdict


def asked(world: World, code: str) -> Any:
    verdicts._answers.clear()  # as another process would
    return world.dropped(code).json


def test_the_clock_judges_and_the_page_answers_from_there(
    world: World, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, now = asked(world, code), world.now
    scheduler.run_due(now)
    assert kept().report["verdict"] == "intact" and kept().fresh_until == now + FRESH
    judged = []
    monkeypatch.setattr(verdicts.judging, "judge", lambda *_a, **_k: judged.append(1))
    assert asked(world, code) == before and not judged
    scheduler.run_due(now + timedelta(days=1))
    assert not judged, "a report that holds is not made again"


def test_a_week_later_it_is_judged_again_and_a_damaged_file_is_told_once(world: World, code: str) -> None:
    admin, now = world.person("admin"), world.now
    scheduler.run_due(now)
    document = db.session.get(Document, kept().document_id)
    filesystem, path = blobs._place(document.newest.sha256)
    with filesystem.open(path, "wb") as file:
        file.write(b"bukan itu")
    db.session.rollback()
    week = now + FRESH
    for later in (week, week + timedelta(hours=1), week + FRESH):
        scheduler.run_due(later)
    assert kept().report["verdict"] == "mismatch" and kept().judged_at == week + FRESH
    told = db.session.query(Notice).filter(Notice.key.startswith("minutes.judge:")).all()
    assert [(notice.person_id, notice.url) for notice in told] == [(admin.id, f"/verifikasi/{code}")]
    assert "tidak cocok lagi" in told[0].text and "rusak di penyimpanan" in told[0].text
