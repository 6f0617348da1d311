"""A province as people write it: ISO code, name, a shortened name, or a code of Kemendagri or BPS.

The two code systems agree but for Papua: 91 is Papua to Kemendagri and Papua Barat to BPS. What two systems read otherwise is
refused with both meanings, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from randal.org.places import Province

_LONG = (
    (r"\b(?:provinsi|propinsi|prov)\b", ""),
    (r"\bkep\b", "kepulauan"),
    (r"\b(?:di|d i|diy)\b(?: yogyakarta)?", "daerah istimewa yogyakarta"),
    (r"\b(?:dki|dkj|daerah khusus(?: ibu ?kota)?)\b(?: jakarta)?", "daerah khusus ibukota jakarta"),
)

_SHORT = {  # what everybody says for the long names
    "sumut": "sumatera utara", "sumbar": "sumatera barat", "sumsel": "sumatera selatan", "kepri": "kepulauan riau",
    "babel": "kepulauan bangka belitung", "bangka belitung": "kepulauan bangka belitung", "jabar": "jawa barat",
    "jateng": "jawa tengah", "jatim": "jawa timur", "ntb": "nusa tenggara barat", "ntt": "nusa tenggara timur",
    "kalbar": "kalimantan barat", "kalteng": "kalimantan tengah", "kalsel": "kalimantan selatan",
    "kaltim": "kalimantan timur", "kaltara": "kalimantan utara", "sulut": "sulawesi utara", "sulteng": "sulawesi tengah",
    "sulsel": "sulawesi selatan", "sultra": "sulawesi tenggara", "sulbar": "sulawesi barat", "malut": "maluku utara",
}  # fmt: skip


@lru_cache(2000)
def folded(name: str) -> str:
    """One way of writing for all the ways a name is written."""
    text = " ".join(re.sub(r"[^a-z0-9]+", " ", name.casefold()).split())
    for short, long in _LONG:
        text = re.sub(short, long, text)
    text = " ".join(text.split())
    return _SHORT.get(text) or _SHORT.get(text.removeprefix("kepulauan "), text)


class ProvinceNames:
    def __init__(self, provinces: Iterable[Province]):
        self._by_name: dict[str, Province] = {}
        self._by_code: dict[str, dict[str, Province]] = {}  # code → system → province
        rows = list(provinces)
        names = {folded(p.name) for p in rows}
        for one in rows:
            self._by_name |= {folded(one.iso): one, one.iso[3:].casefold(): one, folded(one.name): one}
            for word in ("kepulauan ", "daerah istimewa ", "daerah khusus ibukota "):
                short = folded(one.name).removeprefix(word)
                if short not in names:  # "Riau" is not "Kepulauan Riau"
                    self._by_name.setdefault(short, one)
            for system, code in (("Kemendagri", one.kemendagri), ("BPS", one.bps)):
                self._by_code.setdefault(code, {})[system] = one

    def find(self, written: str) -> tuple[Province | None, str]:
        """The province, or None and the sentence that says what to write instead."""
        text = written.strip()
        if text.isdecimal():
            read = self._by_code.get(text.zfill(2), {})
            if len({p.id for p in read.values()}) > 1:
                means = " dan ".join(f"{p.name} menurut {system}" for system, p in read.items())
                return None, f"Kode {text} berarti {means}. Tulis nama provinsi atau kode ISO."
            if read:
                return next(iter(read.values())), ""
        elif found := self._by_name.get(folded(text)):
            return found, ""
        return None, "Provinsi ini tidak dikenal. Pakai kode ISO, misalnya ID-BB, atau namanya."
