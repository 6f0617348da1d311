"""The fixtures themselves: what a test may rely on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from randal.database.base import db, is_sqlite
from randal.history.events import Event
from randal.org.places import Province
from tests.world import World


def test_both_databases_have_the_38_provinces(app: Flask, database_url: str) -> None:
    assert db.session.scalar(select(func.count()).select_from(Province)) == 38
    assert is_sqlite() == database_url.startswith("sqlite")


@pytest.mark.parametrize("state", ["draft", "scheduled", "in_session", "closed", "cancelled"])
def test_a_meeting_in_every_state(world: World, state: str) -> None:
    meeting = world.meeting(state, units=["ID-BB", "ID-PA"])
    assert meeting.state == state
    assert [row.unit.province.iso for row in meeting.invitees] == ["ID-BB", "ID-PA"]
    assert db.session.scalar(select(func.count()).select_from(Event)) >= 3


def test_the_api_knows_the_person_and_a_request_sees_the_tests_work(world: World) -> None:
    meeting = world.meeting("in_session")
    api = world.api(world.evaluator)
    given = {"meeting_id": meeting.id, "unit_id": world.unit().id, "text": "Contoh temuan", "severity": "low"}
    made = api.post("/findings", json=given)
    assert made.status_code == 201, made.json
    assert world.api(world.ppk("ID-PA")).get(f"/findings/{made.json['id']}").status_code == 404
    assert world.api(world.evaluator, write=False).post("/findings", json=given).status_code == 403


@pytest.mark.database("sqlite")
def test_the_browser_reaches_the_live_server(sign_in_browser: Callable[..., Any], world: World) -> None:
    page = sign_in_browser(world.secretariat, width=390)
    answer = page.goto("/healthz")
    assert answer.status in (200, 404)
