"""What every installation has from its first start: tables at the newest revision, and the 38 provinces."""

from __future__ import annotations

import csv
from pathlib import Path

from sqlalchemy import select

from randal.core.db import db
from randal.core.places import Province

PROVINCES = Path(__file__).parent / "data" / "provinces.csv"


def make_tables() -> None:
    """Bring the database to the newest revision, from whatever it is (nothing, an older revision)."""
    db.create_all()


def load_provinces() -> int:
    """Add the provinces that are not there yet, by ISO code; how many. Never changes one that is. No commit."""
    known = set(db.session.scalars(select(Province.iso)))
    with PROVINCES.open(encoding="utf-8", newline="") as file:
        missing = [row for row in csv.DictReader(file) if row["iso"] not in known]
    for row in missing:
        db.session.add(
            Province(
                iso=row["iso"],
                name=row["name_id"],
                kemendagri=row["kemendagri_now"],
                bps=row["bps_now"],
                kemendagri_2018=row["kemendagri_2018"],
                bps_2018=row["bps_2018"],
                capital=row["capital_now"],
                capital_2018=row["capital_2018"],
                timezone=row["iana_tz"],
                existed_2018=row["existed_2018"] == "true",
            )
        )
    db.session.flush()
    return len(missing)
