"""Every right × every state × every hat, and every field that is settled: exactly as the expected tables say."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from tests.workflows import expected, samples
from tests.workflows.test_grid import HATS
from workflows import LIFECYCLES
from workflows.lifecycle import Act, Refused


def lines(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


ROWS = [(name, *row) for name, table in expected.RIGHTS.items() for row in lines(table)]
CHANGES = {"attendance": {"meeting": samples.thing(state="draft")}}
GIVEN = {"guest": {"way": "table"}, "open_paper": {"kind": "record"}}


def test_no_right_is_missing_from_the_expected_table() -> None:
    found = {(name, right) for name, life in LIFECYCLES.items() for right in life.rights}
    assert found == {(name, right) for name, right, _within, _by in ROWS}


@pytest.mark.parametrize(("name", "right", "within", "by"), ROWS)
def test_grid_of_rights(name: str, right: str, within: str, by: str) -> None:
    lifecycle, allowed = LIFECYCLES[name], 0
    states = expected.states(name) if within == "*" else within.split()
    for state, (roles, relations) in itertools.product(expected.states(name), HATS):
        item = samples.item(name, state, *relations, **CHANGES.get(name, {}))
        act = Act(samples.actor(*roles), samples.NOW, GIVEN.get(right, {}))
        hers = bool({*roles, *relations} & set(by.split()))
        want = "ok" if hers and state in states else "state" if hers else "role"
        assert lifecycle.has(item, right, act) == (want == "ok"), (state, roles, relations)
        try:
            lifecycle.require(item, right, act)
            got, allowed = "ok", allowed + 1
        except Refused as refused:
            got = refused.kind
            assert len(refused.detail) > 10
        assert got == want, (state, roles, relations)
    assert allowed


#: right, what is otherwise, what is said
OTHERWISE = [
    ("meeting", "check_in_address", "scheduled", {"local_end_date": date(2018, 6, 24)}, "sudah lewat"),
    ("meeting", "open_paper", "closed", {"all_minutes": [samples.thing(kind="record")]}, "sudah mempunyai"),
    ("meeting", "check_in_address", "in_session", {"local_start_date": None}, "terjadwal atau berlangsung"),
    (
        "meeting",
        "check_in_screen",
        "in_session",
        {"is_check_in_day": lambda now: False},
        "pada tanggal rapat",
    ),
    ("meeting", "guest", "scheduled", {"is_check_in_day": lambda now: False}, "pada tanggal rapat"),
    ("meeting", "guest", "closed", {"minutes": samples.thing(state="approved")}, "sampai rapat ditutup"),
    ("attendance", "take_off", "invited", {"meeting": samples.thing(state="scheduled")}, "Cabut undangan"),
    (
        "follow_up",
        "ask_extension",
        "assigned",
        {"extensions": [samples.thing(state="requested")]},
        "belum diputus",
    ),
]


@pytest.mark.parametrize(("name", "right", "state", "changes", "said"), OTHERWISE)
def test_what_must_hold(name: str, right: str, state: str, changes: dict[str, object], said: str) -> None:
    by = next(by for of, which, _within, by in ROWS if (of, which) == (name, right)).split()
    act = Act(samples.actor(*by), samples.NOW, GIVEN.get(right, {}))
    item = samples.item(name, state, *by, **changes)
    with pytest.raises(Refused) as refused:
        LIFECYCLES[name].require(item, right, act)
    assert refused.value.kind == "state" and said in refused.value.detail


def test_a_guest_signs_himself_in_until_the_meeting_closes() -> None:
    act = Act(samples.actor("secretariat"), samples.NOW, {"way": "qr"})
    told = {
        state: LIFECYCLES["meeting"].has(samples.item("meeting", state), "guest", act)
        for state in ("in_session", "closed")
    }
    assert told == {"in_session": True, "closed": False}


@pytest.mark.parametrize("name", LIFECYCLES)
def test_settled_fields(name: str) -> None:
    lifecycle, rows = (
        LIFECYCLES[name],
        lines(expected.SETTLED.get(name, "|")) if name in expected.SETTLED else [],
    )
    free = {field: set(states.split()) for fields, states in rows for field in fields.split()}
    assert {field for row in lifecycle.settled for field in row.fields} == set(free)
    for state, (field, states) in itertools.product(expected.states(name), free.items()):
        item = samples.item(name, state)
        if state in states:
            lifecycle.require_unsettled(item, {field})
        else:
            with pytest.raises(Refused) as refused:
                lifecycle.require_unsettled(item, {field})
            assert refused.value.kind == "state"
        lifecycle.require_unsettled(item, {"title"})


def test_what_is_named_is_judged_as_a_state() -> None:
    """An item of the agenda that does not run is not finished: 409, before what is asked is judged."""
    still = samples.thing(id=1, started_at=None, ended_at=None)
    item = samples.item("meeting", "in_session", "chair", agenda_items=[still])
    with pytest.raises(Refused) as refused:
        LIFECYCLES["meeting"].decide(
            item, "finish_agenda_item", Act(samples.actor(), samples.NOW, {"agenda_item_id": 1})
        )
    assert refused.value.kind == "state" and "tidak sedang berlangsung" in refused.value.detail
