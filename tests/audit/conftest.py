"""The history is made once per database and copied for each test: making it takes longer than bending it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from randal.database.base import db
from tests.audit.story import History
from tests.world import World


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, dict[str, int]]]:
    """By kind of database: a folder with what was kept of it, and the numbers of its items."""
    return {}


@pytest.fixture
def history(
    app: Flask, world: World, data_dir: Path, made: dict[str, Any], request: Any, tmp_path_factory: Any
) -> History:
    kind = db.engine.dialect.name
    if kind not in made:
        history, kept = History.lived(world), tmp_path_factory.mktemp(kind)
        put_away()
        if kind == "sqlite":
            shutil.copyfile(data_dir / "randal.db", kept / "randal.db")
        else:
            postgres = request.getfixturevalue("postgres")
            postgres.drop("randal_story")
            postgres.create("randal_story", "randal_test")
        made[kind] = kept, history.numbers
    kept, numbers = made[kind]
    put_away()
    if kind == "sqlite":
        shutil.copyfile(kept / "randal.db", data_dir / "randal.db")
    else:
        postgres = request.getfixturevalue("postgres")
        postgres.drop("randal_test")
        postgres.create("randal_test", "randal_story")
    return History(world, numbers)


def put_away() -> None:
    """The database as one file, and nobody connected to it."""
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            connection.rollback()
    db.engine.dispose()
