"""Who sees what, on every list and item of the API; and every change names the version it changes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.chain import Chain
from tests.contract.outsider import Outsider

OF_A_UNIT = ("progress-reports", "findings", "kendala", "follow-ups", "tracker")
LISTS = (
    *OF_A_UNIT,
    "meetings",
    "users",
    "documents",
    "signatures",
    "events",
    "minutes",
    "units",
    "areas",
    "activities",
)


@pytest.fixture
def chain(world, drain):
    made = Chain(world, drain).play("writing")
    made.settled_halfway()
    return made


def test_a_ppk_and_its_staff_see_their_own_unit(chain, world):
    for key in ("ppk.ID-BA", "staff.ID-BA"):
        who = chain.who[key]
        for name in OF_A_UNIT:
            rows = who.all(f"/{name}")
            assert {r["unit_id"] for r in rows} <= {chain.units["ID-BA"]}, name
            for row in chain.auditor.all(f"/{name}"):
                if row["unit_id"] != chain.units["ID-BA"] and name != "tracker":
                    who.ask("GET", f"/{name}/{row['id']}", 404)
                    who.ask("GET", f"/{name}/{row['id']}/events", 404)
        here = f"/follow-ups/{chain.follow_ups[0]}"
        for path in (f"{here}/evidence", f"{here}/extensions", "/evidence/1", "/extensions/1"):
            who.ask("GET", path, 404)
        assert who.get(f"/meetings/{chain.meeting}")["title"]
        for part in ("objectives", "agenda", "decisions", "attendance"):
            assert who.all(f"/meetings/{chain.meeting}/{part}")
        emails = {person.email for person in chain.who.values()} - {who.email}
        for name in (
            *LISTS,
            f"meetings/{chain.meeting}/attendance",
            f"meetings/{chain.meeting}",
            f"minutes/{chain.minutes}",
        ):
            answer = who.api.get(f"/{name}")
            assert answer.status_code in (200, 403), name
            leaked = [email for email in emails if email in answer.get_data(as_text=True)]
            assert not leaked, f"/{name} tells {leaked}"


def test_who_was_not_invited_sees_no_meeting(chain, world):
    stranger = Outsider(world, world.person("ppk", "ID-JT"))
    for path in (
        "",
        "/agenda",
        "/objectives",
        "/attendance",
        "/decisions",
        "/minutes",
        "/calendar",
        "/events",
        "/check-in",
    ):
        stranger.ask("GET", f"/meetings/{chain.meeting}{path}", 404)
    for path in (f"/minutes/{chain.minutes}", f"/minutes/{chain.minutes}/comments", "/documents/1", "/documents/1/file",
                 "/attendance/1", "/agenda/1", "/objectives/1", "/signatures/1"):  # fmt: skip
        stranger.ask("GET", path, 404)
    for name in LISTS:
        answer = stranger.api.get(f"/{name}")
        if name not in ("units", "areas", "activities", "users") and answer.status_code == 200:
            assert answer.json["items"] == [], name


def test_an_auditor_sees_all_and_changes_nothing(chain):
    who = chain.auditor
    assert {r["unit_id"] for r in who.all("/progress-reports")} == set(chain.units.values())
    assert {r["id"] for r in who.all("/follow-ups")} == set(chain.follow_ups)
    for path in changeable(chain):
        row = who.api.get(path)
        if row.status_code == 404:
            continue
        who.patch(path, {"text": "", "title": ""}, 403, version=row.json["version"])
        assert row.json.get("moves", []) == []
    who.post("/findings", {"meeting_id": chain.meeting}, 403)
    who.post("/meetings", {}, 403)


def changeable(chain: Chain) -> dict[str, Outsider]:
    """One item of each kind that can be changed, and who may change it now."""
    agenda = chain.secretariat.all(f"/meetings/{chain.meeting}/agenda")[0]["id"]
    objective = chain.secretariat.all(f"/meetings/{chain.meeting}/objectives")[0]["id"]
    comment = chain.note_taker.all(f"/minutes/{chain.minutes}/comments")
    found: dict[str, Any] = {
        f"/units/{chain.units['ID-BB']}": chain.secretariat,
        f"/areas/{chain.areas['ID-BB']}": chain.secretariat,
        f"/activities/{chain.activities['ID-BB'][0]}": chain.secretariat,
        f"/users/{chain.auditor.id}": chain.admin,
        f"/agenda/{agenda}": chain.note_taker,
        f"/objectives/{objective}": chain.note_taker,
        f"/findings/{chain.findings[0]}": chain.evaluator,
        f"/kendala/{chain.kendala[0]}": chain.evaluator,
        f"/follow-ups/{chain.follow_ups[0]}": chain.evaluator,
    }
    if comment:
        found[f"/minutes/{chain.minutes}/comments/{comment[0]['id']}"] = chain.note_taker
    return found


def test_every_change_names_its_version(chain):
    for path, who in changeable(chain).items():
        version = who.get(path)["version"]
        who.ask("PATCH", path, 428, json={})
        wrong = {"outcome": "x", "assessment": "x", "name": "", "severity": "x", "answer": ""}
        who.patch(path, wrong, 409, version=version + 7)
        assert who.get(path)["version"] == version
