"""Which number a table gives next. A number that was given once is not given again, though its row is gone."""

from __future__ import annotations

from sqlalchemy import Connection, MetaData, func, select, text

# The tables of which SQLite remembers it; the others give the number after the highest.
REMEMBERING = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"


def carry(source: Connection, target: Connection, tables: MetaData) -> None:
    """The next row of each table gets the number that it would have got in the source, or a later one."""
    given = _given(source, tables)
    if target.dialect.name == "postgresql":
        for name, sequence in _sequences(target, tables).items():
            if last := max(given.get(name, 0), _highest(target, tables, name)):
                target.execute(select(func.setval(sequence, last)))
        return
    for name in target.scalars(text(REMEMBERING)).all():
        last = max(given.get(name, 0), _highest(target, tables, name))
        target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
        target.execute(
            text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), {"name": name, "last": last}
        )


def _given(source: Connection, tables: MetaData) -> dict[str, int]:
    """The last number that each table has given, where its database remembers it."""
    if source.dialect.name == "postgresql":
        query = text("SELECT pg_sequence_last_value(CAST(:sequence AS regclass))")
        found = {
            name: source.scalar(query, {"sequence": s}) for name, s in _sequences(source, tables).items()
        }
        return {name: last for name, last in found.items() if last}
    if not source.scalars(text(REMEMBERING)).all():
        return {}
    return {
        name: last for name, last in source.execute(text("SELECT name, seq FROM sqlite_sequence")) if last
    }


def _sequences(connection: Connection, tables: MetaData) -> dict[str, str]:
    """The sequence behind each table's number, by table."""
    query = text("SELECT pg_get_serial_sequence(:table, 'id')")
    quote = connection.dialect.identifier_preparer.quote
    found = {
        name: connection.scalar(query, {"table": quote(name)})
        for name, table in tables.tables.items()
        if "id" in table.columns
    }
    return {name: sequence for name, sequence in found.items() if sequence}


def _highest(connection: Connection, tables: MetaData, name: str) -> int:
    return connection.scalar(select(func.max(tables.tables[name].columns["id"]))) or 0
