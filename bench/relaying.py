"""(g) Rows a second that the relay alone hands to Redis: nobody works, and Redis is emptied when it is full. No aim."""

from __future__ import annotations

import statistics
import time
from typing import Any

from sqlalchemy import text

from bench import reacting
from bench.items import follow_ups, move
from bench.servers import databases, redis
from bench.stage import stage, table
from randal.database.base import db
from randal.jobs import outbox, relay
from workflows.lifecycle import Actor

ROWS, ROUNDS = 2000, 5


def main() -> None:
    rows: list[tuple[str, ...]] = [("database", "rows/s (min median max)")]
    for kind in ("postgresql", "sqlite"):
        with (
            databases(kind, "bench") as (url,),
            redis() as server,
            stage(demo=False, database_url=url, redis_url=server.url) as app,
            app.app_context(),
        ):
            reacting.declare()
            items, actor = follow_ups(app, 1)
            rates = sorted(rate(items[0], actor, server.client()) for _ in range(ROUNDS))
        rows.append((kind, f"{rates[0]:.0f} {statistics.median(rates):.0f} {rates[-1]:.0f}"))
    table(rows)


def rate(item_id: int, actor: Actor, client: Any) -> float:
    for _ in range(ROWS):
        move(item_id, actor)
    db.session.commit()
    handed, taken = 0, 0.0
    while handed < ROWS:
        client.flushall()
        began = time.perf_counter()
        for _ in range(relay.BOUND // outbox.BATCH):
            handed += relay.publish_due(client)
        taken += time.perf_counter() - began
    db.session.execute(text("UPDATE outbox SET done_at = next_at WHERE done_at IS NULL"))
    db.session.commit()
    return handed / taken


if __name__ == "__main__":
    main()
