"""`python -m tests.walks --steps 100000 [--seed N] [--database …]`: the long run, with its table."""

from __future__ import annotations

import argparse
import sys
import traceback

from tests.walks.walking import never_fired, run, table


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.walks", description=__doc__)
    words.add_argument("--steps", type=int, default=100_000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    words.add_argument(
        "--whole-story", action="store_true", help="do not look for a shorter story that fails"
    )
    asked = words.parse_args()
    tally, seconds, error = run(asked.steps, asked.seed, asked.database, shrink=not asked.whole_story)
    print(f"random walks on {asked.database}, seed {asked.seed}")
    print(table(tally, seconds))
    if error is None:
        return 1 if never_fired(tally) else 0  # what nobody tried is not known to hold
    traceback.print_exception(error)
    print(f"failed: seed {asked.seed}; the shortest story is above")
    return 1


if __name__ == "__main__":
    sys.exit(main())
