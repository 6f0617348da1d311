"""Before a meeting: who has not said whether he comes is asked again. After its day: the attendance list is closed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from randal.database.base import db
from randal.l10n.formats import day_date, long_date
from randal.meeting_facts.rsvp_links import reply_path
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.rooms.attendance.asking import announced
from randal.schedule import workdays
from randal.schedule.reminders import LATE, WAITING, Line, everyone, people_of, reminder, step_before
from randal.schedule.rules import When
from workflows.lifecycle import PPK, PPK_STAFF, SECRETARIAT
from workflows.meeting_states import LIVE

# The policy: working days before the meeting on which the silent are asked, each time a little more plainly. A day that
# lies before the invitation itself is left out.
REMIND_BEFORE = (7, 3, 1)
SAID = {
    7: "Mohon konfirmasi kehadiran.",
    3: "Undangan ini belum dijawab; mohon konfirmasi kehadiran.",
    1: "Ini pengingat terakhir: mohon jawab hari ini, agar tempat dan bahan dapat disiapkan.",
}
STAFF_TOO = 1  # on this last day the staff of the PPK hears it as well


@reminder(
    "attendance.remind",
    label="Yang diundang dan belum menjawab diingatkan 7, 3, dan 1 hari kerja sebelum rapat, dengan tautan jawabannya.",
    item="attendance",
    says="mohon konfirmasi kehadiran",
)
def silent(when: When) -> Iterator[Line]:
    days, ppk, staff = workdays.calendar(), people_of(PPK), people_of(PPK_STAFF)
    coming = list(
        db.session.scalars(select(Meeting).where(Meeting.state == "scheduled", Meeting.starts_at > when.now))
    )
    told = announced(m.id for m in coming)
    for meeting in coming:
        day = meeting.local_start_date or when.day
        anchor = days.on_or_before(day)
        since = meeting.local_date(told.get(meeting.id, meeting.created_at))
        steps = [n for n in REMIND_BEFORE if days.add(anchor, -n) > since]
        step = step_before(days, day, when.day, steps)
        if step is None:
            continue
        rows = select(Attendance).where(
            Attendance.meeting_id == meeting.id, Attendance.state == "invited", ~Attendance.is_guest
        )
        text = f"Rapat «{meeting.title}» {day_date(day)}. {SAID[step]}"
        for row in db.session.scalars(rows).unique():
            unit = row.unit_id or 0
            people = (
                [row.person_id] if row.person_id else ppk[unit] + (staff[unit] if step <= STAFF_TOO else [])
            )
            for person in people:
                yield Line(row.id, f"{day}:{step}", person, WAITING, text, reply_path(row))


@reminder(
    "attendance.closed",
    label="Sekretariat dan pimpinan rapat diberi tahu bila tanggal rapat lewat dan rapat masih terbuka.",
    item="meeting",
    says="tanggalnya lewat dan rapat masih terbuka",
)
def left_open(when: When) -> Iterator[Line]:
    """The door closes with the day by itself (Meeting.is_check_in_day); the meeting stands open until it is closed."""
    secretariat = everyone(SECRETARIAT)
    begun = select(Meeting).where(Meeting.state.in_(LIVE), Meeting.starts_at < when.now)
    for meeting in db.session.scalars(begun):
        day = meeting.local_end_date
        if day is None or day >= meeting.local_date(when.now):
            continue
        text = (
            f"Daftar hadir rapat «{meeting.title}» sudah ditutup karena tanggal {long_date(day)} lewat, "
            "tetapi rapatnya masih terbuka. Tutup rapat, atau jadwalkan ulang."
        )
        for person in {*secretariat, meeting.chair_id} - {None}:
            yield Line(meeting.id, f"{day}", person or 0, LATE, text, f"/rapat/{meeting.id}")
