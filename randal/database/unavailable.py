"""A database that cannot do it now: which errors say so, and what people are told."""

from __future__ import annotations

import sqlite3

from psycopg.errors import DiskFull
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

AWAY = (OperationalError, InterfaceError, NoConnection)
FULL = (
    "Penyimpanan server penuh: yang Anda kirim belum tersimpan. Yang sudah ada tetap dapat dibaca. Hubungi Admin Sistem, lalu "
    "kirim lagi."
)


def why_away(error: BaseException) -> str | None:
    """A sentence where there is more to say than that it is away."""
    cause = getattr(error, "orig", error)
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    # A write-ahead log that cannot grow is told by SQLite as an input or output error.
    return (
        FULL if isinstance(cause, DiskFull) or code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR) else None
    )
