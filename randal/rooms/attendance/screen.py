"""The live code on the room's screen: a picture that changes, the seconds it has left, who is here, the quorum.

The page asks every few seconds. The answer is a hundred bytes, and carries the pictures of the coming minute or two
once, so that a screen without network goes on showing true codes for a while.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

import segno
from flask import Blueprint, Response, json, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.meeting_facts import presence
from randal.models.meetings import Meeting
from randal.org.app_settings import public_url
from randal.rooms.attendance import live_code
from randal.web.attempt import seen
from randal.web.pages import actor, now
from workflows.lifecycle import Act
from workflows.meeting import LIFECYCLE

AHEAD = 3  # codes given before their time


def add_screen(bp: Blueprint) -> None:
    bp.add_url_rule("/layar/<int:meeting_id>", view_func=login_required(screen))
    bp.add_url_rule("/layar/<int:meeting_id>/kini", view_func=login_required(screen_now))


def shown_by(meeting_id: int) -> Meeting:
    """The meeting, for those who show its code, on its day."""
    meeting: Meeting = seen(Meeting, meeting_id, actor())
    LIFECYCLE.require(meeting, "check_in_screen", Act(actor(), now()))
    return meeting


def screen(meeting_id: int) -> ResponseReturnValue:
    """The live code, large, for the wall of the room."""
    meeting = shown_by(meeting_id)
    return render_template(
        "attendance/screen.html",
        meeting=meeting,
        codes=codes(meeting, now()),
        step=live_code.step(),
        now_ms=ms(now()),
        session=presence.session_at(meeting, now()),
        quorum=presence.quorum(meeting, now()),
    )


def screen_now(meeting_id: int) -> ResponseReturnValue:
    """What changed: `punya` is the last code that the page has already."""
    meeting = shown_by(meeting_id)
    has, q = request.args.get("punya", 0, type=bounded), presence.quorum(meeting, now())
    told = {
        "now": ms(now()),
        "codes": [one for one in codes(meeting, now()) if one["number"] > has],
        "present": q.present,
        "invited": q.invited,
        "guests": q.guests,
        "needed": q.needed,
        "reached": q.reached,
    }
    return Response(json.dumps(told, separators=(",", ":")), content_type="application/json")


def codes(meeting: Meeting, at: datetime) -> list[dict[str, Any]]:
    """The code of now and the coming ones: number, until when it is shown (Unix ms), picture (data URI)."""
    found = []
    for ahead in range(AHEAD + 1):
        token, until = live_code.code_of(meeting, at, ahead)
        picture = picture_of(public_url(url_for("attendance.check_in", token=token)))
        number = live_code.step_of(at) + ahead
        found.append({"number": number, "until": ms(until), "picture": picture})
    return found


@lru_cache(maxsize=256)
def picture_of(url: str) -> str:
    """Drawn once, for however many screens show it."""
    return str(segno.make(url, error="m").svg_data_uri(scale=8, border=2))


def ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
