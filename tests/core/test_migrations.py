"""The revisions, from zero to the newest, make exactly the tables of the models, on both databases; and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from randal import create_app
from randal.database.base import Model, db
from randal.history import chain
from randal.history.events import CHAINED, Event
from randal.models.follow_ups import FollowUp
from randal.org import bootstrap
from tests import items, machines
from tests.conftest import settings_for
from tests.world import World


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


def triggers() -> list[str]:
    """What the database refuses by itself, in its own words."""
    asked = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
        "UNION SELECT prosrc FROM pg_proc WHERE proname LIKE 'randal%'",
    }[db.engine.dialect.name]
    with db.engine.connect() as connection:
        return sorted(" ".join(said.split()) for said in connection.scalars(text(asked)))


def test_the_revisions_make_the_tables_of_the_models(bare: Flask) -> None:
    bootstrap.make_tables()
    with db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Model.metadata)
    assert not differences, "a revision is missing: alembic revision --autogenerate"
    migrated, refused = facts(), triggers()
    assert any(table["checks"] for table in migrated.values())
    assert any("riwayat" in said for said in refused)
    Model.metadata.drop_all(db.engine)
    Model.metadata.create_all(db.engine)
    assert facts() == migrated, "a revision is missing: alembic revision --autogenerate"
    assert triggers() == refused, "guards.py and the revisions differ"


def test_up_twice_is_once_and_down_leaves_nothing(bare: Flask) -> None:
    assert bootstrap.present_revision() is None
    bootstrap.make_tables()
    bootstrap.make_tables()
    assert bootstrap.present_revision() == bootstrap.newest_revision()
    with bootstrap.alembic(db.engine) as config:
        command.downgrade(config, "base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    bootstrap.make_tables()
    assert bootstrap.load_provinces() == 38
    assert bootstrap.load_provinces() == 0


def contents() -> dict[str, int]:
    """Rows per table of the first release."""
    there = inspect(db.engine).get_table_names()
    counted = {name: f'SELECT count(*) FROM "{name}"' for name in there if name != "alembic_version"}
    with db.engine.connect() as connection:
        return {name: connection.scalar(text(sql)) or 0 for name, sql in counted.items()}


def steps() -> list[str]:
    """The revisions after the first, oldest first."""
    with bootstrap.alembic(db.engine) as config:
        every = ScriptDirectory.from_config(config).walk_revisions()
        return [each.revision for each in every if each.down_revision][::-1]


GONE = {"sign_in_attempts"}  # counted what passes in a quarter of an hour; nothing of the story stood there


def first_of(here: dict[str, int], first: dict[str, int]) -> dict[str, int]:
    """What the first release had, as long as its table is there: but for those taken away on purpose it has to be."""
    assert first.keys() - here.keys() <= GONE
    return {name: rows for name, rows in first.items() if name in here}


def test_every_revision_carries_the_data_of_the_one_before(world: World) -> None:
    """A story of today is taken down to the first release, and walks up again step by step with all its rows."""
    finding = items.finding(world)
    items.linked_follow_up(world, finding)
    db.session.remove()
    today = contents()
    with bootstrap.alembic(db.engine) as config:
        command.downgrade(config, "0001")
    first = contents()
    assert first["events"] > 5 and first["event_texts"] > 0
    for revision in steps():
        with bootstrap.alembic(db.engine) as config:
            command.upgrade(config, revision)
        assert bootstrap.present_revision() == revision
        here = contents()
        assert {name: here[name] for name in first if name in here} == first_of(here, first), revision
    assert contents().keys() == today.keys()
    heads: dict[tuple[str, int], tuple[int, str]] = {}
    for event in db.session.scalars(select(Event).order_by(Event.item_type, Event.item_id, Event.seq)):
        prev = heads.get((event.item_type, event.item_id), (0, chain.NOTHING))[1]
        assert event.hash == chain.link(prev, event.facts()), (
            "what was written before is chained as it stands"
        )
        assert all(said.seal == event.seals[said.name] for said in event.texts)
        heads[event.item_type, event.item_id] = event.seq, event.hash
    for (item_type, item_id), end in heads.items():
        item = db.session.get_one(CHAINED[item_type], item_id)
        assert (item.seq, item.head) == end
    world.fire(db.session.get_one(FollowUp, 1), "reopen", world.evaluator, reason="Contoh: belum sesuai")
    with pytest.raises(DBAPIError):
        db.session.execute(text("DELETE FROM events"))
    db.session.rollback()
