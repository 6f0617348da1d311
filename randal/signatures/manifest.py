"""What the installation knows about a stored document, in a form that also travels without the database."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from randal.base.personal import redacted

MAX_REVISIONS = 100


@dataclass(frozen=True)
class Version:
    """One stored version of the file: SHA-256 (hex), size in bytes, number of signatures in it."""

    sha256: str
    size: int
    signatures: int

    @classmethod
    def of(cls, pdf: bytes, signatures: int) -> "Version":
        return cls(hashlib.sha256(pdf).hexdigest(), len(pdf), signatures)


@dataclass(frozen=True)
class Expected:
    """One signer, in the order of signing. ``fingerprint``: SHA-256 (hex) of the certificate, "" while it is not known."""

    field: str
    name: str
    post: str
    fingerprint: str = ""


@dataclass(frozen=True)
class Manifest:
    """``versions`` oldest first: the first is the file before any signature, the last is the one that counts.

    ``superseded_by``: what replaces this document, in words ("notula Nomor 12, Ralat 1"), or "". ``withdrawn``: this
    version was drawn back before it was complete. ``contoh``: demonstration data. ``on_paper``: names and posts of those who
    signed a printed sheet in ink, of which the installation keeps a scan.
    """

    versions: tuple[Version, ...]
    signers: tuple[Expected, ...] = ()
    code: str = ""
    superseded_by: str = ""
    withdrawn: bool = False
    contoh: bool = False
    on_paper: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.versions:
            raise ValueError("a manifest without a version says nothing")

    def to_json(self) -> str:
        said = redacted(asdict(self))  # who signed is proved by the certificate, not by these words
        return json.dumps({"manifest": 1, **said}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Manifest":
        """Raises ValueError when the text is no manifest."""
        try:
            data: dict[str, Any] = json.loads(text)
            if data.pop("manifest") != 1:
                raise ValueError("unknown kind of manifest")
            versions = tuple(
                Version(str(one["sha256"]).lower(), int(one["size"]), int(one["signatures"]))
                for one in data.pop("versions")
            )
            signers = tuple(Expected(**one) for one in data.pop("signers"))
            on_paper = tuple(map(str, data.pop("on_paper", ())))
            return cls(versions, signers, on_paper=on_paper, **data)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a manifest: {error}") from error


def revisions(pdf: bytes, limit: int = MAX_REVISIONS) -> Iterator[bytes]:
    """The file as it was at the end of each of its revisions, newest first: to find a stored version inside a changed file."""
    for end in _ends(pdf, limit):
        yield pdf[:end]


def sums_of_revisions(pdf: bytes, limit: int = MAX_REVISIONS) -> list[str]:
    """The SHA-256 (hex) of each of them, in the same order; the bytes are gone over once."""
    ends, found, at, running = _ends(pdf, limit), dict[int, str](), 0, hashlib.sha256()
    view = memoryview(pdf)
    for end in sorted(ends):
        running.update(view[at:end])
        at, found[end] = end, running.hexdigest()
    return [found[end] for end in ends]


def _ends(pdf: bytes, limit: int) -> list[int]:
    end, found, ends = len(pdf), 0, list[int]()
    while found < limit and (at := pdf.rfind(b"%%EOF", 0, end)) >= 0:
        for tail in (b"\r\n", b"\n", b""):
            if pdf[at + 5 : at + 5 + len(tail)] == tail:
                ends.append(at + 5 + len(tail))
        end, found = at, found + 1
    return ends
