"""What is copied for WhatsApp: text and link, no personal data."""

from __future__ import annotations

from randal.l10n.formats import days, month, span
from randal.models.meetings import Meeting


def invitation(meeting: Meeting, url: str) -> str:
    where = " / ".join(filter(None, [meeting.place, meeting.link])) or "–"
    return (
        f"*Undangan rapat*\n{meeting.title}\n"
        f"{days(meeting.starts_at, meeting.ends_at, meeting.timezone)}, "
        f"{span(meeting.starts_at, meeting.ends_at, meeting.timezone)}\n"
        f"Tempat: {where}\n\nMohon konfirmasi kehadiran:\n{url}"
    )


def missing_reports(meeting: Meeting, units: list[str], url: str) -> str:
    listed = "\n".join(f"- {name}" for name in units)
    return (
        f"*Laporan PPK {month(meeting.report_period)}* untuk {meeting.title} belum kami terima dari:\n{listed}\n\n"
        f"Mohon disampaikan melalui:\n{url}"
    )
