"""The whole chain of a meeting by API alone, chapter by chapter, as a stranger would write it from `interface.md`.

Each chapter asserts what is promised there, and keeps ids: later chapters and other tests go on from them.
"""

from __future__ import annotations

from tests.contract.promises import Promises

CHAPTERS = (
    "people",
    "places",
    "invitation",
    "answers",
    "reports",
    "session",
    "closing",
    "settled",
    "writing",
    "review",
    "signing",
    "verified",
    "proof",
    "extensions",
    "tracker",
    "history",
    "addendum",
    "report",
)


class Chain(Promises):
    played = 0

    def play(self, last: str = CHAPTERS[-1]) -> Chain:
        """Go on from where the story stands, up to and with this chapter."""
        until = CHAPTERS.index(last) + 1
        for name in CHAPTERS[self.played : until]:
            getattr(self, name)()
        self.played = until
        return self
