"""How a migration runs: on the connection that `randal.org.bootstrap` hands over, one transaction for all steps.

Until the first release there is one revision, made from the models: after a change of a model run ops/remake-migration.
Afterwards every change is a revision of its own that tells one story: alembic revision --autogenerate, then read it.
"""

from typing import Any

from alembic import context
from sqlalchemy import text
from sqlalchemy.types import TypeDecorator

from randal.database.base import Model
from randal.org.bootstrap import LOCK


def render_item(kind: str, item: Any, autogen: Any) -> str | bool:
    """A revision stands alone: it names plain SQL types, not the classes of today's application."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    render_item=render_item,
    render_as_batch=True,  # SQLite alters a table by copying it
    compare_type=True,
)
with context.begin_transaction():
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    context.run_migrations()
