"""Rows that nobody was given yet, claimed in one statement: what makes the way from commit to effect short.

PostgreSQL only. On SQLite a claim that finds nothing would still take the only place to write, so the relay looks there
first (relay.py); it does so here too, once a second, for what was claimed before: leases, back-offs, the dead.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg

from randal.jobs import outbox
from randal.jobs.wakeup import connection_of_its_own

# Each queue by itself: a hundred thousand waiting papers do not stand before a notice.
CLAIM = """
WITH chosen AS (
  SELECT found.id FROM unnest(%(names)s::text[], %(rooms)s::int[]) AS asked (name, room),
  LATERAL (SELECT id FROM outbox WHERE queue = asked.name AND attempt = 0 AND next_at <= %(now)s
             AND done_at IS NULL AND stuck_at IS NULL
           ORDER BY next_at LIMIT asked.room FOR UPDATE SKIP LOCKED) AS found)
UPDATE outbox SET attempt = 1, next_at = %(lease)s WHERE id IN (SELECT id FROM chosen)
RETURNING id, attempt, queue
"""


class FirstClaims:
    """A connection kept open for nothing else: no pool, no session, no BEGIN and COMMIT around one statement."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] | None = None

    def claim(self, now: datetime, room: Mapping[str, int]) -> list[tuple[int, int, str]]:
        """Claim at most so many rows of each queue; (id, attempt, queue) each, committed. Raises psycopg.Error."""
        if self._connection is None:
            self._connection = connection_of_its_own()
            # Not waited for until it is on disk. A server that crashes may forget the claim: the row is due again, and
            # whoever comes second finds the mark of the first.
            self._connection.execute("SET synchronous_commit = off")
        asked = {"names": list(room), "rooms": list(room.values()), "now": now, "lease": now + outbox.LEASE}
        return sorted(self._connection.execute(CLAIM, asked))

    def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
        self._connection = None
