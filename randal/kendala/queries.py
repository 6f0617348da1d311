"""Reads of kendala for the pages. Every list starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from randal.core.db import db
from randal.follow_ups.models import FollowUp
from randal.kendala.models import Kendala
from randal.meetings.models import Meeting
from randal.meetings.unit_items import Listing, listing
from workflows.lifecycle import Actor


def kendala_list(actor: Actor, asked: Mapping[str, str]) -> Listing:
    return listing(Kendala, actor, asked, selectinload(Kendala.meeting), selectinload(Kendala.follow_ups))


def follow_ups_of(kendala: Kendala, actor: Actor) -> list[FollowUp]:
    """The linked follow-ups this actor sees, by due date."""
    ids = select(FollowUp.id).where(FollowUp.kendala.any(Kendala.id == kendala.id))
    query = FollowUp.visible_to(actor).where(FollowUp.id.in_(ids))
    return list(db.session.scalars(query.order_by(FollowUp.due_on, FollowUp.id)).unique())


def sees_meeting(kendala: Kendala, actor: Actor) -> bool:
    """Not everyone who sees it was invited."""
    return db.session.scalar(Meeting.visible_to(actor).where(Meeting.id == kendala.meeting_id)) is not None
