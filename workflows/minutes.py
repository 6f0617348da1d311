"""Notula: drafted, reviewed, frozen at approval, signed; corrected afterwards only by an addendum (ralat).

A meeting's berita acara and its laporan go the same way. They are opened by hand, also after the notula is published;
the chair of a laporan is the head it is handed to, who agrees or returns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from workflows.letter import NEXT_NUMBER
from workflows.lifecycle import (
    CHAIR,
    EVALUATOR,
    INVITEE,
    LEADER,
    MINUTE_TAKER,
    SECRETARIAT,
    SIGNER,
    SYSTEM,
    UNIT_PPK,
    WRITER,
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
)
from workflows.meeting_states import CLOSED, CONCLUDED, HELD
from workflows.review import (
    ANSWER,
    COMMENT,
    READ,
    Agreement,
    Comment,
    comments_answered,
    data_changed,
    not_agreed_yet,
    something_said,
    something_unanswered,
)

DRAFTING, IN_REVIEW, APPROVED = "drafting", "in_review", "approved"
SIGNING, SIGNED, SUPERSEDED = "signing", "signed", "superseded"
BEFORE_APPROVAL, UNFROZEN = (DRAFTING, IN_REVIEW), (DRAFTING, IN_REVIEW, APPROVED)  # a constraint names these
LOCKED, ISSUED = (APPROVED, SIGNING), (SIGNED, SUPERSEDED)
MINUTES, RECORD, REPORT = "minutes", "record", "report"  # notula, berita acara, laporan


class Meeting(Protocol):
    state: str


class Section(Protocol):
    title: str

    @property
    def is_empty(self) -> bool: ...


class Signature(Protocol):
    state: str
    way: str | None
    scan_file_id: int | None


class Minutes(Protocol):
    kind: str
    state: str
    version_no: int
    approved_at: datetime | None
    approved_by_id: int | None

    @property
    def meeting(self) -> Meeting: ...
    @property
    def is_addendum(self) -> bool: ...
    @property
    def sections(self) -> Sequence[Section]: ...
    @property
    def unassessed(
        self,
    ) -> Sequence[str]: ...  # printed objectives of the meeting that are still "Belum dinilai"
    @property
    def draft_follow_ups(self) -> Sequence[object]: ...
    @property
    def comments(self) -> Sequence[Comment]: ...
    @property
    def agreements(self) -> Sequence[Agreement]: ...
    @property
    def signers(self) -> Sequence[object]: ...
    @property
    def gone_signers(self) -> Sequence[str]: ...  # of whom nobody will ever get a signature
    @property
    def signatures(self) -> Sequence[Signature]: ...  # of the present version only
    @property
    def document_ready(self) -> bool: ...  # the PDF of the present version is stored
    @property
    def open_addendum(self) -> object | None: ...
    @property
    def wording_sha256(self) -> str: ...  # of the text handed in for review; "" while it is written
    @property
    def changed_parts(self) -> Sequence[str]: ...  # where the meeting's data differ from that text by now
    def relations(self, actor: Actor) -> frozenset[str]: ...


def meeting_over(item: Minutes, act: Act) -> Complaint:
    later = item.is_addendum or item.kind != MINUTES  # what may come after the published notula
    if item.meeting.state == CLOSED or (later and item.meeting.state == CONCLUDED):
        return None
    return _("Tutup rapat dahulu.")


def sections_filled(item: Minutes, act: Act) -> Complaint:
    return [_("Isi bagian «{b}».").format(b=section.title) for section in item.sections if section.is_empty]


def objectives_assessed(item: Minutes, act: Act) -> Complaint:
    return [_("Nilai dahulu sasaran «{s}».").format(s=text) for text in item.unassessed]


def follow_ups_assigned(item: Minutes, act: Act) -> Complaint:
    drafts = len(item.draft_follow_ups)
    return (
        _("Tugaskan atau batalkan dahulu {n} tindak lanjut yang masih draf.").format(n=drafts)
        if drafts
        else None
    )


def signers_named(item: Minutes, act: Act) -> Complaint:
    return None if item.signers else _("Tetapkan sedikitnya satu penanda tangan.")


def signers_there(item: Minutes, act: Act) -> Complaint:
    return [
        _("Akun {name} sudah ditutup: tetapkan penanda tangan lain.").format(name=n)
        for n in item.gone_signers
    ]


def document_stored(item: Minutes, act: Act) -> Complaint:
    return None if item.document_ready else _("Berkas PDF-nya belum siap.")


def all_signed(item: Minutes, act: Act) -> Complaint:
    if not item.signatures or any(s.state != "signed" for s in item.signatures):
        return _("Belum semua penanda tangan menandatangani.")
    if any(s.way == "paper" and not s.scan_file_id for s in item.signatures):
        return _("Unggah dahulu pindaian tanda tangan basah.")
    return None


def no_open_addendum(item: Minutes, act: Act) -> Complaint:
    return _("Selesaikan dahulu ralat yang sedang disusun.") if item.open_addendum else None


def approve(item: Minutes, act: Act) -> None:
    item.approved_at, item.approved_by_id = act.now, act.actor.id


def next_version(item: Minutes, act: Act) -> None:
    item.approved_at = item.approved_by_id = None
    item.version_no += 1


NUMBER = [Ask("number", _("Nomor notula"), most=80, required=False, help=NEXT_NUMBER)]
ONE_SITTING = timedelta(minutes=15)  # saves of one person within this time are one line of the history
WRITING = (CHAIR, MINUTE_TAKER, SECRETARIAT)
READING = (INVITEE, CHAIR, MINUTE_TAKER, SIGNER, SECRETARIAT, EVALUATOR, LEADER)
OPENERS = (MINUTE_TAKER, SECRETARIAT)  # of what is opened by hand: berita acara, laporan
SECTIONS = [Ask("sections", _("Bagian naskah"), "map")]
SIGNERS = [Ask("signers", _("Penanda tangan menurut urutan"), "list")]
APPROVABLE = [comments_answered, signers_named, signers_there]
COMPLETE = [meeting_over, sections_filled, objectives_assessed, follow_ups_assigned]

LIFECYCLE = Lifecycle(
    "minutes",
    _("Notula"),
    states={
        DRAFTING: _("Disusun"),
        IN_REVIEW: _("Ditinjau"),
        APPROVED: _("Disetujui, isi dikunci"),
        SIGNING: _("Menunggu tanda tangan"),
        SIGNED: _("Terbit"),
        SUPERSEDED: _("Digantikan"),
    },
    tones={DRAFTING: "muted", IN_REVIEW: "info", APPROVED: "progress", SIGNING: "progress", SIGNED: "good",
           SUPERSEDED: "muted"},
    initial=DRAFTING,
    final={SUPERSEDED},
    made_by=[SYSTEM, *OPENERS],
    made_within=dict.fromkeys(OPENERS, HELD),
    awaited=[
        awaits("submit", DRAFTING, [MINUTE_TAKER, WRITER], _("{n} naskah menunggu disusun dan diajukan")),
        awaits("answer_comment", BEFORE_APPROVAL, WRITING, _("{n} naskah dengan tanggapan yang belum dijawab"),
               when=[something_unanswered]),
        awaits("approve", IN_REVIEW, CHAIR, _("{n} naskah menunggu persetujuan Anda")),
        awaits("agree", IN_REVIEW, UNIT_PPK, _("{n} naskah menunggu «Menyetujui» PPK Anda"), when=[not_agreed_yet]),
    ],
    moves=[
        move("submit", DRAFTING, IN_REVIEW, by=[MINUTE_TAKER, WRITER], needs=COMPLETE, label=_("Ajukan untuk ditinjau"),
             tone="good",
             said=_("Naskah diajukan untuk ditinjau; {readers_told} orang diberi tahu."),
             first=_("Naskah dapat dibaca, ditanggapi, dan disetujui oleh {readers_told} orang.")),
        move("return", IN_REVIEW, DRAFTING, by=CHAIR, asks=[reason()], label=_("Kembalikan"), tone="warn",
             said=_("Naskah dikembalikan untuk diperbaiki; {agreements_given} persetujuan PPK akan ditanyakan lagi."),
             first=_("{agreements_given} persetujuan PPK batal dan ditanyakan lagi setelah diajukan ulang.")),
        move("approve", IN_REVIEW, APPROVED, by=CHAIR, needs=APPROVABLE, asks=NUMBER, does=approve,
             label=_("Setujui"), tone="good",
             said=_("Naskah disetujui, isinya dikunci; {signers_named} penanda tangan dipanggil menurut urutan."),
             first=_("Isi dikunci dan naskah diberi nomor; {signers_named} penanda tangan dipanggil menurut urutan; sesudah "
                     "ini isinya hanya berubah bila ditarik.")),
        move("request_signatures", APPROVED, SIGNING, by=SYSTEM, needs=[document_stored], label=_("Minta tanda tangan"),
             said=_("Tanda tangan diminta.")),
        move("complete", SIGNING, SIGNED, by=SYSTEM, needs=[all_signed], label=_("Terbitkan"), tone="good",
             said=_("Naskah terbit: semua tanda tangan lengkap.")),
        move("revise", LOCKED, DRAFTING, by=[CHAIR, SYSTEM], asks=[reason()], does=next_version,
             label=_("Tarik untuk diperbaiki"), tone="bad",
             said=_("Naskah ditarik untuk diperbaiki; {signatures_open} tanda tangan yang belum diberikan batal."),
             first=_("Berkas versi ini ditandai ditarik; {signatures_open} tanda tangan yang belum diberikan batal; "
                     "{signatures_given} tanda tangan yang sudah diberikan diminta lagi pada versi baru.")),
        move("amend", SIGNED, None, by=[CHAIR, MINUTE_TAKER, WRITER], needs=[no_open_addendum], asks=[reason()],
             label=_("Buat ralat"), tone="warn",
             said=_("Ralat dibuka."),
             first=_("Ralat disusun, ditinjau, dan ditandatangani lagi; naskah ini tetap berlaku sampai ralatnya terbit.")),
        move("supersede", SIGNED, SUPERSEDED, by=SYSTEM, label=_("Gantikan dengan ralat"),
             said=_("Naskah digantikan oleh ralatnya.")),
        deed("write", DRAFTING, by=OPENERS, asks=SECTIONS, sitting=ONE_SITTING, label=_("Tulis isi naskah"),
             said=_("Isi naskah ditulis.")),
        deed("comment", IN_REVIEW, by=READING, asks=COMMENT, label=_("Tanggapi"), said=_("Naskah ditanggapi.")),
        deed("answer_comment", BEFORE_APPROVAL, by=WRITING, needs=[something_said], asks=ANSWER, label=_("Jawab tanggapan"),
             said=_("Tanggapan dijawab.")),
        deed("renew", IN_REVIEW, by=[CHAIR, MINUTE_TAKER, WRITER], needs=[data_changed], label=_("Perbarui dari data rapat"),
             said=_("Naskah diperbarui dari data rapat; {agreements_given} persetujuan PPK ditanyakan lagi."),
             first=_("Naskah diperbarui dari data rapat; {agreements_given} persetujuan PPK batal dan ditanyakan lagi.")),
        deed("agree", IN_REVIEW, by=UNIT_PPK, needs=[not_agreed_yet], asks=READ, label=_("Menyetujui"), tone="good",
             said=_("PPK menyetujui isi naskah.")),
        deed("name_signers", BEFORE_APPROVAL, by=WRITING, asks=SIGNERS, label=_("Tetapkan penanda tangan"),
             said=_("Penanda tangan ditetapkan: {named} orang.")),
    ],
)  # fmt: skip
