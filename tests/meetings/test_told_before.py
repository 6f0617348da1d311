"""Before a move that reaches others the page says whom it reaches; afterwards the same figure; and that many hear of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from randal.database.base import db
from randal.l10n import clock
from randal.notifications.notices import Notice
from tests.world import World
from workflows import LIFECYCLES

REACHING = [
    ("meeting", "schedule"), ("meeting", "reschedule"), ("meeting", "issue_letter"), ("meeting", "sign_letter"),
    ("meeting", "close"), ("meeting", "cancel"), ("minutes", "submit"), ("minutes", "approve"), ("minutes", "return"),
    ("minutes", "revise"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "move"), REACHING)
def test_it_is_said_before(name: str, move: str) -> None:
    rows = LIFECYCLES[name].moves_named(move)
    assert rows and all(row.first and row.said for row in rows)


def told(since: int) -> int:
    """How many people have a new notice."""
    return (
        db.session.scalar(select(func.count(func.distinct(Notice.person_id))).where(Notice.id > since)) or 0
    )


def figure(page: str) -> int:
    found = re.search(r"dikirim kepada (\d+) orang", page)
    assert found, page[-3000:]
    return int(found[1])


def test_as_many_hear_of_it_as_was_said(world: World, drain: Any) -> None:
    world.ppk(), world.person("ppk_staff", "ID-BB"), world.ppk("ID-PA"), world.person("ppk", "ID-AC")
    meeting = world.meeting("draft", units=("ID-BB", "ID-PA"))
    page, number = world.sign_in(world.secretariat), meeting.id
    later = clock.to_local(world.now + timedelta(days=2), meeting.timezone).replace(tzinfo=None)
    times = {
        "starts_at": f"{later:%Y-%m-%dT%H:%M}",
        "ends_at": f"{later + timedelta(hours=2):%Y-%m-%dT%H:%M}",
    }
    why = {"reason": "contoh alasan yang panjang"}
    for move, given in (("schedule", {}), ("reschedule", times | why), ("cancel", why)):
        drain()
        last = db.session.scalar(select(func.max(Notice.id))) or 0
        path = f"/rapat/{number}/langkah/{move}"
        before = figure(page.get(path).text)
        made = page.post(path, data=given)
        assert made.status_code == 303, move
        assert figure(page.get(made.headers["Location"]).text) == before, move
        drain()
        assert before == told(last) == 5, move  # three of the units, chair and note-taker


@pytest.mark.database("sqlite")
def test_it_asks_once_where_the_button_stands(world: World) -> None:
    """The button of a move that reaches others opens a sheet that says whom, and the sheet's own button makes it."""
    for state, who, moves in (
        ("draft", world.secretariat, ["schedule"]),
        ("scheduled", world.secretariat, ["reschedule", "cancel"]),
        ("in_session", world.chair, ["close"]),
    ):
        meeting = world.meeting(state)
        page = world.sign_in(who).get(f"/rapat/{meeting.id}").text
        for move in moves:
            path = f"/rapat/{meeting.id}/langkah/{move}"
            form, link = page.find(f'action="{path}"'), page.find(f'href="{path}"')
            own_page = page.find(f'href="/rapat/{meeting.id}/tutup') if move == "close" else -1
            assert max(form, link, own_page) > 0, (state, move)
            if form > 0:  # else it has a page of its own, which asks
                assert page.rfind("data-dialog", 0, form) > page.rfind("</details>", 0, form), (state, move)
