"""Rapat: from a draft to the day itself, and on to signed minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from workflows.agenda import PARTS
from workflows.closing import (
    CLOSING,
    AgendaItem,
    Objective,
    Row,
    close_session,
    reopen_session,
)
from workflows.grant import sure_of_himself
from workflows.inviting import Invitee, inviting_deeds
from workflows.letter import (
    LETTER,
    SECRET,
    decline_letter,
    issue,
    letter_wanted,
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
    Complaint,
    Lifecycle,
    _,
    awaits,
    move,
    reason,
)
from workflows.mailing import Lost, mailing_deeds
from workflows.material import MATERIAL
from workflows.meeting_rights import RIGHTS, SETTLED
from workflows.meeting_states import (
    AHEAD,
    BEFORE_THE_END,
    CANCELLED,
    CLOSED,
    CONCLUDED,
    DRAFT,
    ENDED,
    IN_SESSION,
    SCHEDULED,
)
from workflows.schedule import PEOPLE, TIMES, Session, set_people, set_times


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
    def letter_outdated(self) -> bool: ...
    @property
    def sessions(self) -> Sequence[Session]: ...
    @property
    def objectives(self) -> Sequence[Objective]: ...
    @property
    def agenda_items(self) -> Sequence[AgendaItem]: ...
    @property
    def invitees(self) -> Sequence[Invitee]: ...
    @property
    def gone(self) -> Sequence[str]: ...  # whoever is to lead, write or come, and whose account is closed
    @property
    def unconfirmed(self) -> Sequence[Row]: ...  # invitees about to be noted as absent
    @property
    def in_office(self) -> Sequence[Row]: ...  # of the unconfirmed, chair and note-taker: noted as present
    @property
    def units_without_report(self) -> Sequence[str]: ...  # whether their report is due yet or not
    @property
    def all_minutes(self) -> Sequence[Minutes]: ...  # its notula, berita acara and laporan
    @property
    def lost_mails(self) -> Sequence[Lost]: ...  # about it, that did not arrive
    @property
    def local_start_date(self) -> date | None: ...
    def local_date(self, now: datetime) -> date: ...
    def unreported(self, now: datetime) -> Sequence[str]: ...  # units whose report is due and not there
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
    gone = [_("Akun {name} sudah ditutup: pilih orang lain.").format(name=name) for name in item.gone]
    return [sentence for held, sentence in wanted if not held] + gone


def the_day_has_come(item: Meeting, act: Act) -> Complaint:
    if item.local_start_date and item.local_date(act.now) >= item.local_start_date:
        return None
    return _("Rapat baru dapat dimulai pada tanggalnya; ubah jadwalnya bila dimajukan.")


def minutes_in_drafting(item: Meeting, act: Act) -> Complaint:
    if all(paper.state == "drafting" for paper in item.all_minutes):
        return None
    return _("Rapat tidak dapat dibuka kembali: notula, berita acara, atau laporannya sudah diajukan.")


def open_session(item: Meeting, act: Act) -> None:
    item.opened_at = act.now


def call_off(item: Meeting, act: Act) -> None:
    item.sequence += 1  # a CANCEL that calendars believe is newer than the REQUEST


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
    final=ENDED,
    made_by=[SECRETARIAT],
    edited_by=[SECRETARIAT],
    edited_in=AHEAD,
    fields={"title": _("judul"), "purpose": _("maksud"), "report_period": _("periode laporan"), "starts_at": _("waktu mulai"),
            "ends_at": _("waktu selesai"), "timezone": _("zona waktu"), "place": _("tempat"), "link": _("tautan rapat daring"),
            "organiser_id": _("penyelenggara"), "chair_id": _("pimpinan rapat"), "minute_taker_id": _("notulis"),
            "quorum": _("kuorum"), "cc": _("tembusan")},
    settled=SETTLED,
    rights=RIGHTS,
    awaited=[
        awaits("schedule", DRAFT, SECRETARIAT, _("{n} rapat belum dijadwalkan")),
        awaits("issue_letter", SCHEDULED, SECRETARIAT, _("{n} surat undangan belum diterbitkan"), when=[letter_wanted]),
        awaits("sign_letter", SCHEDULED, SIGNER, _("{n} surat undangan menunggu tanda tangan Anda"), when=[to_be_signed]),
        awaits("open", SCHEDULED, LEADING, _("{n} rapat menunggu dimulai"), when=[the_day_has_come]),
        awaits("close", IN_SESSION, LEADING, _("{n} rapat sedang berlangsung")),
    ],
    moves=[
        move("schedule", DRAFT, SCHEDULED, by=SECRETARIAT, needs=[ready_to_invite], label=_("Jadwalkan"), tone="good",
             said=_("Rapat dijadwalkan; undangan dikirim kepada {people_told} orang."),
             first=_("Undangan dikirim kepada {people_told} orang; draf Laporan PPK disiapkan untuk {units_invited} PPK.")),
        move("issue_letter", SCHEDULED, None, by=SECRETARIAT, asks=LETTER, does=issue, label=_("Terbitkan surat undangan"),
             said=_("Surat undangan diterbitkan; nomor {number}; dikirim kepada {sent_to} orang; menunggu {to_sign} tanda "
                    "tangan."),
             first=_("Surat dikirim kepada {people_told} orang; juga kepada {copies_told} alamat tembusan; yang "
                     "ditandatangani di sini baru dikirim setelah ditandatangani.")),
        move("sign_letter", SCHEDULED, None, by=SIGNER, needs=[sure_of_himself, to_be_signed], asks=SECRET, does=sign_letter,
             label=_("Tandatangani surat undangan"), tone="good",
             said=_("Surat undangan ditandatangani; dikirim kepada {people_told} orang."),
             first=_("Setelah ditandatangani, surat dikirim kepada {people_told} orang; juga kepada {copies_told} alamat "
                     "tembusan.")),
        move("decline_letter", SCHEDULED, None, by=SIGNER, needs=[to_be_signed], asks=[reason()], does=decline_letter,
             label=_("Kembalikan surat undangan"), tone="bad",
             said=_("Surat undangan dikembalikan tanpa tanda tangan."),
             first=_("Surat ini tidak dikirim; Sekretariat diminta menerbitkannya lagi.")),
        move("reschedule", SCHEDULED, None, by=SECRETARIAT, asks=TIMES, does=set_times, label=_("Ubah jadwal"), tone="warn",
             said=_("Jadwal rapat diubah; pemberitahuan dikirim kepada {people_told} orang; {answers_given} jawaban kehadiran "
                    "ditanyakan lagi; surat nomor {letter_number} harus diterbitkan ulang."),
             first=_("Perubahan dikirim kepada {people_told} orang; {answers_given} jawaban kehadiran yang sudah masuk "
                     "ditanyakan lagi; surat nomor {letter_number} tidak berlaku lagi dan harus diterbitkan ulang.")),
        move("reassign", BEFORE_THE_END, None, by=SECRETARIAT, asks=PEOPLE, does=set_people,
             label=_("Ganti pimpinan atau notulis"),
             said=_("Pimpinan rapat atau notulis diganti."),
             first=_("Yang baru dan Sekretariat diberi tahu; surat nomor {letter_to_sign} yang menunggu tanda tangan "
                     "pimpinan lama ditarik.")),
        move("open", SCHEDULED, IN_SESSION, by=LEADING, needs=[the_day_has_come], does=open_session, label=_("Mulai rapat"),
             tone="good",
             said=_("Rapat dimulai.")),
        move("close", IN_SESSION, CLOSED, by=LEADING, asks=CLOSING, does=close_session, label=_("Tutup rapat"), tone="good",
             said=_("Rapat ditutup; {units_unreported} PPK dicatat tidak melapor; {items_open} acara dicatat ditunda; "
                    "{rows_absent} undangan dicatat tidak hadir."),
             first=_("Daftar hadir ditutup; {rows_absent} undangan dicatat tidak hadir; setelah itu notula disusun.")),
        move("reopen", CLOSED, IN_SESSION, by=CHAIR, needs=[minutes_in_drafting], asks=[reason()], does=reopen_session,
             label=_("Buka kembali rapat"), tone="warn",
             said=_("Rapat dibuka kembali."),
             first=_("Notula yang sedang disusun menunggu sampai rapat ditutup lagi; daftar hadir dibuka lagi.")),
        move("conclude", CLOSED, CONCLUDED, by=SYSTEM, label=_("Selesaikan"), tone="good",
             said=_("Rapat selesai: notulanya telah terbit.")),
        move("cancel", DRAFT, CANCELLED, by=LEADING, asks=[reason()], does=call_off, label=_("Batalkan rapat"), tone="bad",
             said=_("Rapat dibatalkan."), first=_("Rapat tidak dapat dihidupkan lagi; belum ada yang diundang.")),
        move("cancel", SCHEDULED, CANCELLED, by=LEADING, asks=[reason()], does=call_off, label=_("Batalkan rapat"), tone="bad",
             said=_("Rapat dibatalkan; pembatalan dikirim kepada {people_told} orang."),
             first=_("Rapat tidak dapat dihidupkan lagi; pembatalan dikirim kepada {people_told} orang; surat nomor "
                     "{letter_number} tidak berlaku lagi.")),
        *PARTS,
        *MATERIAL,
        *inviting_deeds(SCHEDULED),
        *mailing_deeds((SCHEDULED, IN_SESSION, CLOSED, CONCLUDED, CANCELLED)),
    ],
)  # fmt: skip
