"""Rencana Tindak Lanjut (RTL): who does what by when, proven by evidence that another person verifies.

Late and due soon are no states: they are computed from the due date in the responsible province.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from workflows.evidence import Evidence, added, judged
from workflows.lifecycle import (
    CHAIR,
    EVALUATOR,
    LEADER,
    MINUTE_TAKER,
    NOTE,
    SECRETARIAT,
    SYSTEM,
    UNIT_PPK,
    UNIT_STAFF,
    Act,
    Actor,
    Ask,
    Complaint,
    Item,
    Lifecycle,
    _,
    awaits,
    deed,
    move,
    reason,
    right,
    store,
    unless_set,
)
from workflows.meeting_states import NOT_CANCELLED, SESSION_ON
from workflows.party import party_deeds
from workflows.placing import WORDS, placing

DRAFT, ASSIGNED, IN_PROGRESS, SUBMITTED, RETURNED = (
    "draft",
    "assigned",
    "in_progress",
    "submitted",
    "returned",
)
VERIFIED, INFEASIBLE_PROPOSED, INFEASIBLE, CANCELLED = (
    "verified",
    "infeasible_proposed",
    "infeasible",
    "cancelled",
)
ENDED = (VERIFIED, INFEASIBLE, CANCELLED)  # in this order: an index of the database names them
NOT_OWED = (*ENDED, DRAFT)  # nothing is late, nobody is called
NEVER_ASSIGNED = (DRAFT, CANCELLED)
NO_PROMISE = (*NEVER_ASSIGNED, INFEASIBLE)  # not counted among what was promised
TO_DO = (ASSIGNED, IN_PROGRESS)
WITH_OTHERS = (SUBMITTED, INFEASIBLE_PROPOSED)  # its unit has done its part
RUNNING = frozenset({ASSIGNED, IN_PROGRESS, RETURNED})  # evidence may be added, an extension asked for
OPEN = RUNNING | {DRAFT, SUBMITTED, INFEASIBLE_PROPOSED}
WAITS_IN = RUNNING | {DRAFT, SUBMITTED}  # whom it waits for may be said
PRIORITIES = {"low": _("Rendah"), "medium": _("Sedang"), "high": _("Tinggi")}
GROUNDS = {
    "force_majeure": _("Keadaan kahar"),
    "legal_process": _("Dalam proses hukum"),
    "no_longer_effective": _("Tidak lagi efektif, efisien, dan ekonomis"),  # as Peraturan BPK 2/2017 has it
}


class FollowUp(Protocol):
    state: str
    unit_id: int | None
    due_on: date | None
    expected_output: str | None
    priority: str | None
    submitted_by_id: int | None
    submitted_at: datetime | None
    verified_by_id: int | None
    verified_at: datetime | None
    returned_at: datetime | None
    returned_reason: str | None
    infeasible_ground: str | None
    evidence_since: datetime | None  # evidence older than this was judged before
    waits_for: str
    waits_post: str
    waits_since: date | None

    @property
    def evidence(self) -> Sequence[Evidence]: ...
    @property
    def new_evidence(self) -> Sequence[Evidence]: ...
    def local_today(self, now: datetime) -> date: ...
    @property
    def extensions(self) -> Sequence[Item]: ...
    def relations(self, actor: Actor) -> frozenset[str]: ...


def has_unit(item: FollowUp, act: Act) -> Complaint:
    return None if item.unit_id else _("Pilih satuan kerja penanggung jawab.")


def has_new_evidence(item: FollowUp, act: Act) -> Complaint:
    return None if item.new_evidence else _("Unggah bukti dukung dahulu.")


def not_the_submitter(item: FollowUp, act: Act) -> Complaint:
    return (
        _("Verifikasi dilakukan orang lain, bukan yang mengajukan.")
        if item.submitted_by_id == act.actor.id
        else None
    )


def evidence_judged(item: FollowUp, act: Act) -> Complaint:
    if unjudged := sum(e.verdict is None for e in item.evidence):
        return _("Nilai dahulu setiap bukti dukung: {n} belum dinilai.").format(n=unjudged)
    if not any(e.verdict == "accepted" for e in item.evidence):
        return _("Terima sedikitnya satu bukti dukung, atau kembalikan dengan alasan.")
    return None


def no_extension_waits(item: FollowUp, act: Act) -> Complaint:
    waits = any(each.state == "requested" for each in item.extensions)
    return _("Masih ada permintaan perpanjangan yang belum diputus.") if waits else None


def due_ahead(item: FollowUp, act: Act) -> Complaint:
    due = act.get("due_on") or item.due_on
    if due is None:
        return _("Wajib diisi.")
    return _("Tenggat sudah lewat di provinsi penanggung jawab.") if due < item.local_today(act.now) else None


def hand_in(item: FollowUp, act: Act) -> None:
    item.submitted_by_id, item.submitted_at = act.actor.id, act.now


def verify(item: FollowUp, act: Act) -> None:
    item.verified_by_id, item.verified_at = act.actor.id, act.now


def send_back(item: FollowUp, act: Act) -> None:
    item.returned_at, item.returned_reason, item.evidence_since = act.now, act.get("reason"), act.now


def refuse_infeasible(item: FollowUp, act: Act) -> None:
    item.infeasible_ground = None


def reopen(item: FollowUp, act: Act) -> None:
    item.verified_by_id = item.verified_at = item.submitted_by_id = item.submitted_at = None
    item.evidence_since = act.now


DEAL = [Ask("due_on", _("Tenggat"), "date", required=False, check=due_ahead),
        Ask("expected_output", _("Keluaran yang diharapkan"), "prose", required=False, check=unless_set("expected_output")),
        Ask("priority", _("Prioritas"), "choice", required=False, choices=PRIORITIES,
            check=unless_set("priority"))]  # fmt: skip
GROUND = [Ask("ground", _("Dasar"), "choice", choices=GROUNDS), reason(_("Penjelasan"))]
DONE_SO_FAR = Ask("note", _("Yang sudah dikerjakan"), "prose")
ANSWERS = [Ask("finding_ids", _("Temuan yang dijawab"), "many", required=False),
           Ask("kendala_ids", _("Kendala yang dijawab"), "many", required=False)]  # fmt: skip
MAKERS = (CHAIR, SECRETARIAT, EVALUATOR, MINUTE_TAKER)
IMPORTERS = (SECRETARIAT, EVALUATOR)  # bring a list of them, as an older system kept it
CALLERS = (UNIT_PPK, UNIT_STAFF, *MAKERS)  # may say whom it waits for, and write to them


def propose_infeasible(item: FollowUp, act: Act) -> None:
    item.infeasible_ground = act.get("ground")


LIFECYCLE = Lifecycle(
    "follow_up",
    _("Rencana Tindak Lanjut"),
    states={
        DRAFT: _("Draf"),
        ASSIGNED: _("Belum mulai"),
        IN_PROGRESS: _("Berjalan"),
        SUBMITTED: _("Diajukan selesai"),
        RETURNED: _("Dikembalikan"),
        VERIFIED: _("Selesai, terverifikasi"),
        INFEASIBLE_PROPOSED: _("Diusulkan tidak dapat dilaksanakan"),
        INFEASIBLE: _("Tidak dapat dilaksanakan"),
        CANCELLED: _("Dibatalkan"),
    },
    tones={DRAFT: "muted", ASSIGNED: "info", IN_PROGRESS: "progress", SUBMITTED: "info", RETURNED: "warn", VERIFIED: "good",
           INFEASIBLE_PROPOSED: "warn", INFEASIBLE: "bad", CANCELLED: "muted"},
    initial=DRAFT,
    final={INFEASIBLE, CANCELLED},
    made_by=MAKERS,
    made_within=dict.fromkeys(MAKERS, NOT_CANCELLED) | {MINUTE_TAKER: SESSION_ON},
    edited_by=MAKERS,
    edited_in={DRAFT},
    fields=WORDS | {"due_on": _("tenggat"), "expected_output": _("keluaran yang diharapkan"), "priority": _("prioritas"),
                    "waits_for": _("pihak terkait"), "findings": _("temuan"), "kendala": _("kendala")},
    rights=[right("ask_extension", _("Perpanjangan tenggat"), by=[UNIT_PPK], when=[no_extension_waits])],
    awaited=[
        awaits("assign", DRAFT, [CHAIR, SECRETARIAT], _("{n} tindak lanjut masih draf: tugaskan atau batalkan")),
        awaits("submit", RUNNING, UNIT_PPK, _("{n} tindak lanjut menunggu dikerjakan")),
        awaits("note_progress", RUNNING, UNIT_STAFF, _("{n} tindak lanjut menunggu dikerjakan")),
        awaits("verify", SUBMITTED, EVALUATOR, _("{n} tindak lanjut menunggu diverifikasi"), when=[not_the_submitter]),
        awaits("accept_infeasible", INFEASIBLE_PROPOSED, LEADER, _("{n} usul «tidak dapat dilaksanakan» menunggu keputusan")),
    ],
    moves=[
        move("assign", DRAFT, ASSIGNED, by=[CHAIR, SECRETARIAT], needs=[has_unit], asks=DEAL,
             does=store("due_on", "expected_output", "priority"), label=_("Tugaskan"), tone="good",
             said=_("Tindak lanjut ditugaskan kepada PPK.")),
        move("note_progress", ASSIGNED, IN_PROGRESS, by=[UNIT_PPK, UNIT_STAFF], asks=[DONE_SO_FAR], label=_("Catat kemajuan"),
             said=_("Kemajuan dicatat.")),
        move("note_progress", [IN_PROGRESS, RETURNED], None, by=[UNIT_PPK, UNIT_STAFF], asks=[DONE_SO_FAR],
             label=_("Catat kemajuan"),
             said=_("Kemajuan dicatat.")),
        move("submit", RUNNING, SUBMITTED, by=UNIT_PPK, needs=[has_new_evidence], asks=[DONE_SO_FAR], does=hand_in,
             label=_("Ajukan selesai"), tone="good",
             said=_("Diajukan selesai; Tim Monev memeriksa {pieces_handed_in} bukti dukung baru.")),
        move("verify", SUBMITTED, VERIFIED, by=EVALUATOR, needs=[not_the_submitter, evidence_judged], asks=[NOTE],
             does=verify, label=_("Verifikasi"), tone="good",
             said=_("Tindak lanjut diverifikasi: selesai.")),
        move("return", SUBMITTED, RETURNED, by=EVALUATOR, asks=[reason()], does=send_back, label=_("Kembalikan"), tone="warn",
             said=_("Tindak lanjut dikembalikan kepada PPK.")),
        move("propose_infeasible", RUNNING, INFEASIBLE_PROPOSED, by=UNIT_PPK, asks=GROUND, does=propose_infeasible,
             label=_("Usulkan tidak dapat dilaksanakan"), tone="warn",
             said=_("Diusulkan tidak dapat dilaksanakan: {ground}.")),
        move("accept_infeasible", INFEASIBLE_PROPOSED, INFEASIBLE, by=LEADER, asks=[reason()], label=_("Setujui usul"),
             tone="bad",
             said=_("Usul disetujui: tindak lanjut tidak dapat dilaksanakan."),
             first=_("Putusan ini tidak dapat dibuka lagi.")),
        move("refuse_infeasible", INFEASIBLE_PROPOSED, IN_PROGRESS, by=LEADER, asks=[reason()], does=refuse_infeasible,
             label=_("Tolak usul"), tone="warn",
             said=_("Usul ditolak: tindak lanjut tetap dikerjakan.")),
        move("cancel", [DRAFT, ASSIGNED, IN_PROGRESS, RETURNED, INFEASIBLE_PROPOSED], CANCELLED, by=[CHAIR, LEADER],
             asks=[reason()], label=_("Batalkan"), tone="bad",
             said=_("Tindak lanjut dibatalkan."),
             first=_("Tindak lanjut yang dibatalkan tidak dapat dibuka lagi; PPK diberi tahu.")),
        move("reopen", VERIFIED, IN_PROGRESS, by=EVALUATOR, asks=[reason()], does=reopen, label=_("Buka kembali"), tone="warn",
             said=_("Tindak lanjut dibuka kembali; {settled_by_it} temuan atau kendala yang tertaut ikut dibuka."),
             first=_("Verifikasinya batal; {settled_by_it} temuan atau kendala yang tertaut ikut dibuka kembali.")),
        added(RUNNING, (UNIT_PPK, UNIT_STAFF)),
        judged(SUBMITTED, EVALUATOR),
        deed("link", OPEN, by=MAKERS, asks=ANSWERS, label=_("Tautkan temuan dan kendala"),
             said=_("Tautan ke temuan dan kendala diubah.")),
        placing(OPEN | {VERIFIED}, MAKERS),
        deed("move_due_date", OPEN - {DRAFT}, by=SYSTEM, asks=[Ask("due_on", _("Tenggat"), "date")], does=store("due_on"),
             label=_("Pindahkan tenggat"), said=_("Tenggat dipindahkan ke {due_on}.")),
        *party_deeds(WAITS_IN, CALLERS),
    ],
)  # fmt: skip
