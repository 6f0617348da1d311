"""What is personal, and how it is hidden wherever a file or a page promises to hold none of it. Pure.

The one place that says so: `PRIVATE` names the fields (of a table, of a snapshot, of an event, at any depth), `PATTERNS`
what gives itself away inside a text. Whatever leaves under that promise goes through `redacted`. Signed papers cannot:
who hands them out says what stands in them (`kinds_in`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

MASK = "[disamarkan]"
PRIVATE = frozenset({"nip", "nik", "phone", "email", "former_email"})
SECRETS = frozenset({"password_hash", "token_hash", "p12"})  # in no file at all

# What a text may say before a number without a space between: "WA0812…".
_BEFORE = r"(?:(?<!\w)|(?<=wa)|(?<=hp)|(?<=tel)|(?<=elp)|(?<=tlp)|(?<=nip)|(?<=nik))"
PATTERNS = (
    ("alamat surel", re.compile(r"[\w.+%'-]+@[\w-]+\.[\w.-]*\w")),
    ("mirip NIP", re.compile(_BEFORE + r"\d{8}[\s.-]?\d{6}[\s.-]?\d[\s.-]?\d{3}(?!\w)", re.I)),
    ("mirip NIK", re.compile(_BEFORE + r"(?<!\d[.,])\d{16}(?![\w.])", re.I)),
    (
        # Not the middle of a fraction, a path, a code of ours or a UUID.
        "mirip nomor telepon",
        re.compile(
            _BEFORE + r"(?<!\d[.,:])(?<![/_])(?<!RDL-)"
            r"(?<!rp )(?<!rp[.] )(?<![\da-f]{4}-)(?:\(?(?:\+|00)62\)?|62(?=[\s.-]?8)|\(?0)"
            r"[\s.-]?\(?\d{2,4}\)?[\s.-]?\d{3,4}[\s.-]?\d{3,5}(?!\w)",
            re.I,
        ),
    ),
)
KINDS = {
    "alamat surel": "alamat surel",
    "mirip NIP": "NIP",
    "mirip NIK": "NIK",
    "mirip nomor telepon": "nomor telepon",
}
_MACHINE = re.compile(
    r"-----BEGIN |data:[\w/.+-]+;base64,|-?\d+\.\d+\Z"
)  # no words of people: keys, pictures, decimals


def mask(text: str) -> str:
    """The text with every number and address of a person in it replaced by `MASK`."""
    if _MACHINE.match(text):
        return text
    for _, pattern in PATTERNS:
        text = pattern.sub(MASK, text)
    return text


def redacted(value: Any) -> Any:
    """The same value, of the same shape, without what is personal; what is a secret is left out. Twice is once."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {
            mask(key) if isinstance(key, str) else key: MASK if key in PRIVATE and one else redacted(one)
            for key, one in value.items()
            if key not in SECRETS
        }
    return [redacted(one) for one in value] if isinstance(value, list | tuple) else value


def kinds_in(texts: Iterator[str]) -> list[str]:
    """What these texts hold of people, in the words of a reader: "NIP", "nomor telepon", …"""
    found = set()
    for text in texts:
        for what, pattern in PATTERNS:
            text, count = pattern.subn(MASK, text)
            if count:
                found.add(what)
    return [KINDS[what] for what, _ in PATTERNS if what in found]
