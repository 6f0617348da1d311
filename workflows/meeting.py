"""Rapat: from a draft to the day itself, and on to signed minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from workflows.letter import (
    LETTER,
    SECRET,
    decline_letter,
    issue,
    letter_waits,
    no_letter,
    sign_letter,
    to_be_signed,
)
from workflows.lifecycle import (
    CHAIR,
    SECRETARIAT,
    SIGNER,
    SYSTEM,
    Act,
    Actor,
    Ask,
    Complaint,
    Lifecycle,
    _,
    move,
    reason,
    store,
)

DRAFT, SCHEDULED, IN_SESSION = "draft", "scheduled", "in_session"
CLOSED, CONCLUDED, CANCELLED = "closed", "concluded", "cancelled"
SESSION_ON = frozenset(
    {IN_SESSION, CLOSED, CONCLUDED}
)  # what is recorded in the meeting begins with the session
TIMES_EDITED_IN = frozenset({DRAFT})  # later a new time is a `reschedule`, which tells everybody


class Session(Protocol):
    starts_at: datetime
    ends_at: datetime


class Objective(Protocol):
    text: str
    assessment: str | None  # met, partly, not_met


class AgendaItem(Protocol):
    title: str
    outcome: str | None  # discussed, deferred


class Minutes(Protocol):
    state: str


class Meeting(Protocol):
    state: str
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str | None
    place: str | None
    link: str | None
    chair_id: int | None
    minute_taker_id: int | None
    report_period: str | None
    letter_number: str | None
    letter_dated_on: date | None
    letter_file_id: int | None
    letter_version: int
    letter_way: str  # "" unsigned, or as asked below: here, elsewhere
    letter_signed_at: datetime | None  # here
    letter_declined_at: datetime | None
    sequence: int
    opened_at: datetime | None
    closed_at: datetime | None

    @property
    def sessions(self) -> Sequence[Session]: ...
    @property
    def objectives(self) -> Sequence[Objective]: ...
    @property
    def agenda_items(self) -> Sequence[AgendaItem]: ...
    @property
    def invitees(self) -> Sequence[object]: ...
    @property
    def units_without_report(self) -> Sequence[str]: ...
    @property
    def all_minutes(self) -> Sequence[Minutes]: ...  # its notula, berita acara and laporan
    @property
    def local_start_date(self) -> date | None: ...
    def local_date(self, now: datetime) -> date: ...
    def instant(self, naive: datetime) -> datetime: ...
    def relations(self, actor: Actor) -> frozenset[str]: ...


def ready_to_invite(item: Meeting, act: Act) -> Complaint:
    wanted = [
        (item.starts_at and item.ends_at, _("Isi waktu mulai dan waktu selesai.")),
        (
            not (item.starts_at and item.ends_at) or item.ends_at > item.starts_at,
            _("Waktu selesai harus setelah mulai."),
        ),
        (item.timezone, _("Pilih zona waktu.")),
        (item.place or item.link, _("Isi tempat atau tautan rapat daring.")),
        (item.chair_id, _("Pilih Pimpinan Rapat.")),
        (item.minute_taker_id, _("Pilih Notulis.")),
        (item.report_period, _("Pilih periode laporan.")),
        (item.objectives, _("Tulis sedikitnya satu sasaran rapat.")),
        (item.agenda_items, _("Tulis sedikitnya satu acara.")),
        (item.invitees, _("Undang sedikitnya satu peserta.")),
    ]
    return [sentence for held, sentence in wanted if not held]


def the_day_has_come(item: Meeting, act: Act) -> Complaint:
    if item.local_start_date and item.local_date(act.now) >= item.local_start_date:
        return None
    return _("Rapat baru dapat dimulai pada tanggalnya; ubah jadwalnya bila dimajukan.")


def minutes_in_drafting(item: Meeting, act: Act) -> Complaint:
    if all(paper.state == "drafting" for paper in item.all_minutes):
        return None
    return _("Rapat tidak dapat dibuka kembali: notula, berita acara, atau laporannya sudah diajukan.")


def new_start(item: Meeting, act: Act) -> Complaint:
    starts, ends = act.get("starts_at"), act.get("ends_at")
    if starts.date() < item.local_date(act.now):
        return _("Tanggal mulai sudah lewat.")
    if ends and (item.instant(starts), item.instant(ends)) == (item.starts_at, item.ends_at):
        return _("Waktu ini sama dengan jadwal sekarang.")
    return None


def end_after_start(item: Meeting, act: Act) -> Complaint:
    starts, ends = act.get("starts_at"), act.get("ends_at")
    return _("Waktu selesai harus setelah waktu mulai.") if starts and ends <= starts else None


def someone_else(item: Meeting, act: Act) -> Complaint:
    given = {name: act.get(name) for name in ("chair_id", "minute_taker_id")}
    if any(value and value != getattr(item, name) for name, value in given.items()):
        return None
    return _("Pilih Pimpinan Rapat atau Notulis yang lain.")


def missing_is_confirmed(item: Meeting, act: Act) -> Complaint:
    if act.get("confirm") is True:
        return None
    return (
        [_("{unit}: akan dicatat «Tidak melapor».").format(unit=u) for u in item.units_without_report]
        + [
            _("Acara «{a}»: akan dicatat «Ditunda».").format(a=a.title)
            for a in item.agenda_items
            if not a.outcome
        ]
        + [_("Sasaran «{s}»: «Belum dinilai».").format(s=o.text) for o in item.objectives if not o.assessment]
    )


def move_sessions(sessions: Sequence[Session], by: timedelta) -> None:
    """Days, halves and breaks keep their distance from a meeting's new start."""
    for session in sessions:
        session.starts_at, session.ends_at = session.starts_at + by, session.ends_at + by


