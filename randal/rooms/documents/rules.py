"""What the calendar makes: the trackers of the month that is over, on the first working day of the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from randal.database.base import db
from randal.documents import model
from randal.documents.model import Document
from randal.documents.pipeline import ready
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.l10n.formats import long_date, month
from randal.models.follow_ups import FollowUp
from randal.notifications.notices import tell
from randal.org.people import people_with_role
from randal.org.places import Unit
from randal.schedule import workdays
from randal.schedule.rules import Due, When, rule
from workflows.lifecycle import EVALUATOR, LEADER, PPK, PPK_STAFF, SECRETARIAT

MADE_UP_FOR = 5  # working days after the first: an outage; later the month is no news
NATIONAL = 0  # the subject of the one over all units


def of_the_month(when: When) -> Iterable[Due]:
    """Each unit that has promised anything, and the whole."""
    days, first = workdays.calendar(), when.day.replace(day=1)
    begins = days.add(first - timedelta(days=1), 1)
    if not begins <= when.day <= days.add(begins, MADE_UP_FOR):
        return []
    units = list(db.session.scalars(select(FollowUp.unit_id).distinct().order_by(FollowUp.unit_id)))
    return [Due(unit, f"{when.day:%Y-%m}") for unit in ([NATIONAL, *units] if units else [])]


@rule(
    "follow_up.monthly_trackers",
    at="06:00",
    working=True,
    find=of_the_month,
    label="Pelacak tiap PPK dan pelacak nasional, posisi akhir bulan lalu, dibuat pada hari kerja pertama tiap bulan.",
)
def make_monthly(unit_id: int, now: datetime) -> None:
    """As it stood at the end of the month before, read from the history; what is missing here is drawn by a worker."""
    last = local_date(now, DEFAULT_ZONE).replace(day=1) - timedelta(days=1)
    unit = db.session.get_one(Unit, unit_id) if unit_id else None
    whose = unit.short_name if unit else "nasional"
    params: dict[str, str | int] = {"as_of": last.isoformat()}
    if unit:
        params["unit_id"] = unit.id
    model.request(
        "tracker", "month", None, title=f"Pelacak Tindak Lanjut {whose}, {month(f'{last:%Y-%m}')}", now=now,
        params=params, unit_id=unit_id or None,
    )  # fmt: skip


@ready("tracker")
def tell_monthly(document: Document, now: datetime) -> None:
    """The unit hears of its own, the office and the leaders of the whole."""
    if document.subject_type != "month":
        return
    if document.unit_id:
        people = people_with_role(PPK, PPK_STAFF, unit_id=document.unit_id)
    else:
        people = people_with_role(SECRETARIAT, EVALUATOR, LEADER)
    day = long_date(date.fromisoformat(document.params["as_of"]))
    said = f"{document.title} (posisi {day}) siap diunduh."
    tell(people, f"tracker.month:{document.id}", said, f"/dokumen/{document.id}", now=now)
