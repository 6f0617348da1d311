"""Who comes to the house with a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.visitor import Visitor


@pytest.fixture
def visitor(browser: Callable[..., Any], axe: Callable[[Any], None]) -> Iterator[Callable[..., Visitor]]:
    """`visitor(person, password, width)`: somebody with a browser who has just signed in by the form."""
    came: list[Visitor] = []

    def come(person: Any, width: int = 1280) -> Visitor:
        came.append(Visitor(browser(width=width, has_touch=width < 600), axe, person.name, f"{width}"))
        came[-1].sign_in(person.email)
        return came[-1]

    yield come
    wrong = [f"{who.name}: {said}" for who in came for said in who.wrong]
    assert not wrong, "\n".join(wrong)
