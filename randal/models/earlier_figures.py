"""What a figure is held against: the last known number of each measure of an activity, in an earlier report of the same year.

Not the last report alone: a month in which an activity has no figure does not wipe out what was known before.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, select

from randal.database.base import db
from randal.models.progress import Figure, ProgressReport
from randal.models.unusual_figures import Earlier


def last_known(units: Collection[int], period: str) -> dict[int, Earlier]:
    """Activity id → its last numbers before this period; one statement."""
    if not period or not units:
        return {}
    present = and_(Figure.report_id == ProgressReport.id, Figure.revision == ProgressReport.revision)
    measures = [getattr(Figure, name) for name in Figure.MEASURES]
    query = (
        select(ProgressReport.period, Figure.activity_id, *measures)
        .join(Figure, present)
        .where(ProgressReport.unit_id.in_(units))
        .where(ProgressReport.period < period, ProgressReport.period >= period[:4])
        .order_by(ProgressReport.period)
    )
    found: dict[int, Earlier] = {}
    for row in db.session.execute(query):
        earlier = found.setdefault(row.activity_id, Earlier())
        for name in Figure.MEASURES:
            if (value := getattr(row, name)) is not None:
                setattr(earlier, name, value)
                earlier.since[name] = row.period
    return found
