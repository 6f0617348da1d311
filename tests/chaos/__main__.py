"""The long run: python -m tests.chaos --moves 10000 --kills 200 --wipes 10 --database sqlite|postgresql"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.stage import table
from randal import create_app
from tests.chaos.run import Plan, perform
from tests.conftest import environment_for, furnish, settings_for
from tests.machines import Postgres, stopping
from tests.world import World


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    for name, usual in (("moves", 10_000), ("kills", 200), ("wipes", 10), ("writers", 6), ("seed", 1)):
        asked.add_argument(f"--{name}", type=int, default=usual)
    asked.add_argument("--small-workers", type=int, default=1)
    asked.add_argument("--lease", type=float, default=0.0, help="seconds (the application's own)")
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--kill-database", type=int, default=0, metavar="N", help="kill -9 a backend N times")
    given = asked.parse_args()
    plan = Plan(given.moves, given.kills, given.wipes, given.writers, units=36, seed=given.seed, lease=given.lease,
                small_workers=given.small_workers, database_kills=given.kill_database)  # fmt: skip
    with ExitStack() as stack:
        data_dir = Path(tempfile.mkdtemp(prefix="rdl-chaos-"))
        stack.callback(shutil.rmtree, data_dir, ignore_errors=True)
        postgres = None
        url = f"sqlite:///{data_dir / 'randal.db'}"
        if given.database == "postgresql":
            postgres = stack.enter_context(stopping(Postgres()))
            for name in ("fsync", "synchronous_commit", "full_page_writes"):  # as it is in earnest
                postgres.admin.execute(f"ALTER SYSTEM SET {name} = on")
            postgres.admin.execute("SELECT pg_reload_conf()")
            url = postgres.create("randal_chaos")
        settings = replace(settings_for(url, data_dir, ""), now=None)
        furnish(settings)
        app = create_app(settings)
        with app.app_context():
            outcome = perform(app, World(app), environment_for(settings), plan, postgres)
        if outcome.faults:
            print(outcome.stage.said()[-20_000:], file=sys.stderr)
    words = " ".join(sys.argv[1:])
    print(f"\npython -m tests.chaos {words}\n")
    table(outcome.rows())
    for fault in outcome.faults:
        print(f"FAULT {fault}")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
