"""What is said of a PDF, in plain words: the verdict, its reasons, and each signature."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Verdict = Literal["intact", "noted", "mismatch"]
LABELS: dict[str, str] = {
    "intact": "Utuh dan cocok",
    "noted": "Utuh, dengan catatan",
    "mismatch": "Tidak cocok",
}
EXIT_CODES: dict[str, int] = {"intact": 0, "noted": 3, "mismatch": 1}

OWN, CERTIFIED, OTHER, UNKNOWN = "own", "certified", "other", "unknown"  # where a signature's chain ends


@dataclass(frozen=True)
class Report:
    """``verdict`` with its ``reasons`` (Indonesian sentences, worst first) and the ``kind`` of signature beside it.

    ``signatures``, in the order of the file: ``field, name, post, issuer, serial, fingerprint`` (strings), ``at`` (ISO 8601,
    UTC, or None), ``timestamped`` (the time comes from a timestamp authority), ``covers_whole`` (nothing but
    validation data follows it), ``valid``, ``reason`` ("" when valid), ``after`` (what was added after it, in words),
    ``origin`` (own, certified, other, unknown), ``identity`` (how its owner was known, as the certificate says it),
    ``certificate_until`` (ISO date) and ``revoked_on`` (ISO date or None).
    """

    verdict: Verdict
    kind: str
    reasons: list[str] = field(default_factory=list)
    signatures: list[dict[str, Any]] = field(default_factory=list)
    superseded_by: str | None = None
    sha256: str = ""

    @property
    def label(self) -> str:
        return LABELS[self.verdict]

    @property
    def exit_code(self) -> int:
        """Of `flask randal verify`: 0 intact, 3 noted, 1 mismatch."""
        return EXIT_CODES[self.verdict]

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "label": self.label}

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> "Report":
        return cls(**{name: value for name, value in told.items() if name != "label"})


@dataclass(frozen=True)
class Seal:
    """One signature. ``reason`` is empty when it is good; ``covers_whole`` when nothing but validation data follows it.

    ``at`` is the moment that a trusted timestamp vouches for (``timestamped``), else the one the signer claims, or None.
    """

    field: str
    name: str = ""
    post: str = ""
    issuer: str = ""
    serial: str = ""
    fingerprint: str = ""
    at: datetime | None = None
    timestamped: bool = False
    covers_whole: bool = False
    trusted: bool = False
    reason: str = ""
    not_after: datetime | None = None
    revoked_later: datetime | None = None
    origin: str = UNKNOWN
    after: str = ""  # what was added after this signature, in words
    identity: str = ""  # how its owner was known to be himself, as the certificate says it

    @property
    def who(self) -> str:
        return self.name or f"Tanda tangan di kolom {self.field}"

    def to_dict(self) -> dict[str, Any]:
        at = self.at.astimezone(UTC).isoformat().replace("+00:00", "Z") if self.at else None
        return {
            "field": self.field,
            "name": self.name,
            "post": self.post,
            "issuer": self.issuer,
            "serial": self.serial,
            "fingerprint": self.fingerprint,
            "at": at,
            "timestamped": self.timestamped,
            "covers_whole": self.covers_whole,
            "valid": not self.reason,
            "reason": self.reason,
            "origin": self.origin,
            "after": self.after,
            "identity": self.identity,
            "certificate_until": self.not_after.date().isoformat() if self.not_after else None,
            "revoked_on": self.revoked_later.date().isoformat() if self.revoked_later else None,
        }
