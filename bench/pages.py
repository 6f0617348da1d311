"""(s) CPU ms a page of long minutes: our style beside the same page with WeasyPrint's default tables (aim ≤ 0.75×), and
the peak memory of drawing about 200 pages, each in a process of its own.

The minutes are those of the demonstration, their tables many times as long. "Default tables" is what one writes without
thinking of WeasyPrint: no widths, collapsed borders, words broken where a language breaks them, no row across two pages.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import resource
import statistics
import time
from typing import Any

from weasyprint import HTML

from bench.items import notula
from bench.stage import stage, table
from randal.documents import rendering

FEW, MANY, ROUNDS = 6, 70, 3  # times the tables of the demonstration: about 20 pages, and about 200
DEFAULT = (
    "<style>table { table-layout: auto !important; border-collapse: collapse !important }"
    " tr { break-inside: avoid !important }"
    " * { overflow-wrap: normal !important; hyphens: manual !important }</style></head>"
)


def with_default_tables(page: str) -> str:
    return re.sub(r"<colgroup>.*?</colgroup>", "", page, flags=re.DOTALL).replace("</head>", DEFAULT, 1)


def long_minutes(snapshot: dict[str, Any], times: int) -> dict[str, Any]:
    longer = dict(snapshot)
    for name in ("progress", "findings", "kendala", "follow_ups", "attendance"):
        if isinstance(longer.get(name), list):
            longer[name] = longer[name] * times
    return longer


def drawn(page: str, answer: Any) -> None:
    """CPU seconds, pages and peak resident MB of drawing this page, in a process that does nothing else."""
    source = HTML(string=page, base_url="http://refused.invalid/", url_fetcher=rendering.OwnAssets())
    began = time.process_time()
    document = source.render(pdf_variant="pdf/a-3u", pdf_tags=True)
    document.write_pdf(pdf_variant="pdf/a-3u", pdf_tags=True)
    taken = time.process_time() - began
    answer.put((taken, len(document.pages), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def alone(page: str) -> tuple[float, int, float]:
    answer = multiprocessing.Queue()
    process = multiprocessing.Process(target=drawn, args=(page, answer))
    process.start()
    found: tuple[float, int, float] = answer.get()
    process.join()
    return found


def main(_words: list[str] | None = None) -> None:
    os.environ.setdefault("RANDAL_DEMO", "1")
    with stage() as app, app.app_context():
        minutes = notula()
        snapshot = dict(minutes.snapshot or {})
        few, many = (
            rendering.html("minutes/minutes.pdf.html", long_minutes(snapshot, times), jinja_env=app.jinja_env)
            for times in (FEW, MANY)
        )
    pairs = [(alone(few), alone(with_default_tables(few))) for _ in range(ROUNDS)]
    ratios = [(a[0] / a[1]) / (b[0] / b[1]) for a, b in pairs]
    said = f"{statistics.median(ratios):.2f} (aim ≤ 0.75)"
    table(
        [
            ("what", "pages", "CPU ms a page", "ratio", "peak MB"),
            row("ours", min(a for a, _ in pairs), said),
            row("default tables", min(b for _, b in pairs)),
            row("ours, long", alone(many)),
        ]
    )


def row(what: str, found: tuple[float, int, float], ratio: str = "") -> tuple[str, ...]:
    seconds, pages, peak = found
    return what, f"{pages}", f"{seconds / pages * 1000:.0f}", ratio, f"{peak:.0f}"


if __name__ == "__main__":
    main()
