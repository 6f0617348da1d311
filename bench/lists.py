"""(q) The working lists with 10,000 follow-ups and with a hundred times as many (SQLite: ten times): what a page costs then.
And the tracker's XLSX of 100,000 rows beside bare XlsxWriter with constant_memory, each in a process of its own.

    python -m bench lists [--database sqlite] [--large 1000000]

What is still owed is 2,000 in both sizes (a country's running work), the rest ended; a meeting has 100 follow-ups, 38
units take part; 50 follow-ups hold the rare word, all of them the common one. Best of five requests, in one process.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, text

from bench.servers import databases
from bench.stage import stage, table
from randal.database.base import db
from randal.l10n import clock
from randal.org.people import Person
from randal.org.places import Province, Unit
from randal.web import sign_ins

HISTORY = "insight (Telaah)"
SMALL, LARGE, OWED = 10_000, {"postgresql": 1_000_000, "sqlite": 100_000}, 2_000
PAGES = {
    "tracker, first page": "/pelacak",
    "tracker, a page in the middle": "/pelacak?setelah=2012-06-15.1",
    "tracker, late ones": "/pelacak?overdue=true",
    "tracker, rare word": "/pelacak?q=jembatan",
    "tracker, word of every row": "/pelacak?q=lahan",
    "matrix": "/pelacak/matriks",
    "own page of a PPK": "/rtl",
    "home of a PPK": "/",
    HISTORY: "/pelacak/telaah",
}
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) "
DAY = {
    "sqlite": "date('{from_}', '+' || ({days}) || ' days')",
    "postgresql": "date '{from_}' + ({days})::int",
}
MEETINGS = """INSERT INTO meetings (state, version, created_at, updated_at, title, purpose, report_period, timezone, place,
 link, cc, letter_version, sequence, source_note, starts_at, opened_at, closed_at) {numbers}
 SELECT 'closed', 1, :now, :now, 'Contoh rapat ' || i, '', '', 'Asia/Jakarta', '', '', '', 0, 0, '', :now, :now, :now FROM n"""
FOLLOW_UPS = """INSERT INTO follow_ups (state, version, created_at, updated_at, text, source_section, source_quote, meeting_id,
 unit_id, number, due_on, expected_output, group_key, waits_for, waits_post, after_minutes, returned_reason, verified_by_id)
 {numbers} SELECT CASE WHEN i <= {owed} THEN 'in_progress' ELSE 'verified' END, 1, :now, :now,
 'Contoh menyelesaikan lahan nomor ' || i, '', '', (i - 1) / 100 + 1, i % 38 + 1, (i - 1) % 100 + 1,
 CASE WHEN i <= {owed} THEN {soon} ELSE {past} END, '', '', '', '', {no}, '', CASE WHEN i <= {owed} THEN NULL ELSE {who} END
 FROM n"""
TOLD = 100_000  # follow-ups that have a history here: each of its rows is checked by the database as it is written
#: The life of each, an event a statement: chained as the database asks, with hashes that are only told apart.
LIFE = [(None, "draft"), ("draft", "assigned"), ("assigned", "in_progress"), ("in_progress", "in_progress"),
        ("in_progress", "submitted"), ("submitted", "verified")]  # fmt: skip
EVENTS = """INSERT INTO events (item_type, item_id, seq, move, from_state, to_state, hat, at, unit_id, meeting_id, data, seals,
 prev, hash) SELECT 'follow_up', id, {seq}, 'contoh', {before}, '{after}', '', created_at, unit_id, meeting_id, '{{}}', '{{}}',
 {prev}, {hash} FROM follow_ups WHERE id >= {first} AND (state = 'verified' OR {seq} < 5)"""
WORDS = """INSERT INTO search_entries (kind, item_id, meeting_id, at, title, text, stems)
 SELECT 'follow_up', id, meeting_id, created_at, 'RTL', text, ' contoh lahan nomor n' || id || ' ' ||
 CASE WHEN id <= 50 THEN 'jembatan ' ELSE '' END FROM follow_ups WHERE id >= {first}"""


def main(words: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="python -m bench lists")
    asked.add_argument("--database", choices=("postgresql", "sqlite"), action="append")
    asked.add_argument("--large", type=int)
    asked.add_argument("--pages", action="store_true", help="no XLSX")
    asked.add_argument("--sheet", choices=("ours", "bare"))
    given = asked.parse_args(words or [])
    if given.sheet:
        return sheet(given.sheet)
    for kind in given.database or ("postgresql", "sqlite"):
        lists(kind, given.large or LARGE[kind])
    if given.pages:
        return
    ours, bare = sheet_of("ours"), sheet_of("bare")
    rows = [("XLSX of 100,000 rows", "s", "MB"), ("Randal", *map(str, ours)), ("XlsxWriter", *map(str, bare))]
    table([*rows, ("ratio", f"{ours[0] / bare[0]:.2f}", f"{ours[1] / bare[1]:.2f}")])


def lists(kind: str, large: int) -> None:
    with databases(kind, "lists") as (url,), stage(demo=False, database_url=url) as app, app.app_context():
        readers = people()
        found = []
        before = 0
        for count in (SMALL, large):
            fill(kind, before + 1, count)
            found.append(measured(app, readers, kind))
            before = count
        rows = [(kind, f"{SMALL:,}, ms", f"{large:,}, ms", "ratio")]
        for name in PAGES:
            if name == HISTORY and large > TOLD:
                continue
            few, many = found[0][name], found[1][name]
            rows.append((name, f"{few * 1000:.0f}", f"{many * 1000:.0f}", f"{many / few:.2f}"))
        table(rows)


def people() -> dict[str, str]:
    """38 units; cookie values of an evaluator and of one unit's PPK."""
    provinces = db.session.execute(select(Province.id, Province.iso).order_by(Province.id)).all()
    db.session.execute(
        insert(Unit),
        [
            {"name": f"Contoh {iso}", "code": iso, "province_id": id, "external_ids": {}, "version": 1}
            for id, iso in provinces[:38]
        ],
    )
    unit_id = db.session.scalar(select(Unit.id).order_by(Unit.id))
    made = {
        role: Person(
            name=f"Contoh {role}",
            email=f"{role}@contoh.example",
            role=role,
            created_at=clock.now(),
            unit_id=u,
        )
        for role, u in (("evaluator", None), ("ppk", unit_id))
    }
    db.session.add_all(made.values())
    db.session.flush()
    kept = {role: sign_ins.begin(p, clock.now()) for role, p in made.items()}
    db.session.commit()
    return kept


