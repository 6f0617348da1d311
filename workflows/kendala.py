"""Kendala: what hinders a unit, its agreed solution, and how far up it had to go.

"Dalam penanganan" is no state: it is computed while a linked follow-up is running.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from workflows.follow_up import ENDED
from workflows.lifecycle import (
    CHAIR,
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
    store,
    unless_set,
)
from workflows.placing import WORDS, placing
from workflows.severity import SEVERITIES

RAISED, SOLUTION_AGREED, RESOLVED = "raised", "solution_agreed", "resolved"
ACCEPTED, WITHDRAWN = "accepted", "withdrawn"
SETTLED = (RESOLVED, ACCEPTED, WITHDRAWN)
LINKED_IN = frozenset({RAISED, SOLUTION_AGREED})  # it still hinders; follow-ups may be linked and unlinked
LEVELS = {"satker": _("Satker"), "direktorat": _("Direktorat"), "ditjen_pemda": _("Ditjen / Pemda")}
CATEGORIES = {
    "LHN": _("Lahan"),
    "IZN": _("Perizinan dan lingkungan"),
    "DSN": _("Perencanaan dan desain"),
    "PGD": _("Pengadaan"),
    "KTR": _("Kontrak dan penyedia"),
    "PPK": _("Faktor PPK/satker"),
    "ANG": _("Anggaran dan administrasi"),
    "PEM": _("Komitmen Pemda"),
    "SOS": _("Sosial dan masyarakat"),
    "CUA": _("Cuaca dan kahar"),
    "SDM": _("SDM dan kelembagaan"),
    "KOO": _("Koordinasi dan keterpaduan sektor"),
}


class FollowUp(Protocol):
    state: str


class Kendala(Protocol):
    state: str
    category: str | None
    cause: str | None
    severity: str | None
    solution: str | None
    no_follow_up_reason: str | None
    result: str | None
    level: str  # one of LEVELS
    addressee: str | None
    answer_by: date | None

    @property
    def follow_ups(self) -> Sequence[FollowUp]: ...
    def relations(self, actor: Actor) -> frozenset[str]: ...


def follow_ups_ended(item: Kendala, act: Act) -> Complaint:
    running = sum(f.state not in ENDED for f in item.follow_ups)
    return _("Masih ada {n} tindak lanjut yang belum berakhir.").format(n=running) if running else None


def not_at_the_top(item: Kendala, act: Act) -> Complaint:
    return _("Kendala sudah di tingkat tertinggi.") if item.level == list(LEVELS)[-1] else None


def why_none(item: Kendala, act: Act) -> Complaint:
    if item.follow_ups or act.get("reason") or item.no_follow_up_reason:
        return None
    return _("Tautkan tindak lanjut, atau tulis alasan mengapa tidak ada.")


def not_past(item: Kendala, act: Act) -> Complaint:
    # The UTC day begins after the day of every Indonesian zone: a date before it is past in all of them.
    return _("Tanggal sudah lewat.") if act.get("answer_by") < act.now.date() else None


def agree(item: Kendala, act: Act) -> None:
    store("category", "cause", "severity", "solution")(item, act)
    item.no_follow_up_reason = None if item.follow_ups else act.get("reason") or item.no_follow_up_reason


def one_level_up(item: Kendala, act: Act) -> None:
    item.level = list(LEVELS)[list(LEVELS).index(item.level) + 1]
    item.addressee, item.answer_by = act.get("addressee"), act.get("answer_by")


def back_to_work(item: Kendala, act: Act) -> None:
    item.result = None


def later(name: str, label: str, kind: str, choices: dict[str, str] | None = None) -> Ask:
    return Ask(name, label, kind, required=False, choices=choices or {}, check=unless_set(name))


SOLUTION = later("solution", _("Solusi"), "prose")
AGREEMENT = [later("category", _("Kategori"), "choice", CATEGORIES), later("cause", _("Penyebab"), "prose"),
             later("severity", _("Tingkat"), "choice", SEVERITIES), SOLUTION,
             reason(_("Alasan tanpa tindak lanjut"), required=False, check=why_none)]  # fmt: skip
ESCALATION = [
    Ask("addressee", _("Ditujukan kepada"), most=200),
    Ask("answer_by", _("Jawaban diharapkan"), "date", check=not_past),
]

MAKERS = (UNIT_PPK, EVALUATOR, SECRETARIAT, MINUTE_TAKER)

LIFECYCLE = Lifecycle(
    "kendala",
    _("Kendala"),
    states={
        RAISED: _("Dilaporkan"),
        SOLUTION_AGREED: _("Solusi disepakati"),
        RESOLVED: _("Teratasi"),
        ACCEPTED: _("Tidak dapat diatasi"),
        WITHDRAWN: _("Dicabut"),
    },
    tones={RAISED: "warn", SOLUTION_AGREED: "progress", RESOLVED: "good", ACCEPTED: "bad", WITHDRAWN: "muted"},
    initial=RAISED,
    final={WITHDRAWN},
    made_by=MAKERS,
    edited_by=MAKERS,
    edited_in={RAISED},
    fields=WORDS | {"category": _("kategori"), "subcategory": _("subkategori"), "cause": _("penyebab"), "severity": _("tingkat"),
                    "solution": _("solusi")},
    awaited=[
        awaits("agree_solution", RAISED, [CHAIR, EVALUATOR], _("{n} kendala menunggu solusi disepakati")),
        awaits("resolve", SOLUTION_AGREED, EVALUATOR, _("{n} kendala dapat dinyatakan teratasi"), when=[follow_ups_ended]),
    ],
    moves=[
        move("agree_solution", RAISED, SOLUTION_AGREED, by=[CHAIR, EVALUATOR], asks=AGREEMENT, does=agree,
             label=_("Sepakati solusi"), tone="good",
             said=_("Solusi kendala disepakati.")),
        # One accepted before a solution was found comes back without one: asked at the latest here.
        move("resolve", SOLUTION_AGREED, RESOLVED, by=EVALUATOR, needs=[follow_ups_ended],
             asks=[Ask("result", _("Hasil"), "prose"), SOLUTION], does=store("result", "solution"),
             label=_("Nyatakan teratasi"), tone="good",
             said=_("Kendala dinyatakan teratasi.")),
        move("escalate", [RAISED, SOLUTION_AGREED], None, by=[EVALUATOR, SYSTEM], needs=[not_at_the_top], asks=ESCALATION,
             does=one_level_up, label=_("Naikkan ke tingkat berikutnya"), tone="warn",
             said=_("Kendala dinaikkan ke tingkat berikutnya.")),
        move("accept", [RAISED, SOLUTION_AGREED], ACCEPTED, by=LEADER, asks=[reason()],
             label=_("Nyatakan tidak dapat diatasi"), tone="bad",
             said=_("Kendala dinyatakan tidak dapat diatasi.")),
        move("withdraw", RAISED, WITHDRAWN, by=EVALUATOR, asks=[reason()], label=_("Cabut"), tone="bad",
             said=_("Kendala dicabut."),
             first=_("Kendala yang dicabut tidak dapat dibuka lagi.")),
        move("reopen", RESOLVED, SOLUTION_AGREED, by=[EVALUATOR, SYSTEM], asks=[reason()], does=back_to_work,
             label=_("Buka kembali"), tone="warn",
             said=_("Kendala dibuka kembali.")),
        move("reopen", ACCEPTED, SOLUTION_AGREED, by=LEADER, asks=[reason()], label=_("Buka kembali"), tone="warn",
             said=_("Kendala dibuka kembali.")),
        placing([RAISED, SOLUTION_AGREED, RESOLVED, ACCEPTED], MAKERS),
    ],
)  # fmt: skip
