"""What people and scripts should not send, for every field that the OpenAPI document knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

HUGE = "a" * 100_000
EVERY_FIELD: dict[str, Any] = {
    "null": None,
    "number": 12345,
    "text": "bukan-yang-diminta",
    "empty": "",
    "list": [1, "dua", None, {"x": []}],
    "object": {"a": {"b": [1]}},
    "true": True,
    "negative": -1,
    "gigantic": 10**30,
    "fraction": 1.5e308,
    "huge": HUGE,
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "nul": "a\x00b\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "date": "0001-01-01",
    "future": "9999-12-31T23:59",
    "many ids": [10**30, -1, 0, 2**31, 2**63],
}
ONE_FIELD = ("gigantic", "nul")
MALFORMED = (b"{", b"[1,", b"null", b'"teks"', b"\xff\xfe\x00", b"{'a': 1}", b'{"a": NaN', b"[" * 20_000)


def bodies(fields: dict[str, Any], sample: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, body): every field wrong in one way, then one field wrong and the others plausible."""
    yield "nothing", {}
    for name, value in EVERY_FIELD.items():
        yield name, dict.fromkeys(fields or ["text"], value)
    for field in fields:
        for name in ONE_FIELD:
            yield f"{field}: {name}", sample | {field: EVERY_FIELD[name]}
