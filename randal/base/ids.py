"""What a number from outside may be: the one place that bounds ids, so that no query meets one that it cannot hold.

request.args.get("unit_id", type=bounded)     # None for "", "-1", "९", "9" * 40
/rtl/<int:id>                               # the same in a path: 404 otherwise
read(raw)                                   # the same of anything that JSON may hold
"""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter

DIGITS = 9
MAX_ID = 10**DIGITS - 1  # every integer column holds it; a longer number names nothing


def bounded(raw: Any) -> int:
    """The number that this text is, 0 to MAX_ID, in ASCII digits. ValueError when it is none (so it serves as `type=`)."""
    text = str(raw).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise ValueError("no number that could name something")
    return int(text)


def read(raw: Any) -> int | None:
    """What `bounded` reads, or None."""
    try:
        return None if isinstance(raw, bool) else bounded(raw)
    except ValueError:
        return None


class IdConverter(IntegerConverter):
    """`<int:id>`: what `bounded` reads."""

    regex = f"[0-9]{{1,{DIGITS}}}"
