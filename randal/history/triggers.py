"""What the database itself refuses, whoever asks: history is added to, never changed.

Triggers on both databases, made with their table. A revision of migrations/ carries its own copy of the same SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import DDL, event

from randal.history.chain import NOTHING

REFUSE_ALL = """
CREATE OR REPLACE FUNCTION randal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = 'riwayat tidak dapat diubah: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';
END $$
"""


def append_only(table: Any, *, update_when: str = "", delete_when: Mapping[str, str] | None = None) -> None:
    """Refuse DELETE, TRUNCATE, REPLACE and UPDATE on `table`. `update_when` (SQL over OLD and NEW) names the only
    UPDATE that may pass, `delete_when` (by dialect) the only DELETE."""
    name = table.name
    unless = f"WHEN (NOT coalesce({update_when}, false))" if update_when else ""
    keep = {d: f"WHEN (NOT coalesce({sql}, false)) " for d, sql in (delete_when or {}).items()}
    refuse = f"BEGIN SELECT RAISE(ABORT, 'riwayat tidak dapat diubah: {name}'); END"
    _with(
        table,
        "sqlite",
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} {unless} {refuse}",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {keep.get('sqlite', '')}{refuse}",
        # INSERT OR REPLACE deletes without telling the trigger of DELETE.
        f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} "  # noqa: S608
        f"WHEN EXISTS (SELECT 1 FROM {name} WHERE id = NEW.id) {refuse}",
    )
    refuse = "EXECUTE FUNCTION randal_refuse()"
    _with(
        table,
        "postgresql",
        REFUSE_ALL,
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} FOR EACH ROW {unless} {refuse}",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} FOR EACH ROW "
        f"{keep.get('postgresql', '')}{refuse}",
        f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} FOR EACH STATEMENT {refuse}",
    )


FOLLOWS = f"""
  (NEW.seq = 1 AND NEW.prev = '{NOTHING}') OR EXISTS (
    SELECT 1 FROM events WHERE item_type = NEW.item_type AND item_id = NEW.item_id
    AND seq = NEW.seq - 1 AND hash = NEW.prev)
"""  # noqa: S608


def chained(table: Any) -> None:
    """Refuse an event that does not follow the last one of its item: no gap, no fork, no second first."""
    taken = "SELECT 1 FROM events WHERE item_type = NEW.item_type AND item_id = NEW.item_id AND seq = NEW.seq"
    _with(
        table,
        "sqlite",
        f"CREATE TRIGGER events_follow BEFORE INSERT ON events WHEN NOT ({FOLLOWS}) OR EXISTS ({taken}) "
        "BEGIN SELECT RAISE(ABORT, 'peristiwa tidak menyambung riwayatnya'); END",
    )
    _with(
        table,
        "postgresql",
        f"""
        CREATE OR REPLACE FUNCTION randal_follows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF {FOLLOWS} THEN RETURN NEW; END IF;
          RAISE EXCEPTION USING MESSAGE = 'peristiwa tidak menyambung riwayatnya', ERRCODE = 'restrict_violation';
        END $$
        """,
        "CREATE TRIGGER events_follow BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION randal_follows()",
    )


def _with(table: Any, dialect: str, *statements: str) -> None:
    for statement in statements:
        event.listen(table, "after_create", DDL(statement.replace("%", "%%")).execute_if(dialect=dialect))
