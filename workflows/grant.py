"""Usulan wewenang: a role or a weighty appointment that one who keeps accounts proposes, and that a second person lets count.

What is proposed gives nothing before it is confirmed. Who proposes is not who confirms, and nobody confirms his own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from workflows.account import SECOND
from workflows.lifecycle import (
    ADMIN,
    KEEPERS,
    SECRETARIAT,
    SYSTEM,
    Act,
    Actor,
    Complaint,
    Lifecycle,
    _,
    move,
    reason,
)

REQUESTED, GRANTED, REFUSED, WITHDRAWN = "requested", "granted", "refused", "withdrawn"


UNSURE = _(
    "Identitas Anda belum dipastikan: akun ini dibuka lewat tautan buatan orang lain. Pastikan dahulu di Profil › Identitas."
)


class Grant(Protocol):
    state: str
    role: str
    person_id: int
    created_by_id: int | None
    decided_by_id: int | None
    decided_at: datetime | None

    def relations(self, actor: Actor) -> frozenset[str]: ...


def not_the_proposer(item: Grant, act: Act) -> Complaint:
    if act.actor.id is not None and act.actor.id == item.created_by_id:
        return _("Anda yang mengusulkan ini: disetujui oleh orang kedua.")
    return None


def not_for_oneself(item: Grant, act: Act) -> Complaint:
    if act.actor.id == item.person_id:
        return _("Tidak seorang pun menyetujui wewenangnya sendiri.")
    return None


def admin_by_admin(item: Grant, act: Act) -> Complaint:
    if item.role == ADMIN and not act.actor.has(ADMIN):
        return _("Admin Sistem disetujui oleh Admin Sistem lain.")
    return None


def sure_of_himself(item: object, act: Act) -> Complaint:
    """Whoever was let in by a link of somebody else's decides and signs nothing before he is known to be himself."""
    return None if act.actor.sure else UNSURE


def decide(item: Grant, act: Act) -> None:
    item.decided_by_id, item.decided_at = act.actor.id, act.now


NEEDS = [sure_of_himself, not_the_proposer, not_for_oneself, admin_by_admin]

LIFECYCLE = Lifecycle(
    "grant",
    _("Usulan wewenang"),
    states={REQUESTED: _("Menunggu persetujuan"), GRANTED: _("Disetujui"), REFUSED: _("Ditolak"), WITHDRAWN: _("Ditarik")},
    tones={REQUESTED: "info", GRANTED: "good", REFUSED: "bad", WITHDRAWN: "muted"},
    initial=REQUESTED,
    final={GRANTED, REFUSED, WITHDRAWN},
    made_by=KEEPERS,
    moves=[
        move("grant", REQUESTED, GRANTED, by=SECOND, needs=NEEDS, does=decide, label=_("Setujui"), tone="good",
             said=_("Usulan disetujui; yang diusulkan berlaku."),
             first=_("Yang diusulkan langsung berlaku; pemilik akun dan pimpinan satuan kerjanya diberi tahu.")),
        move("refuse", REQUESTED, REFUSED, by=SECOND, needs=[sure_of_himself], asks=[reason()], does=decide,
             label=_("Tolak"), tone="bad",
             said=_("Usulan ditolak."), first=_("Usulan ini tidak dapat dihidupkan lagi.")),
        move("withdraw", REQUESTED, WITHDRAWN, by=[ADMIN, SECRETARIAT, SYSTEM], label=_("Tarik"), tone="warn",
             said=_("Usulan ditarik."), first=_("Usulan ini tidak dapat dihidupkan lagi.")),
    ],
)  # fmt: skip
