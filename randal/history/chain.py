"""The chain of one item's history: every event's hash covers its facts and the hash before it.

Pure: no database, no framework, so that an auditor checks an exported history with this file and a Python alone.
Free text enters by `seal` only: once its salt and text are gone, the chain still holds and nobody can guess the text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

NOTHING = "0" * 64  # what stands before the first event of an item
FACTS = (
    "item_type", "item_id", "seq", "move", "from_state", "to_state", "actor_id", "hat", "acting_for_id", "at",
    "unit_id", "meeting_id", "data", "seals",
)  # fmt: skip


def canonical(value: Any) -> bytes:
    """JSON in one spelling only: keys sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def instant(at: datetime) -> str:
    """An aware instant as it enters a hash: UTC, always with microseconds. "2018-06-25T02:00:00.000000Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link(prev: str, facts: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the hash before and all `FACTS` of one event; `at` is written by `instant`."""
    return sha256(prev.encode() + b"\n" + canonical({name: facts[name] for name in FACTS})).hexdigest()


def seal(salt: str, text: str) -> str:
    """The digest (hex) by which a text stands in its event."""
    return sha256(f"{salt}\n{text}".encode()).hexdigest()
