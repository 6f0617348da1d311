"""What happens to reports when a meeting moves, and who is told when a report moves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.engine.transitions import fire, make
from randal.history.events import Event, on, within
from randal.l10n import formats
from randal.models.attendance import Attendance
from randal.models.deadlines import standing_of
from randal.models.meetings import Meeting
from randal.models.progress import ProgressReport
from randal.notifications.notices import tell
from randal.org.people import people_with_role
from randal.rooms.evaluation.commands import hold_units
from randal.rooms.evaluation.figures import copied
from workflows.lifecycle import EVALUATOR, MACHINE, PPK, PPK_STAFF
from workflows.progress_report import WITH_ITS_WRITER

CLOSED_WITHOUT = "Rapat ditutup tanpa laporan"


@within("meeting.schedule")
def ask_for_reports(meeting: Meeting, event: Event) -> None:
    drafts_for(meeting.report_period, invited_units(meeting), event)


@within("attendance.create")
def ask_one_more(row: Attendance, event: Event) -> None:
    """Invited after the meeting was scheduled: asked for a report like the others."""
    if row.unit_id and not row.is_guest and row.meeting.state == "scheduled":
        drafts_for(row.meeting.report_period, [row.unit_id], event)


@within("meeting.close")
def note_who_did_not_report(meeting: Meeting, event: Event) -> None:
    units = invited_units(meeting)
    drafts_for(meeting.report_period, units, event)
    for report in reports_of(meeting.report_period, units):
        if report.state in WITH_ITS_WRITER and is_due(report, event.at):
            fire(report, "waive", MACHINE, now=event.at, reason=CLOSED_WITHOUT)


def is_due(report: ProgressReport, now: datetime) -> bool:
    """Nobody is said not to have reported before the day is over on which he was to."""
    stands = standing_of(report, now)
    return stands is None or report.unit.local_today(now) > stands.due_on


@within("progress_report.revise")
def keep_earlier_figures(report: ProgressReport, event: Event) -> None:
    """The new revision starts from the figures of the one before, which stays as it was."""
    before = [f for f in report.all_figures if f.revision == report.revision - 1]
    report.all_figures += [copied(f, report.revision) for f in before]
    db.session.flush()


def invited_units(meeting: Meeting) -> list[int]:
    return sorted({row.unit_id for row in meeting.invitees if row.unit_id})


def reports_of(period: str, units: Iterable[int]) -> list[ProgressReport]:
    query = select(ProgressReport).where(
        ProgressReport.period == period, ProgressReport.unit_id.in_(list(units))
    )
    return list(db.session.scalars(query.order_by(ProgressReport.unit_id)))


def drafts_for(period: str, units: list[int], event: Event) -> None:
    """A draft for every unit that has no report of the period yet."""
    if not period or not units:
        return
    hold_units(units)
    known = {report.unit_id for report in reports_of(period, units)}
    for unit_id in units:
        if unit_id not in known:
            make(ProgressReport(unit_id=unit_id, period=period), MACHINE, now=event.at)


# -- notices -----------------------------------------------------------------------------------------

SAID = {
    "return": "dikembalikan untuk diperbaiki",
    "validate": "sudah divalidasi",
    "revise": "dibuka kembali untuk perbaikan",
    "waive": "dicatat tidak melapor",
}


@on("progress_report.submit")
def tell_evaluators(event: Event) -> None:
    report = db.session.get(ProgressReport, event.item_id)
    if report:
        _tell(report, event, people_with_role(EVALUATOR), "disampaikan dan menunggu validasi")


@on(*(f"progress_report.{move}" for move in SAID))
def tell_unit(event: Event) -> None:
    report = db.session.get(ProgressReport, event.item_id)
    if report:
        _tell(report, event, people_with_role(PPK, PPK_STAFF, unit_id=report.unit_id), SAID[event.move])


def _tell(report: ProgressReport, event: Event, people: list[Any], what: str) -> None:
    text = f"Laporan PPK {report.unit.short_name} {formats.month(report.period)} {what}."
    others = [p for p in people if p.id != event.actor_id]
    tell(others, f"{event.name}:{event.id}", text, f"/laporan/{report.id}", now=event.at)
