"""Files that cost whoever opens them: from attacks on this application, and from the trackers of pyHanko, PDFium, Pillow,
openpyxl and zipfile. Each maker answers the bytes; none is kept anywhere.
"""

from __future__ import annotations

from collections.abc import Callable

from bench.nasty.books import BOOKS
from bench.nasty.papers import DRAWN, JUDGED
from bench.nasty.pictures import PICTURES

Maker = Callable[[], bytes]
# By the door that they are sent to.
DOORS: dict[str, dict[str, Maker]] = {
    "verification": JUDGED,
    "preview": DRAWN,
    "photo": PICTURES,
    "import": BOOKS,
}
PUBLIC = JUDGED
