"""(l) What a nasty file costs: every kind of bench/nasty sent through its door, one after the other.

    python -m bench files [--door verification] [--only WORDS]

Told: seconds until it was answered, CPU seconds and memory of the child where it lived to tell them, what was said. The command
exits with 1 where a file took longer or more than its kind may.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from typing import Any

from bench.nasty import DOORS
from bench.stage import table
from randal.untrusted.limited import door, limits
from randal.untrusted.limited.errors import TooComplex, Unreadable

TASKS: dict[str, tuple[door.Task, dict[str, Any]]] = {
    "verification": (
        door.Task("randal.signatures.verification:judged", limits.SIGNED),
        {"manifest": "", "now": datetime(2026, 11, 30, tzinfo=UTC).isoformat(), "trust": {"roots": []}},
    ),
    "preview": (
        door.Task("randal.untrusted.readers.pages:first", limits.PREVIEW),
        {"sizes": [(1400, 78), (240, 60)]},
    ),
    "photo": (
        door.Task("randal.untrusted.readers.pictures:developed", limits.PICTURE),
        {"sizes": [(2000, 84), (480, 84)]},
    ),
    "import": (door.Task("randal.untrusted.readers.workbooks:read", limits.WORKBOOK), {}),
}


def main(words: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="bench files")
    asked.add_argument("--door", choices=sorted(DOORS), action="append")
    asked.add_argument("--only", default="")
    given = asked.parse_args(words or [])
    rows, beyond = [("door", "file", "MB", "s", "CPU s", "memory MB", "said")], []
    for name in given.door or DOORS:
        task, more = TASKS[name]
        for what, make in DOORS[name].items():
            if given.only in what:
                row, good = measured(name, task, what, make(), more)
                rows.append(row)
                beyond += [] if good else [what]
    table(rows)
    if beyond:
        print("beyond what its kind may cost: " + "; ".join(beyond))
        sys.exit(1)


def measured(
    name: str, task: door.Task, what: str, data: bytes, more: dict[str, Any]
) -> tuple[tuple[str, ...], bool]:
    spent: dict[str, Any] = {}
    began = time.monotonic()
    try:
        said = outcome(task, data, more, spent)
    except TooComplex as refused:
        said = f"too complex ({refused.cause})"
    except Unreadable as refused:
        said = f"«{str(refused)[:60]}»"
    taken = time.monotonic() - began
    memory = spent.get("memory", 0) / limits.MB
    row = (
        name,
        what,
        f"{len(data) / limits.MB:.1f}",
        f"{taken:.1f}",
        f"{spent.get('cpu', 0):.1f}",
        f"{memory:.0f}",
        said,
    )
    return row, taken <= task.limits.wall + 5 and memory <= task.limits.memory / limits.MB + 300


def outcome(task: door.Task, data: bytes, more: dict[str, Any], spent: dict[str, Any]) -> str:
    going, items = door.stream(task, data, **more), 0
    while True:
        try:
            next(going)
            items += 1
        except StopIteration as end:
            spent.update(end.value["spent"])
            value = end.value["value"]
            return str(value.get("verdict", "read")) if isinstance(value, dict) else "read"
