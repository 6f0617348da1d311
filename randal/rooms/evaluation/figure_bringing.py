"""Writing imported figures: one report after the other, each with one event in its history that says how many rows came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from randal.database.base import db
from randal.engine.deeds import doing
from randal.engine.transitions import Changed, changed_sentence, fire, lock, make
from randal.l10n import formats
from randal.models.progress import Figure, ProgressReport
from randal.notifications.notices import tell
from randal.org.people import people_with_role
from randal.org.places import Unit
from randal.rooms.evaluation.figure_known import KEPT, Brought, Known, figures
from workflows.lifecycle import MACHINE, PPK, PPK_STAFF, SYSTEM, Act, Actor
from workflows.progress_report import LIFECYCLE

EMPTY: dict[str, Any] = dict.fromkeys(KEPT) | {"reason": "", "explanation": ""}


def bring(known: Known) -> None:
    """Raises Changed when a report moved on since it was judged; then the caller rolls all of it back."""
    wanted = {key: brought for key, brought in known.brought.items() if brought.rows or brought.texts}
    units = sorted({unit_id for unit_id, _ in wanted})
    db.session.execute(select(Unit.id).where(Unit.id.in_(units)).order_by(Unit.id).with_for_update())
    for (unit_id, period), brought in sorted(wanted.items()):
        _bring_one(known, _report(known, unit_id, period), brought)


def _report(known: Known, unit_id: int, period: str) -> ProgressReport:
    present = known.present(unit_id, period)
    query = select(ProgressReport).where(ProgressReport.unit_id == unit_id, ProgressReport.period == period)
    report = db.session.scalar(query)
    if (report.id if report else None) != present.report_id:
        raise Changed("Laporan ini baru saja dibuat orang lain. Periksa lagi berkasnya.")
    if report is None:
        report = ProgressReport(unit_id=unit_id, period=period)
        make(report, known.desk.actor if known.mine(unit_id) else MACHINE, now=known.desk.now)
        return report
    lock(report)
    if report.state not in LIFECYCLE.edited_in:
        raise Changed(changed_sentence(report))
    return report


def _bring_one(known: Known, report: ProgressReport, brought: Brought) -> None:
    desk, own = known.desk, known.mine(report.unit_id)
    whose = Actor(desk.actor.id, frozenset({SYSTEM}))  # whoever may import it: `figure_judging` has said so
    given: dict[str, Any] = {"imported": len(brought.rows), "fields": ["figures", *brought.texts]}
    event = fire(report, "bring_figures", whose, now=desk.now, _brought=brought, _own=own, **given)
    if not own:
        _tell(report, event.id, desk.now)


@doing("progress_report.bring_figures")
def write_figures(report: ProgressReport, act: Act) -> None:
    brought: Brought = act.given["_brought"]
    source = _most([row.get("source") for row in brought.rows.values()]) or report.source
    as_of = _most([row.get("as_of") for row in brought.rows.values()]) or report.as_of
    _put(report, brought.rows, source, as_of)
    report.source, report.as_of = source, as_of
    for name, (text, _row) in brought.texts.items():
        setattr(report, name, text)
    if not act.given["_own"]:
        report.imported_by_id = act.actor.id
    report.updated_at = act.now


def _put(
    report: ProgressReport, rows: Mapping[int, dict[str, Any]], source: str | None, as_of: date | None
) -> None:
    """Rows of columns, in one statement for the new and one for the changed: an object each took three times as long.
    What stood there keeps saying where it comes from when the report's own source or day becomes another."""
    new, changed = [], []
    kept = figures(report)
    for activity_id in sorted(rows.keys() | kept.keys()):
        values: dict[str, Any] = EMPTY
        if old := kept.get(activity_id):
            was = {name: getattr(old, name) for name in KEPT}
            values = was | {"source": old.source or report.source, "as_of": old.as_of or report.as_of}
        values = values | rows.get(activity_id, {})
        values["source"], values["as_of"] = _own(values["source"], source), _own(values["as_of"], as_of)
        if old is None:
            of = {"report_id": report.id, "revision": report.revision, "activity_id": activity_id}
            new.append(of | values)
        elif values != was:
            changed.append({"id": old.id} | values)
    if new:
        db.session.execute(insert(Figure), new)
    if changed:
        db.session.execute(update(Figure), changed)
    db.session.expire(report, ["all_figures"])


def _own(mine: Any, common: Any) -> Any:
    """None where it is the report's own."""
    return None if mine == common else mine


def _most(given: list[str | date | None]) -> Any:
    counted = Counter(value for value in given if value is not None)
    return counted.most_common(1)[0][0] if counted else None


def _tell(report: ProgressReport, event_id: int, now: Any) -> None:
    text = (
        f"Angka Laporan PPK {report.unit.short_name} {formats.month(report.period)} diimpor untuk Anda. "
        "Periksa, lalu sampaikan."
    )
    people = people_with_role(PPK, PPK_STAFF, unit_id=report.unit_id)
    tell(people, f"progress_report.imported:{event_id}", text, f"/laporan/{report.id}", now=now)
