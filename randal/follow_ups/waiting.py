"""Whom a follow-up waits for outside the house: an office and a post of the Pemda, since when, and until when.

The PPK stays responsible: a due date does not stop for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from randal.core import forms
from randal.core.history import EDITS
from randal.core.transitions import lock, record
from randal.follow_ups.forms import WaitingForm
from randal.follow_ups.models import FollowUp
from workflows.follow_up import DRAFT, RUNNING, SUBMITTED
from workflows.lifecycle import UNIT_PPK, UNIT_STAFF, Actor, Refused

WAITS_IN = RUNNING | {DRAFT, SUBMITTED}
EDITS.update(waits_since="mencatat pihak yang ditunggu", waiting_ended="tidak menunggu pihak lain lagi")


def may_say(item: FollowUp, actor: Actor) -> bool:
    """The unit itself, and whoever makes follow-ups, while it runs."""
    lifecycle = item.lifecycle()
    return item.state in WAITS_IN and not lifecycle.hats(item, actor).isdisjoint(
        {UNIT_PPK, UNIT_STAFF, *lifecycle.edited_by}
    )


def say_whom(item: FollowUp, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """Refused: role, state, fields."""
    lock(item)
    lifecycle = item.lifecycle()
    if lifecycle.hats(item, actor).isdisjoint({UNIT_PPK, UNIT_STAFF, *lifecycle.edited_by}):
        raise Refused("role", "Pihak yang ditunggu dicatat oleh PPK yang bertanggung jawab atau Tim Monev.")
    if item.state not in WAITS_IN:
        raise Refused(
            "state", f"Pihak yang ditunggu tidak dapat diubah lagi: statusnya «{item.state_label}»."
        )
    given = forms.load(WaitingForm, raw)
    office, post = given.get("waits_for") or "", given.get("waits_post") or ""
    if post and not office:
        raise forms.wrong("waits_for", "Sebut kantor atau pihaknya juga.")
    since = since_when(given.get("waits_since"), office, item, now)
    if (office, post, since) == (item.waits_for, item.waits_post, item.waits_since):
        return
    item.waits_for, item.waits_post, item.waits_since = office, post, since
    item.updated_at = now
    told = (
        {"waits_since": since, "waits_for": office, "waits_post": post} if office else {"waiting_ended": True}
    )
    texts = {"waits_for": "text", "waits_post": "text"}
    record(item, "edit", actor, now=now, before=item.state, given=told, kinds=texts)


def since_when(given: date | None, office: str, item: FollowUp, now: datetime) -> date | None:
    """The day said, else the one known for the same office, else today; none without an office."""
    today = item.local_today(now)
    if given and given > today:
        raise forms.wrong("waits_since", "Tanggal ini belum tiba.")
    if not office:
        return None
    return given or (item.waits_since if item.waits_for == office else None) or today
