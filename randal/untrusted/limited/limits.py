"""How much one file may cost, by what it is. More is `TooComplex`: nobody waits for it, and nobody else pays for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MB = 1024 * 1024
SLOTS = 2  # files that are read at the same time on one machine
# Whoever waits holds a thread of the web. Waiting are files that together may cost so many CPU seconds: four photos, or the
# drawn signatures of twenty people at a door; the next is told to come back.
WAITING = 40
WAITING_PUBLIC = (
    2  # files of strangers, who share one slot: the rest wait without a thread (minutes/turns.py)
)


@dataclass(frozen=True)
class Limits:
    """`cpu` and `wall` in seconds; bytes: `memory` beyond what the warm child has, `file` at most sent, `output` at most told."""

    cpu: int
    wall: int
    memory: int
    file: int
    output: int = 32 * MB

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


KIND = Limits(cpu=3, wall=15, memory=256 * MB, file=21 * MB, output=MB)  # is it what its name says?
INK = Limits(cpu=2, wall=10, memory=128 * MB, file=MB, output=MB)  # a signature drawn on a telephone
PICTURE = Limits(cpu=10, wall=40, memory=768 * MB, file=21 * MB)
# Of a PDF, as pictures. A browser asks for six at once: the pages that two people open may all wait.
PAGES = Limits(cpu=4, wall=30, memory=512 * MB, file=40 * MB)
PREVIEW = Limits(
    cpu=5, wall=20, memory=512 * MB, file=21 * MB
)  # of a piece of evidence: papers wait behind it
SIGNED = Limits(cpu=15, wall=45, memory=512 * MB, file=31 * MB, output=4 * MB)  # a PDF, judged
STORED = Limits(
    cpu=120, wall=300, memory=1024 * MB, file=64 * MB, output=4 * MB
)  # what was signed here, judged by the clock
WORKBOOK = Limits(cpu=30, wall=90, memory=512 * MB, file=21 * MB, output=256 * MB)
# Whoever runs the command line waits as long as he likes.
PATIENT = Limits(cpu=600, wall=1200, memory=3072 * MB, file=512 * MB, output=64 * MB)
