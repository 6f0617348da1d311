"""python -m tests.faults [NAME …] [--database sqlite|postgresql|both] [--write]: one fault after the other befalls a whole
`./run` while people work in it; the table of docs/ketahanan.md. `--list` names them.

Its disks are small file systems of a mount namespace of its own, so nothing is left mounted: as root, or by anybody where
user namespaces are allowed. Elsewhere `--plain` takes an ordinary folder, for the faults that fill or mount no disk.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree

from ops.processes import ROOT
from tests.chaos import verdict
from tests.faults.house import PLAIN, House, disk
from tests.faults.ills import BOTH, FAULTS, Fault
from tests.faults.trial import HEAD, Outcome, perform, row
from tests.machines import Postgres, stopping

APART = "RANDAL_FAULTS_APART"
PAGE = ROOT / "docs/ketahanan.md"
BEGIN, END = "<!-- python -m tests.faults --write -->", "<!-- sampai di sini -->"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("names", nargs="*", metavar="NAME", help="(all of them)")
    asked.add_argument("--database", choices=(*BOTH, "both"), default="both")
    asked.add_argument("--write", action="store_true", help="put the table into docs/ketahanan.md")
    asked.add_argument("--list", action="store_true")
    asked.add_argument("--plain", action="store_true", help="on an ordinary folder, mounting nothing")
    given = asked.parse_args()
    if unknown := set(given.names) - FAULTS.keys():
        asked.error(f"no such fault: {', '.join(sorted(unknown))}")
    chosen = [FAULTS[name] for name in given.names or FAULTS]
    if given.list:
        print("\n".join(f"{each.name:<24}{', '.join(each.databases):<22}{each.title}" for each in chosen))
        return 0
    if given.plain:
        os.environ[PLAIN] = "1"
    elif os.environ.get(APART) != str(os.getppid()):
        _apart()
    outcomes: list[Outcome] = []
    for database in BOTH if given.database == "both" else (given.database,):
        outcomes += _befall([each for each in chosen if database in each.databases], database)
    print(f"\n{table(row(each) for each in outcomes)}\n{sum(each.moves for each in outcomes)} moves")
    if given.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        old, _, after = rest.partition(END)
        rows = table([*old.splitlines(), *(row(each) for each in outcomes)])
        PAGE.write_text(f"{before}{BEGIN}\n{rows}\n{END}{after}", encoding="utf-8")
    wrong = [
        f"FAULT {each.fault.name} on {each.database}: {said}" for each in outcomes for said in each.faults
    ]
    print("\n".join(wrong))
    return 1 if wrong else 0


def table(rows: Iterable[str]) -> str:
    """In the order of the list; a later row of the same fault and database takes the place of an earlier one."""
    kept = {key: row for row in rows if (key := key_of(row))}
    return "\n".join([HEAD, *(kept[key] for key in sorted(kept))])


def key_of(row: str) -> tuple[int, str] | None:
    cells = [cell.strip(" `") for cell in row.strip("|\n").split("|")]
    return (list(FAULTS).index(cells[-1]), cells[1]) if cells[-1] in FAULTS else None


def _apart() -> None:
    """This program again, where what it mounts is seen by it and its children alone."""
    child = [sys.executable, "-m", "tests.faults", *sys.argv[1:]]
    words = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"]), "--"]
    os.execvpe(words[0], words + child, os.environ | {APART: str(os.getppid())})


def _befall(faults: list[Fault], database: str) -> list[Outcome]:
    outcomes: list[Outcome] = []
    if not faults:
        return outcomes
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="rdl-f-"))
        stack.callback(rmtree, folder, ignore_errors=True)
        postgres = None
        if database == "postgresql":
            tempfile.tempdir = str(stack.enter_context(disk(folder / "pg", "400m")))
            postgres = stack.enter_context(stopping(Postgres()))
            tempfile.tempdir = None
            for name in ("fsync", "synchronous_commit", "full_page_writes"):  # as it is in earnest
                postgres.admin.execute(f"ALTER SYSTEM SET {name} = on")
            postgres.admin.execute("SELECT pg_reload_conf()")
        house = House(stack.enter_context(disk(folder / "d")), postgres)
        with house.app.app_context():
            cast, cookie = house.people()
            stack.callback(house.stop)
            house.start()
            before: verdict.Figures = {}
            for number, each in enumerate(faults):
                outcome = perform(house, each, cast, cookie, 10 * number, before)
                outcomes.append(outcome)
                print(row(outcome), *outcome.faults, sep="\n  ", flush=True)
                if house.ended():
                    house.start()
            house.stop()
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
