"""(p) The national page and the matrix: 38 provinces × 40 kawasan × 6 kegiatan, 36 periods beside 12 of them. Best of five
requests over SQLite in one process, in time of the processor (nothing waits here, and others use the machine); the charts are
drawn once and then remembered, in both alike."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import event, insert, select

from bench.stage import stage
from randal.database.base import db
from randal.l10n import clock
from randal.models.progress import SECTORS, Activity, Area, Figure, ProgressReport
from randal.org.people import Person
from randal.org.places import Province, Unit
from randal.web import sign_ins

PATHS = (
    "/pemantauan",
    "/pemantauan?warna=indeks",
    "/pemantauan/kawasan",
    "/kawasan",
    "/kawasan/tema",
    "/indeks",
)
KAWASAN, YEARS = 40, (2025, 2024, 2023)


def main() -> None:
    with stage(demo=False) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            reader = country()
            works = {unit_id: [] for unit_id in db.session.scalars(select(Unit.id))}
            for activity_id, unit_id in db.session.execute(select(Activity.id, Activity.unit_id)):
                works[unit_id].append(activity_id)
            report(works, YEARS[:1])
            year = measured(app, reader)
            report(works, YEARS[1:])
            three = measured(app, reader)
    for path in PATHS:
        (short, few), (long, many) = year[path], three[path]
        print(f"{path}: {short:.3f} s → {long:.3f} s, {long / short:.2f}×; statements {few} → {many}")


def country() -> str:
    """Provinces with unit, kawasan and kegiatan; the cookie value of one who sees all."""
    rows = db.session.execute(select(Province.id, Province.iso)).all()
    db.session.execute(
        insert(Unit),
        [
            {"name": f"Contoh {iso}", "code": iso, "province_id": id, "external_ids": {}, "version": 1}
            for id, iso in rows
        ],
    )
    common = {"external_ids": {}, "version": 1}
    db.session.execute(
        insert(Area),
        [
            common | {"name": f"Contoh {iso} {n}", "province_id": id, "theme": "contoh"}
            for id, iso in rows
            for n in range(KAWASAN)
        ],
    )
    places = db.session.execute(
        select(Area.id, Unit.id).join(Unit, Unit.province_id == Area.province_id)
    ).all()
    db.session.execute(
        insert(Activity),
        [
            common
            | {"unit_id": unit, "area_id": area, "name": f"Contoh {area} {sector}", "sector": sector}
            | {"budget": Decimal(1_000_000_000), "active": True}
            for area, unit in places
            for sector in SECTORS
        ],
    )
    person = Person(
        name="Contoh Evaluator", email="e@contoh.example", role="evaluator", created_at=clock.now()
    )
    db.session.add(person)
    db.session.flush()
    kept = sign_ins.begin(person, clock.now())
    db.session.commit()
    return kept


def report(works: dict[int, list[int]], years: tuple[int, ...]) -> None:
    for year in years:
        for month in range(1, 13):
            period, now = f"{year}-{month:02d}", clock.now()
            head: dict[str, Any] = {
                "period": period,
                "state": "submitted",
                "source": "emon",
                "revision": 1,
                "version": 1,
            }
            head |= {"as_of": date(year, month, 20), "created_at": now, "updated_at": now}
            head |= {"note": "", "critical": "", "help_wanted": "", "seq": 0}
            db.session.execute(insert(ProgressReport), [head | {"unit_id": unit} for unit in works])
            found = select(ProgressReport.unit_id, ProgressReport.id).where(ProgressReport.period == period)
            ids = dict(db.session.execute(found).all())
            names = ("physical_plan", "physical_actual", "financial_plan", "financial_actual")
            values = dict(zip(names, (Decimal(month * n) for n in (8, 7, 6, 5)), strict=True))
            row: dict[str, Any] = {"revision": 1, "reason": "", "explanation": ""} | values
            db.session.execute(
                insert(Figure),
                [row | {"report_id": ids[u], "activity_id": a} for u, own in works.items() for a in own],
            )
            db.session.commit()


def measured(app: Flask, reader: str) -> dict[str, tuple[float, int]]:
    """Path → seconds of the best of five, and statements."""
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = reader, True
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    found = {}
    for path in PATHS:
        assert client.get(path).status_code == 200
        times = []
        for _ in range(5):
            said.clear()
            began = time.process_time()
            client.get(path)
            times.append(time.process_time() - began)
        found[path] = min(times), len(said)
    return found
