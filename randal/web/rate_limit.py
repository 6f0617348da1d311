"""Who tries keys, links and codes that nobody gave him is slowed down. Who holds a true one never is: a whole office may
stand behind one address, and its two hundred check-ins in a minute are two hundred people."""

from __future__ import annotations

from datetime import datetime, timedelta

from randal.database.base import db
from randal.web import tries
from randal.web.tries import Limit

FORGED = Limit("forged key", free=30, first=timedelta(minutes=1), most=timedelta(minutes=10))


def too_many(address: str, now: datetime) -> bool:
    """Note one more from this address; has it tried too many of late? Ends the transaction."""
    db.session.rollback()
    return tries.take(FORGED, address, now) is not None
