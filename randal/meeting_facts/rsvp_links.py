"""The link by which an invited post answers without signing in: /konfirmasi/<token>.

The token is signed and names one row, one schedule (the meeting's sequence) and the number of the row's link. So it
ends with the meeting, with a reschedule (the new one goes by mail alone), and when the secretariat changes the link.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from randal.database.base import db
from randal.l10n.formats import moment
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.org.people import Person
from workflows.lifecycle import UNIT_ROLES, Refused
from workflows.meeting_states import LIVE

FORGED = "Tautan ini tidak dikenal. Buka lagi dari surel undangan, dan pastikan alamatnya tidak terpotong."
REPLACED = "Tautan ini sudah diganti. Gunakan tautan dari surel terakhir tentang rapat ini."
RESCHEDULED = (
    "Jadwal rapat «{title}» sudah berubah, jadi tautan ini tidak berlaku lagi. Tautan untuk jadwal yang baru "
    "dikirim lewat surel kepada yang diundang."
)
CANCELLED = "Rapat «{title}» dibatalkan. Tidak ada yang perlu dijawab."
OVER = "Rapat «{title}» sudah selesai ({ended}). Jawaban tidak lagi diterima; hubungi sekretariat bila ada yang perlu dibetulkan."


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="konfirmasi")


def reply_url(row: Attendance) -> str:
    """The whole address at which this row answers, without an account. Whoever holds it speaks for the row."""
    return f"{current_app.config['RANDAL'].public_url}{reply_path(row)}"


def reply_path(row: Attendance) -> str:
    return f"/konfirmasi/{_signer().dumps([row.id, row.meeting.sequence, row.link_number])}"


def row_of(token: str, now: datetime) -> Attendance:
    """The row that a token speaks for. Refused with a sentence when it is forged, replaced, of an earlier schedule,
    or when there is no meeting ahead any more."""
    try:
        row_id, sequence, number = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise Refused("state", FORGED) from None
    row = db.session.get(Attendance, row_id)
    if row is None or row.is_guest:
        raise Refused("state", "Undangan ini sudah ditarik. Tidak ada yang perlu dijawab.")
    if sentence := why_not(row, sequence, number, now):
        raise Refused("state", sentence)
    return row


def why_not(row: Attendance, sequence: int, number: int, now: datetime) -> str | None:
    meeting = row.meeting
    if meeting.state == "cancelled":
        return CANCELLED.format(title=meeting.title)
    if meeting.sequence != sequence:
        return RESCHEDULED.format(title=meeting.title)
    if row.link_number != number:
        return REPLACED
    if meeting.state not in LIVE or ends(meeting) <= now:
        return OVER.format(
            title=meeting.title, ended=moment(meeting.closed_at or ends(meeting), meeting.timezone)
        )
    return None


def ends(meeting: Meeting) -> datetime:
    """When the meeting is over by its schedule: until then a link counts."""
    return meeting.ends_at or meeting.starts_at or meeting.created_at


def links_of(rows: Iterable[Attendance], person: Person) -> list[tuple[str, str]]:
    """(for whom, address) of each of these rows that this person answers for: his own, and his unit's when he is its
    PPK or staff, who share the unit's link."""
    mine = [r for r in rows if not r.is_guest and r.person_id == person.id]
    if person.role in UNIT_ROLES and person.unit_id:
        mine += [r for r in rows if r.unit_id == person.unit_id]
    return [(row.label, reply_url(row)) for row in mine]
