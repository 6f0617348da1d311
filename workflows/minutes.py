"""Notula: drafted, reviewed, frozen at approval, signed; corrected afterwards only by an addendum (ralat).

A meeting's berita acara and its laporan go the same way. They are opened by hand, also after the notula is published;
the chair of a laporan is the head it is handed to, who agrees or returns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from workflows.letter import NEXT_NUMBER
from workflows.lifecycle import (
    CHAIR,
    MINUTE_TAKER,
    SECRETARIAT,
    SYSTEM,
    WRITER,
    Act,
    Actor,
    Ask,
    Complaint,
    Lifecycle,
    _,
    move,
    reason,
)

DRAFTING, IN_REVIEW, APPROVED = "drafting", "in_review", "approved"
SIGNING, SIGNED, SUPERSEDED = "signing", "signed", "superseded"
MINUTES, RECORD, REPORT = "minutes", "record", "report"  # notula, berita acara, laporan


class Meeting(Protocol):
    state: str


class Section(Protocol):
    title: str

    @property
    def is_empty(self) -> bool: ...


class Comment(Protocol):
    answer: str | None


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
    def signers(self) -> Sequence[object]: ...
    @property
    def signatures(self) -> Sequence[Signature]: ...  # of the present version only
    @property
    def document_ready(self) -> bool: ...  # the PDF of the present version is stored
    @property
    def open_addendum(self) -> object | None: ...
    def relations(self, actor: Actor) -> frozenset[str]: ...


def meeting_over(item: Minutes, act: Act) -> Complaint:
    later = item.is_addendum or item.kind != MINUTES  # what may come after the published notula
    if item.meeting.state == "closed" or (later and item.meeting.state == "concluded"):
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


def comments_answered(item: Minutes, act: Act) -> Complaint:
    waiting = sum(not comment.answer for comment in item.comments)
    return _("Jawab dahulu {n} tanggapan peserta.").format(n=waiting) if waiting else None


def signers_named(item: Minutes, act: Act) -> Complaint:
    return None if item.signers else _("Tetapkan sedikitnya satu penanda tangan.")


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
    made_by=[SYSTEM, MINUTE_TAKER, SECRETARIAT],
    edited_by=[MINUTE_TAKER, SECRETARIAT],
    edited_in={DRAFTING},
    moves=[
        move("submit", DRAFTING, IN_REVIEW, by=[MINUTE_TAKER, WRITER], needs=COMPLETE, label=_("Ajukan untuk ditinjau"),
             tone="good"),
        move("return", IN_REVIEW, DRAFTING, by=CHAIR, asks=[reason()], label=_("Kembalikan"), tone="warn"),
        move("approve", IN_REVIEW, APPROVED, by=CHAIR, needs=[comments_answered, signers_named], asks=NUMBER, does=approve,
             label=_("Setujui"), tone="good"),
        move("request_signatures", APPROVED, SIGNING, by=SYSTEM, needs=[document_stored], label=_("Minta tanda tangan")),
        move("complete", SIGNING, SIGNED, by=SYSTEM, needs=[all_signed], label=_("Terbitkan"), tone="good"),
        move("revise", [APPROVED, SIGNING], DRAFTING, by=[CHAIR, SYSTEM], asks=[reason()], does=next_version,
             label=_("Tarik untuk diperbaiki"), tone="bad"),
        move("amend", SIGNED, None, by=[CHAIR, MINUTE_TAKER, WRITER], needs=[no_open_addendum], asks=[reason()],
             label=_("Buat ralat"), tone="warn"),
        move("supersede", SIGNED, SUPERSEDED, by=SYSTEM, label=_("Gantikan dengan ralat")),
    ],
)  # fmt: skip
