"""The worked example of docs/indeks.md as facts: what a proposed formula makes of it is shown while it is typed."""

from __future__ import annotations

from decimal import Decimal

from randal.rooms.areas.index import Facts, Work

MILLION = Decimal(1_000_000)
EXAMPLE = Facts(
    wanted=frozenset({"AM", "PLP", "BPB", "PKP"}),
    works=(
        Work("AM", 4000 * MILLION, Decimal(60), Decimal(55)),
        Work("PLP", 3000 * MILLION, Decimal(80), Decimal(79)),
        Work("BPB", 2000 * MILLION, Decimal(50), Decimal(52)),
        Work("BPB", 1000 * MILLION),
    ),
    checks=("there", "there", "in_progress", "missing", None, "not_needed"),
    commitments={"ddub": ("met",), "handover": ("written",), "operator": ("spoken",)},
)
