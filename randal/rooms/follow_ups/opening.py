"""The first time that anybody of its unit opens a follow-up. Until then, after some days, its PPK is nudged (rules.py)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from randal.database.base import db
from randal.models.follow_ups import FollowUp
from workflows.follow_up import DRAFT
from workflows.lifecycle import Actor


def is_first(item: FollowUp, actor: Actor) -> bool:
    """Is it opened by its own unit, and was not before? A draft is nobody's to open yet."""
    return item.opened_at is None and item.state != DRAFT and actor.unit_id == item.unit_id


def note(item: FollowUp, now: datetime) -> None:
    """Reading changes no version: who has a form open may still send it. Does not commit."""
    first = update(FollowUp).where(FollowUp.id == item.id, FollowUp.opened_at.is_(None))
    db.session.execute(first.values(opened_at=now))
