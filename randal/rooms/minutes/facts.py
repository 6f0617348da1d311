"""The tables of the minutes, read from the meeting: what `papers.Minutes` holds beside the writer's words."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from randal.database.base import db
from randal.documents import snapshots
from randal.documents.paper_parts import attendance_rows, iso
from randal.models.attendance import Attendance
from randal.models.findings import Finding
from randal.models.follow_ups import PRIORITIES, FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import Meeting
from randal.models.photos import for_paper
from randal.models.progress import SOURCES, ProgressReport
from workflows.agenda import ASSESSMENTS
from workflows.progress_report import NOT_HANDED_IN, WITH_ITS_WRITER
from workflows.severity import SEVERITIES

GONE = ("withdrawn", "cancelled")  # in no table and in no count


def facts(meeting: Meeting) -> dict[str, Any]:
    query = select(Attendance).where(Attendance.meeting_id == meeting.id)
    query = query.options(selectinload(Attendance.person)).order_by(Attendance.position, Attendance.id)
    rows = list(db.session.scalars(query).unique())
    invited = [row for row in rows if not row.is_guest]
    order = {row.unit_id: place for place, row in enumerate(invited) if row.unit_id}
    return {
        "objectives": [objective(o) for o in meeting.objectives],
        "attendance": attendance_rows(invited),
        "guests": attendance_rows(row for row in rows if row.is_guest),
        "progress": progress(meeting, [row.unit for row in invited if row.unit]),
        "findings": [finding(f) for f in of_meeting(Finding, meeting, order)],
        "kendala": [kendala(k) for k in of_meeting(Kendala, meeting, order)],
        "directives": [{"speaker": d.speaker, "text": d.text} for d in meeting.directives],
        "decisions": [d.text for d in meeting.decisions],
        "follow_ups": follow_ups(of_meeting(FollowUp, meeting, order), set(order)),
        "photos": for_paper(meeting),
    }


def of_meeting(model: Any, meeting: Meeting, order: dict[int, int]) -> list[Any]:
    """The items of the meeting that still stand, in the order of its invited units."""
    query = select(model).where(model.meeting_id == meeting.id, model.state.not_in(GONE))
    found = db.session.scalars(query.options(joinedload(model.unit)))
    return sorted(found.unique(), key=lambda item: (order.get(item.unit_id, len(order)), item.id))


def objective(row: Any) -> snapshots.Objective:
    return {
        "kind": row.kind,
        "text": row.text,
        "assessment": ASSESSMENTS.get(row.assessment or "", "Belum dinilai"),
        "note": row.note,
    }


def progress(meeting: Meeting, units: list[Any]) -> list[snapshots.Progress]:
    """One line per invited unit: totals weighted by budget, of reports that were handed in."""
    query = select(ProgressReport).where(
        ProgressReport.period == meeting.report_period, ProgressReport.unit_id.in_([u.id for u in units])
    )
    query = query.options(selectinload(ProgressReport.all_figures))
    reports = {r.unit_id: r for r in db.session.scalars(query).unique()}
    return [progress_line(unit, reports.get(unit.id)) for unit in units]


def labels(report: ProgressReport | None) -> str:
    """ "Tidak melapor" is what the close of a meeting has noted; before that nothing is said of who still has time."""
    if report is None or report.state in WITH_ITS_WRITER:
        return "Belum melapor"
    return ProgressReport.lifecycle().states[report.state]


def progress_line(unit: Any, report: ProgressReport | None) -> snapshots.Progress:
    handed_in = report is not None and report.state not in NOT_HANDED_IN
    totals = report.totals if report and handed_in else None

    def figure(name: str) -> str:
        value = getattr(totals, name) if totals else None
        return "" if value is None else str(value)

    return {
        "unit": f"PPK {unit.short_name}",
        "label": labels(report),
        "physical_plan": figure("physical_plan"),
        "physical_actual": figure("physical_actual"),
        "financial_plan": figure("financial_plan"),
        "financial_actual": figure("financial_actual"),
        "as_of": iso(report.as_of) if report and handed_in else "",
        "source": SOURCES.get(report.source or "", "") if report and handed_in else "",
    }


def finding(row: Finding) -> snapshots.Finding:
    return {
        "code": row.code,
        "unit": f"PPK {row.unit.short_name}",
        "text": row.text,
        "severity": SEVERITIES.get(row.severity, ""),
        "response": row.response,
        "label": row.state_label,
    }


def kendala(row: Kendala) -> snapshots.Kendala:
    return {
        "code": row.code,
        "unit": f"PPK {row.unit.short_name}",
        "text": row.text,
        "category": row.category_label,
        "cause": row.cause,
        "severity": SEVERITIES.get(row.severity or "", ""),
        "solution": row.solution,
        "label": row.state_label,
    }


def follow_ups(rows: list[FollowUp], invited: set[int]) -> list[snapshots.FollowUp]:
    """The agreed ones by number. What was agreed with several units in one step is one line."""
    return [follow_up(group, responsible(group, invited)) for group in agreed(rows)]


def agreed(rows: list[FollowUp]) -> list[list[FollowUp]]:
    """The lines of the table: what several units were given in one step stands together."""
    alike = groupby(sorted((r for r in rows if r.state not in GONE), key=_sameness), key=_sameness)
    groups = [sorted(several, key=lambda r: r.number) for _same, several in alike]
    return sorted(groups, key=lambda group: group[0].number)


def _sameness(row: FollowUp) -> tuple[Any, ...]:
    return (
        row.group_key or f"#{row.id:012}",
        row.text,
        row.expected_output,
        iso(row.due_on),
        row.priority or "",
        row.state,
    )


def responsible(group: list[FollowUp], invited: set[int]) -> str:
    units = {row.unit_id for row in group}
    if len(units) > 1 and units >= invited:
        return f"Semua PPK ({len(units)} unit)"
    return ", ".join(f"PPK {row.unit.short_name}" for row in group)


def codes_of(group: list[FollowUp]) -> str:
    """ "RTL-12-3"; of several units "RTL-12-3 s.d. RTL-12-16", or each where the numbers do not follow on each other."""
    first, last = group[0], group[-1]
    if len(group) > 2 and last.number - first.number == len(group) - 1:
        return f"{first.code} s.d. {last.code}"
    return ", ".join(row.code for row in group)


def follow_up(group: list[FollowUp], who: str) -> snapshots.FollowUp:
    row = group[0]
    return {
        "code": codes_of(group),
        "text": row.text,
        "expected_output": row.expected_output,
        "responsible": who,
        "due_on": iso(row.due_on),
        "priority": PRIORITIES.get(row.priority or "", ""),
        "label": row.state_label,
    }
