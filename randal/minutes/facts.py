"""The tables of the minutes, read from the meeting: what `papers.Minutes` holds beside the writer's words."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from randal.attendance.models import Attendance
from randal.core import papers
from randal.core.db import db
from randal.core.paper_parts import attendance_rows, iso
from randal.evaluation.models import SOURCES, ProgressReport
from randal.findings.models import Finding
from randal.follow_ups.models import PRIORITIES, FollowUp
from randal.kendala.models import Kendala
from randal.meetings.models import Meeting
from randal.photos.models import for_paper
from workflows.kendala import SEVERITIES

ASSESSMENTS = {"met": "Tercapai", "partly": "Tercapai sebagian", "not_met": "Tidak tercapai"}
NOT_HANDED_IN = ("draft", "returned", "missing")


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
    """The items of the meeting in the order of its invited units."""
    found = db.session.scalars(
        select(model).where(model.meeting_id == meeting.id).options(joinedload(model.unit))
    )
    return sorted(found.unique(), key=lambda item: (order.get(item.unit_id, len(order)), item.id))


def objective(row: Any) -> papers.Objective:
    return {
        "kind": row.kind,
        "text": row.text,
        "assessment": ASSESSMENTS.get(row.assessment or "", "Belum dinilai"),
        "note": row.note,
    }


def progress(meeting: Meeting, units: list[Any]) -> list[papers.Progress]:
    """One line per invited unit: totals weighted by budget, of reports that were handed in."""
    query = select(ProgressReport).where(
        ProgressReport.period == meeting.report_period, ProgressReport.unit_id.in_([u.id for u in units])
    )
    query = query.options(selectinload(ProgressReport.all_figures))
    reports = {r.unit_id: r for r in db.session.scalars(query).unique()}
    return [progress_line(unit, reports.get(unit.id)) for unit in units]


def progress_line(unit: Any, report: ProgressReport | None) -> papers.Progress:
    states = ProgressReport.lifecycle().states
    handed_in = report is not None and report.state not in NOT_HANDED_IN
    totals = report.totals if report and handed_in else None

    def figure(name: str) -> str:
        value = getattr(totals, name) if totals else None
        return "" if value is None else str(value)

    return {
        "unit": f"PPK {unit.short_name}",
        "label": states[report.state] if report else "Tidak melapor",
        "physical_plan": figure("physical_plan"),
        "physical_actual": figure("physical_actual"),
        "financial_plan": figure("financial_plan"),
        "financial_actual": figure("financial_actual"),
        "as_of": iso(report.as_of) if report and handed_in else "",
        "source": SOURCES.get(report.source or "", "") if report and handed_in else "",
    }


def finding(row: Finding) -> papers.Finding:
    return {
        "unit": f"PPK {row.unit.short_name}",
        "text": row.text,
        "severity": SEVERITIES.get(row.severity, ""),
        "response": row.response,
        "label": row.state_label,
    }


def kendala(row: Kendala) -> papers.Kendala:
    return {
        "unit": f"PPK {row.unit.short_name}",
        "text": row.text,
        "category": row.category_label,
        "cause": row.cause,
        "severity": SEVERITIES.get(row.severity or "", ""),
        "solution": row.solution,
        "label": row.state_label,
    }


def follow_ups(rows: list[FollowUp], invited: set[int]) -> list[papers.FollowUp]:
    """The agreed ones by number. What was agreed with several units in one step is one line."""
    agreed = sorted((r for r in rows if r.state != "cancelled"), key=_sameness)
    lines = []
    for _same, several in groupby(agreed, key=_sameness):
        group = sorted(several, key=lambda r: r.number)
        lines.append((group[0].number, follow_up(group[0], responsible(group, invited))))
    return [line for _number, line in sorted(lines, key=lambda pair: pair[0])]


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


def follow_up(row: FollowUp, who: str) -> papers.FollowUp:
    return {
        "text": row.text,
        "expected_output": row.expected_output,
        "responsible": who,
        "due_on": iso(row.due_on),
        "priority": PRIORITIES.get(row.priority or "", ""),
        "label": row.state_label,
    }
