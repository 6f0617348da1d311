"""The revisions, from zero to the newest, make exactly the tables of the models, on both databases; and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect

from randal import create_app
from randal.core import setting_up
from randal.core.db import Model, db
from tests import machines
from tests.conftest import settings_for


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without any table."""
    url = f"sqlite:///{tmp_path / 'bare.db'}"
    postgres: machines.Postgres | None = None
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
        postgres.drop("bare")
        url = postgres.create("bare")
    app = create_app(settings_for(url, tmp_path, ""))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if postgres:
        postgres.drop("bare")


def where(index: Any) -> str:
    return " ".join(
        str(v) for k, v in sorted(index.get("dialect_options", {}).items()) if k.endswith("_where")
    )


def facts() -> dict[str, Any]:
    """Per table what Alembic's own comparison does not look at."""
    found = inspect(db.engine)
    return {
        table: {
            "checks": sorted((c["name"], c["sqltext"]) for c in found.get_check_constraints(table)),
            "unique": sorted(c["name"] for c in found.get_unique_constraints(table)),
            "foreign": sorted(
                (c["name"], c["referred_table"], *c["constrained_columns"])
                for c in found.get_foreign_keys(table)
            ),
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(table)},
            "indexes": sorted(
                (i["name"], bool(i["unique"]), *i["column_names"], where(i)) for i in found.get_indexes(table)
            ),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def test_the_revisions_make_the_tables_of_the_models(bare: Flask) -> None:
    setting_up.make_tables()
    with db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Model.metadata)
    assert not differences, "run ops/remake-migration"
    migrated = facts()
    assert any(table["checks"] for table in migrated.values())
    Model.metadata.drop_all(db.engine)
    Model.metadata.create_all(db.engine)
    assert facts() == migrated, "run ops/remake-migration"


def test_up_twice_is_once_and_down_leaves_nothing(bare: Flask) -> None:
    assert setting_up.present_revision() is None
    setting_up.make_tables()
    setting_up.make_tables()
    assert setting_up.present_revision() == setting_up.newest_revision()
    with setting_up.alembic(db.engine) as config:
        command.downgrade(config, "base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    setting_up.make_tables()
    assert setting_up.load_provinces() == 38
    assert setting_up.load_provinces() == 0
