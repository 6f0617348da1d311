"""Double booking: another meeting at the same time in the same place, or under the same chair. A warning, no refusal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, or_, select

from randal.database.base import db
from randal.l10n.formats import days, span
from randal.models import letter_revising
from randal.models.meetings import Meeting
from randal.rooms.meetings import sessions
from workflows.lifecycle import Actor
from workflows.meeting_states import UNTIL_CLOSED


def told_to(actor: Actor, meeting: Meeting) -> list[str]:
    """What who plans this meeting should know, of the meetings that he may see; nothing for anybody else."""
    if not meeting.lifecycle().may_edit(meeting, actor):
        return []
    of_itself = letter_revising.asked_for(meeting) + sessions.outside(meeting)
    return of_itself + sentences(meeting, Meeting.visible_to(actor))


def sentences(meeting: Meeting, among: Select[Any] | None = None) -> list[str]:
    """What people who plan this meeting should know; for eyes that see every meeting (the secretariat's)."""
    if not (meeting.starts_at and meeting.ends_at) or meeting.state not in UNTIL_CLOSED:
        return []
    place = meeting.place.strip().lower()
    wanted = [func.lower(func.trim(Meeting.place)) == place] if place else []
    wanted += [Meeting.chair_id == meeting.chair_id] if meeting.chair_id else []
    if not wanted:
        return []
    query = (
        (select(Meeting) if among is None else among)
        .where(Meeting.id != meeting.id, Meeting.state.in_(UNTIL_CLOSED), or_(*wanted))
        .where(Meeting.starts_at < meeting.ends_at, Meeting.ends_at > meeting.starts_at)
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(10)
    )
    return [one for other in db.session.scalars(query).unique() for one in about(meeting, other, place)]


def about(meeting: Meeting, other: Meeting, place: str) -> list[str]:
    when = f"{days(other.starts_at, None, other.timezone)}, {span(other.starts_at, other.ends_at, other.timezone)}"
    found = []
    if place and other.place.strip().lower() == place:
        found.append(f"Tempat «{meeting.place}» juga dipakai rapat «{other.title}» ({when}).")
    if meeting.chair and other.chair_id == meeting.chair_id:
        found.append(f"{meeting.chair.name} juga memimpin rapat «{other.title}» ({when}).")
    return found
