"""Every kind of nasty file (bench/nasty) ends within what it may cost, says a sentence or is read, and hurts nobody after it.

`python -m bench files` measures them with the limits that are in force; here they have a second of CPU, so that it is quick.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.files import TASKS, outcome
from bench.nasty import DOORS
from randal.untrusted.limited.errors import Busy, Unreadable

LARGE = 3_000_000  # bytes: those that are large by themselves are for the bench


@pytest.mark.parametrize("where", DOORS)
def test_every_kind_is_bounded(where: str) -> None:
    task, given = TASKS[where]
    few = replace(task, limits=replace(task.limits, cpu=1))
    said, tried = {}, 0
    for what, make in DOORS[where].items():
        if len(data := make()) > LARGE:
            continue
        tried += 1
        try:
            outcome(few, data, given, {})
        except Busy as busy:
            said[what] = repr(busy)
        except Unreadable as refused:
            if not str(refused).rstrip("»").endswith((".", "lagi")):
                said[what] = str(refused)
    assert said == {}, "neither read nor refused with a sentence"
    assert tried >= 9


def test_there_are_enough_of_them() -> None:
    assert sum(map(len, DOORS.values())) >= 25
