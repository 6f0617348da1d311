"""A page is drawn once for all who look at it at the same moment, and a browser's six requests are all answered."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from randal.documents import page_images
from randal.untrusted.limited import limits
from randal.untrusted.limited.errors import Unreadable


def test_all_who_open_it_at_once_share_one_drawing() -> None:
    drawn, begun = [], threading.Barrier(8, timeout=20)

    def draw() -> bytes:
        drawn.append(1)
        return b"png"

    def look(_who: int) -> bytes:
        begun.wait()
        return page_images._kept(("contoh" * 9, 1), draw)

    with ThreadPoolExecutor(8) as people:
        assert set(people.map(look, range(8))) == {b"png"}
    assert len(drawn) == 1


def test_what_could_not_be_drawn_is_tried_again_by_the_next() -> None:
    def broken() -> bytes:
        raise Unreadable("rusak")

    with pytest.raises(Unreadable):
        page_images._kept(("rusak" * 9, 1), broken)
    assert page_images._kept(("rusak" * 9, 1), lambda: b"png") == b"png"
    assert page_images._turns == {}


def test_the_pages_that_two_people_open_may_all_wait() -> None:
    connections = 6  # of a browser to one server
    assert (2 * connections - limits.SLOTS) * limits.PAGES.cpu <= limits.WAITING
