"""A clash in time in words: for the cell of one sector, and whole."""

from __future__ import annotations

from randal.areas.clashing import Clash
from randal.core import words


def in_words(one: Clash, sector: str) -> str:
    """The clash as the cell of `sector` says it."""
    if one.kind == "step":
        points = f"{words.number(one.amount, 2)} poin"
        return (
            f"tertinggal {points} dari {one.other}"
            if sector == one.sector
            else f"mendahului {one.sector} {points}"
        )
    days = f"{words.number(one.amount)} hari"
    if sector == one.sector:
        return f"selesai {days} sesudah {one.other} mulai"
    return f"mulai {days} sebelum {one.sector} selesai"


def whole(one: Clash) -> str:
    """AM selesai 30/06/2018, 121 hari sesudah BPB mulai 01/03/2018."""
    if one.kind == "step":
        return f"{one.sector} tertinggal {words.number(one.amount, 2)} poin dari {one.other}, terhadap rencananya masing-masing."
    return (
        f"{one.sector} selesai {words.short_date(one.until)}, {words.number(one.amount)} hari sesudah {one.other} mulai "
        f"{words.short_date(one.since)}."
    )
