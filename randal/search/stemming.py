"""Indonesian words as the index knows them: without case and accents, cut to their stem by the Snowball algorithm.

The same algorithm as PostgreSQL's `indonesian`, but run here, for three reasons: both databases find the same; the
words of the house that mean one thing (notula, notulen) are one; and what is marked in an excerpt is what was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import snowballstemmer  # type: ignore[import-untyped]

WORD = re.compile(r"[^\W_]+", re.UNICODE)
LONGEST_QUERY = 200
MOST_WORDS = 12
#: Words that people mix, and the one that stands for them.
SAME = {
    "notulen": "notula",
    "notulensi": "notula",
    "risalah": "notula",
    "hambatan": "kendala",
}
#: Where the algorithm cuts the first letter of the stem away (pe- and me- before r, t, k, s, p that fell).
MENDED = {
    "perencanaan": "rencana",
    "merencanakan": "rencana",
    "merencana": "rencana",
    "menemukan": "temuan",
    "mengurangi": "kurang",
    "memperbaiki": "perbaikan",
    "menunda": "tunda",
    "menyelesaikan": "selesai",
}
#: One word made of two: it is found by either, and finds both.
JOINED = dict.fromkeys(
    ("menindaklanjuti", "ditindaklanjuti", "tindaklanjuti", "tindaklanjut"), ("tindak", "lanjut")
)


@lru_cache(maxsize=1)
def _snowball() -> Any:
    return snowballstemmer.stemmer("indonesian")


def folded(word: str) -> str:
    """Lower case ASCII letters and digits; "" when none are left."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of one word; "" for what is no word in our letters."""
    plain = folded(word)
    plain = MENDED.get(plain, SAME.get(plain, plain))
    return str(_snowball().stemWord(plain)) if plain else ""


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """(from, to, stem) of every word in a text."""
    for found in WORD.finditer(text):
        for one in JOINED.get(folded(found.group()), (found.group(),)):
            if cut := stem(one):
                yield found.start(), found.end(), cut


def stems(text: str) -> str:
    """Every different stem once, between spaces: ` bangun lahan rapat `; a word is looked up as ` word `."""
    found = dict.fromkeys(cut for _from, _to, cut in words(text))
    return f" {' '.join(found)} " if found else ""


def asked(query: str) -> list[str]:
    """The stems of a question, each once."""
    return list(dict.fromkeys(cut for _from, _to, cut in words(query[:LONGEST_QUERY])))[:MOST_WORDS]