def set_times(item: Meeting, act: Act) -> None:
    starts, ends = item.instant(act.get("starts_at")), item.instant(act.get("ends_at"))
    if item.starts_at:
        move_sessions(item.sessions, starts - item.starts_at)
    item.starts_at, item.ends_at = starts, ends
    no_letter(item)  # what went out no longer tells the truth: a revised one is to be issued, and signed anew
    item.letter_declined_at = None
    item.sequence += 1


def set_people(item: Meeting, act: Act) -> None:
    if letter_waits(item) and act.get("chair_id") not in (None, item.chair_id):
        no_letter(item)  # it waits under the name of somebody who leads no longer
    store("chair_id", "minute_taker_id")(item, act)


def open_session(item: Meeting, act: Act) -> None:
    item.opened_at = act.now


def close_session(item: Meeting, act: Act) -> None:
    item.closed_at = act.now


def reopen_session(item: Meeting, act: Act) -> None:
    item.closed_at = None


def call_off(item: Meeting, act: Act) -> None:
    item.sequence += 1  # a CANCEL that calendars believe is newer than the REQUEST


TIMES = [Ask("starts_at", _("Mulai"), "datetime", check=new_start),
         Ask("ends_at", _("Selesai"), "datetime", check=end_after_start), reason()]  # fmt: skip
PEOPLE = [Ask("chair_id", _("Pimpinan Rapat"), "person", required=False, check=someone_else),
          Ask("minute_taker_id", _("Notulis"), "person", required=False), reason()]  # fmt: skip
CONFIRM = Ask("confirm", _("Tutup dengan kekurangan ini"), "flag", required=False, check=missing_is_confirmed)
BEFORE_THE_END = (DRAFT, SCHEDULED, IN_SESSION, CLOSED)
LEADING = (CHAIR, SECRETARIAT)

LIFECYCLE = Lifecycle(
    "meeting",
    _("Rapat"),
    states={
        DRAFT: _("Draf"),
        SCHEDULED: _("Terjadwal"),
        IN_SESSION: _("Berlangsung"),
        CLOSED: _("Ditutup"),
        CONCLUDED: _("Selesai"),
        CANCELLED: _("Dibatalkan"),
    },
    tones={DRAFT: "muted", SCHEDULED: "info", IN_SESSION: "progress", CLOSED: "warn", CONCLUDED: "good", CANCELLED: "bad"},
    initial=DRAFT,
    final={CONCLUDED, CANCELLED},
    made_by=[SECRETARIAT],
    edited_by=[SECRETARIAT],
    edited_in={DRAFT, SCHEDULED},
    moves=[
        move("schedule", DRAFT, SCHEDULED, by=SECRETARIAT, needs=[ready_to_invite], label=_("Jadwalkan"), tone="good"),
        move("issue_letter", SCHEDULED, None, by=SECRETARIAT, asks=LETTER, does=issue, label=_("Terbitkan surat undangan")),
        move("sign_letter", SCHEDULED, None, by=SIGNER, needs=[to_be_signed], asks=SECRET, does=sign_letter,
             label=_("Tandatangani surat undangan"), tone="good"),
        move("decline_letter", SCHEDULED, None, by=SIGNER, needs=[to_be_signed], asks=[reason()], does=decline_letter,
             label=_("Kembalikan surat undangan"), tone="bad"),
        move("reschedule", SCHEDULED, None, by=SECRETARIAT, asks=TIMES, does=set_times, label=_("Ubah jadwal"), tone="warn"),
        move("reassign", BEFORE_THE_END, None, by=SECRETARIAT, asks=PEOPLE, does=set_people,
             label=_("Ganti pimpinan atau notulis")),
        move("open", SCHEDULED, IN_SESSION, by=LEADING, needs=[the_day_has_come], does=open_session, label=_("Mulai rapat"),
             tone="good"),
        move("close", IN_SESSION, CLOSED, by=LEADING, asks=[CONFIRM], does=close_session, label=_("Tutup rapat"), tone="good"),
        move("reopen", CLOSED, IN_SESSION, by=CHAIR, needs=[minutes_in_drafting], asks=[reason()], does=reopen_session,
             label=_("Buka kembali rapat"), tone="warn"),
        move("conclude", CLOSED, CONCLUDED, by=SYSTEM, label=_("Selesaikan"), tone="good"),
        move("cancel", [DRAFT, SCHEDULED], CANCELLED, by=LEADING, asks=[reason()], does=call_off, label=_("Batalkan rapat"),
             tone="bad"),
    ],
)  # fmt: skip
