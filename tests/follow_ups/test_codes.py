"""One code, one thing: on the page, on paper, in a notice and in a chat, and found by it."""

from __future__ import annotations

from typing import Any

from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.notifications.notices import Notice
from randal.rooms.minutes import facts
from tests import items
from tests.world import World


def test_two_meetings_have_no_code_in_common_and_each_is_found(world: World, drain: Any) -> None:
    first, second = world.meeting("in_session"), world.meeting("in_session")
    one, other = (items.draft_follow_up(world, meeting, number=3) for meeting in (first, second))
    for row in (one, other):
        row.due_on, row.expected_output, row.priority = world.now.date(), "Contoh keluaran", "high"
    db.session.commit()
    assert one.code == f"RTL-{first.id}-3" != other.code == f"RTL-{second.id}-3"
    api, page = world.api(world.evaluator), world.sign_in(world.evaluator)
    assert [i["id"] for i in api.get(f"/tracker?q={one.code}").json["items"]] == [one.id]
    assert {i["id"] for i in api.get("/tracker?q=RTL-3").json["items"]} == {one.id, other.id}
    assert api.get(f"/follow-ups/{one.id}").json["code"] == one.code
    assert one.code in page.get(f"/rtl/{one.id}").text and other.code not in page.get(f"/rtl/{one.id}").text
    world.ppk()
    world.fire(db.session.get(FollowUp, one.id), "assign", world.secretariat, due_on=world.now.date())
    drain()
    assert any(one.code in n.text for n in db.session.query(Notice).filter_by(person_id=world.ppk().id))


def test_findings_and_kendala_have_codes_too(world: World, drain: Any) -> None:
    finding, kendala = items.finding(world), items.kendala(world)
    drain()
    api, page = world.api(world.evaluator), world.sign_in(world.evaluator)
    for row, resource, path in ((finding, "findings", "temuan"), (kendala, "kendala", "kendala")):
        code = api.get(f"/{resource}/{row.id}").json["code"]
        assert code == row.code and code in page.get(f"/{path}/{row.id}").text
        found = api.get(f"/search?q={code}").json["items"]
        assert (found[0]["kind"] if "kind" in found[0] else found[0]["type"], found[0]["id"]) == (
            row.__lifecycle__,
            row.id,
        )
        told = db.session.query(Notice).filter_by(person_id=world.ppk().id)
        assert any(code in notice.text for notice in told)


def test_lists_and_the_tables_of_the_minutes_print_the_same_code(world: World) -> None:
    meeting = world.meeting("in_session")
    finding, kendala = items.finding(world, meeting), items.kendala(world, meeting)
    row = items.draft_follow_up(world, meeting, number=3)
    row.expected_output = "Contoh keluaran"
    db.session.commit()
    page = world.sign_in(world.secretariat)
    for item, path in ((finding, "temuan"), (kendala, "kendala")):
        assert f"{item.code} · " in page.get(f"/{path}").text, path
    told = facts.facts(meeting)
    for name, item in (("findings", finding), ("kendala", kendala), ("follow_ups", row)):
        assert [line["code"] for line in told[name]] == [item.code], name
    with world.app.test_request_context():
        printed = world.app.jinja_env.get_template("minutes/facts.html").module
        for name, item in (("findings", finding), ("kendala", kendala), ("follow_ups", row)):
            assert item.code in str(getattr(printed, name)(told[name])), name
            old = [{key: value for key, value in line.items() if key != "code"} for line in told[name]]
            assert item.code not in str(getattr(printed, name)(old)), "frozen before papers had codes"


def test_one_line_for_several_units_says_which_codes_it_stands_for() -> None:
    rows = [FollowUp(meeting_id=12, number=number) for number in (3, 4, 5, 8)]
    assert facts.codes_of(rows[:1]) == "RTL-12-3"
    assert facts.codes_of(rows[:3]) == "RTL-12-3 s.d. RTL-12-5"
    assert facts.codes_of(rows[2:]) == "RTL-12-5, RTL-12-8"
