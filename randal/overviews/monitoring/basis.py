"""On what an evaluation report stands: the letter, the agenda and the attendance of its meeting, and the reports counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from randal.database.base import db
from randal.l10n import formats
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.overviews.monitoring.queries import Overview
from workflows import attendance as states


def basis(seen: Overview, now: datetime) -> list[str]:
    """A sentence each, in the order in which a report names them."""
    meeting = db.session.get(Meeting, seen.filters.meeting) if seen.filters.meeting else None
    return [
        *(of_meeting(meeting) if meeting else []),
        f"Laporan PPK periode {formats.month(seen.filters.period)} yang disampaikan sampai "
        f"{formats.long_date(local_date(now, DEFAULT_ZONE))}.",
        f"{seen.handed_in} dari {seen.units} PPK telah menyampaikan laporan; {seen.whole.count} kegiatan dihitung, "
        f"tertimbang pagu {formats.rupiah(str(seen.whole.weight))}.",
    ]


def of_meeting(meeting: Meeting) -> list[str]:
    day = (
        formats.long_date(meeting.local_start_date)
        if meeting.local_start_date
        else "tanggal belum ditetapkan"
    )
    place = f", di {meeting.place}" if meeting.place else ""
    letter = (
        f"Surat undangan nomor {meeting.letter_number} tanggal {formats.long_date(meeting.letter_dated_on)}: {meeting.title}."
        if meeting.letter_number
        else f"Surat undangan belum diterbitkan: {meeting.title}."
    )
    agenda = "; ".join(f"{number}. {item.title}" for number, item in enumerate(meeting.agenda_items, 1))
    return [letter, f"Rapat {day}{place}. Acara: {agenda or 'belum disusun'}.", attended(meeting)]


def attended(meeting: Meeting) -> str:
    query = select(Attendance).where(Attendance.meeting_id == meeting.id, Attendance.unit_id.is_not(None))
    rows = list(db.session.scalars(query.order_by(Attendance.position)).unique())
    invited = [row for row in rows if not row.is_guest]
    missing = [row.unit.short_name for row in invited if row.state != states.PRESENT and row.unit]
    said = f"Daftar hadir: {len(invited) - len(missing)} dari {len(invited)} PPK yang diundang hadir"
    return f"{said}; tidak atau belum tercatat hadir: {', '.join(missing)}." if missing else f"{said}."
