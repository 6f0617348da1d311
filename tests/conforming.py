"""Is a paper what it claims to be: PDF/A-3u and PDF/UA-1, as far as a machine can tell (`page`, 252 rules)."""

from __future__ import annotations

import page

CLAIMS = ("3u", "ua1")
# Where `page` itself errs. It takes the last byte of a stream for the end of a line when it happens to be a carriage
# return (one stream in 256); it reads no lists in a ToUnicode range, which ISO 32000-1 9.10.3 allows and pyHanko writes.
MISREAD = ("PDFA3U-STREAM-LENGTH-001", "has a malformed ToUnicode CMap")
# Of several signatures only the last can cover the whole file; the earlier ones covered what was there (tampering tests).
EARLIER = "PDFA3U-SIGNATURE-BYTERANGE-001"


def faults(pdf: bytes, *, signed: bool = False) -> list[str]:
    """What stands against the claims, one sentence each; [] for a paper that keeps them."""
    excused = (*MISREAD, EARLIER) if signed else MISREAD
    found = [one for claim in CLAIMS for one in page.validate_pdf_bytes(pdf, profile=claim).failures]
    said = [f"{one.rule_id}: {one.message}" for one in found]
    return [one for one in said if not any(part in one for part in excused)]
