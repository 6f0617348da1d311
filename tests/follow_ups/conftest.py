"""A follow-up at each point of its way, made by the real commands and moves."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest

from tests.world import World

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"


def png(size: int = 8) -> bytes:
    from PIL import Image

    kept = io.BytesIO()
    Image.new("RGB", (size, size), "teal").save(kept, "PNG")
    return kept.getvalue()


class Story:
    """One meeting of two units and what its people do with follow-ups, through the API."""

    def __init__(self, world: World, units: tuple[str, ...] = ("ID-BB", "ID-PA")):
        self.world = world
        self.meeting = world.meeting("in_session", units)
        self.secretariat = world.api(world.secretariat)
        self.chair = world.api(world.chair)
        self.evaluator = world.api(world.evaluator)
        self.ppk = world.api(world.ppk(units[0]))
        self.unit = world.unit(units[0])

    def today(self) -> date:
        return self.unit.local_today(self.world.now)

    def given(self, **more: Any) -> dict[str, Any]:
        return {
            "meeting_id": self.meeting.id,
            "unit_id": self.unit.id,
            "text": "Contoh menyelesaikan pembebasan lahan",
            "due_on": (self.today() + timedelta(days=10)).isoformat(),
            "expected_output": "Contoh berita acara",
            "priority": "high",
        } | more

    def draft(self, **more: Any) -> dict[str, Any]:
        answer = self.secretariat.post("/follow-ups", json=self.given(**more))
        assert answer.status_code == 201, answer.json
        return answer.json

    def move(
        self, who: Any, item: dict[str, Any], name: str, status: int = 200, **given: Any
    ) -> dict[str, Any]:
        answer = who.move("follow-ups", item["id"], name, **given)
        assert answer.status_code == status, answer.json
        return answer.json

    def assigned(self, **more: Any) -> dict[str, Any]:
        return self.move(self.chair, self.draft(**more), "assign")

    def evidence(
        self, item: dict[str, Any], who: Any = None, status: int = 201, **given: Any
    ) -> dict[str, Any]:
        given = given or {"link": "https://contoh.example/foto"}
        answer = (who or self.ppk).post(f"/follow-ups/{item['id']}/evidence", json=given)
        assert answer.status_code == status, answer.json
        return answer.json

    def upload(self, item: dict[str, Any], name: str, data: bytes, **given: Any) -> Any:
        sent = {"file": (io.BytesIO(data), name)} | given
        path = f"/follow-ups/{item['id']}/evidence"
        return self.ppk.post(path, data=sent, content_type="multipart/form-data")

    def submitted(self, **more: Any) -> dict[str, Any]:
        item = self.assigned(**more)
        self.evidence(item)
        return self.move(self.ppk, item, "submit", note="Contoh sudah dikerjakan")

    def judge(
        self, piece: dict[str, Any], verdict: str = "accepted", who: Any = None, status: int = 200
    ) -> Any:
        now = self.evaluator.get(f"/evidence/{piece['id']}")
        answer = (who or self.evaluator).patch(
            f"/evidence/{piece['id']}", json={"verdict": verdict}, headers={"If-Match": now.headers["ETag"]}
        )
        assert answer.status_code == status, answer.json
        return answer.json

    def verified(self, **more: Any) -> dict[str, Any]:
        item = self.submitted(**more)
        for piece in self.evaluator.get(f"/follow-ups/{item['id']}/evidence").json["items"]:
            self.judge(piece)
        return self.move(self.evaluator, item, "verify", note="Contoh sesuai")


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)
