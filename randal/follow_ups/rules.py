"""What the calendar does to a follow-up: on the day after its due date, in its own province, its PPK is told once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from randal.core.clock import local_date
from randal.core.db import db
from randal.core.notices import tell
from randal.core.people import people_with_role
from randal.core.tick import KEPT, Due, rule
from randal.core.words import long_date
from randal.follow_ups.models import FollowUp
from workflows.follow_up import RUNNING
from workflows.lifecycle import PPK

EASTERNMOST = "Asia/Jayapura"  # where the day begins first


def lately_late(now: datetime) -> list[Due]:
    """The running follow-ups past their due date. One that waits for the evaluator is no longer the PPK's to chase."""
    today = local_date(now, EASTERNMOST)
    query = select(FollowUp).where(
        FollowUp.state.in_(RUNNING),
        FollowUp.due_on < today,
        FollowUp.due_on > today - KEPT + timedelta(days=2),
    )
    return [Due(f.id, f"{f.due_on}") for f in db.session.scalars(query) if f.days_late(now)]


@rule("follow_up.late", find=lately_late)
def tell_ppk(follow_up_id: int, now: datetime) -> None:
    """One notice per due date: a granted extension that passes too is told again."""
    item = db.session.get_one(FollowUp, follow_up_id)
    late = f"{item.code} «{item.text[:80]}» terlambat: tenggatnya {long_date(item.due_on)}."
    sentence = f"{late} Unggah bukti dukung, atau minta perpanjangan."
    people = people_with_role(PPK, unit_id=item.unit_id)
    tell(people, f"follow_up.late:{item.id}:{item.due_on}", sentence, f"/rtl/{item.id}", now=now)
