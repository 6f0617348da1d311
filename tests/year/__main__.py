"""python -m tests.year: a whole year, 34 units, 2,000 follow-ups; exits with 1 when a figure that must be 0 is not.

--units N --items N --days N --seed N --database URL
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from randal import create_app
from randal.database.base import db
from randal.l10n import clock
from randal.org import bootstrap
from tests.conftest import settings_for
from tests.world import START, World
from tests.year import simulate


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m tests.year")
    for name, usual in (("units", 34), ("items", 2000), ("days", 365), ("seed", 7)):
        ask.add_argument(f"--{name}", type=int, default=usual)
    ask.add_argument("--database", default="")
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        app = create_app(settings_for(given.database or f"sqlite:///{place / 'year.db'}", place, ""))
        with app.app_context():
            bootstrap.make_tables()
            bootstrap.load_provinces()
            db.session.commit()
            clock.start_at(START)
            began = time.monotonic()
            found = simulate.run(
                World(app), units=given.units, items=given.items, count=given.days, seed=given.seed
            )
    wrong = found.pop("wrong")
    print(f"| {given.units} satker, {given.items} tindak lanjut, {given.days} hari | |\n|---|---|")
    for name, figure in found.items():
        print(f"| {name} | {figure} |")
    for name, figure in wrong.items():
        print(f"| **{name}** | {figure} |")
    print(f"| waktu | {time.monotonic() - began:.0f} s |")
    return int(any(wrong.values()))


if __name__ == "__main__":
    raise SystemExit(main())
