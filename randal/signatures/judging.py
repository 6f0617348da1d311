"""Having a PDF judged: in the limited child, whoever sent it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from randal.signatures.manifest import Manifest
from randal.signatures.report import Report
from randal.untrusted.limited import door
from randal.untrusted.limited.limits import SIGNED

JUDGED = door.Task("randal.signatures.verification:judged", SIGNED)


def judge(
    pdf: bytes, *, manifest: Manifest | None, now: datetime, trust: Mapping[str, Any], **turn: Any
) -> Report:
    """`verification.verify` on this file. `trust`: what `installed.trusted` answers; `turn`: see `door.stream`.
    Raises Unreadable, and TooComplex, Busy, Unavailable, which are such."""
    told = door.ask(
        JUDGED, pdf, manifest=manifest.to_json() if manifest else "", now=now.isoformat(),
        trust={name: list(several) for name, several in trust.items()}, **turn,
    )  # fmt: skip
    return Report.from_dict(told)
