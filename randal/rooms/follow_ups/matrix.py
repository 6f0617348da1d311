"""PPK × rapat: how many promises of a meeting each unit still owes, is late with, and has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from randal.database.base import db
from randal.models.follow_ups import ENDED, FollowUp
from randal.models.meetings import Meeting
from randal.org.places import Unit
from randal.rooms.follow_ups.order import OWED
from randal.rooms.follow_ups.tracking import is_late
from workflows.lifecycle import Actor

MEETINGS = 6  # columns of a page, the newest first


@dataclass(frozen=True)
class Cell:
    """Counts of follow-ups; `late` are among the `open` ones, drafts are in none."""

    open: int = 0
    late: int = 0
    ended: int = 0

    def __add__(self, other: Cell) -> Cell:
        return Cell(self.open + other.open, self.late + other.late, self.ended + other.ended)

    def __bool__(self) -> bool:
        return bool(self.open or self.ended)


@dataclass(frozen=True)
class UnitRow:
    unit: Unit
    cells: dict[int, Cell]  # by meeting, only those that hold something
    whole: Cell  # of the meetings shown


@dataclass(frozen=True)
class Matrix:
    """`later`: the id of the last meeting shown, when older ones follow."""

    meetings: list[Meeting]
    rows: list[UnitRow]
    later: int | None


def matrix(actor: Actor, now: datetime, before: int | None = None) -> Matrix:
    """The units and the meetings in which this actor sees follow-ups; three statements, however many there are."""
    mine = FollowUp.visible_to(actor)
    # Asked of each meeting, newest first, so that it stops after a page: a million follow-ups are not gone through.
    has_some = mine.where(FollowUp.meeting_id == Meeting.id, FollowUp.state != "draft").correlate(Meeting)
    query = select(Meeting).where(has_some.with_only_columns(FollowUp.id).exists())
    if before is not None:
        query = query.where(Meeting.id < before)
    found = list(db.session.scalars(query.order_by(Meeting.id.desc()).limit(MEETINGS + 1)).unique())
    meetings = found[:MEETINGS]
    counted = (
        mine.where(FollowUp.meeting_id.in_([m.id for m in meetings]), FollowUp.state != "draft")
        .with_only_columns(
            FollowUp.unit_id,
            FollowUp.meeting_id,
            func.sum(case((OWED, 1), else_=0)),
            func.sum(case((is_late(now), 1), else_=0)),
            func.sum(case((FollowUp.state.in_(ENDED), 1), else_=0)),
        )
        .group_by(FollowUp.unit_id, FollowUp.meeting_id)
    )
    cells: dict[int, dict[int, Cell]] = {}
    for unit_id, meeting_id, *counts in db.session.execute(counted) if meetings else ():
        cells.setdefault(unit_id, {})[meeting_id] = Cell(*(int(n) for n in counts))
    named = select(Unit).where(Unit.id.in_(cells)).options(joinedload(Unit.province))
    units = sorted(db.session.scalars(named).unique(), key=lambda u: u.short_name) if cells else []
    rows = [UnitRow(u, cells[u.id], sum(cells[u.id].values(), Cell())) for u in units]
    return Matrix(meetings, rows, meetings[-1].id if len(found) > MEETINGS else None)
