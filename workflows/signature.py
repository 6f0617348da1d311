"""Tanda tangan: one signer of one version of the minutes (or of a berita acara or laporan, which go their way).

The cryptography happens before the move, in the entry point; the table only says who may sign what, and when.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from workflows.grant import sure_of_himself
from workflows.lifecycle import (
    SECRETARIAT,
    SIGNER,
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
)

WAITING, READY, SIGNED, DECLINED, VOID = "waiting", "ready", "signed", "declined", "void"
OPEN = (WAITING, READY)
SHOWN = (READY, SIGNED)  # called, or given: what is signed can be read with it


class Minutes(Protocol):
    state: str


class Signature(Protocol):
    state: str
    signer_id: int | None
    scan_file_id: int | None
    scan_by_id: int | None
    signed_at: datetime | None
    signed_by_id: int | None
    way: str | None  # local, remote, paper
    signed_field: str | None  # in the file, and by which certificate (SHA-256)
    certificate_sha256: str | None

    @property
    def minutes(self) -> Minutes: ...
    def may_take_over(self, user_id: int, now: datetime) -> bool: ...
    def relations(self, actor: Actor) -> frozenset[str]: ...


def minutes_in_signing(item: Signature, act: Act) -> Complaint:
    return (
        None
        if item.minutes.state == "signing"
        else _("Naskah ini belum atau tidak lagi menunggu tanda tangan.")
    )


def scan_there(item: Signature, act: Act) -> Complaint:
    return None if item.scan_file_id else _("Unggah dahulu pindaian lembar yang ditandatangani.")


def not_the_uploader(item: Signature, act: Act) -> Complaint:
    """Two people vouch for ink: one who hands in the scan, and another who says that it is so. The signer, too."""
    if not item.scan_file_id or item.scan_by_id != act.actor.id:
        return None
    return _("Anda yang mengunggah pindaian ini: dikonfirmasi oleh penanda tangan atau sekretariat lain.")


def other_holder(item: Signature, act: Act) -> Complaint:
    user_id = act.get("user_id")
    if user_id != item.signer_id and item.may_take_over(user_id, act.now):
        return None
    return _("Pilih pejabat lain yang memegang jabatan ini hari ini (definitif, Plt., Plh., atau a.n.).")


def sign(item: Signature, act: Act) -> None:
    item.signed_at, item.signed_by_id, item.way = act.now, act.actor.id, act.get("way") or "local"
    item.signed_field, item.certificate_sha256 = act.get("signed_field"), act.get("certificate_sha256")


def sign_on_paper(item: Signature, act: Act) -> None:
    item.signed_at, item.signed_by_id, item.way = act.now, act.actor.id, "paper"


def hand_over(item: Signature, act: Act) -> None:
    item.signer_id = act.get("user_id")


NIK = Ask("nik", _("NIK, bila menandatangani lewat penyelenggara sertifikasi"), "password", required=False)
PASSPHRASE = Ask("passphrase", _("Frasa sandi tanda tangan"), "password")
SCAN = [Ask("file", _("Pindaian bertanda tangan basah"), "file", help=_("PDF, JPEG, atau PNG, maks. 20 MB."))]
HOLDER = Ask("user_id", _("Diserahkan kepada"), "person", check=other_holder)

LIFECYCLE = Lifecycle(
    "signature",
    _("Tanda tangan"),
    states={
        WAITING: _("Menunggu giliran"),
        READY: _("Siap ditandatangani"),
        SIGNED: _("Ditandatangani"),
        DECLINED: _("Ditolak"),
        VOID: _("Tidak berlaku"),
    },
    tones={WAITING: "muted", READY: "info", SIGNED: "good", DECLINED: "bad", VOID: "muted"},
    initial=WAITING,
    final={SIGNED, DECLINED, VOID},
    made_by=[SYSTEM],
    awaited=[
        awaits("sign", READY, SIGNER, _("{n} naskah menunggu tanda tangan Anda"), when=[minutes_in_signing]),
        awaits("sign_on_paper", READY, [SIGNER, SECRETARIAT], _("{n} pindaian tanda tangan basah menunggu konfirmasi"),
               when=[minutes_in_signing, scan_there, not_the_uploader]),
    ],
    moves=[
        move("call", WAITING, READY, by=SYSTEM, label=_("Panggil"),
             said=_("Penanda tangan dipanggil.")),
        move("sign", READY, SIGNED, by=SIGNER, needs=[sure_of_himself, minutes_in_signing],
             asks=[PASSPHRASE, NIK], does=sign, label=_("Tandatangani"), tone="good",
             said=_("Naskah ditandatangani.")),
        move("sign_on_paper", READY, SIGNED, by=[SIGNER, SECRETARIAT],
             needs=[sure_of_himself, minutes_in_signing, scan_there, not_the_uploader], does=sign_on_paper,
             label=_("Catat tanda tangan basah"),
             said=_("Tanda tangan basah dicatat.")),
        move("decline", READY, DECLINED, by=SIGNER, needs=[minutes_in_signing], asks=[reason()], label=_("Tolak"), tone="bad",
             said=_("Penandatanganan ditolak; naskah kembali kepada penyusun."),
             first=_("Naskah ditarik dari semua penanda tangan dan kembali kepada penyusun.")),
        move("hand_over", READY, None, by=[SIGNER, SECRETARIAT], asks=[HOLDER], does=hand_over, label=_("Serahkan"),
             said=_("Tanda tangan diserahkan kepada {user_id}.")),
        move("cancel", [WAITING, READY], VOID, by=SYSTEM, label=_("Batalkan"),
             said=_("Tanda tangan tidak diminta lagi: naskahnya ditarik.")),
        deed("add_scan", READY, by=[SIGNER, SECRETARIAT], asks=SCAN, label=_("Unggah pindaian tanda tangan basah"),
             said=_("Pindaian tanda tangan basah diunggah; menunggu konfirmasi orang lain.")),
    ],
)  # fmt: skip
