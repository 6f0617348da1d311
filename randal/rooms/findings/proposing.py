"""Thresholds propose findings; the evaluator accepts one (it becomes a real finding) or dismisses it with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from randal.database.base import db
from randal.engine.deeds import doing
from randal.engine.transitions import Changed
from randal.l10n import formats
from randal.models.earlier_figures import last_known
from randal.models.findings import Proposal, ProposalDecision
from randal.models.meetings import Meeting
from randal.models.progress import Earlier, Figure, Limits, ProgressReport, is_explained, limits, unusual
from randal.models.unit_items import SEVERITIES
from randal.rooms.findings.commands import make_finding
from randal.schemas import forms
from randal.web.attempt import carry_out
from workflows.lifecycle import Act, Actor
from workflows.meeting import LIFECYCLE
from workflows.progress_report import HANDED_IN

GONE = "Usulan ini tidak berlaku lagi: angkanya sudah berubah, atau sudah diputuskan. Muat ulang halaman."


def proposals(meeting: Meeting, unit_id: int | None = None) -> list[Proposal]:
    """All that the thresholds point at in the reports of the meeting's period, by unit; three statements."""
    units = {
        a.unit_id: a.unit for a in meeting.invitees if a.unit_id and a.unit and unit_id in (None, a.unit_id)
    }
    query = select(ProgressReport).where(
        ProgressReport.period == meeting.report_period, ProgressReport.unit_id.in_(units)
    )
    query = query.options(selectinload(ProgressReport.all_figures))
    reports = {report.unit_id: report for report in db.session.scalars(query).unique()}
    before, in_force = last_known(list(units), meeting.report_period), limits()
    found: list[Proposal] = []
    for id, unit in units.items():
        report = reports.get(id)
        if report is None or report.state not in HANDED_IN:
            if meeting.state != "scheduled":
                text = (
                    f"Laporan PPK {formats.month(meeting.report_period)} {unit.short_name} belum disampaikan."
                )
                found.append(Proposal("missing", id, "report", "medium", text))
            continue
        found += _of_report(report, before, in_force, meeting.local_start_date)
    return found


def _of_report(
    report: ProgressReport, before: Mapping[int, Earlier], in_force: Limits, day: date | None
) -> Iterator[Proposal]:
    for figure in sorted(report.figures, key=lambda f: (f.activity.name, f.id)):
        name, subject = figure.activity.name, str(figure.activity_id)
        plan, actual = figure.physical_plan, figure.physical_actual
        if plan is not None and actual is not None and in_force.is_critical(plan, actual):
            limit = in_force.behind_early if plan <= in_force.early_until else in_force.behind_late
            text = (
                f"«{name}»: realisasi fisik {formats.percent(actual)} terhadap rencana {formats.percent(plan)}, deviasi "
                f"{formats.points(actual - plan)} poin, melampaui ambang {formats.MINUS}{formats.number(limit, 2)} poin "
                f"({_stands(figure)})."
            )
            grave = "critical" if plan - actual > 2 * limit else "high"
            facts = {"plan": str(plan), "actual": str(actual), "limit": str(limit)}
            yield Proposal("critical", report.unit_id, subject, grave, text, facts)
        said = unusual(figure, before.get(figure.activity_id), in_force)
        if said and not is_explained(figure.explanation):
            text = f"«{name}»: {' '.join(said.values())} Belum dijelaskan."
            yield Proposal("unusual", report.unit_id, subject, "medium", text, dict(said))
    days = [(day - f.stands_at).days for f in report.figures if day and f.stands_at]
    if days and max(days) > in_force.stale:
        text = f"Angka laporan berposisi {max(days)} hari sebelum rapat; ambangnya {formats.number(in_force.stale)} hari."
        facts = {"days": str(max(days)), "limit": str(in_force.stale)}
        yield Proposal("stale", report.unit_id, "report", "low", text, facts)


