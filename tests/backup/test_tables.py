"""The copier alone: values to the last bit, numbers given once, tables that are not the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    null,
    select,
    text,
)

from randal.backup import snapshot, tables
from randal.backup.manifest import BackupError
from randal.database.base import UTCDateTime
from tests import machines

Bases = Callable[[str], Engine]
WAYS = list(itertools.product(["sqlite", "postgresql"], repeat=2))
Id = BigInteger().with_variant(Integer, "sqlite")
AT = datetime(2018, 6, 25, 9, 0, 0, 123456, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {
        "id": 1,
        "words": 'é "雨" \\N \t\n\r %s',
        "at": AT,
        "day": AT.date(),
        "yes": True,
        "bits": bytes(range(256)),
    },
    {"id": 2, "words": "", "at": AT.astimezone(), "day": date(1, 1, 1), "yes": False, "bits": b""},
    {"id": 3, "words": None, "at": None, "day": None, "yes": None, "bits": None, "number": -(2**63)},
    {"id": 5, "words": "NULL", "at": AT - timedelta(days=300_000), "json": {"b": [1, None, 0.1], "a": "é"}},
    {"id": 8, "json": 5, "number": 2**63 - 1},
    {"id": 9, "json": JSON.NULL},
    {"id": 10, "json": null()},
    {"id": 11, "json": "5"},
    {"id": 12, "words": ""},
]


def things(metadata: MetaData) -> Table:
    return Table(
        "things",
        metadata,
        Column("id", Id, primary_key=True),
        Column("next", ForeignKey("things.id")),
        Column("words", String(200)),
        Column("at", UTCDateTime),
        Column("day", Date),
        Column("yes", Boolean),
        Column("bits", LargeBinary),
        Column("number", BigInteger),
        Column("json", JSON),
        sqlite_autoincrement=True,
    )


@pytest.fixture
def bases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bases]:
    """`bases("sqlite")`: an empty database."""
    made: list[Engine] = []

    def make(kind: str) -> Engine:
        url = f"sqlite:///{tmp_path / f'{len(made)}.db'}"
        if kind == "postgresql":
            postgres: machines.Postgres = request.getfixturevalue("postgres")
            name = f"copied_{len(made)}"
            postgres.drop(name)
            url = postgres.create(name)
        made.append(create_engine(url))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


def filled(engine: Engine, rows: list[dict[str, Any]]) -> Table:
    table = things(metadata := MetaData())
    metadata.create_all(engine)
    with engine.begin() as connection:
        for row in rows:
            connection.execute(table.insert(), row)
    return table


@pytest.mark.parametrize(("one", "other"), WAYS)
def test_every_value_arrives_as_it_was(bases: Bases, one: str, other: str) -> None:
    source, target = bases(one), bases(other)
    table = filled(source, ROWS)
    with source.begin() as connection:
        connection.execute(table.update().where(table.c.id == 1).values(next=11))  # refers to a later one
    table.metadata.create_all(target)
    with source.connect() as reading:
        snapshot.fill(reading, target)
        sent = reading.execute(select(table, table.c.json.is_(None)).order_by(table.c.id)).all()
    with target.connect() as reading:
        arrived = reading.execute(select(table, table.c.json.is_(None)).order_by(table.c.id)).all()
    assert arrived == sent and len(arrived) == len(ROWS)
    assert [type(value) for row in arrived for value in row] == [type(value) for row in sent for value in row]


@pytest.mark.parametrize(("one", "other"), WAYS)
@pytest.mark.parametrize("left", [2, 0])
def test_a_number_is_given_once(bases: Bases, one: str, other: str, left: int) -> None:
    """The last row is gone, its number is not free."""
    source, target = bases(one), bases(other)
    table = filled(source, [{"words": "a"}, {"words": "b"}, {"words": "c"}])
    with source.begin() as connection:
        connection.execute(table.delete().where(table.c.id > left))
    table.metadata.create_all(target)
    with source.connect() as reading:
        snapshot.fill(reading, target)
    with target.begin() as connection:
        assert connection.execute(table.insert().values(words="d").returning(table.c.id)).scalar() == 4


@pytest.mark.parametrize(("one", "other"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_what_is_not_the_same_is_said(bases: Bases, one: str, other: str) -> None:
    source, target = bases(one), bases(other)
    table = filled(source, ROWS)
    for differ, said in (
        ([], "Tabel kedua basis data berbeda: things"),
        (
            [Column("id", Id, primary_key=True), Column("lain", String(9))],
            "Kolom tabel things berbeda: at, bits",
        ),
    ):
        metadata = MetaData()
        if differ:
            Table("things", metadata, *differ)
        metadata.create_all(target)
        with source.connect() as reading, pytest.raises(BackupError, match=said):
            snapshot.fill(reading, target)
    metadata.drop_all(target)
    table.metadata.create_all(target)
    with target.begin() as connection:
        connection.execute(text("CREATE UNIQUE INDEX one_word ON things (words)"))
    with source.connect() as reading, pytest.raises(BackupError, match="Tabel things tidak dapat disalin"):
        snapshot.fill(reading, target)
    with target.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM things")) == 0


def test_a_kind_of_column_that_nobody_has_thought_of(bases: Bases) -> None:
    engine = bases("sqlite")
    Table("sums", metadata := MetaData(), Column("id", Id, primary_key=True), Column("sum", Numeric(9, 2)))
    metadata.create_all(engine)
    with engine.connect() as connection, pytest.raises(TypeError, match=r"sums\.sum"):
        tables.reflected(connection)
