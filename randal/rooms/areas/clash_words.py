"""A clash in time in words: for the cell of one sector, and whole."""

from __future__ import annotations

from randal.l10n import formats
from randal.rooms.areas.clashing import Clash


def in_words(one: Clash, sector: str) -> str:
    """The clash as the cell of `sector` says it."""
    if one.kind == "step":
        points = f"{formats.number(one.amount, 2)} poin"
        return (
            f"tertinggal {points} dari {one.other}"
            if sector == one.sector
            else f"mendahului {one.sector} {points}"
        )
    days = f"{formats.number(one.amount)} hari"
    if sector == one.sector:
        return f"selesai {days} sesudah {one.other} mulai"
    return f"mulai {days} sebelum {one.sector} selesai"


def whole(one: Clash) -> str:
    """AM selesai 30/06/2018, 121 hari sesudah BPB mulai 01/03/2018."""
    if one.kind == "step":
        return (
            f"{one.sector} tertinggal {formats.number(one.amount, 2)} poin dari {one.other}, "
            "terhadap rencananya masing-masing."
        )
    return (
        f"{one.sector} selesai {formats.short_date(one.until)}, {formats.number(one.amount)} hari sesudah {one.other} mulai "
        f"{formats.short_date(one.since)}."
    )
