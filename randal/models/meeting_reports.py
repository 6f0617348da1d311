"""Which invited units have not reported for the period of a meeting, and which of them should have by now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from randal.database.base import db
from randal.models.deadlines import in_force, standing
from randal.models.meetings import Meeting
from randal.models.progress import ProgressReport
from randal.org.places import Unit
from randal.schedule.workdays import calendar
from workflows.lifecycle import PPK
from workflows.progress_report import HANDED_IN


def units_without_report(meeting: Meeting) -> list[str]:
    """Invited units whose report for the period is not handed in, by name, in the order of the list."""
    return [unit.short_name for unit in not_reporting(meeting)]


def unreported(meeting: Meeting, now: datetime) -> list[str]:
    """Those of them whose report is due by now: what comes later is "belum melapor", never "tidak melapor"."""
    rules, days = in_force(PPK), calendar()
    found = []
    for unit in not_reporting(meeting):
        stands = standing(meeting.report_period or "", None, unit.local_today(now), rules, days)
        if stands is None or unit.local_today(now) > stands.due_on:
            found.append(unit.short_name)
    return found


def not_reporting(meeting: Meeting) -> list[Unit]:
    units = [row.unit for row in meeting.invitees if row.unit]
    query = select(ProgressReport.unit_id).where(
        ProgressReport.period == meeting.report_period, ProgressReport.state.in_(HANDED_IN)
    )
    reported = set(db.session.scalars(query)) if units else set()
    return [unit for unit in units if unit.id not in reported]
