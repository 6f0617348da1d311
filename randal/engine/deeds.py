"""What a move writes beside its item, declared by the room that keeps such rows: a piece of evidence, a comment, a link.

    @doing("follow_up.add_evidence")
    def keep_piece(item: FollowUp, act: Act) -> Evidence:
        ...
        act.tell(evidence_id=row.id)
        return row

`fire` runs it after the table has said yes and before the event is written; it may refuse a field that only the
database can judge. Ids, codes and dates go into the history by `act.tell`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from workflows import LIFECYCLES
from workflows.lifecycle import Act

Doing = Callable[[Any, Act], Any]
DOING: dict[str, Doing] = {}


class Unchanged(NamedTuple):
    """Answered when all was so before: nothing happened, and the history tells of nothing."""

    made: Any = None


def doing(*names: str) -> Callable[[Doing], Doing]:
    """Declare what these moves write beside their item; at most one for each."""

    def register(function: Doing) -> Doing:
        for name in names:
            item_type, _, move = name.partition(".")
            if move not in LIFECYCLES[item_type].move_names or name in DOING:
                raise ValueError(f"no lifecycle knows the move {name!r}, or it is declared already")
            DOING[name] = function
        return function

    return register