def fill(kind: str, first: int, last: int) -> None:
    who = db.session.scalar(select(Person.id).where(Person.role == "evaluator"))
    now = {"now": clock.now().replace(tzinfo=None) if kind == "sqlite" else clock.now()}
    day = DAY[kind]
    meetings = NUMBERS.format(first=(first - 1) // 100 + 1, last=last // 100)
    shape: dict[str, Any] = {
        "numbers": NUMBERS.format(first=first, last=last),
        "owed": OWED,
        "who": who,
        "no": "0" if kind == "sqlite" else "false",
        "soon": day.format(from_=(clock.now()).date(), days="i % 120 - 40"),
        "past": day.format(from_="2005-01-01", days="i % 7000"),
    }
    if kind == "sqlite":
        shape["soon"] = shape["soon"].replace("'+' ||", "")
    db.session.execute(text(MEETINGS.format(numbers=meetings)), now)
    db.session.execute(text(FOLLOW_UPS.format(**shape)), now)
    db.session.execute(text(WORDS.format(first=first)))
    db.session.commit()
    for seq, (came, goes) in enumerate(LIFE if last <= TOLD else (), 1):
        mark = [f"'{'0' * 64}'"] + [
            f"substr('{'0' * 50}' || {n} || '-' || id, 1, 64)" for n in range(1, seq + 1)
        ]
        before = f"'{came}'" if came else "NULL"
        given = {"seq": seq, "before": before, "after": goes, "prev": mark[seq - 1], "hash": mark[seq]}
        db.session.execute(text(EVENTS.format(first=first, **given)))
        db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if kind == "sqlite" else "VACUUM ANALYZE"))


def measured(app: Flask, readers: dict[str, str], kind: str) -> dict[str, float]:
    """Page → seconds of the best of five. SQLite works within this process: its CPU time is measured, which whoever else
    uses the machine does not change; PostgreSQL is waited for."""
    tick = time.process_time if kind == "sqlite" else time.perf_counter
    found = {}
    for name, path in PAGES.items():
        client = app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = readers["ppk" if "PPK" in name else "evaluator"], True
        times = []
        for _ in range(6):
            began = tick()
            assert client.get(path).status_code == 200, path
            times.append(tick() - began)
        found[name] = min(times[1:])
    return found


# -- XLSX --------------------------------------------------------------------------------------------


def lines() -> Iterator[tuple[Any, ...]]:
    for n in range(100_000):
        yield (
            f"Contoh satker {n % 38}", f"Contoh provinsi {n % 38}", f"RTL-{n % 100 + 1}", f"Contoh menyelesaikan lahan nomor {n}",
            "Contoh berita acara", f"PPK Contoh {n % 38}", "", "2026-03-09", "Tinggi", "Berjalan", n % 90,
            "terlambat", "Temuan: contoh", f"Contoh rapat {n // 100}", f"Contoh kemajuan {n}",
        )  # fmt: skip


def sheet_of(way: str) -> tuple[float, int]:
    """(CPU seconds, MB at most) of a process of its own."""
    words = [sys.executable, "-m", "bench", "lists", "--sheet", way]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    return float(said[-2]), int(said[-1])


def sheet(way: str) -> None:
    from datetime import datetime
    from io import BytesIO

    import xlsxwriter

    from randal.rooms.follow_ups.spreadsheet import COLUMNS
    from randal.spreadsheets.writer import workbook

    began = time.process_time()
    if way == "ours":
        workbook(COLUMNS, lines(), sheet="Tindak Lanjut", created_at="2026-03-09T00:00:00Z")
    else:
        book = xlsxwriter.Workbook(BytesIO(), {"constant_memory": True})
        page = book.add_worksheet()
        shown, plain = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "@"})
        for row, line in enumerate(lines()):
            for column, value in enumerate(line):
                if column == 7:
                    page.write_datetime(row, column, datetime.fromisoformat(value), shown)
                elif column == 10:
                    page.write_number(row, column, value)
                elif value:
                    page.write_string(row, column, value, plain)
        book.close()
    taken = time.process_time() - began
    print(f"{taken:.2f}", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