def _stands(figure: Figure) -> str:
    return f"posisi {formats.long_date(figure.stands_at)}" if figure.stands_at else "tanpa tanggal posisi"


# -- deciding ----------------------------------------------------------------------------------------


def may_decide(meeting: Meeting, actor: Actor) -> bool:
    return LIFECYCLE.may(meeting, "dismiss_proposal", actor)


def decisions(meeting: Meeting, unit_id: int | None = None) -> list[ProposalDecision]:
    query = (
        select(ProposalDecision)
        .where(ProposalDecision.meeting_id == meeting.id)
        .order_by(ProposalDecision.id)
    )
    query = query.options(selectinload(ProposalDecision.decided_by), selectinload(ProposalDecision.unit))
    return list(
        db.session.scalars(query if unit_id is None else query.where(ProposalDecision.unit_id == unit_id))
    )


def waiting(meeting: Meeting, actor: Actor, unit_id: int | None = None) -> dict[int, list[Proposal]]:
    """What nobody decided yet, by unit; nothing for who does not decide."""
    found: dict[int, list[Proposal]] = defaultdict(list)
    if not may_decide(meeting, actor):
        return found
    decided = {(d.unit_id, d.kind, d.subject) for d in decisions(meeting, unit_id)}
    for one in proposals(meeting, unit_id):
        if one.key not in decided:
            found[one.unit_id].append(one)
    return found


class DecisionForm(forms.Base):
    unit_id = forms.number_of("PPK")
    kind = forms.text("Jenis usulan", max=12)
    subject = forms.text("Pokok", max=24)
    decision = forms.choice("Keputusan", {"accepted": "Jadikan temuan", "dismissed": "Abaikan"})
    reason = forms.text("Alasan mengabaikan", required=False, max=4000, kind="reason")
    text = forms.prose("Uraian temuan", required=False)
    severity = forms.choice("Tingkat", SEVERITIES, required=False)


def decide(meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> ProposalDecision:
    """Refused: role, state (no longer proposed, or decided), field (a reason for dismissing)."""
    LIFECYCLE.row_for(meeting, "dismiss_proposal", actor, now)
    given = forms.load(DecisionForm, raw)
    deed = "accept_proposal" if given["decision"] == "accepted" else "dismiss_proposal"
    made: ProposalDecision = carry_out(meeting, deed, raw, actor, now=now).made
    return made


@doing("meeting.accept_proposal")
def accept(meeting: Meeting, act: Act) -> ProposalDecision:
    row = decided(meeting, act, "accepted")
    body = {"meeting_id": meeting.id, "unit_id": row.unit_id, "text": act.get("text") or row.text}
    wanted = act.get("severity") or proposed(meeting, act).severity
    row.finding_id = make_finding(act.actor, body | {"severity": wanted}, act.now).id
    return kept(row, act)


@doing("meeting.dismiss_proposal")
def dismiss(meeting: Meeting, act: Act) -> ProposalDecision:
    return kept(decided(meeting, act, "dismissed"), act)


def proposed(meeting: Meeting, act: Act) -> Proposal:
    wanted = (act.get("unit_id"), act.get("kind"), act.get("subject"))
    one = next((p for p in waiting(meeting, act.actor)[act.get("unit_id")] if p.key == wanted), None)
    if one is None:
        raise Changed(GONE)
    return one


def decided(meeting: Meeting, act: Act, decision: str) -> ProposalDecision:
    one = proposed(meeting, act)
    return ProposalDecision(
        meeting_id=meeting.id, unit_id=one.unit_id, kind=one.kind, subject=one.subject, text=one.text, facts=one.facts,
        decision=decision, reason=(act.get("reason") or "").strip() if decision == "dismissed" else "",
        decided_at=act.now, decided_by_id=act.actor.id,
    )  # fmt: skip


def kept(row: ProposalDecision, act: Act) -> ProposalDecision:
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise Changed(GONE) from None
    act.tell(proposal_id=row.id, finding_id=row.finding_id)
    return row
