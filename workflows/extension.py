"""Perpanjangan tenggat: one open request at a time on a running follow-up.

Granting moves the due date of the follow-up in the same transaction (a reaction); here only the request changes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from workflows.follow_up import ENDED, RUNNING
from workflows.lifecycle import (
    EVALUATOR,
    SYSTEM,
    UNIT_PPK,
    Act,
    Actor,
    Ask,
    Complaint,
    Lifecycle,
    _,
    awaits,
    move,
    reason,
)

REQUESTED, GRANTED, REFUSED, WITHDRAWN = "requested", "granted", "refused", "withdrawn"


class FollowUp(Protocol):
    state: str
    due_on: date | None

    def local_today(self, now: datetime) -> date: ...


class Extension(Protocol):
    state: str
    old_due_on: date | None
    new_due_on: date | None
    decided_by_id: int | None
    decided_at: datetime | None

    @property
    def follow_up(self) -> FollowUp: ...
    def relations(self, actor: Actor) -> frozenset[str]: ...


def follow_up_runs(item: Extension, act: Act) -> Complaint:
    return _("Tindak lanjutnya sudah berakhir.") if item.follow_up.state in ENDED else None


def later_than_before(item: Extension, act: Act) -> Complaint:
    new = act.get("new_due_on") or item.new_due_on
    if new is None:
        return _("Wajib diisi.")
    if item.follow_up.due_on and new <= item.follow_up.due_on:
        return _("Tenggat baru harus setelah tenggat sekarang.")
    if new < item.follow_up.local_today(act.now):
        return _("Tenggat baru sudah lewat di provinsi penanggung jawab.")
    return None


def decide(item: Extension, act: Act) -> None:
    item.decided_by_id, item.decided_at = act.actor.id, act.now


def grant(item: Extension, act: Act) -> None:
    item.old_due_on = item.follow_up.due_on
    item.new_due_on = act.get("new_due_on") or item.new_due_on
    decide(item, act)


DATE = Ask("new_due_on", _("Tenggat baru"), "date", required=False, check=later_than_before,
           help=_("Kosongkan untuk tenggat yang diminta."))  # fmt: skip

LIFECYCLE = Lifecycle(
    "extension",
    _("Perpanjangan tenggat"),
    states={REQUESTED: _("Diminta"), GRANTED: _("Disetujui"), REFUSED: _("Ditolak"), WITHDRAWN: _("Ditarik")},
    tones={REQUESTED: "info", GRANTED: "good", REFUSED: "bad", WITHDRAWN: "muted"},
    initial=REQUESTED,
    final={GRANTED, REFUSED, WITHDRAWN},
    made_by=[UNIT_PPK],
    made_within={UNIT_PPK: RUNNING},
    awaited=[
        awaits("grant", REQUESTED, EVALUATOR, _("{n} permintaan perpanjangan tenggat menunggu keputusan"), when=[follow_up_runs]),
    ],
    moves=[
        move("grant", REQUESTED, GRANTED, by=EVALUATOR, needs=[follow_up_runs], asks=[DATE, reason(required=False)],
             does=grant, label=_("Setujui"), tone="good",
             said=_("Perpanjangan tenggat disetujui.")),
        move("refuse", REQUESTED, REFUSED, by=EVALUATOR, asks=[reason()], does=decide, label=_("Tolak"), tone="bad",
             said=_("Perpanjangan tenggat ditolak.")),
        move("withdraw", REQUESTED, WITHDRAWN, by=[UNIT_PPK, SYSTEM], label=_("Tarik"), tone="warn",
             said=_("Permintaan perpanjangan ditarik.")),
    ],
)  # fmt: skip
