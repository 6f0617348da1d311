"""Number 0 is nobody and no unit: refused at its field, where it would once have been stored and met the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from randal.audit import examining
from randal.database.base import db
from randal.history.events import Event
from tests.world import World

NOBODY = ["chair_id", "minute_taker_id", "organiser_id"]


@pytest.mark.parametrize("name", NOBODY)
def test_a_meeting_of_nobody(world: World, name: str) -> None:
    api, meeting = world.api(world.secretariat), world.meeting("draft")
    start = (world.now + timedelta(days=1)).replace(tzinfo=None).isoformat(timespec="seconds")
    end = (world.now + timedelta(days=2)).replace(tzinfo=None).isoformat(timespec="seconds")
    body: dict[str, Any] = {"title": "Contoh", "starts_at": start, "ends_at": end, "timezone": "Asia/Jakarta"}
    made = api.post("/meetings", json=body | {name: 0})
    changed = api.patch(
        f"/meetings/{meeting.id}", json={name: 0}, headers={"If-Match": f'"{meeting.version}"'}
    )
    for answer in (made, changed):
        assert (answer.status_code, list(answer.json["errors"])) == (422, [name]), answer.json


def test_nobody_takes_over(world: World) -> None:
    api, meeting, other = world.api(world.secretariat), world.meeting("draft"), world.person("evaluator")
    said = {"chair_id": 0, "minute_taker_id": other.id, "reason": "Contoh alasan yang cukup"}
    answer = api.move("meetings", meeting.id, "reassign", **said)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["chair_id"])


def test_an_account_of_no_unit(world: World) -> None:
    from randal.rooms.accounts.commands import edit_person
    from workflows.lifecycle import Refused

    with pytest.raises(Refused) as refused:
        edit_person(world.evaluator, world.actor(world.secretariat), {"unit_id": 0}, world.now)
    assert list(refused.value.errors) == ["unit_id"]


def test_who_is_taken_off_the_list_leaves_his_history(world: World) -> None:
    """On SQLite too the next one gets a number of his own, and does not go on with a history that ended."""
    api, meeting = world.api(world.secretariat), world.meeting("draft", units=("ID-BB", "ID-PA"))
    last = meeting.attendance[-1].id
    assert api.delete(f"/attendance/{last}").status_code == 204
    mine = (
        select(Event.move).where(Event.item_type == "attendance", Event.item_id == last).order_by(Event.seq)
    )
    assert list(db.session.scalars(mine)) == ["create", "remove"]
    assert examining.examine()[0].bends == []
    again = api.post(f"/meetings/{meeting.id}/attendance", json={"unit_id": world.unit("ID-SN").id})
    assert again.status_code == 201 and again.json["id"] != last
