"""The whole chain of a meeting by API alone, chapter by chapter, as a stranger would write it from `interface.md`.

Each chapter asserts what is promised there, and keeps ids: later chapters and other tests go on from them.
"""

from __future__ import annotations

from tests.contract.promises import Promises


class Chain(Promises):
    def to_the_close(self) -> Chain:
        self.meeting_day = self.today
        self.people()
        self.places()
        self.invitation()
        self.answers()
        self.reports()
        self.session()
        self.closing()
        return self

    def to_the_end(self) -> Chain:
        self.to_the_close()
        self.settled()
        self.writing()
        self.review()
        self.signing()
        self.verified()
        self.proof()
        self.extensions()
        self.tracker()
        self.history()
        return self
