"""Kehadiran: one invited post (or one guest) at one meeting, from the invitation to the attendance list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from workflows.lifecycle import (
    INVITEE,
    SECRETARIAT,
    SYSTEM,
    Act,
    Actor,
    Ask,
    Complaint,
    Lifecycle,
    _,
    awaits,
    deed,
    move,
    reason,
    right,
)
from workflows.meeting_states import CLOSED, DRAFT, IN_SESSION, LIVE, SCHEDULED, UNTIL_CLOSED
from workflows.minutes import BEFORE_APPROVAL

INVITED, ACCEPTED, REPRESENTED, DECLINED = "invited", "accepted", "represented", "declined"
PRESENT, EXCUSED, ON_DUTY, ABSENT = "present", "excused", "on_duty", "absent"


COMING = (INVITED, ACCEPTED)
TO_COME = (INVITED, ACCEPTED, REPRESENTED)
ANSWERED = (ACCEPTED, REPRESENTED, DECLINED)
NOT_COMING = (DECLINED, EXCUSED, ON_DUTY)  # said so beforehand
AWAY = (EXCUSED, ON_DUTY, ABSENT)


class Minutes(Protocol):
    state: str


class Meeting(Protocol):
    state: str

    @property
    def minutes(self) -> Minutes | None: ...
    def is_check_in_day(self, now: datetime) -> bool: ...


class Presence(Protocol):
    id: int


class Attendance(Protocol):
    state: str
    is_guest: bool
    name_attending: str | None
    post_attending: str | None
    reason: str | None  # why declined, excused or on duty; printed on the list
    checked_in_at: datetime | None
    check_in_way: str | None  # account, qr, table
    signature_file_id: int | None
    mandate_file_id: int | None  # the letter of assignment (surat tugas) of who stands in

    @property
    def meeting(self) -> Meeting: ...
    @property
    def presences(self) -> Sequence[Presence]: ...
    def relations(self, actor: Actor) -> frozenset[str]: ...


def meeting_scheduled(item: Attendance, act: Act) -> Complaint:
    return (
        None if item.meeting.state == SCHEDULED else _("Konfirmasi kehadiran dibuka selama rapat terjadwal.")
    )


def meeting_ahead(item: Attendance, act: Act) -> Complaint:
    if item.meeting.state in LIVE:
        return None
    return _("Konfirmasi kehadiran dibuka selama rapat terjadwal atau berlangsung.")


def check_in_open(item: Attendance, act: Act) -> Complaint:
    if item.meeting.state in LIVE and item.meeting.is_check_in_day(act.now):
        return None
    return _("Daftar hadir hanya dibuka pada tanggal rapat, sampai rapat ditutup.")


def minutes_not_approved(item: Attendance, act: Act) -> Complaint:
    if item.meeting.minutes is None or item.meeting.minutes.state in BEFORE_APPROVAL:
        return None
    return _("Notula sudah disetujui: kehadiran tidak dapat diubah lagi.")


def meeting_goes_on(item: Attendance, act: Act) -> Complaint:
    if item.meeting.state in LIVE:
        return None
    return _("Rapat sudah ditutup; betulkan jamnya di halaman kehadirannya.")


def stay_there(item: Attendance, act: Act) -> Complaint:
    named = act.get("presence_id")
    if named is None or any(each.id == named for each in item.presences):
        return None
    return _("Catatan jam ini sudah tidak ada. Muat ulang halaman.")


def not_called_yet(item: Attendance, act: Act) -> Complaint:
    if item.meeting.state == DRAFT:
        return None
    return _("Undangan sudah dikirim: cabut dengan alasan lewat «Cabut undangan», atau catat izin.")


def link_counts(item: Attendance, act: Act) -> Complaint:
    if not item.is_guest and item.meeting.state in LIVE:
        return None
    return _("Tautan konfirmasi hanya ada selama rapat terjadwal atau berlangsung.")


def list_open(state: str, minutes: Minutes | None, today: bool, *, at_the_table: bool) -> Complaint:
    """May a guest be written down? On the meeting's day; at the table also afterwards, until the minutes are approved."""
    after = state == CLOSED and at_the_table and (minutes is None or minutes.state in BEFORE_APPROVAL)
    if after or state == IN_SESSION or (state == SCHEDULED and today):
        return None
    return _("Tamu dicatat pada tanggal rapat, sampai rapat ditutup.")


