"""What people have of a kegiatan: Terbangun, Berfungsi, Diserahterimakan, Dimanfaatkan, Dipelihara; asked at every evaluation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.models.areas import BENEFITS, Benefit, BenefitAnswer
from randal.models.progress import Activity
from randal.rooms.areas.commands import Raw, fill, require, seen_row
from randal.rooms.areas.forms import BenefitAnswerForm, BenefitForm
from randal.schemas import forms
from workflows.lifecycle import Actor


def put_benefit(actor: Actor, raw: Raw, now: datetime) -> Benefit:
    """One step of the way; said again it replaces what was said. Refused: role, fields (also: a step before is missing)."""
    activity = seen_row(Activity, raw.get("activity_id"), actor)
    require(actor, None, activity)
    given = forms.load(BenefitForm, raw)
    if activity is None:
        raise forms.wrong("activity_id", "Kegiatan ini tidak dikenal.")
    row = db.session.scalar(
        select(Benefit).where(Benefit.activity_id == activity.id, Benefit.step == given["step"])
    )
    row = row or Benefit(activity=activity, activity_id=activity.id, step=given["step"])
    _in_order(row, given, now)
    return fill(row, given, "benefit", actor, now, "step", ("activity_id", "step"))


def edit_benefit(row: Benefit, actor: Actor, raw: Raw, now: datetime) -> None:
    require(actor, None, row.activity)
    given = forms.load(BenefitForm, raw, partial=True)
    _in_order(row, given, now)
    fill(row, given, "benefit", actor, now, "step", ("activity_id", "step"))


def _in_order(row: Benefit, given: dict[str, Any], now: datetime) -> None:
    day = given.get("dated_on") or row.dated_on
    if day > row.activity.unit.local_today(now):
        raise forms.wrong("dated_on", "Tanggal ini belum tiba.")
    steps = list(BENEFITS)
    place = steps.index(row.step)
    told = select(Benefit.step, Benefit.dated_on).where(Benefit.activity_id == row.activity_id)
    days = {row.step: row.dated_on for row in db.session.execute(told)}
    if place and steps[place - 1] not in days:
        raise forms.wrong(
            "step", f"Catat «{BENEFITS[steps[place - 1]]}» dahulu, lalu «{BENEFITS[row.step]}»."
        )
    if place and day < days[steps[place - 1]]:
        raise forms.wrong("dated_on", f"Tidak dapat sebelum «{BENEFITS[steps[place - 1]]}».")
    after = steps[place + 1] if place + 1 < len(steps) else ""
    if after in days and day > days[after]:
        raise forms.wrong("dated_on", f"Tidak dapat sesudah «{BENEFITS[after]}».")


def answer_benefit(actor: Actor, raw: Raw, now: datetime) -> BenefitAnswer:
    """The answer of a period: the step a kegiatan has reached, as it is recorded. Refused: role, fields."""
    activity = seen_row(Activity, raw.get("activity_id"), actor)
    require(actor, None, activity)
    given = forms.load(BenefitAnswerForm, raw)
    if activity is None:
        raise forms.wrong("activity_id", "Kegiatan ini tidak dikenal.")
    reached = reached_of([activity.id]).get(activity.id)
    if given.get("step") != (reached.step if reached else None):
        known = f"«{BENEFITS[reached.step]}»" if reached else "belum terbangun"
        raise forms.wrong("step", f"Yang tercatat ialah {known}. Catat dahulu langkah manfaat yang baru.")
    mine = (BenefitAnswer.activity_id == activity.id, BenefitAnswer.period == given["period"])
    row = db.session.scalar(select(BenefitAnswer).where(*mine))
    row = row or BenefitAnswer(activity_id=activity.id, period=given["period"])
    row.step, row.answered_at, row.answered_by_id = given.get("step"), now, actor.id
    db.session.add(row)
    db.session.flush()
    return row


def reached_of(activity_ids: list[int]) -> dict[int, Benefit]:
    """Activity id → the furthest step that is recorded."""
    steps = list(BENEFITS)
    found: dict[int, Benefit] = {}
    for row in db.session.scalars(select(Benefit).where(Benefit.activity_id.in_(activity_ids))):
        kept = found.get(row.activity_id)
        if kept is None or steps.index(row.step) > steps.index(kept.step):
            found[row.activity_id] = row
    return found
