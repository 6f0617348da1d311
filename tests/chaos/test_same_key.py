"""A line that breaks while its request is being done: the repeated one hears what the first one made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from randal.l10n import clock
from randal.rooms.follow_ups import commands
from tests.follow_ups.conftest import Story
from tests.world import World


@pytest.mark.database("postgresql")  # on SQLite the second request begins when the first one has ended
def test_the_same_key_in_flight_twice_has_one_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(world)
    item = story.assigned()
    day = clock.local_date(world.now, "Asia/Jakarta") + timedelta(days=30)
    given = {"new_due_on": day.isoformat(), "reason": "contoh menunggu hujan reda"}

    def ask(key: str) -> Any:
        return story.ppk.post(
            f"/follow-ups/{item['id']}/extensions", json=given, headers={"Idempotency-Key": key}
        )

    real, first = commands.ask_extension, []

    def beaten(*args: Any) -> Any:
        """The other request is done between this one's look for an earlier answer and its own work."""
        if not first:
            first.append(None)
            first[0] = ask("contoh-1")
        return real(*args)

    monkeypatch.setattr(commands, "ask_extension", beaten)
    second = ask("contoh-1")
    assert (first[0].status_code, second.status_code) == (201, 201), second.json
    assert second.json == first[0].json
    assert ask("contoh-2").status_code == 409
