"""History that cannot be bent.

Every event carries the hash of the one before it and its own; texts stand beside it under a salt. What was written
before this revision is chained here, as it stands. From then on the database refuses to change it.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NOTHING = "0" * 64
ITEMS = {
    "meeting": "meetings",
    "attendance": "attendance",
    "progress_report": "progress_reports",
    "finding": "findings",
    "kendala": "kendala",
    "follow_up": "follow_ups",
    "extension": "extensions",
    "minutes": "minutes",
    "signature": "signatures",
}
CHAINED = (*ITEMS.values(), "people")
FACTS = (
    "item_type", "item_id", "seq", "move", "from_state", "to_state", "actor_id", "hat", "acting_for_id", "at",
    "unit_id", "meeting_id", "data", "seals",
)  # fmt: skip
FOLLOWS = f"""
  (NEW.seq = 1 AND NEW.prev = '{NOTHING}') OR EXISTS (
    SELECT 1 FROM events WHERE item_type = NEW.item_type AND item_id = NEW.item_id
    AND seq = NEW.seq - 1 AND hash = NEW.prev)
"""
ONLY_ERASED = "NEW.id = OLD.id AND NEW.event_id = OLD.event_id AND NEW.name = OLD.name AND NEW.text IS NULL AND NEW.salt IS NULL"


def upgrade() -> None:
    for table in CHAINED:
        op.add_column(table, sa.Column("seq", sa.Integer(), nullable=False, server_default="0"))
        op.add_column(table, sa.Column("head", sa.String(64), nullable=False, server_default=NOTHING))
    with op.batch_alter_table("events") as events:
        events.add_column(sa.Column("seals", sa.JSON(), nullable=True))
        events.add_column(sa.Column("prev", sa.String(64), nullable=True))
        events.add_column(sa.Column("hash", sa.String(64), nullable=True))
    with op.batch_alter_table("event_texts") as texts:
        texts.add_column(sa.Column("salt", sa.String(32), nullable=True))
        texts.alter_column("text", existing_type=sa.Text(), nullable=True)
    chain_what_stands(op.get_bind())
    with op.batch_alter_table("events") as events:
        events.alter_column("seals", existing_type=sa.JSON(), nullable=False)
        events.alter_column("prev", existing_type=sa.String(64), nullable=False)
        events.alter_column("hash", existing_type=sa.String(64), nullable=False)
    guard()


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    on = (lambda table: "") if dialect == "sqlite" else (lambda table: f" ON {table}")
    op.execute(f"DROP TRIGGER IF EXISTS events_follow{on('events')}")
    for table in ("events", "event_texts"):
        for what in ("update", "delete", "replace" if dialect == "sqlite" else "truncate"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{what}{on(table)}")
    if dialect == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS randal_follows()")
        op.execute("DROP FUNCTION IF EXISTS randal_refuse()")
    op.execute("UPDATE event_texts SET text = '(teks dihapus)' WHERE text IS NULL")
    with op.batch_alter_table("event_texts") as texts:
        texts.alter_column("text", existing_type=sa.Text(), nullable=False)
        texts.drop_column("salt")
    with op.batch_alter_table("events") as events:
        for column in ("hash", "prev", "seals"):
            events.drop_column(column)
    for table in CHAINED:
        with op.batch_alter_table(table) as items:
            items.drop_column("head")
            items.drop_column("seq")


# -- what was written before -------------------------------------------------------------------------


def chain_what_stands(connection: sa.Connection) -> None:
    tables = sa.MetaData()
    events = sa.Table("events", tables, autoload_with=connection)
    texts = sa.Table("event_texts", tables, autoload_with=connection)
    seals = seal_texts(connection, texts)
    heads: dict[tuple[str, int], tuple[int, str]] = {}
    put = (
        sa.update(events)
        .where(events.c.id == sa.bindparam("of"))
        .values(seals=sa.bindparam("its_seals"), prev=sa.bindparam("its_prev"), hash=sa.bindparam("its_hash"))
    )
    rows = connection.execute(sa.select(events).order_by(events.c.item_type, events.c.item_id, events.c.seq))
    for batch in in_batches(rows.mappings().all()):
        changes = []
        for row in batch:
            item = (row["item_type"], row["item_id"])
            prev = heads.get(item, (0, NOTHING))[1]
            own = seals.get(row["id"], {})
            facts = dict(row) | {"seals": own, "at": instant(row["at"])}
            own_hash = sha256(prev.encode() + b"\n" + canonical({n: facts[n] for n in FACTS})).hexdigest()
            heads[item] = (row["seq"], own_hash)
            changes.append({"of": row["id"], "its_seals": own, "its_prev": prev, "its_hash": own_hash})
        connection.execute(put, changes)
    for name, table in ITEMS.items():
        ends = [
            {"of": item_id, "its_seq": seq, "its_head": head}
            for (item_type, item_id), (seq, head) in heads.items()
            if item_type == name
        ]
        for some in in_batches(ends):
            connection.execute(
                sa.text(f"UPDATE {table} SET seq = :its_seq, head = :its_head WHERE id = :of"), some
            )


def seal_texts(connection: sa.Connection, texts: sa.Table) -> dict[int, dict[str, str]]:
    seals: dict[int, dict[str, str]] = {}
    put = sa.update(texts).where(texts.c.id == sa.bindparam("of")).values(salt=sa.bindparam("its_salt"))
    for batch in in_batches(connection.execute(sa.select(texts)).mappings().all()):
        changes = []
        for row in batch:
            salt = secrets.token_hex(16)
            seal = sha256(f"{salt}\n{row['text']}".encode()).hexdigest()
            seals.setdefault(row["event_id"], {})[row["name"]] = seal
            changes.append({"of": row["id"], "its_salt": salt})
        connection.execute(put, changes)
    return seals


def in_batches(rows: Any, size: int = 1000) -> Iterator[Any]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def instant(at: datetime) -> str:
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# -- what the database refuses from now on -------------------------------------------------------------


def guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        taken = (
            "SELECT 1 FROM events WHERE item_type = NEW.item_type AND item_id = NEW.item_id AND seq = NEW.seq"
        )
        op.execute(
            f"CREATE TRIGGER events_follow BEFORE INSERT ON events WHEN NOT ({FOLLOWS}) OR EXISTS ({taken}) "
            "BEGIN SELECT RAISE(ABORT, 'peristiwa tidak menyambung riwayatnya'); END"
        )
        for name, unless in ("events", ""), ("event_texts", f"WHEN (NOT coalesce({ONLY_ERASED}, false))"):
            refuse = f"BEGIN SELECT RAISE(ABORT, 'riwayat tidak dapat diubah: {name}'); END"
            op.execute(f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} {unless} {refuse}")
            op.execute(f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {refuse}")
            op.execute(
                f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} "
                f"WHEN EXISTS (SELECT 1 FROM {name} WHERE id = NEW.id) {refuse}"
            )
        return
    op.execute(f"""
        CREATE OR REPLACE FUNCTION randal_follows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF {FOLLOWS} THEN RETURN NEW; END IF;
          RAISE EXCEPTION USING MESSAGE = 'peristiwa tidak menyambung riwayatnya', ERRCODE = 'restrict_violation';
        END $$
        """)
    op.execute(
        "CREATE TRIGGER events_follow BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION randal_follows()"
    )
    op.execute("""
        CREATE OR REPLACE FUNCTION randal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION USING MESSAGE = 'riwayat tidak dapat diubah: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';
        END $$
        """)
    refuse = "EXECUTE FUNCTION randal_refuse()"
    for name, unless in ("events", ""), ("event_texts", f"WHEN (NOT coalesce({ONLY_ERASED}, false))"):
        op.execute(f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} FOR EACH ROW {unless} {refuse}")
        op.execute(f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} FOR EACH ROW {refuse}")
        op.execute(f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} FOR EACH STATEMENT {refuse}")
