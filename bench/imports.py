"""(i) A workbook of 20,000 rows of figures: rows a second and memory, beside openpyxl that only reads it.

    python -m bench imports [--rows 20000]

38 units with 264 activities each; the rows are their figures over two months. Each measurement is a process of its own:
its time is that of the processor (nothing waits here, and others use the machine), its memory what it had at most, less
what it had before the file was opened.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert, select

from bench.stage import ROOT, stage, table
from randal.database.base import db
from randal.models.progress import Activity, Area
from randal.org.people import Person
from randal.org.places import Province, Unit

EACH = 264  # activities of a unit
ROUNDS = 3
MEASURED = """
import json, re, sys, time
def most():
    said = open("/proc/self/status").read()
    return int(re.search(r"VmHWM:\\s*(\\d+)", said)[1]) / 1024
def now_has():
    return int(re.search(r"VmRSS:\\s*(\\d+)", open("/proc/self/status").read())[1]) / 1024
{prepare}
before, began = now_has(), time.process_time()
rows = work()
seconds = time.process_time() - began
print(json.dumps([seconds, max(0, most() - before), rows]))
"""
PLAIN = """
import io
from openpyxl import load_workbook
data = open(sys.argv[1], "rb").read()
def work():
    page = load_workbook(io.BytesIO(data), read_only=True, data_only=True)["Isian"]
    return sum(1 for row in page.iter_rows(values_only=True)) - 1
"""
OURS = """
from datetime import UTC, datetime
from randal import create_app
from randal.database.base import db
from randal.spreadsheets.importing import KINDS, Desk
from randal.rooms.imports.checking import check
from randal.rooms.imports.writing import write
from workflows.lifecycle import EVALUATOR, Actor
app = create_app()
app.app_context().push()
from sqlalchemy import select
from randal.org.places import Unit
db.session.scalars(select(Unit).limit(1)).first()  # a web process has made its mappers long ago
db.session.rollback()
data = open(sys.argv[1], "rb").read()
writing = sys.argv[2] == "write"
def work():
    desk = Desk(Actor(1, frozenset({EVALUATOR})), datetime.now(UTC), writing=writing)
    found = check(KINDS["figures"], data, desk)
    assert not found.wrong, found.errors[:3]
    if writing:
        write(found)
        db.session.commit()
    return found.total
"""


def main(words: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="python -m bench imports")
    asked.add_argument("--rows", type=int, default=20_000)
    wanted = asked.parse_args(words or []).rows
    found: dict[tuple[str, int], tuple[float, float]] = {}
    sizes = (wanted // 10, wanted)
    with tempfile.TemporaryDirectory(prefix="randal-bench-") as folder, stage(demo=False) as app:
        with app.app_context():
            fill()
            files = {size: workbook(Path(folder, f"{size}.xlsx"), size) for size in sizes}
        for _ in range(ROUNDS):  # in turn, so that what else the machine does falls on both
            for size, file in files.items():
                for what, script in (("openpyxl", PLAIN), ("check", OURS)):
                    found.setdefault((what, size), []).append(run(script, file, what, size))  # type: ignore[attr-defined,arg-type]
        found["write", wanted] = [run(OURS, files[wanted], "write", wanted)]  # type: ignore[assignment]  # once: then it is known
    told(found, sizes)


def told(found: dict[Any, Any], sizes: tuple[int, int]) -> None:
    middle = {key: (median(s for s, _ in runs), median(m for _, m in runs)) for key, runs in found.items()}
    names = {
        "openpyxl": "openpyxl, hanya membaca",
        "check": "Randal: baca, nilai, pratinjau",
        "write": "Randal: nilai dan simpan",
    }
    rows: list[tuple[str, ...]] = [("what", "rows", "seconds", "rows/s", "MB more", "time to openpyxl")]
    for (what, size), (seconds, memory) in middle.items():
        ratio = seconds / middle["openpyxl", size][0]
        rows.append(
            (
                names[what],
                f"{size:,}",
                f"{seconds:.2f}",
                f"{size / seconds:,.0f}",
                f"{memory:.0f}",
                f"{ratio:.2f}",
            )
        )
    table(rows)
    small, large = sizes
    for what in ("openpyxl", "check"):
        print(
            f"{names[what]}: {middle[what, large][1] - middle[what, small][1]:+.0f} MB for ten times the rows"
        )


def run(script: str, file: Path, what: str, rows: int) -> tuple[float, float]:
    code = MEASURED.replace("{prepare}", script)
    made = subprocess.run(
        [sys.executable, "-c", code, str(file), what], cwd=ROOT, capture_output=True, text=True
    )
    if made.returncode:
        raise SystemExit(made.stderr[-2000:])
    seconds, memory, counted = json.loads(made.stdout.splitlines()[-1])
    assert counted == rows, (counted, rows)
    return seconds, memory


def fill() -> None:
    now = datetime.now(UTC)
    db.session.add(
        Person(name="Contoh Tim Monev", email="contoh@contoh.example", role="evaluator", created_at=now)
    )
    for province in list(db.session.scalars(select(Province))):
        unit = Unit(code=f"C-{province.iso}", name=f"Contoh {province.name}", province=province)
        area = Area(name=f"Contoh kawasan {province.iso}", province=province, theme="contoh", external_ids={})
        db.session.add_all([unit, area])
        db.session.flush()
        db.session.execute(
            insert(Activity),
            [
                {"unit_id": unit.id, "area_id": area.id, "name": f"Contoh kegiatan {n}", "sector": "AM",
                 "budget": Decimal(1000 + n), "active": True, "external_ids": {}}
                for n in range(EACH)
            ],
        )  # fmt: skip
    db.session.commit()


def workbook(path: Path, size: int) -> Path:
    """As a person fills our template: codes, names, four numbers, two forecasts, a source and a day."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("Isian")
    heads = ["Periode", "Satuan kerja", "Kode kegiatan", "Kegiatan", "Fisik rencana", "Fisik realisasi", "Keuangan rencana",
             "Keuangan realisasi", "Prognosis fisik akhir tahun", "Sumber data", "Posisi per"]  # fmt: skip
    page.write_row(0, 0, heads)
    query = (
        select(Activity.id, Activity.name, Unit.code)
        .join(Unit, Unit.id == Activity.unit_id)
        .order_by(Activity.id)
    )
    known = list(db.session.execute(query))
    for n in range(size):
        month, (id, name, code) = 1 + n // len(known), known[n % len(known)]
        plan = 20 + month * 5 + n % 17
        values = [plan + 0.25, plan - 2.5, plan - 4.75, plan - 6.5, 97.5]
        page.write_row(
            n + 1, 0, [f"2026-{month:02}", code, f"K-{id}", name, *values, "eMon", f"20/{month:02}/2026"]
        )
    book.close()
    return path
