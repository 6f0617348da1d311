"""Every move × every state × every role × every relation: allowed exactly where the expected table says."""

from __future__ import annotations

import itertools

import pytest

from tests.workflows import expected, samples
from workflows import LIFECYCLES
from workflows.lifecycle import Act, Refused

ROWS = {name: [*expected.rows(name), *expected.deeds(name)] for name in expected.TABLES}
MOVES = [(name, move) for name in ROWS for move in dict.fromkeys(r.move for r in ROWS[name])]
HATS = [
    (roles, relations)
    for roles, relations in itertools.product(
        [(), *((r,) for r in expected.ROLES)], [(), *((r,) for r in expected.RELATIONS)]
    )
]


def test_the_registry_holds_them_in_the_order_of_the_tables() -> None:
    assert list(LIFECYCLES) == list(expected.TABLES)
    assert all(LIFECYCLES[name].name == name for name in LIFECYCLES)


@pytest.mark.parametrize("name", expected.TABLES)
def test_states_and_moves_are_those_expected(name: str) -> None:
    lifecycle = LIFECYCLES[name]
    assert list(lifecycle.states) == expected.states(name)
    assert lifecycle.final == expected.finals(name)
    assert list(lifecycle.move_names) == list(dict.fromkeys(r.move for r in ROWS[name]))
    assert {m.name for m in lifecycle.moves if m.deed} == {r.move for r in expected.deeds(name)}
    assert all(r.target is None for r in expected.deeds(name))
    assert set(lifecycle.tones) == set(lifecycle.states)
    assert set(lifecycle.tones.values()) <= {"muted", "info", "progress", "good", "warn", "bad"}
    assert {m.tone for m in lifecycle.moves} <= {"plain", "good", "warn", "bad"}
    assert all(m.label and m.said and all(a.label for a in m.asks) for m in lifecycle.moves)


@pytest.mark.parametrize(("name", "move"), MOVES)
def test_grid(name: str, move: str) -> None:
    lifecycle = LIFECYCLES[name]
    rows = [r for r in ROWS[name] if r.move == move]
    allowed = 0
    for state, (roles, relations) in itertools.product(expected.states(name), HATS):
        hats = {*roles, *relations}
        item, actor = samples.item(name, state, *relations), samples.actor(*roles)
        here = [r for r in rows if state in r.sources]
        mine = [r for r in here if r.by & hats]
        if mine:
            want = ("ok", mine[0].target)
        elif not any(r.by & hats for r in rows) or here:
            want = ("refused", "role")
        else:
            want = ("refused", "state")
        try:
            row, hat = lifecycle.decide(item, move, Act(actor, samples.NOW, samples.given(name, move)))
            got = ("ok", row.target)
            assert hat in mine[0].by & hats, (state, hats)
            allowed += 1
        except Refused as refusal:
            got = ("refused", refusal.kind)
            assert len(refusal.detail) > 10
        assert got == want, (state, hats)
        offered = {o.move.name for o in lifecycle.open_to(item, actor, samples.NOW)}
        assert (move in offered) == bool(mine), (state, hats)
        assert not any(o.blocked for o in lifecycle.open_to(item, actor, samples.NOW) if o.move.name == move)
    assert allowed


@pytest.mark.parametrize("name", expected.TABLES)
def test_who_makes_one(name: str) -> None:
    lifecycle = LIFECYCLES[name]
    parents = expected.states("follow_up" if name == "extension" else "meeting")
    for (roles, relations), parent in itertools.product(HATS, parents):
        hats = {*roles, *relations}
        fits = {
            hat
            for hat in expected.MADE_BY[name].split()
            if parent in expected.MADE_WITHIN.get((name, hat), parent).split()
        }
        assert lifecycle.may_make(hats, parent) == bool(hats & fits), (hats, parent)
        assert lifecycle.may_make(hats) == bool(hats & set(expected.MADE_BY[name].split())), hats


@pytest.mark.parametrize("name", expected.TABLES)
def test_who_edits_one_and_when(name: str) -> None:
    lifecycle = LIFECYCLES[name]
    by, within = (set(words.split()) for words in expected.EDITED[name])
    for state, (roles, relations) in itertools.product(expected.states(name), HATS):
        item, actor = samples.item(name, state, *relations), samples.actor(*roles)
        hers = bool(by & {*roles, *relations})
        assert lifecycle.may_edit(item, actor) == (hers and state in within)
        if hers and state in within:
            lifecycle.require_edit(item, actor)
        else:
            with pytest.raises(Refused) as refusal:
                lifecycle.require_edit(item, actor)
            assert refusal.value.kind == ("state" if hers else "role")
