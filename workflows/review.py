"""What reviewers of minutes say: comments and their answers, and "Menyetujui" to the very text that was handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from workflows.lifecycle import Act, Ask, Complaint, _


class Comment(Protocol):
    id: int
    answer: str | None


class Agreement(Protocol):
    version_no: int
    unit_id: int


class Reviewed(Protocol):
    version_no: int

    @property
    def comments(self) -> Sequence[Comment]: ...
    @property
    def agreements(self) -> Sequence[Agreement]: ...
    @property
    def wording_sha256(self) -> str: ...  # of the text handed in for review; "" while it is written
    @property
    def changed_parts(self) -> Sequence[str]: ...  # where the meeting's data differ from that text by now


def comments_answered(item: Reviewed, act: Act) -> Complaint:
    waiting = sum(not comment.answer for comment in item.comments)
    return _("Jawab dahulu {n} tanggapan peserta.").format(n=waiting) if waiting else None


def something_unanswered(item: Reviewed, act: Act) -> Complaint:
    return (
        None if any(not comment.answer for comment in item.comments) else _("Semua tanggapan sudah dijawab.")
    )


def comment_here(item: Reviewed, act: Act) -> Complaint:
    if any(comment.id == act.get("comment_id") for comment in item.comments):
        return None
    return _("Tanggapan ini tidak ada pada naskah ini.")


def something_said(item: Reviewed, act: Act) -> Complaint:
    return None if item.comments else _("Belum ada tanggapan.")


def not_agreed_yet(item: Reviewed, act: Act) -> Complaint:
    mine = (act.actor.unit_id, item.version_no)
    if any((a.unit_id, a.version_no) == mine for a in item.agreements):
        return _("PPK Anda sudah menyetujui naskah ini.")
    return None


def the_text_read(item: Reviewed, act: Act) -> Complaint:
    if act.get("sha256") in (None, item.wording_sha256):
        return None
    return _("Naskah ini diperbarui sejak Anda membukanya. Baca lagi, lalu setujui.")


def data_changed(item: Reviewed, act: Act) -> Complaint:
    return None if item.changed_parts else _("Data rapat tidak berubah sejak naskah diajukan.")


COMMENT = [Ask("text", _("Tanggapan"), "prose", most=4000, kept=False)]
ANSWER = [Ask("comment_id", _("Tanggapan"), "row", check=comment_here),
          Ask("answer", _("Jawaban"), "prose", most=4000, kept=False)]  # fmt: skip
READ = [
    Ask("sha256", _("Sidik naskah yang dibaca"), most=64, required=False, check=the_text_read, kept=False)
]
