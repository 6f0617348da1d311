from __future__ import annotations

import importlib
import sys

ALL = ("minutes", "moves", "statements", "memory")


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"no bench {unknown[0]}; there are: {', '.join(ALL)}")
        return 2
    for name in names or ALL:
        print(f"\n## {name}")
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