def name_representative(item: Attendance, act: Act) -> None:
    """A letter handed in before stays with the one it was written for."""
    kept = item.mandate_file_id if item.name_attending == act.get("name") else None
    item.name_attending, item.post_attending = act.get("name"), act.get("post")
    item.reason, item.mandate_file_id = None, act.get("letter") or kept


def come_oneself(item: Attendance, act: Act) -> None:
    item.name_attending = item.post_attending = item.reason = item.mandate_file_id = None


def stay_away(item: Attendance, act: Act) -> None:
    item.name_attending = item.post_attending = item.mandate_file_id = None
    item.reason = act.get("reason")


def sign_in(item: Attendance, act: Act) -> None:
    item.name_attending = act.get("name") or item.name_attending
    item.post_attending = act.get("post") or item.post_attending
    item.signature_file_id = act.get("signature") or item.signature_file_id
    item.check_in_way = act.get("way") or ("table" if act.actor.has(SECRETARIAT) else "account")
    item.checked_in_at, item.reason = act.now, None


def correct_to_absent(item: Attendance, act: Act) -> None:
    item.checked_in_at = item.check_in_way = item.signature_file_id = item.reason = None


def correct_to_present(item: Attendance, act: Act) -> None:
    item.reason = None


NOT_INVITED = (ACCEPTED, REPRESENTED, DECLINED, PRESENT, EXCUSED, ON_DUTY, ABSENT)
GONE_AT = Ask(
    "at", _("Pulang pukul"), required=False, most=5, help=_("Misalnya 11.30; kosong berarti sekarang.")
)
STAY = [Ask("presence_id", _("Catatan jam"), "row"), Ask("arrived", _("Datang pukul"), most=5),
        Ask("left", _("Pulang pukul"), required=False, most=5, help=_("Kosong: sampai selesai.")), reason()]  # fmt: skip
ANYONE_EXPECTED = (INVITEE, SECRETARIAT)
NOT_PRESENT = (INVITED, ACCEPTED, REPRESENTED, DECLINED, EXCUSED, ON_DUTY, ABSENT)
NOT_ABSENT = (INVITED, ACCEPTED, REPRESENTED, DECLINED, PRESENT, EXCUSED, ON_DUTY)
WHO_COMES = [
    Ask("name", _("Nama yang hadir"), most=120),
    Ask("post", _("Jabatan"), most=200),
    Ask(
        "letter",
        _("Surat tugas"),
        "file",
        required=False,
        help=_("Bila ada: PDF, JPEG, atau PNG, maks. 20 MB."),
    ),
]
SIGN_IN = [Ask("name", _("Nama yang hadir"), required=False, most=120),
           Ask("post", _("Jabatan"), required=False, most=200),
           Ask("signature", _("Tanda tangan"), "file", required=False)]  # fmt: skip

