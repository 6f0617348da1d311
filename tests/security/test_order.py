"""401, 404, 403, 409, 422: who may not hears so first, whatever version or fields he sends; and what a signed meeting keeps."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from randal.database.base import db
from randal.models.photos import Photo
from tests.world import World

OLD = {"If-Match": '"99"'}


def picture() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#355c58").save(out, "PNG")
    out.seek(0)
    return out, "contoh.png"


@pytest.fixture
def photo(world: World) -> Photo:
    meeting = world.meeting("in_session")
    sent = {"file": [picture()], "caption": "Contoh"}
    made = world.api(world.minute_taker).post(f"/meetings/{meeting.id}/photos", data=sent)
    assert made.status_code == 201, made.text
    return db.session.get_one(Photo, made.json["items"][0]["id"])


def test_role_before_version_and_before_fields(world: World, photo: Photo) -> None:
    meeting = photo.meeting
    world.fire(meeting, "close", world.chair, confirm=True)
    minutes = meeting.minutes
    ppk = world.api(world.ppk())
    decision = world.api(world.minute_taker).post(
        f"/meetings/{meeting.id}/decisions", json={"text": "Contoh"}
    )
    for method, path, given in (
        ("PUT", f"/minutes/{minutes.id}/signers", [{"user_id": "x"}]),
        ("PATCH", f"/meetings/{meeting.id}", {"title": ""}),
        ("PATCH", f"/decisions/{decision.json['id']}", {"text": ""}),
        ("DELETE", f"/decisions/{decision.json['id']}", None),
        ("PATCH", f"/photos/{photo.id}", {"caption": 3}),
        ("DELETE", f"/photos/{photo.id}", None),
        ("PATCH", f"/users/{world.ppk().id}", {"name": ""}),
        ("POST", "/thresholds", {"jump": "bukan angka"}),
        ("POST", f"/meetings/{meeting.id}/moves/reopen", {"reason": ""}),
    ):
        answer = ppk._ask(method, path, json=given, headers=OLD)
        # Minutes in drafting are not his to see at all.
        assert answer.status_code == (404 if "/minutes/" in path else 403), (method, path, answer.text)
    page = world.sign_in(world.ppk())
    assert page.post("/ambang", data={"jump": "bukan angka"}).status_code == 403
    assert world.api(world.person("auditor")).put(
        f"/minutes/{minutes.id}/signers", json=[], headers=OLD
    ).status_code == 403  # fmt: skip


def test_what_is_taken_away_names_its_version(world: World, photo: Photo) -> None:
    office, meeting = world.api(world.secretariat), world.meeting("draft", units=("ID-BB", "ID-PA"))
    part = office.post(f"/meetings/{meeting.id}/objectives", json={"text": "Contoh", "kind": "sasaran"}).json
    row = meeting.attendance[-1]
    there = {f"/objectives/{part['id']}": 1, f"/attendance/{row.id}": row.version, f"/photos/{photo.id}": 1}
    for path, version in there.items():
        assert office.delete(path, headers=OLD).status_code == 409, path
        assert office.get(path).status_code == 200, path
        assert office.delete(path, headers={"If-Match": "dua"}).status_code == 400, path
        assert office.delete(path, headers={"If-Match": f'"{version}"'}).status_code == 204, path


def test_a_signed_meeting_keeps_its_photos(world: World, photo: Photo) -> None:
    meeting, taker = photo.meeting, world.minute_taker
    world.fire(meeting, "close", world.chair, confirm=True)
    world.fire(meeting, "conclude")
    api, page = world.api(taker), world.sign_in(taker)
    assert api.delete(f"/photos/{photo.id}").status_code == 403
    assert (
        api.patch(f"/photos/{photo.id}", json={"caption": "Lain"}, headers={"If-Match": '"1"'}).status_code
        == 403
    )
    assert api.post(f"/meetings/{meeting.id}/photos", data={"file": [picture()]}).status_code == 403
    assert page.post(f"/foto/{photo.id}/tarik").status_code == 403
    assert api.post(f"/meetings/{meeting.id}/paparan", data={}).status_code == 403
    assert "Tarik" not in page.get(f"/foto/{photo.id}").text
    db.session.expire_all()
    assert photo.withdrawn_at is None
    # Somebody asks that his picture be taken away: the secretariat can, and history says so.
    assert world.api(world.secretariat).delete(f"/photos/{photo.id}").status_code == 204
