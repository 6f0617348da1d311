"""Who tries keys that nobody gave him is slowed down. Who holds a true key never is: a whole office may stand behind
one address, and its two hundred check-ins in a minute are two hundred people.

Counted in this process alone: a signature of 160 bits is not found by trying, the count only keeps the noise away.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
MOST = 30
ADDRESSES = 10_000  # remembered at once; the oldest are forgotten first

_lock = threading.Lock()
_tries: OrderedDict[str, deque[datetime]] = OrderedDict()


def too_many(address: str, now: datetime) -> bool:
    """Note one forged key from this address; has it tried too many of late?"""
    with _lock:
        tries = _tries.setdefault(address, deque(maxlen=MOST + 1))
        _tries.move_to_end(address)
        while len(_tries) > ADDRESSES:
            _tries.popitem(last=False)
        tries.append(now)
        while tries[0] < now - WINDOW:
            tries.popleft()
        return len(tries) > MOST


def forget_all() -> None:
    with _lock:
        _tries.clear()
