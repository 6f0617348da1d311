"""Speed, as a ratio to the bare library in the same run. Never a time to pass.

.venv/bin/python -m bench            # all of it
.venv/bin/python -m bench moves      # one of ALL
.venv/bin/python -m bench effects --database sqlite --events 500
"""

from __future__ import annotations

import importlib
import sys

ALL = (
    "minutes",
    "letters",
    "moves",
    "statements",
    "memory",
    "effects",
    "relaying",
    "producers",
    "claims",
    "history",
    "projector",
    "door",
    "signing",
    "imports",
    "monitoring",
    "trackers",
    "search",
    "lists",
    "pages",
    "files",
    "front",
)

LONG = ("soak",)  # only when named


def main(words: list[str]) -> int:
    names = [word for word in words if word in ALL + LONG]
    options = words[words.index(names[-1]) + 1 :] if names else []
    if unknown := [word for word in words if word not in names + options]:
        print(f"no bench {unknown[0]}; there are: {', '.join(ALL + LONG)}")
        return 2
    for name in names or ALL:
        print(f"\n## {name}")
        importlib.import_module(f"bench.{name}").main(*([options] if options else []))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
