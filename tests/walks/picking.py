"""A step, and how its parts are chosen: every choice is a small number that Hypothesis drew, 0 the plainest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.walks.cast import Who

T = TypeVar("T")


class Picker:
    """Hypothesis likes to draw the same again: `turn`, the number of the step, makes another choice of it. 0 stays 0."""

    def __init__(self, numbers: Iterable[int], turn: int = 0):
        self.numbers = (n and (n + 97 * turn + 31 * turn * place) % 256 for place, n in enumerate(numbers))

    def number(self) -> int:
        return next(self.numbers, 0)

    def of(self, several: Sequence[T]) -> T:
        return several[self.number() % len(several)]

    def rarely(self, one_in: int) -> bool:
        """False for 0."""
        return self.number() % one_in == one_in - 1


@dataclass
class Step:
    """`expect`: what may be answered ("ok", hidden, role, state, need, field). `do` acts on the application,
    `then` tells the model, with what `do` returned."""

    who: Who | None
    what: str
    expect: set[str]
    do: Callable[[Any], Any]
    then: Callable[[Any], None] = lambda _made: None
    said: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        given = {
            k: (f"{v[:12]}… ({len(v)})" if isinstance(v, str) and len(v) > 40 else v)
            for k, v in self.said.items()
        }
        return f"{self.who.key if self.who else 'sistem'}: {self.what} {given or ''}".strip()
