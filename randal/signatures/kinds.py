"""Which kinds of signature a document carries, as people read them. What a kind is worth is for the law to say."""

from __future__ import annotations

from collections.abc import Sequence

from randal.signatures.manifest import Manifest
from randal.signatures.report import Seal

UNSIGNED = "tanpa tanda tangan"
OWN = "TTE tidak tersertifikasi (otoritas instalasi ini, bukan PSrE)"
UNKNOWN = "TTE dari penerbit yang tidak dikenal instalasi ini"
CERTIFIED = "TTE tersertifikasi (penerbit {})"
OTHER = "TTE tidak tersertifikasi (penerbit {}, bukan PSrE)"
INK = "pindaian tanda tangan basah"


def kind_of(seals: Sequence[Seal], manifest: Manifest | None) -> str:
    """Which kinds of signature the document carries, each once, in plain words."""
    words = {"own": OWN, "certified": CERTIFIED, "other": OTHER, "unknown": UNKNOWN}
    kinds = [words[seal.origin].format(seal.issuer or "tidak bernama") for seal in seals]
    if manifest and manifest.on_paper:
        kinds.append(INK)
    return "; ".join(dict.fromkeys(kinds)) or UNSIGNED
