"""Temuan monev: what was found at a unit, answered, agreed, and closed when its follow-ups have ended.

Never a "temuan pemeriksaan" (an audit finding): documents say so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from workflows.follow_up import ENDED
from workflows.lifecycle import (
    EVALUATOR,
    LEADER,
    MINUTE_TAKER,
    SECRETARIAT,
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
from workflows.meeting_states import SESSION_ON
from workflows.placing import WORDS, placing

RECORDED, RESPONDED, RETURNED = "recorded", "responded", "returned"
AGREED, CLOSED, WITHDRAWN = "agreed", "closed", "withdrawn"
SETTLED = (CLOSED, WITHDRAWN)
LINKED_IN = frozenset({RECORDED, RESPONDED, RETURNED, AGREED})  # follow-ups may be linked and unlinked


class FollowUp(Protocol):
    state: str


class Finding(Protocol):
    state: str
    response: str | None
    responded_at: datetime | None
    no_follow_up_reason: str | None
    evaluation: str | None
    closed_by_id: int | None
    closed_at: datetime | None

    @property
    def follow_ups(self) -> Sequence[FollowUp]: ...
    @property
    def verifier_ids(self) -> Collection[int]: ...  # who verified the linked follow-ups
    def relations(self, actor: Actor) -> frozenset[str]: ...


def follow_ups_ended(item: Finding, act: Act) -> Complaint:
    running = sum(f.state not in ENDED for f in item.follow_ups)
    return _("Masih ada {n} tindak lanjut yang belum berakhir.").format(n=running) if running else None


def verified_none(item: Finding, act: Act) -> Complaint:
    if act.actor.id in item.verifier_ids:
        return _("Anda memverifikasi tindak lanjutnya: temuan ditutup oleh evaluator lain atau Pimpinan.")
    return None


def why_none(item: Finding, act: Act) -> Complaint:
    if act.get("reason"):
        return None
    if item.state == RECORDED:
        return _("Belum ada tanggapan: tulis alasan menyepakati tanpa tanggapan.")
    return None if item.follow_ups else _("Tautkan tindak lanjut, atau tulis alasan mengapa tidak ada.")


def answer(item: Finding, act: Act) -> None:
    item.response, item.responded_at = act.get("response"), act.now


def settle(item: Finding, act: Act) -> None:
    item.no_follow_up_reason = None if item.follow_ups else act.get("reason")


def close(item: Finding, act: Act) -> None:
    item.evaluation, item.closed_by_id, item.closed_at = act.get("evaluation"), act.actor.id, act.now


def reopen(item: Finding, act: Act) -> None:
    item.evaluation = item.closed_by_id = item.closed_at = None


MAKERS = (EVALUATOR, SECRETARIAT, MINUTE_TAKER)

LIFECYCLE = Lifecycle(
    "finding",
    _("Temuan monev"),
    states={
        RECORDED: _("Dicatat"),
        RESPONDED: _("Ditanggapi"),
        RETURNED: _("Perlu tanggapan ulang"),
        AGREED: _("Disepakati"),
        CLOSED: _("Ditutup"),
        WITHDRAWN: _("Dicabut"),
    },
    tones={RECORDED: "warn", RESPONDED: "info", RETURNED: "warn", AGREED: "progress", CLOSED: "good", WITHDRAWN: "muted"},
    initial=RECORDED,
    final={WITHDRAWN},
    made_by=MAKERS,
    made_within={MINUTE_TAKER: SESSION_ON},
    edited_by=MAKERS,
    edited_in={RECORDED},
    fields=WORDS | {"severity": _("tingkat")},
    awaited=[
        awaits("respond", [RECORDED, RETURNED], UNIT_PPK, _("{n} temuan menunggu tanggapan PPK Anda")),
        awaits("agree", RESPONDED, EVALUATOR, _("{n} tanggapan temuan menunggu diperiksa")),
        awaits("close", AGREED, [EVALUATOR, LEADER], _("{n} temuan dapat ditutup"), when=[follow_ups_ended, verified_none]),
    ],
    moves=[
        move("respond", [RECORDED, RETURNED], RESPONDED, by=UNIT_PPK, asks=[Ask("response", _("Tanggapan"), "prose")],
             does=answer, label=_("Tanggapi"), tone="good",
             said=_("Temuan ditanggapi.")),
        move("return", RESPONDED, RETURNED, by=EVALUATOR, asks=[reason()], label=_("Minta tanggapan ulang"), tone="warn",
             said=_("Tanggapan ulang diminta kepada PPK.")),
        move("agree", [RECORDED, RESPONDED], AGREED, by=EVALUATOR, asks=[reason(required=False, check=why_none)],
             does=settle, label=_("Sepakati"), tone="good",
             said=_("Temuan disepakati.")),
        move("close", AGREED, CLOSED, by=[EVALUATOR, LEADER], needs=[follow_ups_ended, verified_none],
             asks=[Ask("evaluation", _("Evaluasi penutup"), "prose")], does=close, label=_("Tutup temuan"), tone="good",
             said=_("Temuan ditutup.")),
        move("withdraw", [RECORDED, RESPONDED, RETURNED], WITHDRAWN, by=EVALUATOR, asks=[reason()], label=_("Cabut"),
             tone="bad",
             said=_("Temuan dicabut."),
             first=_("Temuan yang dicabut tidak dapat dibuka lagi.")),
        move("reopen", CLOSED, AGREED, by=[EVALUATOR, SYSTEM], asks=[reason()], does=reopen, label=_("Buka kembali"),
             tone="warn",
             said=_("Temuan dibuka kembali.")),
        placing(LINKED_IN | {CLOSED}, MAKERS),
    ],
)  # fmt: skip
