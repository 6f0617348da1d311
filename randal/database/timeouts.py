"""PostgreSQL is waited for, and not for ever: a server that is away, one that is frozen, a row that another holds.

The server ends a statement or a wait for a lock by itself; a server that says nothing at all is given up on this side,
and its connection thrown away. Who is at the other end decides how long: a person, a process with time, a command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Engine, event

CONNECT = 5  # seconds until a server has let us in
SILENT = 5.0  # seconds beyond the longest statement, after which the server itself is taken for gone
# A machine that vanished says nothing: found out within half a minute instead of hours.
ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}


class Patience(NamedTuple):
    """Seconds; 0: as long as it takes. `idle`: of a transaction whose owner does nothing (it was stopped, or hangs)."""

    statement: float
    lock: float
    idle: float


PERSON = Patience(statement=20, lock=10, idle=300)
PROCESS = Patience(statement=120, lock=30, idle=600)
COMMAND = Patience(statement=0, lock=0, idle=0)  # migrations, backups: the operator sees that it takes time
_present = PERSON
_less: ContextVar[float | None] = ContextVar("patience", default=None)


def use(kind: Patience) -> Patience:
    """What connections opened from now on are given; answers what they were given before."""
    global _present
    before, _present = _present, kind
    return before


@contextmanager
def of(seconds: float) -> Iterator[None]:
    """Within, a server that says nothing is waited for no longer than this."""
    mark = _less.set(seconds)
    try:
        yield
    finally:
        _less.reset(mark)


class Connection(psycopg.Connection[Any]):
    """Gives up on a server that does not answer."""

    limit: float = 0.0

    def wait(
        self, gen: Any, interval: float = 0.1, timeout: float | None = None
    ) -> Any:  # all that this connection waits for comes through here
        limit = min(filter(None, (self.limit, _less.get())), default=None) if timeout is None else timeout
        try:
            return super().wait(gen, interval, limit)
        except psycopg.errors._WaitTimeout:
            if timeout is not None:
                raise
            self.pgconn.finish()  # it cannot be used any more, and the pool sees so
            raise psycopg.OperationalError(f"basis data tidak menjawab dalam {limit:.0f} detik") from None


def connect(*args: Any, **more: Any) -> Connection:
    """As psycopg does, with the present patience. Raises psycopg.Error."""
    more = ALIVE | {"connect_timeout": CONNECT} | more
    autocommit = more.pop("autocommit", False)
    made: Connection = Connection.connect(*args, autocommit=True, **more)
    kind = _present
    made.limit = SILENT + kind.statement if kind.statement else 0.0
    made.execute(
        "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false),"
        " set_config('idle_in_transaction_session_timeout', %s, false)",
        [f"{seconds * 1000:.0f}" for seconds in kind],
    )
    made.autocommit = autocommit
    return made


def prepare(engine: Engine) -> None:
    """This engine opens its connections so."""

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, args: Any, more: Any) -> Connection:
        return connect(*args, **more)
