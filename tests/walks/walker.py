"""The random walk as a Hypothesis state machine: each rule is one step, and Hypothesis shrinks the story that fails."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.walks import besides, evidence, inviting, matters, papers, reports  # noqa: F401 - they declare their deeds
from tests.walks.cast import Cast
from tests.walks.deeds import new_meeting, some_deed
from tests.walks.moves import any_move, fitting_move, wanted_move
from tests.walks.onward import chase, matter, onward, plain_move
from tests.walks.picking import Picker, Step
from tests.walks.stage import Stage

CHOICES = st.binary(min_size=9, max_size=9)  # every byte one choice
SHORT = st.binary(min_size=3, max_size=3)
AHEAD = st.sampled_from([0, 1, 1, 1, 2, 2, 2, 3, 5, 9, 12, 16])
KINDS = ("finding", "kendala", "follow_up", "follow_up")
MOMENT = timedelta(seconds=50)  # between two steps


class Walk(RuleBasedStateMachine):
    """`cast`, `tally` and `wanted` are set by whoever runs it."""

    cast: Cast
    tally: Counter[Any]
    wanted: frozenset[tuple[str, int]] = frozenset()  # rows of the tables to go for first

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(self.cast, self.tally)

    def teardown(self) -> None:
        try:
            self.stage.check_all()
        finally:
            self.stage.leave()

    def take(self, step: Step | None) -> None:
        if step is None:
            return
        try:
            self.stage.perform(step)
        finally:
            note(self.stage.story[-1])
        self.stage.model.now += MOMENT

    def picker(self, choices: bytes) -> Picker:
        return Picker(choices, len(self.stage.story))

    @initialize(choices=SHORT, ahead=AHEAD)
    def begin(self, choices: bytes, ahead: int) -> None:
        """A meeting, some way along its road."""
        model = self.stage.model
        self.take(new_meeting(model, model.people["sekretariat"], self.picker(choices)))
        for _ in range(ahead):
            if model.things:
                self.take(onward(model, model.things[0], Picker(())))
            if model.things and model.things[0].state == "in_session":
                for kind in (k for n, k in enumerate(KINDS) if choices[1] >> n & 1):
                    self.take(matter(model, kind))
                for follow_up in model.all("follow_up", state="draft"):
                    self.take(plain_move(model, follow_up, "assign") if choices[1] & 16 else None)

    @rule(choices=CHOICES)
    def somebody_tries_something(self, choices: bytes) -> None:
        if self.stage.model.things:
            self.take(any_move(self.stage.model, self.picker(choices)))

    @rule(choices=CHOICES)
    def somebody_does_what_is_due(self, choices: bytes) -> None:
        if any(not t.final for t in self.stage.model.things):
            self.take(fitting_move(self.stage.model, self.picker(choices)))

    somebody_does_it_again = and_once_more = somebody_does_what_is_due

    @rule(choices=CHOICES)
    def somebody_does_what_is_seldom(self, choices: bytes) -> None:
        self.take(wanted_move(self.stage.model, self.picker(choices), self.wanted))

    and_that_too = somebody_does_what_is_seldom

    @rule(choices=CHOICES)
    def somebody_does_another_thing(self, choices: bytes) -> None:
        pick = self.picker(choices)
        if self.stage.model.all("meeting"):
            self.take(some_deed(self.stage.model, pick))

    and_another = somebody_does_another_thing

    @rule(choices=SHORT)
    def the_meeting_goes_on(self, choices: bytes) -> None:
        pick = self.picker(choices)
        if meetings := self.stage.model.all("meeting"):
            t = pick.of(meetings)
            busy = t.state in ("scheduled", "in_session") or any(
                n.state in ("in_review", "signing") for n in self.stage.model.all("minutes", meeting=t)
            )
            if not busy or pick.rarely(3):  # or nobody would have the time to do anything else
                self.take(onward(self.stage.model, t, pick))

    @rule(choices=SHORT)
    def the_work_goes_on(self, choices: bytes) -> None:
        self.take(chase(self.stage.model, self.picker(choices)))
