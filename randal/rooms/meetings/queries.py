"""What is read about meetings, for page and API alike. Each function makes a fixed number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Select, and_, cast, func, literal, null, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from randal.database.base import db
from randal.models.attendance import Attendance
from randal.models.findings import Finding
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import Meeting, office
from randal.models.progress import Activity, Figure, ProgressReport
from randal.models.progress_totals import means, whole
from randal.org.places import Unit
from workflows.follow_up import NOT_OWED
from workflows.lifecycle import SEES_ALL, Actor
from workflows.meeting_states import AHEAD, BOOK, ENDED
from workflows.progress_report import HANDED_IN

# -- the overview: one row per invited unit -----------------------------------------------------------


@dataclass
class Progress:
    """Cumulative percent, weighted by the activities' budgets; None when nothing is known."""

    plan: Decimal | None = None
    actual: Decimal | None = None

    @property
    def deviation(self) -> Decimal | None:
        return None if self.plan is None or self.actual is None else self.actual - self.plan


@dataclass
class OverviewRow:
    unit: Unit
    attendance: Attendance
    report_id: int | None = None
    report_state: str | None = None
    physical: Progress = field(default_factory=Progress)
    financial: Progress = field(default_factory=Progress)
    shows_progress: bool = True
    findings: int = 0
    kendala: int = 0
    open: int = 0
    late: int = 0

    @property
    def present(self) -> bool:
        return self.attendance.state == "present"

    @property
    def reported(self) -> bool:
        return self.report_state in HANDED_IN


def overview(meeting: Meeting, actor: Actor, now: datetime) -> list[OverviewRow]:
    """Per invited unit: present, reported, progress, findings, kendala, follow-ups open and late.

    Follow-ups count from this meeting and the earlier ones. The figures of another unit are not for a PPK.
    Three statements besides the list of invitees.
    """
    rows = {a.unit.id: OverviewRow(a.unit, a) for a in meeting.invitees if a.unit}
    sees_all = actor.has(*SEES_ALL) or bool(office(meeting, actor))
    _put_progress(rows, meeting, actor, sees_all)
    for kind, unit_id, state, due_on, count in db.session.execute(_counts(meeting)):
        row = rows.get(unit_id)
        if row is None:
            continue
        if kind == "finding":
            row.findings += count
        elif kind == "kendala":
            row.kendala += count
        elif state not in ENDED:
            row.open += count
            if state not in NOT_OWED and due_on and due_on < row.unit.local_today(now):
                row.late += count
    return list(rows.values())


def _counts(meeting: Meeting) -> Any:
    """One statement: (kind, unit, state, due date, how many)."""
    no_day = cast(null(), Date)

    def counted(kind: str, model: type[Any], due_on: Any, *where: Any) -> Select[Any]:
        columns = (literal(kind).label("kind"), model.unit_id, model.state, due_on, func.count())
        return select(*columns).where(*where).group_by(model.unit_id, model.state, due_on)

    owed = FollowUp.meeting_id == meeting.id
    if meeting.starts_at:
        earlier = select(Meeting.id).where(
            Meeting.starts_at <= meeting.starts_at, Meeting.state != "cancelled"
        )
        owed = owed | FollowUp.meeting_id.in_(earlier)
    return union_all(
        counted("follow_up", FollowUp, FollowUp.due_on, owed, FollowUp.state.not_in(ENDED)),
        counted("finding", Finding, no_day, Finding.meeting_id == meeting.id, Finding.state != "withdrawn"),
        counted("kendala", Kendala, no_day, Kendala.meeting_id == meeting.id, Kendala.state != "withdrawn"),
    )


