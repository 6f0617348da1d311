"""When a meeting closes, the numbers of its period are kept with their formula: an old report keeps its old formula."""

from __future__ import annotations

from sqlalchemy import select

from randal.database.base import db
from randal.history.events import Event, within
from randal.models.areas import KeptIndex
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.models.progress import Area
from randal.org.places import Unit
from randal.rooms.areas.facts import Formulas, frozen, indices


@within("meeting.close")
def keep_indices(meeting: Meeting, event: Event) -> None:
    """Of the kawasan in the provinces of the invited units, once per period."""
    units = select(Attendance.unit_id).where(
        Attendance.meeting_id == meeting.id, Attendance.unit_id.is_not(None)
    )
    provinces = select(Unit.province_id).where(Unit.id.in_(units), Unit.province_id.is_not(None))
    formulas = Formulas()
    if formulas.row is None:
        return
    for of in indices(select(Area).where(Area.province_id.in_(provinces)), meeting.report_period, formulas):
        if of.kept:
            continue
        db.session.add(
            KeptIndex(
                area_id=of.area_id,
                period=meeting.report_period,
                formula_id=formulas.row.id,
                budget=of.budget,
                value=of.index.value,
                confidence=of.index.confidence,
                parts=frozen(of, formulas.current),
                kept_at=event.at,
            )
        )
    db.session.flush()
