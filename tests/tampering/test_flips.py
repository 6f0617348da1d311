"""A thousand flipped bytes: beside the archive all are told; without it those that mean anything are, and none breaks.

.venv/bin/python -m tests.tampering.test_flips 1000      # every flip judged without the archive (minutes)
"""

from __future__ import annotations

import random
import sys

from randal.signatures.verification import verify
from randal.untrusted.limited.errors import Unreadable
from tests.minutes import signed
from tests.tampering.forge import case, digest, flip

FLIPS, JUDGED = 1000, 12


def places(count: int, seed: int) -> list[tuple[int, int]]:
    chance = random.Random(seed)
    return [(at, 1 << chance.randrange(8)) for at in chance.sample(range(len(case().pdf)), count)]


def judged(at: int, bits: int) -> str:
    """The verdict without the archive."""
    try:
        return verify(
            flip(case().pdf, at, bits), roots=[signed.authority().root_pem()], now=signed.LATER
        ).verdict
    except Unreadable:
        return "unreadable"


def test_all_are_told_beside_the_archive() -> None:
    known = {version.sha256 for version in case().manifest.versions}
    flipped = [flip(case().pdf, at, bits) for at, bits in places(FLIPS, 2018)]
    # The hash comes first in `verify`: what it does not know is a mismatch, whatever else is found.
    assert not known & {digest(pdf) for pdf in flipped}
    for pdf in flipped[:3]:
        roots = [signed.authority().root_pem()]
        assert verify(pdf, roots=roots, manifest=case().manifest, now=signed.LATER).verdict == "mismatch"


def test_a_sample_is_told_by_the_file_alone() -> None:
    for at, bits in places(JUDGED, 1945):
        assert judged(at, bits) in ("mismatch", "unreadable"), (at, bits)


def main(count: int) -> int:
    missed = [
        (at, bits) for at, bits in places(count, 17) if judged(at, bits) not in ("mismatch", "unreadable")
    ]
    for at, bits in missed:
        print(f"tidak ketahuan: bita {at}, bit {bits}: {case().pdf[at - 20 : at + 20]!r}")
    print(f"{count - len(missed)} dari {count} ketahuan tanpa arsip")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else FLIPS))
