"""Making and filling progress reports, for page and API alike. Judged in the order 403, 409, 422; nothing commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.base import ids
from randal.database.base import db
from randal.engine.transitions import lock, make, record, require_version
from randal.l10n import formats
from randal.models.progress import ProgressReport
from randal.org.people import unit_relations
from randal.org.places import Unit
from randal.rooms.evaluation.figures import Rows, put_figures, read_figures
from randal.rooms.evaluation.forms import ReportFields, ReportForm
from randal.schemas import forms
from workflows.lifecycle import Actor, Refused


def make_report(actor: Actor, raw: Mapping[str, Any], now: datetime) -> ProgressReport:
    """A new draft for a unit and period, with figures when given. Refused: role, fields (also: there is one already)."""
    unit = unit_with(raw.get("unit_id"))
    hats = actor.roles | unit_relations(actor, unit.id if unit else actor.unit_id)
    ProgressReport.lifecycle().require_make(hats)
    errors: dict[str, list[str]] = {}
    given = _plain(ReportForm, raw, unit, now, errors)
    if unit is None:
        errors["unit_id"] = ["PPK ini tidak dikenal."]
    rows = _rows(raw, unit, now, errors)
    if unit and "period" in given:
        hold_units([unit.id])
        if kept := report_of(unit.id, given["period"]):
            errors["period"] = [_already(kept)]
    if errors:
        raise _wrong(errors, rows)
    report = ProgressReport(**given)
    make(report, actor, now=now)
    put_figures(report, rows)
    db.session.flush()
    return report


def edit_report(report: ProgressReport, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """Change source, date, note; `figures` merge by activity: a named value replaces, null empties, others stay."""
    version = report.version
    lock(report)
    require_version(report, version)
    report.lifecycle().require_edit(report, actor)
    errors: dict[str, list[str]] = {}
    given = _plain(ReportFields, raw, report.unit, now, errors)
    rows = _rows(raw, report.unit, now, errors)
    if errors:
        raise _wrong(errors, rows)
    changed = [name for name, value in given.items() if getattr(report, name) != value]
    for name in changed:
        setattr(report, name, given[name])
    if put_figures(report, rows):
        changed.append("figures")
    if not changed:
        return
    report.updated_at = now
    record(report, "edit", actor, now=now, before=report.state, given={"fields": changed})
    db.session.flush()


def report_of(unit_id: int, period: str) -> ProgressReport | None:
    return db.session.scalar(
        select(ProgressReport).where(ProgressReport.unit_id == unit_id, ProgressReport.period == period)
    )


def hold_units(ids: list[int]) -> None:
    """Let nobody else make a report of these units meanwhile (PostgreSQL; SQLite has one writer anyway)."""
    db.session.execute(select(Unit.id).where(Unit.id.in_(ids)).order_by(Unit.id).with_for_update())


def unit_with(raw: Any) -> Unit | None:
    """The unit with this id, whatever was sent for it."""
    number = ids.read(raw)
    return db.session.get(Unit, number) if number else None


def _already(kept: ProgressReport) -> str:
    name = f"Laporan PPK {kept.unit.short_name} untuk {formats.month(kept.period)}"
    return f"{name} sudah ada (nomor {kept.id}, {kept.state_label}): ubah laporan itu."


def _plain(
    schema: type[forms.Base],
    raw: Mapping[str, Any],
    unit: Unit | None,
    now: datetime,
    errors: dict[str, list[str]],
) -> dict[str, Any]:
    try:
        given = forms.load(schema, raw, partial=schema is ReportFields)
    except Refused as refused:
        errors |= refused.errors
        return {}
    given |= {name: given[name] or "" for name in ("note", "critical", "help_wanted") if name in given}
    if given.get("as_of") and unit and given["as_of"] > unit.local_today(now):
        errors["as_of"] = ["Tanggal posisi belum tiba."]
    return given


def _rows(raw: Mapping[str, Any], unit: Unit | None, now: datetime, errors: dict[str, list[str]]) -> Rows:
    today = unit.local_today(now) if unit else None
    rows = read_figures(raw.get("figures"), unit.id if unit else None, today)
    if rows.sentences:
        errors["figures"] = rows.sentences
    return rows


def _wrong(errors: dict[str, list[str]], rows: Rows) -> Refused:
    refused = Refused("field", forms.TOO_MUCH, errors)
    refused.cells = rows.cells  # type: ignore[attr-defined]  # for the page: where in the grid
    return refused
