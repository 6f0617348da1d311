"""A PPK's report card on one page: its figures, what it promised and kept, what hinders it, and when it was there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from randal.database.base import db
from randal.documents import model
from randal.documents.charts import paper_chart
from randal.documents.model import KINDS, Document
from randal.documents.paper_parts import heading
from randal.documents.pipeline import pdf, renders
from randal.l10n.clock import DEFAULT_ZONE
from randal.l10n.formats import counted, long_date, month, number, percent, points
from randal.models.attendance import Attendance
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import Meeting
from randal.models.progress import ProgressReport
from randal.models.progress_totals import less
from randal.org.places import Unit
from randal.overviews.monitoring import curves, sums
from randal.overviews.monitoring.filters import Filters
from workflows.follow_up import ENDED
from workflows.kendala import LINKED_IN
from workflows.lifecycle import SECRETARIAT, SEES_ALL, Actor, Refused
from workflows.meeting_states import HELD

EVERYTHING = Actor(None, frozenset({SECRETARIAT}))
MOST = 8


def require(actor: Actor, unit: Unit) -> None:
    """A unit may ask for its own. Refused: role."""
    if not actor.has(*SEES_ALL) and actor.unit_id != unit.id:
        raise Refused("role", "Rapor PPK hanya untuk satuannya sendiri.")


def order(actor: Actor, unit: Unit, period: str, *, now: datetime) -> Document:
    """A queued report card. Refused: role."""
    require(actor, unit)
    return model.request(
        "report_card",
        "unit",
        unit.id,
        title=f"{KINDS['report_card']} {unit.short_name}, {month(period)}",
        now=now,
        unit_id=unit.id,
        created_by_id=actor.id,
        params={"period": period},
    )


def readers(actor: Actor) -> ColumnElement[bool]:
    return and_(Document.unit_id == actor.unit_id, Document.unit_id.is_not(None))


@renders("report_card", draw=pdf("monitoring/card.pdf.html"), seen_by=readers)
def paper(document: Document, now: datetime) -> dict[str, Any]:
    unit = db.session.get_one(Unit, document.subject_id)
    base = heading(document.title, document.created_at, DEFAULT_ZONE, code=document.code)
    return base | card(unit, document.params["period"], document.created_at)


def card(unit: Unit, period: str, now: datetime) -> dict[str, Any]:
    """The paper's own keys. A promise counts as kept when it was verified by its due date in the unit's province."""
    report = db.session.scalar(
        select(ProgressReport).where(ProgressReport.unit_id == unit.id, ProgressReport.period == period)
    )
    by_period = sums.by_unit(EVERYTHING, Filters(period=period))
    own = {p: found[unit.id] for p, found in sorted(by_period.items()) if unit.id in found}
    promised = list(
        db.session.scalars(
            select(FollowUp).where(FollowUp.unit_id == unit.id, FollowUp.state != "draft")
        ).unique()
    )
    due = [f for f in promised if f.due_on and f.due_on < unit.local_today(now) and f.state != "cancelled"]
    kept = [f for f in due if f.verified_at and f.due_on and unit.local_today(f.verified_at) <= f.due_on]
    open_ones = sorted(
        (f for f in promised if f.state not in ENDED), key=lambda f: (f.due_on is None, f.due_on, f.id)
    )
    hindered = db.session.scalars(
        select(Kendala).where(Kendala.unit_id == unit.id, Kendala.state.in_(LINKED_IN))
    ).unique()
    return {
        "unit": f"PPK {unit.short_name}",
        "period": period,
        "report": report.state_label if report else "Tidak ada laporan",
        "figures": [figure(f) for f in (report.figures if report else [])],
        "charts": [paper_chart(curves.curve(own, kind, f"PPK {unit.short_name}")) for kind in curves.KINDS] if own else [],
        "share": (
            f"{number(len(kept))} dari {counted(len(due), 'tindak lanjut')} yang tenggatnya sudah lewat selesai tepat waktu."
            + (" Jumlahnya kecil: jangan dibaca sebagai kecenderungan." if 0 < len(due) < 5 else "")
            if due
            else "Belum ada tindak lanjut yang tenggatnya lewat."
        ),
        "open": [
            {"number": f.code, "text": f.text, "due_on": long_date(f.due_on) if f.due_on else "–",
             "label": f.state_label, "late": f.days_late(now)}
            for f in open_ones[:MOST]
        ],
        "more_open": max(len(open_ones) - MOST, 0),
        "kendala": [{"text": k.text, "label": k.state_label, "level": k.level_label} for k in list(hindered)[:MOST]],
        "attendance": attendance(unit, period),
    }  # fmt: skip


def figure(row: Any) -> dict[str, str]:
    return {
        "name": row.activity.name,
        "sector": row.activity.sector,
        "physical_plan": percent(row.physical_plan),
        "physical_actual": percent(row.physical_actual),
        "deviation": points(less(row.physical_actual, row.physical_plan)),
        "financial_actual": percent(row.financial_actual),
        "reason": row.reason,
    }


def attendance(unit: Unit, period: str) -> list[list[str]]:
    """Meetings of the year so far, and whether the unit was there."""
    year = period[:4]
    query = (
        select(Attendance)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(Attendance.unit_id == unit.id, Meeting.state.in_(HELD))
        .where(Meeting.report_period.like(f"{year}-%"), Meeting.report_period <= period)
        .order_by(Meeting.starts_at)
    )
    rows = db.session.scalars(query).unique()
    return [[row.meeting.title, month(row.meeting.report_period), row.state_label] for row in rows][-MOST:]
