"""The live code of a meeting's door: a signed, expiring token for /hadir/<token>, scoped to one meeting and one day.

Rescheduling (a new SEQUENCE) or closing the meeting ends every code given before.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from randal.core import clock
from randal.core.db import db
from randal.meetings.models import Meeting
from workflows.lifecycle import Refused

EXPIRED = "Kode kehadiran ini sudah tidak berlaku. Mintalah kode hari ini kepada sekretariat."


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="hadir")


def code_of(meeting: Meeting, now: datetime) -> tuple[str, datetime]:
    """The token and when it ends: with the meeting's local day. Refused when there is nothing to check in to."""
    if meeting.state not in ("scheduled", "in_session") or meeting.local_start_date is None:
        raise Refused("state", "Daftar hadir dibuka selama rapat terjadwal atau berlangsung.")
    midnight = datetime.combine(meeting.local_start_date + timedelta(days=1), time())
    expires = clock.to_instant(midnight, meeting.timezone)
    if expires <= now:
        raise Refused("state", "Tanggal rapat sudah lewat: daftar hadir tidak dibuka lagi.")
    return _signer().dumps([meeting.id, meeting.sequence, int(expires.timestamp())]), expires


def meeting_of(token: str, now: datetime) -> Meeting:
    """The meeting of a token. Refused with a sentence when it is forged, expired or no longer the meeting's."""
    try:
        meeting_id, sequence, expires = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise Refused("state", EXPIRED) from None
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or meeting.sequence != sequence or now.timestamp() >= expires:
        raise Refused("state", EXPIRED)
    if meeting.state not in ("scheduled", "in_session"):
        raise Refused("state", "Daftar hadir rapat ini sudah ditutup.")
    if not meeting.is_check_in_day(now):
        raise Refused("state", "Daftar hadir dibuka pada tanggal rapat.")
    return meeting
