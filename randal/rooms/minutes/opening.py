"""Opening what a meeting leaves besides its minutes: a berita acara, a laporan. Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from randal.engine.transitions import lock, make
from randal.models.meetings import Meeting
from randal.models.minutes import Minutes
from randal.models.minutes_kinds import KINDS
from randal.org.people import current_heads
from randal.rooms.minutes.drafting import add_sections, default_signers
from randal.rooms.minutes.forms import OpenForm
from randal.schemas import forms
from workflows.lifecycle import Act, Actor
from workflows.minutes import LIFECYCLE, REPORT


def open_paper(meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Minutes:
    """The berita acara or laporan of a meeting that is over. Refused: role; state (not over, or there is one already);
    field `kind`."""
    hats = meeting.relations(actor) | actor.roles
    lock(meeting)
    LIFECYCLE.require_make(hats, meeting.state, meeting.state_label)
    kind = forms.load(OpenForm, raw)["kind"]
    meeting.lifecycle().require(
        meeting, "open_paper", Act(actor, now, {"kind": kind, "what": KINDS[kind].noun})
    )
    addressee = head_of(meeting, now) if kind == REPORT else None
    minutes = Minutes(meeting=meeting, kind=kind, addressee_id=addressee)
    make(minutes, actor, now=now)
    add_sections(minutes, now)
    default_signers(minutes)
    return minutes


def head_of(meeting: Meeting, now: datetime) -> int | None:
    """Whom a report is for: the head of the organising unit that day (the chair, when he is one), else the chair."""
    heads = current_heads(meeting.organiser_id, meeting.local_date(now)) if meeting.organiser_id else []
    ids = [person.id for person in heads]
    return ids[0] if ids and meeting.chair_id not in ids else meeting.chair_id
