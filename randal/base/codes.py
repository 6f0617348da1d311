"""What things are called in speech and on paper: one code, one thing, the same on page, paper, notice and in a chat.

RTL-12-3 is the third follow-up of meeting 12 (the number in the address of its page); TM-7 and KD-4 count through the
whole installation. "RTL-3" alone, as people say it within a meeting, still finds every third one.
"""

from __future__ import annotations

import re

RTL = re.compile(r"\brtl-(\d{1,9})(?:-(\d{1,9}))?\b", re.IGNORECASE)
OTHERS = {"finding": "TM", "kendala": "KD"}


def follow_up(meeting_id: int, number: int) -> str:
    return f"RTL-{meeting_id}-{number}"


def of(kind: str, id: int) -> str:
    """Of a finding or a kendala."""
    return f"{OTHERS[kind]}-{id}"
