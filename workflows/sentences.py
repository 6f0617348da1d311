"""Sentences with figures in them, of which nothing untrue or empty is said.

A sentence is made of clauses, parted by "; ". A clause that names a figure which is missing, nothing or zero is left
out: "Rapat ditutup; {absent} undangan dicatat tidak hadir." says only "Rapat ditutup." when nobody was absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class _Names(dict[str, str]):
    """Notes what a sentence asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def __missing__(self, name: str) -> str:
        self.asked.append(name)
        return ""


def names_in(sentence: str) -> tuple[str, ...]:
    """The names in braces, in their order."""
    names = _Names()
    sentence.format_map(names)
    return tuple(dict.fromkeys(names.asked))


def say(sentence: str, facts: Mapping[str, Any]) -> str:
    """The sentence with the facts that it names; "" when no clause of it can be said."""
    said = [
        clause.format_map(facts)
        for clause in sentence.removesuffix(".").split("; ")
        if all(facts.get(name) for name in names_in(clause))
    ]
    whole = "; ".join(said)
    if not whole:
        return ""
    return f"{whole[0].upper()}{whole[1:]}."
