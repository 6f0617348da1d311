"""The states of a meeting and the sets of them that have a name: asked by its own table, by those of what belongs to it, and
by pages and queries. A set is named here once, and spelled out nowhere else."""

from __future__ import annotations

DRAFT, SCHEDULED, IN_SESSION = "draft", "scheduled", "in_session"
CLOSED, CONCLUDED, CANCELLED = "closed", "concluded", "cancelled"

AHEAD = (DRAFT, SCHEDULED)  # it has not begun
LIVE = (SCHEDULED, IN_SESSION)  # announced, and not over: people come
BOOK = (IN_SESSION, CLOSED)  # what is said in it is written down, until its minutes are handed in
HELD = (CLOSED, CONCLUDED)  # it took place; in this order: a constraint of the database names them
UNTIL_CLOSED = (DRAFT, SCHEDULED, IN_SESSION)  # people are invited, its room is taken
UNTIL_SIGNED = (SCHEDULED, IN_SESSION, CLOSED)
BEFORE_THE_END = (DRAFT, SCHEDULED, IN_SESSION, CLOSED)
CALLED = (SCHEDULED, IN_SESSION, CLOSED, CONCLUDED)  # people know of it, and it was not called off
SESSION_ON = (IN_SESSION, CLOSED, CONCLUDED)  # what is recorded in the meeting begins with the session
NOT_CANCELLED = (DRAFT, SCHEDULED, IN_SESSION, CLOSED, CONCLUDED)
ENDED = (CONCLUDED, CANCELLED)
STOPPED = (CLOSED, CONCLUDED, CANCELLED)  # nobody comes any more
NEVER_CALLED = (DRAFT, CANCELLED)
