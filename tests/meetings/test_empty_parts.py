"""What may not be empty is refused with a sentence: null, nothing and blanks, of every part of a meeting and on every way."""

from __future__ import annotations

from typing import Any

import pytest

from randal.rooms.meetings.parts import KINDS
from tests.world import World
from workflows.meeting import LIFECYCLE

MADE: dict[str, dict[str, Any]] = {
    "sessions": {"title": "Contoh", "starts_at": "2026-03-02T10:30", "ends_at": "2026-03-02T11:30"},
    "objectives": {"text": "Contoh", "kind": "sasaran"},
    "agenda": {"title": "Contoh"},
    "directives": {"text": "Contoh"},
    "decisions": {"text": "Contoh"},
}


@pytest.mark.parametrize("name", KINDS)
def test_nothing_where_words_are_due(world: World, name: str) -> None:
    kind, meeting, api = KINDS[name], world.meeting("in_session"), world.api(world.minute_taker)
    made = api.post(f"/meetings/{meeting.id}/{name}", json=MADE[name])
    assert made.status_code == 201, made.json
    asks = LIFECYCLE.moves_named(f"add_{kind.part}")[0].asks
    due = [ask.name for ask in asks if ask.required and ask.kind != "datetime"]  # a time left blank stays
    assert due
    for field in due:
        for empty in (None, "", "   "):
            mark = {"If-Match": f'"{made.json["version"]}"'}
            answer = api.patch(f"/{name}/{made.json['id']}", json={field: empty}, headers=mark)
            assert answer.status_code == 422 and field in answer.json["errors"], (field, empty, answer.json)
            given = {f"{kind.part}_id": made.json["id"], field: empty}
            answer = api.post(f"/meetings/{meeting.id}/moves/change_{kind.part}", json=given)
            assert answer.status_code == 422 and field in answer.json["errors"], (field, empty, answer.json)
