"""What a report still lacks or has to explain: figures that are missing, figures that are unusual beside those before."""

from __future__ import annotations

from sqlalchemy import select

from randal.database.base import db
from randal.models.earlier_figures import last_known
from randal.models.progress import Activity, Area, ProgressReport, limits
from randal.models.unusual_figures import Earlier, is_explained, unusual


def activities_of(unit_id: int) -> list[Activity]:
    """The running activities of a unit, by kawasan and name: what a report is asked about."""
    query = select(Activity).outerjoin(Area).where(Activity.unit_id == unit_id, Activity.active)
    return list(db.session.scalars(query.order_by(Area.name, Activity.name)).unique())


def incomplete_activities(report: ProgressReport) -> list[str]:
    """Names of running activities without all four figures and without a reason."""
    complete = {f.activity_id for f in report.figures if f.complete}
    return [a.name for a in activities_of(report.unit_id) if a.id not in complete]


def report_before(report: ProgressReport) -> ProgressReport | None:
    """The unit's latest report of an earlier period that has figures."""
    query = (
        select(ProgressReport)
        .where(ProgressReport.unit_id == report.unit_id, ProgressReport.period < report.period)
        .where(ProgressReport.all_figures.any())
        .order_by(ProgressReport.period.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def figures_before(report: ProgressReport) -> dict[int, Earlier]:
    """Activity id → what its figures are held against."""
    return last_known([report.unit_id], report.period) if report.figures else {}


def unusual_figures(report: ProgressReport) -> dict[int, dict[str, str]]:
    """Activity id → measure → why it asks for a reason, beside what was reported before in the same year."""
    earlier, in_force = figures_before(report), limits()
    found = {f.activity_id: unusual(f, earlier.get(f.activity_id), in_force) for f in report.figures}
    return {activity_id: said for activity_id, said in found.items() if said}


def unexplained_figures(report: ProgressReport) -> list[str]:
    """The unusual ones without a word of why, by the name of their activity. Why there is no figure explains none."""
    silent = {f.activity_id: f.activity.name for f in report.figures if not is_explained(f.explanation)}
    found = unusual_figures(report)
    return [f"«{silent[id]}»: {' '.join(said.values())}" for id, said in found.items() if id in silent]
