"""What somebody sees ends with what let him see it: the role, its dates, the unit, the account. On pages and by API alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from randal.database.base import db
from randal.l10n.clock import local_date
from randal.org.people import Person
from tests.security.routes import READS, routes
from tests.world import World

LISTS = (
    "meetings", "attendance", "progress-reports", "findings", "kendala", "follow-ups", "tracker", "evidence", "extensions",
    "minutes", "signatures", "documents", "areas", "activities", "units", "events", "agenda", "objectives", "decisions",
    "readiness-checks", "commitments", "deadlines",
)  # fmt: skip
#: a page that lists, and a word that stands on it for who sees the unit's things
PAGES = ("/rtl", "/temuan", "/kendala", "/laporan", "/pelacak", "/dokumen", "/rapat", "/kawasan", "/notula")


def becomes(**changes: Any) -> Callable[[Person], None]:
    def change(person: Person) -> None:
        for name, value in changes.items():
            setattr(person, name, value)

    return change


@pytest.fixture
def unit(world: World) -> Any:
    """Bangka Belitung with a thing of each kind, in a meeting that it was invited to."""
    meeting = world.meeting("in_session")
    unit = world.unit("ID-BB")
    evaluator, ppk = world.api(world.evaluator), world.api(world.ppk())
    for path in ("findings", "kendala", "follow-ups"):
        given = {
            "meeting_id": meeting.id,
            "unit_id": unit.id,
            "text": "Contoh rahasia satuan",
        }
        if path == "follow-ups":
            due = world.now + timedelta(days=9)
            given |= {"due_on": due.date().isoformat(), "expected_output": "Contoh."}
        else:
            given["severity"] = "low"
        assert evaluator.post(f"/{path}", json=given).status_code == 201, path
    place = {"name": "Contoh Kawasan", "province": "ID-BB", "theme": "Contoh"}
    office = world.api(world.secretariat)
    made = office.post("/areas", json=place)
    assert made.status_code == 201, made.text
    work = {
        "unit_id": unit.id,
        "area_id": made.json["id"],
        "name": "Contoh kegiatan",
        "sector": "AM",
        "budget": "1000",
    }
    made = office.post("/activities", json=work)
    assert made.status_code == 201, made.text
    assert ppk.get("/follow-ups").json["items"] or ppk.get("/findings").json["items"]
    return unit


def seen_by(world: World, person: Person) -> dict[str, int]:
    api = world.api(person)
    return {path: len(api.get(f"/{path}?limit=200").json.get("items", [])) for path in LISTS}


ENDINGS = {
    "the role": ("ppk", becomes(role="none")),
    "the staff's role": ("ppk_staff", becomes(role="none")),
    "the date": (
        "auditor",
        lambda person: setattr(person, "until", local_date(NOW[0], person.zone) - timedelta(days=1)),
    ),
    "the evaluator's role": ("evaluator", becomes(role="none")),
}
NOW: list[Any] = []


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_is_left(world: World, unit: Any, ending: str) -> None:
    role, change = ENDINGS[ending]
    person = world.person(role, unit)
    NOW[:] = [world.now]
    before = seen_by(world, person)
    assert before["findings"] and before["meetings"] and before["activities"], before
    change(person)
    db.session.commit()
    assert {path: n for path, n in seen_by(world, person).items() if n} == {}
    page = world.sign_in(person)
    for path in PAGES:
        answer = page.get(path)
        assert answer.status_code in (200, 302, 403, 404), (path, answer.status_code)
        assert "Contoh rahasia satuan" not in answer.text, path
        assert "Contoh Rapat" not in answer.text, path


def test_another_unit_is_another_sight(world: World, unit: Any) -> None:
    """Who moves to another unit leaves behind what he saw, also the papers he asked for."""
    person = world.person("ppk", unit)
    api = world.api(person)
    asked = api.get("/tracker", headers={"Accept": "application/pdf"})
    assert asked.status_code == 202
    assert api.get(asked.headers["Location"].removeprefix("/api/v1")).status_code == 200
    person.unit = world.unit("ID-BA")
    db.session.commit()
    assert api.get(asked.headers["Location"].removeprefix("/api/v1")).status_code == 404


@pytest.mark.parametrize("role", ["evaluator", "ppk", "secretariat"])
def test_a_paper_once_asked_for(world: World, unit: Any, role: str) -> None:
    """Having ordered a document is no right to it: it is one's own while one sees what it tells of."""
    person = world.person(role, unit)
    api = world.api(person)
    orders = {"/evaluation-reports": {}, "/tracker/insight": {}}
    made = [api.post(path, json=given).json["id"] for path, given in orders.items()]
    made.append(api.get("/tracker", headers={"Accept": "application/pdf"}).json["id"])
    assert all(api.get(f"/documents/{number}").status_code == 200 for number in made)
    person.role = "none"
    db.session.commit()
    assert [api.get(f"/documents/{number}").status_code for number in made] == [404, 404, 404]
    assert api.get("/documents").json["items"] == []


def test_who_is_closed_out_reads_nothing(world: World, unit: Any, app: Any) -> None:
    """A closed account: no page and no route of the API opens, whatever it is."""
    person = world.person("admin")
    page, api = world.sign_in(person), world.api(person)
    person.active = False
    db.session.commit()
    for route in routes(app, *READS):
        if not route.is_api or route.endpoint in ("api.openapi", "api.docs"):
            continue
        path = route.address(dict.fromkeys(route.rule.arguments, 1) | {"kind": "units", "code": "x"})
        assert api.client.get(path, headers={"Authorization": f"Bearer {api.token}"}).status_code == 401, path
    assert page.get("/").status_code == 302
