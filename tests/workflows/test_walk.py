"""The product of meeting, attendance, follow-up, finding, minutes, signatures and addendum, walked to its end.

Every interleaving, signatures in order and side by side. No item is ever stuck, and what must hold, holds everywhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.workflows.walk_world import ENDED, GIVEN, PEOPLE, RELATION_OF, Scene, World
from workflows import LIFECYCLES
from workflows.lifecycle import Actor, Refused
from workflows.lifecycle import Move as TableRow


@dataclass
class Walk:
    after: dict[World, set[World]] = field(default_factory=dict)
    movable: dict[World, set[str]] = field(default_factory=dict)  # the items that some person can move
    fired: set[tuple[str, str, str]] = field(default_factory=set)  # lifecycle, move, state it left


def wearers(row: TableRow) -> list[Actor]:
    """Everybody with a hat for this row, except the machine."""
    hats = set(row.by)
    return [p for p in PEOPLE.values() if hats & (p.roles | RELATION_OF.get(p.id, frozenset()))]


WEARERS = {id(row): wearers(row) for lifecycle in LIFECYCLES.values() for row in lifecycle.moves}


def explore(parallel: bool) -> Walk:
    walk, waiting = Walk(), deque([World()])
    walk.after[World()] = set()
    while waiting:
        world = waiting.popleft()
        onward = walk.after[world]
        movable = walk.movable[world] = set()
        scene = Scene(world, parallel, walk.fired)
        for index, (name, item) in enumerate(scene.items()):
            for row in LIFECYCLES[item.kind].moves:
                if item.state not in row.sources or row.deed:
                    continue
                attempt = Scene(world, parallel, walk.fired)  # a refusal leaves it as it was
                for person in WEARERS[id(row)]:
                    try:
                        attempt.fire(attempt.items()[index][1], row.name, person, GIVEN[item.kind])
                    except Refused:
                        continue
                    onward.add(attempt.world())
                    movable.add(name)
                    break
        for number, _edit in enumerate(scene.edits()):
            attempt = Scene(world, parallel, walk.fired)
            attempt.edits()[number](attempt)
            onward.add(attempt.world())
        for new in onward:
            if new not in walk.after:
                walk.after[new] = set()
                waiting.append(new)
    return walk


@pytest.fixture(scope="module", params=[False, True], ids=["in order", "side by side"])
def walk(request: pytest.FixtureRequest) -> Walk:
    return explore(request.param)


# The one it belongs to, and the ones that its unmet needs send people to.
BESIDES = {
    "meeting": ("minutes",),
    "attendance": ("meeting", "minutes", "addendum"),
    "follow_up": (),
    "finding": ("follow_up",),
    "minutes": ("meeting", "addendum", "follow_up"),
    "addendum": ("follow_up",),
}


def test_from_every_unfinished_item_some_person_can_move_on(walk: Walk) -> None:
    for world, movable in walk.movable.items():
        for name, besides in BESIDES.items():
            lifecycle = LIFECYCLES["minutes" if name == "addendum" else name]
            state = getattr(world, name)
            if not state or state in lifecycle.final:
                continue
            assert movable & {name, *besides}, (name, world)
        for notes, signatures in (("minutes", world.signatures), ("addendum", world.addendum_signatures)):
            if {"waiting", "ready"} & set(signatures):
                assert notes in movable, world


@pytest.mark.parametrize(
    ("what", "reached"),
    [
        ("the meeting ends", lambda w: w.meeting in ("concluded", "cancelled")),
        ("the follow-up ends", lambda w: not w.follow_up or w.follow_up in ENDED),
        ("the finding ends", lambda w: w.finding in ("closed", "withdrawn")),
        ("minutes once opened are in force", lambda w: not w.minutes or w.minutes in ("signed", "superseded")),
        ("an addendum once opened is in force", lambda w: not w.addendum or w.addendum == "signed"),
        ("all of it at once", lambda w: w.meeting in ("concluded", "cancelled") and w.finding in ("closed", "withdrawn")
         and (not w.follow_up or w.follow_up in ENDED) and w.addendum in ("", "signed")),
    ],
)  # fmt: skip
def test_from_everywhere_the_end_can_be_reached(
    walk: Walk, what: str, reached: Callable[[World], bool]
) -> None:
    before: dict[World, set[World]] = {world: set() for world in walk.after}
    for world, onward in walk.after.items():
        for later in onward:
            before[later].add(world)
    saved = {world for world in walk.after if reached(world)}
    assert saved and len(saved) < len(walk.after)
    waiting = deque(saved)
    while waiting:
        for world in before[waiting.popleft()] - saved:
            saved.add(world)
            waiting.append(world)
    assert not walk.after.keys() - saved, (what, next(iter(walk.after.keys() - saved)))


SETTLED = {"present", "excused", "on_duty", "absent"}
INVARIANTS: dict[str, Callable[[World], bool]] = {
    "concluded exactly when minutes are signed": lambda w: (w.meeting == "concluded") == (w.minutes in ("signed", "superseded")),
    "superseded exactly when the addendum is signed": lambda w: (w.minutes == "superseded") == (w.addendum == "signed"),
    "an addendum only to signed minutes": lambda w: not w.addendum or w.minutes in ("signed", "superseded"),
    "minutes leave drafting only while the meeting is over":
        lambda w: w.minutes in ("", "drafting") or w.meeting in ("closed", "concluded"),
    "minutes exist once the meeting is over": lambda w: w.meeting not in ("closed", "concluded") or w.minutes != "",
    "a cancelled meeting has no minutes": lambda w: w.meeting != "cancelled" or not w.minutes,
    "nothing unassessed is submitted": lambda w: w.assessed or w.minutes in ("", "drafting"),
    "signed by all": lambda w: w.minutes not in ("signed", "superseded") or w.signatures == ("signed", "signed"),
    "addendum signed by all": lambda w: w.addendum != "signed" or w.addendum_signatures == ("signed", "signed"),
    "somebody is called while signing":
        lambda w: ("signing" not in (w.minutes, w.addendum)) or "ready" in w.signatures + w.addendum_signatures,
    "nobody signs what is not in signing":
        lambda w: ("ready" not in w.signatures or w.minutes == "signing")
        and ("ready" not in w.addendum_signatures or w.addendum == "signing"),
    "signing needs the stored PDF":
        lambda w: (w.minutes != "signing" or w.pdf) and (w.addendum != "signing" or w.addendum_pdf),
    "attendance is settled once the meeting is over":
        lambda w: w.meeting not in ("closed", "concluded") or w.attendance in SETTLED,
    "a closed finding has no running follow-up": lambda w: w.finding != "closed" or not w.linked or w.follow_up in ENDED,
    "verified means accepted evidence": lambda w: w.follow_up != "verified" or w.evidence == "accepted",
}  # fmt: skip


@pytest.mark.parametrize("name", INVARIANTS)
def test_what_always_holds(walk: Walk, name: str) -> None:
    broken = [world for world in walk.after if not INVARIANTS[name](world)]
    assert not broken, (name, broken[0])


def test_every_row_of_the_tables_is_walked(walk: Walk) -> None:
    walked = {"meeting", "attendance", "follow_up", "finding", "minutes", "signature"}
    rows = {
        (name, row.name, state)
        for name in walked
        for row in LIFECYCLES[name].moves
        if not row.deed
        for state in row.sources
    }
    assert len(walk.after) > 1000
    assert rows - walk.fired == set()
