"""Whom a follow-up waits for outside the house: an office and a post of the Pemda, since when, and until when.

The PPK stays responsible: a due date does not stop for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from randal.models.follow_ups import FollowUp
from randal.schemas import forms
from randal.web.attempt import carry_out
from workflows.lifecycle import Actor, blank


def say_whom(item: FollowUp, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """As the page asks: an empty office says that it waits for nobody any more. Refused: role, state, fields."""
    named = not blank(raw.get("waits_for"))
    # Who may not hears so first, also where there is nothing to change.
    item.lifecycle().row_for(item, "wait_for" if named else "wait_no_more", actor)
    if named:
        carry_out(item, "wait_for", raw, actor, now=now)
    elif not blank(raw.get("waits_post")):
        raise forms.wrong("waits_for", "Sebut kantor atau pihaknya juga.")
    elif item.waits_for:
        carry_out(item, "wait_no_more", {}, actor, now=now)
