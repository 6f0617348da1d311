"""HEAD answers what GET answers, without a body: on every page that a scanner of mails can ask for, and on the others."""

from __future__ import annotations

import re
from typing import Any

import pytest

from randal.meeting_facts.rsvp_links import reply_path
from randal.web import pages
from tests.world import World

SAMPLES = {"token": "tidak-ada", "code": "AAAA-BBBB", "kind": "units", "name": "app.css"}
VARIES = {"Date", "Set-Cookie", "Content-Length", "ETag"}


def paths(app: Any) -> list[str]:
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and (rule.endpoint in pages.PUBLIC or not rule.arguments):
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: SAMPLES.get(m[1], "1"), rule.rule)
            if not path.startswith(("/readyz", "/api/v1/openapi")):  # which ask what changes, or are large
                found.append(path)
    return found


@pytest.mark.database("sqlite")
def test_head_is_get_without_a_body(world: World, app: Any) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    asked = 0
    here = paths(app)
    for client, some in ((world.client(), here), (world.sign_in(world.secretariat), here[::8])):
        for path in some:
            got, head = client.get(path), client.head(path)
            assert head.status_code == got.status_code, (path, got.status_code, head.status_code)
            assert head.data == b"", path
            assert head.headers.get("Content-Type") == got.headers.get("Content-Type"), path
            assert {n for n, _ in head.headers} - VARIES == {n for n, _ in got.headers} - VARIES, path
            asked += 1
    assert asked > 60


def test_a_link_that_a_scanner_looks_at_is_still_good(world: World) -> None:
    """The personal link of an invitation and the one-time link of a new account: looked at, and then used by the person."""
    meeting, visitor = world.meeting("scheduled"), world.client()
    answer = reply_path(meeting.attendance[0])
    assert visitor.head(answer).status_code == visitor.get(answer).status_code == 200
    made = world.api(world.person("admin")).post(
        "/users", json={"name": "Contoh", "email": "c@contoh.example", "role": "none"}
    )
    path = "/sandi/" + made.json["sign_in_url"].rpartition("/")[2]
    for _ in range(3):
        assert visitor.head(path).status_code == 200
    new = {"password": "contoh sandi panjang", "again": "contoh sandi panjang"}
    assert visitor.post(path, data=new).status_code == 303
