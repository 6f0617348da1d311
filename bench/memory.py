"""Memory of web and of the document worker (resident, MB), after work. Noted, no aim."""

from __future__ import annotations

import urllib.request
from pathlib import Path

from bench.stage import served, stage, table


def main() -> None:
    with stage() as app, served("wsgi:app", {}) as (url, pid):
        for _ in range(50):
            urllib.request.urlopen(f"{url}/masuk").read()
        web = sum(resident(p) for p in [pid, *children(pid)])
        del app
    from randal.documents import rendering  # the worker imports it before it forks

    rendering.versions()
    table(
        [
            ("process", "resident MB"),
            ("web (gunicorn, one process)", f"{web:.0f}"),
            ("this process with WeasyPrint, demonstration played", f"{resident('self'):.0f}"),
        ]
    )


def resident(pid: int | str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def children(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    main()
