"""Keys to the door `/hadir/<key>`, each signed and of one meeting and its SEQUENCE.

* The code on the room's screen changes every STEP seconds; the present and the previous one open the page.
* The page that it opened holds a ticket, so that typing and drawing do not race the clock. A ticket adds one person.
  What was written while it was fresh and waited on the phone for a network may come in later under the same ticket.
* The secretariat's own address (API; for those who take part online) lasts longer.

Rescheduling (a new SEQUENCE) or closing the meeting ends them all.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from randal.database.base import db
from randal.l10n import clock
from randal.l10n.formats import long_date
from randal.models.meetings import Meeting
from workflows.lifecycle import Refused
from workflows.meeting_states import LIVE

STEP = 30  # seconds; tests set DOOR_STEP
TICKET = timedelta(minutes=10)
LATE_TICKET = timedelta(hours=2)  # for what was written in time and waited on the phone for a network
ODD = timedelta(minutes=5)  # a phone that knows the time is no further off
DESK = timedelta(hours=1)
CODE, PASS, ADDRESS = "k", "t", "d"

FORGED = "Kode kehadiran ini tidak berlaku. Pindai kode yang tampil di layar ruang rapat."
CHANGED = (
    "Kode ini sudah berganti dan tidak berlaku lagi. Pindai kode yang sekarang tampil di layar ruang rapat."
)
TOO_LONG = "Halaman ini terbuka terlalu lama. Pindai lagi kode di layar; isian Anda tetap ada di telepon ini."
MOVED = "Jadwal rapat ini sudah berubah, jadi kode lama tidak berlaku. Pindai kode yang baru."
ENDED = "Alamat daftar hadir ini sudah tidak berlaku. Mintalah yang baru kepada sekretariat."


class Forged(Refused):
    """No key of ours: nobody scans one by mistake."""

    def __init__(self) -> None:
        super().__init__("state", FORGED)


@dataclass(frozen=True)
class Key:
    """What a signed key says. `at`: the step of a code, when a ticket was given, when an address ends (Unix seconds).
    `ticket`: what no other ticket has; of the other kinds empty."""

    kind: str
    meeting_id: int
    sequence: int
    at: int
    ticket: str = ""

    @property
    def issued(self) -> datetime:
        return datetime.fromtimestamp(self.at * step() if self.kind == CODE else self.at, UTC)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="hadir")


def step() -> int:
    return int(current_app.config.get("DOOR_STEP", STEP))


def step_of(now: datetime) -> int:
    return int(now.timestamp()) // step()


def _sign(kind: str, meeting: Meeting, at: int, *more: Any) -> str:
    return str(_signer().dumps([kind, meeting.id, meeting.sequence, at, *more]))


def code_of(meeting: Meeting, now: datetime, ahead: int = 0) -> tuple[str, datetime]:
    """The code that the screen shows now (or `ahead` steps later), and when the next one takes its place."""
    number = step_of(now) + ahead
    return _sign(CODE, meeting, number), datetime.fromtimestamp((number + 1) * step(), UTC)


def ticket_of(meeting: Meeting, now: datetime) -> str:
    """A ticket for the phone that has just opened the page."""
    return _sign(PASS, meeting, int(now.timestamp()), secrets.token_hex(8))


def address_of(meeting: Meeting, now: datetime) -> tuple[str, datetime]:
    """The secretariat's address and when it ends: an hour from now, or from the beginning of a meeting still ahead; at
    the latest with the meeting's last day."""
    last = meeting.local_end_date or meeting.local_date(now)
    midnight = clock.to_instant(datetime.combine(last + timedelta(days=1), time()), meeting.timezone)
    expires = min(max(now, meeting.starts_at or now) + DESK, midnight).replace(microsecond=0)
    return _sign(ADDRESS, meeting, int(expires.timestamp())), expires


def read(token: str) -> Key:
    """What the key says, whether or not it still opens anything; no database is asked. Forged when it is none of ours."""
    try:
        kind, meeting_id, sequence, at, *more = _signer().loads(token)
        return Key(
            str(kind), int(meeting_id), int(sequence), int(at), str(more[0]) if kind == PASS and more else ""
        )
    except (BadSignature, ValueError, TypeError):
        raise Forged from None


def opens(key: Key, now: datetime, written_at: datetime | None = None) -> Meeting:
    """The meeting this key opens now. `written_at`: when a phone that had no network says that it wrote; it helps a
    ticket that was fresh then, never one that was not. Refused with a sentence that says what to do."""
    meeting = db.session.get(Meeting, key.meeting_id)
    if meeting is None:
        raise Forged
    _require_fresh(key, now, written_at)
    if meeting.sequence != key.sequence:
        raise Refused("state", MOVED)
    if meeting.state not in LIVE:
        raise Refused("state", "Daftar hadir rapat ini sudah ditutup.")
    if not meeting.is_check_in_day(now):
        raise Refused("state", "Daftar hadir dibuka pada tanggal rapat.")
    return meeting


def _require_fresh(key: Key, now: datetime, written_at: datetime | None) -> None:
    if key.kind == CODE:
        if step_of(now) - key.at in (0, 1):
            return
        days = (now - key.issued).days
        raise Refused(
            "state", CHANGED if days < 1 else f"{CHANGED} (Ini kode {long_date(key.issued.date())}.)"
        )
    if key.kind == PASS:
        in_time = written_at is not None and -ODD <= written_at - key.issued <= TICKET
        if now - key.issued > (LATE_TICKET if in_time else TICKET):
            raise Refused("state", TOO_LONG)
    if key.kind == ADDRESS and now >= key.issued:
        raise Refused("state", ENDED)


def meeting_of(token: str, now: datetime) -> Meeting:
    """The meeting that this key opens now. Refused with a sentence."""
    return opens(read(token), now)
