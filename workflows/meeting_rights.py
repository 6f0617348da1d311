"""What may be done with a meeting besides its moves: who looks at which part of it, what follows from it, what is settled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Protocol

from workflows.agenda import WRITERS
from workflows.attendance import list_open
from workflows.letter import READERS
from workflows.lifecycle import (
    CHAIR,
    EVALUATOR,
    SECRETARIAT,
    SEES_ALL,
    Act,
    Complaint,
    Need,
    _,
    right,
    settled,
)
from workflows.meeting_states import CALLED, CANCELLED, DRAFT, LIVE, SESSION_ON, STOPPED
from workflows.minutes import OPENERS


class Minutes(Protocol):
    state: str


class Meeting(Protocol):
    state: str

    @property
    def minutes(self) -> Any: ...
    @property
    def all_minutes(self) -> Collection[Any]: ...
    @property
    def local_start_date(self) -> date | None: ...
    @property
    def local_end_date(self) -> date | None: ...
    def local_date(self, now: datetime) -> date: ...
    def is_check_in_day(self, now: datetime) -> bool: ...


def door_open(item: Meeting, act: Act) -> Complaint:
    if item.state in LIVE and item.local_start_date:
        return None
    return _("Daftar hadir dibuka selama rapat terjadwal atau berlangsung.")


def door_today(item: Meeting, act: Act) -> Complaint:
    today = item.is_check_in_day(act.now)
    return door_open(item, act) or (None if today else _("Kode hadir tampil di sini pada tanggal rapat."))


def day_not_over(item: Meeting, act: Act) -> Complaint:
    last = item.local_end_date
    if last is None or item.local_date(act.now) <= last:
        return None
    return _("Tanggal rapat sudah lewat: daftar hadir tidak dibuka lagi.")


def no_such_paper(item: Meeting, act: Act) -> Complaint:
    if all(paper.kind != act.get("kind") for paper in item.all_minutes):
        return None
    return _("Rapat ini sudah mempunyai {what}.").format(what=act.get("what") or _("naskah jenis ini"))


def guest_list_open(item: Meeting, act: Act) -> Complaint:
    today, at_the_table = item.is_check_in_day(act.now), act.get("way") == "table"
    return list_open(item.state, item.minutes, today, at_the_table=at_the_table)


def while_in(states: Collection[str], said: str) -> Need:
    return lambda item, act: None if item.state in states else said


SETTLED = [
    settled("starts_at", "ends_at", "timezone", but_in=[DRAFT],
            said=_("Rapat ini sudah terjadwal: waktunya diubah lewat langkah «Ubah jadwal».")),
    settled("report_period", but_in=[DRAFT],
            said=_("Periode laporan sudah diumumkan: draf laporan PPK sudah dibuat untuknya.")),
    settled("chair_id", "minute_taker_id", but_in=[DRAFT],
            said=_("Rapat ini sudah terjadwal: orangnya diganti lewat langkah «Ganti pimpinan atau notulis».")),
]  # fmt: skip
RIGHTS = [
    right("check_in_address", _("Alamat daftar hadir"), by=[SECRETARIAT, CHAIR], when=[door_open, day_not_over]),
    right("check_in_screen", _("Kode daftar hadir"), by=[SECRETARIAT, CHAIR], when=[door_today]),
    right("projector", _("Layar rapat"), by=WRITERS),
    right("letter", _("Surat undangan sebelum ditandatangani"), by=READERS),
    right("proposals", _("Usulan temuan"), by=SEES_ALL),
    right("archive", _("Arsip lengkap rapat"), by=SEES_ALL,
          when=[while_in(STOPPED, _("Arsip lengkap dibuat setelah rapat ditutup."))]),
    right("follow_on", _("Rapat berikutnya"), by=[SECRETARIAT],
          when=[while_in(CALLED, _("Rapat ini masih draf atau dibatalkan: belum ada yang dapat dilanjutkan darinya."))]),
    right("copy", _("Membuat rapat ini lagi"), by=[SECRETARIAT],
          when=[while_in([CANCELLED], _("Hanya rapat yang dibatalkan yang dibuat lagi."))]),
    right("guest", _("Mencatat tamu"), by=[SECRETARIAT], when=[guest_list_open]),
    right("open_paper", _("Berita acara atau laporan"), by=OPENERS, when=[no_such_paper]),
    right("bring_follow_ups", _("Impor tindak lanjut"), by=[SECRETARIAT, EVALUATOR],
          when=[while_in(SESSION_ON, _("Daftar tindak lanjut dimasukkan sejak rapat dimulai, dan bila tidak dibatalkan."))]),
]  # fmt: skip