def _put_progress(rows: dict[int, OverviewRow], meeting: Meeting, actor: Actor, sees_all: bool) -> None:
    """One statement: the reports of the period with the figures of their present revision, weighed as everywhere."""
    figure = and_(Figure.report_id == ProgressReport.id, Figure.revision == ProgressReport.revision)
    query = (
        select(
            ProgressReport.unit_id,
            ProgressReport.id,
            ProgressReport.state,
            Activity.budget,
            Figure.physical_plan,
            Figure.physical_actual,
            Figure.financial_plan,
            Figure.financial_actual,
        )
        .select_from(ProgressReport)
        .outerjoin(Figure, figure)
        .outerjoin(Activity, Activity.id == Figure.activity_id)
        .where(ProgressReport.period == meeting.report_period)
    )
    figures: dict[int, list[Any]] = {}
    for found in db.session.execute(query):
        if row := rows.get(found.unit_id):
            row.report_id, row.report_state = found.id, found.state
            figures.setdefault(found.unit_id, []).append(found)
    for unit_id, row in rows.items():
        row.shows_progress = sees_all or unit_id == actor.unit_id
        if row.shows_progress:
            known = whole(figures.get(unit_id, []), Figure.MEASURES)
            of = means([(each, each.budget) for each in known], Figure.MEASURES)
            row.physical = Progress(of["physical_plan"], of["physical_actual"])
            row.financial = Progress(of["financial_plan"], of["financial_actual"])
        else:
            row.report_id = None


def totals(rows: Iterable[OverviewRow]) -> dict[str, int]:
    found: Counter[str] = Counter(units=0, present=0, reported=0, findings=0, kendala=0, open=0, late=0)
    for row in rows:
        found.update(
            units=1,
            present=row.present,
            reported=row.reported,
            findings=row.findings,
            kendala=row.kendala,
            open=row.open,
            late=row.late,
        )
    return dict(found)


# -- lists -------------------------------------------------------------------------------------------


def with_people(query: Select[Any]) -> Select[Any]:
    """A list of meetings with all that its rows and their moves read."""
    return query.options(
        selectinload(Meeting.attendance),
        selectinload(Meeting.all_minutes),
        joinedload(Meeting.chair),
        joinedload(Meeting.organiser),
    )


def listed(
    actor: Actor, now: datetime, part: str, limit: int = 50, before: int | None = None
) -> list[Meeting]:
    """`next` (draft and scheduled, soonest first), `running` (in session, closed) or `past` (newest first)."""
    states = {
        "next": AHEAD,
        "running": BOOK,
        "past": ENDED,
    }
    query = Meeting.visible_to(actor).where(Meeting.state.in_(states[part]))
    if part == "past":
        if before:
            query = query.where(Meeting.id < before)
        query = query.order_by(Meeting.id.desc())
    else:
        query = query.order_by(Meeting.starts_at, Meeting.id)
    return list(db.session.scalars(query.limit(limit)))


def invited_counts(meetings: Iterable[Meeting]) -> dict[int, tuple[int, int]]:
    """meeting id → (invited, of them answered or present)."""
    ids = [m.id for m in meetings]
    query = (
        select(Attendance.meeting_id, Attendance.state, func.count())
        .where(Attendance.meeting_id.in_(ids), Attendance.is_guest.is_(False))
        .group_by(Attendance.meeting_id, Attendance.state)
    )
    found: dict[int, tuple[int, int]] = {}
    for meeting_id, state, count in db.session.execute(query) if ids else ():
        invited, answered = found.get(meeting_id, (0, 0))
        found[meeting_id] = (invited + count, answered + (count if state != "invited" else 0))
    return found


def open_follow_ups_before(meeting: Meeting) -> list[int]:
    """Ids of the meetings whose follow-ups the invited units still owe, newest last."""
    units = [row.unit_id for row in meeting.invitees if row.unit_id]
    query = (
        select(FollowUp.meeting_id)
        .where(FollowUp.unit_id.in_(units), FollowUp.state.not_in(NOT_OWED))
        .where(FollowUp.meeting_id != meeting.id)
        .distinct()
        .order_by(FollowUp.meeting_id)
    )
    return list(db.session.scalars(query)) if units else []
