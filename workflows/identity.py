"""Pemastian identitas: that whoever holds an account is the person whose name a certificate will bear.

Somebody who was let in by another (a link, a new password through it) has shown nothing that the helper does not hold. So a
second person, not the maker of the link, confirms that it is he; it counts after a time in which the true owner, told on
every channel, can stop it. Until then the person signs nothing and gets no key. A key that was enrolled before opens only
with a passphrase that no helper knows: with it one proves oneself at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from workflows.account import SECOND
from workflows.grant import sure_of_himself
from workflows.lifecycle import (
    OWNER,
    SYSTEM,
    Act,
    Actor,
    Ask,
    Complaint,
    Lifecycle,
    _,
    move,
    reason,
)

WAITING, CONFIRMED, STOPPED, REPLACED = "waiting", "confirmed", "stopped", "replaced"
OPEN = (WAITING, CONFIRMED)  # its owner can stop it
WAIT = timedelta(hours=24)  # in which the owner can stop what a second person confirmed
NEVER = timedelta(days=365 * 100)  # beyond every question: nothing counts before it is confirmed

#: how somebody was known to be himself → what certificates and the verification page say of it
WAYS = {
    "made": _("akun dibuat oleh Admin Sistem"),
    "shell": _("dinyatakan pengelola mesin"),
    "met": _("bertemu langsung"),
    "video": _("panggilan video"),
    "phone": _("telepon ke nomor yang sudah dikenal"),
    "key": _("frasa sandi kunci sebelumnya"),
}
SEEN = {code: WAYS[code].capitalize() for code in ("met", "video", "phone")}


class Person(Protocol):
    id: int
    sure_from: datetime | None


class Identity(Protocol):
    state: str
    link_maker_id: int | None
    confirmed_by_id: int | None
    confirmed_at: datetime | None
    counts_from: datetime | None
    how: str | None

    @property
    def person(self) -> Person: ...
    @property
    def has_earlier_key(self) -> bool: ...
    def relations(self, actor: Actor) -> frozenset[str]: ...


def not_oneself(item: Identity, act: Act) -> Complaint:
    if act.actor.id == item.person.id:
        return _("Identitas dipastikan oleh orang lain, bukan oleh pemilik akun.")
    return None


def not_the_link_maker(item: Identity, act: Act) -> Complaint:
    if act.actor.id is not None and act.actor.id == item.link_maker_id:
        return _(
            "Anda yang membuat akun atau tautan masuknya: dipastikan oleh Admin Sistem atau pimpinan lain."
        )
    return None


def earlier_key(item: Identity, act: Act) -> Complaint:
    if item.has_earlier_key:
        return None
    return _("Tidak ada kunci dari sebelum tautan itu: minta orang kedua memastikan identitas Anda.")


def confirm(item: Identity, act: Act) -> None:
    item.how, item.confirmed_by_id, item.confirmed_at = act.get("how"), act.actor.id, act.now
    item.counts_from = item.person.sure_from = act.now + WAIT


def prove(item: Identity, act: Act) -> None:
    item.how, item.confirmed_by_id, item.confirmed_at = "key", act.actor.id, act.now
    item.counts_from = item.person.sure_from = act.now


def stop(item: Identity, act: Act) -> None:
    item.person.sure_from = act.now + NEVER


HOW = Ask("how", _("Cara memastikan"), "choice", choices=SEEN)
OLD_PASSPHRASE = Ask("passphrase", _("Frasa sandi kunci Anda yang sekarang"), "password")

LIFECYCLE = Lifecycle(
    "identity",
    _("Pemastian identitas"),
    states={
        WAITING: _("Menunggu orang kedua"),
        CONFIRMED: _("Dipastikan"),
        STOPPED: _("Dihentikan"),
        REPLACED: _("Digantikan"),
    },
    tones={WAITING: "warn", CONFIRMED: "good", STOPPED: "bad", REPLACED: "muted"},
    initial=(WAITING, CONFIRMED),
    final={STOPPED, REPLACED},
    made_by=[SYSTEM],
    moves=[
        move("confirm", WAITING, CONFIRMED, by=SECOND, needs=[sure_of_himself, not_oneself, not_the_link_maker],
             asks=[HOW, reason(_("Keterangan"), required=False)], does=confirm, label=_("Pastikan identitas"), tone="good",
             said=_("Identitas dipastikan; berlaku setelah 24 jam."),
             first=_("Pemilik akun diberi tahu dan dapat menghentikannya; setelah 24 jam ia dapat menandatangani.")),
        move("prove", WAITING, CONFIRMED, by=OWNER, needs=[earlier_key], asks=[OLD_PASSPHRASE], does=prove,
             label=_("Pastikan dengan frasa sandi kunci"), tone="good",
             said=_("Identitas dipastikan dengan frasa sandi kunci.")),
        move("stop", [WAITING, CONFIRMED], STOPPED, by=[OWNER, *SECOND], asks=[reason()], does=stop,
             label=_("Hentikan"), tone="bad",
             said=_("Pemastian identitas dihentikan."),
             first=_("Semua sesi dan token akun ini berakhir, kata sandinya dihapus, dan kunci yang dibuat sejak itu dicabut.")),
        move("replace", [WAITING, CONFIRMED], REPLACED, by=SYSTEM, label=_("Gantikan"),
             said=_("Pemastian identitas digantikan oleh yang baru.")),
    ],
)  # fmt: skip
