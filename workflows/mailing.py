"""Mails about a meeting that did not arrive: sent once more, one by one, when what stood against them was mended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from workflows.lifecycle import SECRETARIAT, Act, Ask, Complaint, Move, _, deed


class Lost(Protocol):
    """`address`: where it goes now; "": nowhere."""

    @property
    def id(self) -> int: ...
    @property
    def secret(self) -> bool: ...
    @property
    def address(self) -> str: ...


class Mailing(Protocol):
    @property
    def lost_mails(self) -> Sequence[Lost]: ...


def is_lost(item: Mailing, act: Act) -> Complaint:
    wanted = act.get("mail_id")
    mail = next((mail for mail in item.lost_mails if mail.id == wanted), None)
    if wanted is None:
        return None
    return _("Surel ini tidak gagal, atau sudah dikirim lagi.") if mail is None else may_go_again(mail)


def may_go_again(mail: Lost) -> Complaint:
    """The same for an operator, who has the mails of the whole house before him."""
    if mail.secret:
        return _("Isi surel rahasia ini sudah dihapus; buat tautan masuk yang baru.")
    if not mail.address:
        return _("Penerimanya tidak lagi ada di tembusan, atau akunnya sudah ditutup.")
    return None


def mailing_deeds(announced: tuple[str, ...]) -> list[Move]:
    return [
        deed("resend_mail", announced, by=SECRETARIAT, asks=[Ask("mail_id", _("Surel"), "row", check=is_lost)],
             label=_("Kirim lagi"), said=_("Surel dikirim lagi; bila tetap gagal, Anda diberi tahu.")),
    ]  # fmt: skip
