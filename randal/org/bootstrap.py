"""What every installation has from its first start: tables at the newest revision, and the 38 provinces."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, select, text

from randal.database.base import db, is_sqlite
from randal.org.places import Province
from randal.settings import ROOT

PROVINCES = Path(__file__).parent / "data" / "provinces.csv"
MIGRATIONS = ROOT / "migrations"
LOCK = 7_261_325  # any number of our own: two starts on one PostgreSQL take turns


@contextmanager
def alembic(engine: Engine) -> Iterator[Config]:
    """Alembic's configuration with an open connection to this database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if sqlite and raw:
            # Copying a table to alter it would otherwise delete what refers to it. No effect inside a transaction.
            raw.execute("PRAGMA foreign_keys = OFF")
        try:
            config.attributes["connection"] = connection
            yield config
            if sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
                raise RuntimeError(f"a migration left {len(broken)} rows that refer to nothing")
            connection.commit()
        finally:
            connection.rollback()
            if sqlite and raw:
                raw.execute("PRAGMA foreign_keys = ON")


class Newer(Exception):
    """The database belongs to a newer version of the program; the text is for the operator."""


def refuse_newer() -> str | None:
    """The revision of the database, None when it has none. Raises Newer when this program does not know it."""
    here = present_revision()
    known = {each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if here is not None and here not in known:
        raise Newer(
            f"Basis data memakai skema {here}, yang tidak dikenal program ini (sampai {newest_revision()}): program ini lebih "
            "tua. Pasang versi Randal yang sama atau lebih baru, atau pulihkan cadangan dari versi ini."
        )
    return here


def make_tables() -> None:
    """Bring the database to the newest revision, from whatever it is (nothing, an older revision). Raises Newer."""
    refuse_newer()
    with alembic(db.engine) as config:
        command.upgrade(config, "head")


def take_turns() -> None:
    """What else a first start writes, it writes alone: until the end of this transaction another one waits."""
    if not is_sqlite():  # there one writes at a time anyway
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def newest_revision() -> str | None:
    """The revision that this program was written for."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def present_revision() -> str | None:
    """The revision that the database is at; None when it has no tables of ours. Raises what the database raises."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


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