LIFECYCLE = Lifecycle(
    "attendance",
    _("Kehadiran"),
    states={
        INVITED: _("Diundang"),
        ACCEPTED: _("Akan hadir"),
        REPRESENTED: _("Diwakilkan"),
        DECLINED: _("Berhalangan"),
        PRESENT: _("Hadir"),
        EXCUSED: _("Izin"),
        ON_DUTY: _("Dinas luar"),
        ABSENT: _("Tidak hadir"),
    },
    tones={INVITED: "muted", ACCEPTED: "info", REPRESENTED: "info", DECLINED: "warn", PRESENT: "good", EXCUSED: "warn",
           ON_DUTY: "warn", ABSENT: "bad"},
    initial=[INVITED, PRESENT],  # a guest starts at `present`
    made_by=[SECRETARIAT],
    made_within={SECRETARIAT: UNTIL_CLOSED},
    rights=[right("take_off", _("Mengeluarkan dari daftar undangan"), by=[SECRETARIAT], when=[not_called_yet])],
    awaited=[
        awaits("accept", INVITED, INVITEE, _("{n} undangan belum Anda jawab"), when=[meeting_scheduled]),
    ],
    moves=[
        move("accept", [INVITED, REPRESENTED, DECLINED], ACCEPTED, by=ANYONE_EXPECTED, needs=[meeting_scheduled],
             does=come_oneself, label=_("Akan hadir"), tone="good",
             said=_("Kehadiran dikonfirmasi: akan hadir.")),
        move("represent", [INVITED, ACCEPTED, REPRESENTED, DECLINED], REPRESENTED, by=ANYONE_EXPECTED, needs=[meeting_ahead],
             asks=WHO_COMES, does=name_representative, label=_("Wakilkan"),
             said=_("Kehadiran dikonfirmasi; diwakili oleh {name}.")),
        move("decline", [INVITED, ACCEPTED, REPRESENTED, DECLINED], DECLINED, by=ANYONE_EXPECTED, needs=[meeting_ahead],
             asks=[reason()], does=stay_away, label=_("Berhalangan"), tone="warn",
             said=_("Kehadiran dikonfirmasi: berhalangan.")),
        move("ask_again", [ACCEPTED, REPRESENTED, DECLINED], INVITED, by=SYSTEM, does=come_oneself, label=_("Tanyakan lagi"),
             said=_("Konfirmasi kehadiran ditanyakan lagi karena jadwal berubah.")),
        move("check_in", NOT_PRESENT, PRESENT, by=ANYONE_EXPECTED, needs=[check_in_open], asks=SIGN_IN, does=sign_in,
             label=_("Catat hadir"), tone="good",
             said=_("Kehadiran dicatat.")),
        move("excuse", [INVITED, ACCEPTED, REPRESENTED, DECLINED, ON_DUTY, ABSENT], EXCUSED, by=SECRETARIAT,
             needs=[minutes_not_approved], asks=[reason()], does=stay_away, label=_("Catat izin"), tone="warn",
             said=_("Izin dicatat.")),
        move("send_on_duty", [INVITED, ACCEPTED, REPRESENTED, DECLINED, EXCUSED, ABSENT], ON_DUTY, by=SECRETARIAT,
             needs=[minutes_not_approved], asks=[reason()], does=stay_away, label=_("Catat dinas luar"), tone="warn",
             said=_("Dinas luar dicatat.")),
        move("mark_absent", [INVITED, ACCEPTED, REPRESENTED], ABSENT, by=SYSTEM, label=_("Catat tidak hadir"), tone="bad",
             said=_("Dicatat tidak hadir saat rapat ditutup.")),
        move("mark_present", [INVITED, ACCEPTED, REPRESENTED], PRESENT, by=SYSTEM, label=_("Catat hadir"), tone="good",
             said=_("Dicatat hadir saat rapat ditutup.")),
        move("mark_excused", DECLINED, EXCUSED, by=SYSTEM, label=_("Catat izin"),
             said=_("Dicatat izin saat rapat ditutup.")),
        move("correct_to_present", NOT_PRESENT, PRESENT, by=SECRETARIAT, needs=[minutes_not_approved], asks=[reason()],
             does=correct_to_present, label=_("Betulkan menjadi hadir"), tone="warn",
             said=_("Kehadiran dibetulkan menjadi hadir.")),
        move("correct_to_absent", NOT_ABSENT, ABSENT, by=SECRETARIAT, needs=[minutes_not_approved], asks=[reason()],
             does=correct_to_absent, label=_("Betulkan menjadi tidak hadir"), tone="bad",
             said=_("Kehadiran dibetulkan menjadi tidak hadir.")),
        deed("come_back", PRESENT, by=ANYONE_EXPECTED, needs=[check_in_open], label=_("Catat datang lagi"),
             said=_("Kedatangan dicatat.")),
        deed("leave", PRESENT, by=SECRETARIAT, during=[meeting_goes_on], asks=[GONE_AT], label=_("Catat pulang"),
             said=_("Kepulangan dicatat.")),
        deed("correct_presence", [INVITED, *NOT_INVITED], by=SECRETARIAT, during=[minutes_not_approved],
             of_part=[stay_there], asks=STAY,
             label=_("Betulkan jam hadir"), said=_("Jam hadir dibetulkan.")),
        deed("change_link", [INVITED, *NOT_INVITED], by=SECRETARIAT, during=[link_counts], label=_("Ganti tautan konfirmasi"),
             said=_("Tautan konfirmasi diganti; tautan lama tidak berlaku lagi; yang baru dikirim kepada {people} orang.")),
    ],
)  # fmt: skip
