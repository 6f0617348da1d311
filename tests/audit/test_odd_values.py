"""SQLite keeps what it is given: whatever stands in a column, the examination goes to its end and finds it."""

from __future__ import annotations

import pytest

from randal.audit.reading import File
from randal.audit.verifying import verify
from tests.audit.story import History

pytestmark = pytest.mark.database("sqlite")


def test_what_is_no_value_of_its_column_any_more(history: History) -> None:
    event = history.events(history.finding)[1]
    for column, value in (("at", "kemarin"), ("data", "{"), ("seq", "satu"), ("item_id", "x")):
        with history.bending() as bender:
            bender.run(f"UPDATE events SET {column} = :value WHERE id = :id", value=value, id=event.id)
            assert event.id in {b.event_id for b in bender.judge(file=False).bends}, column
            assert verify(File(bender.export())).count, column


def test_values_that_no_application_writes(history: History) -> None:
    for table in ("events", "checkpoint_heads", "checkpoints"):
        with history.bending() as bender:
            columns = [row[1] for row in bender.connection.exec_driver_sql(f"PRAGMA table_info({table})")]
        for column in set(columns) - {"id", "at"}:
            for value in ("", "x", "-1", "9" * 18, b"\x00\xff"):
                with history.bending() as bender:
                    bender.run("UPDATE follow_ups SET seq = 2000000000")  # a missing end of any length
                    # Each table's second row, whatever it is
                    bender.run(
                        f"UPDATE {table} SET {column} = :value WHERE id = (SELECT id FROM {table} LIMIT 1 OFFSET 1)",
                        value=value,
                    )
                    kinds = {b.kind for b in bender.judge(file=False).bends}
                    assert len(kinds) > 1, (table, column, value)
                    assert verify(File(bender.export())).count, (table, column, value)
