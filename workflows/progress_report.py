"""Laporan PPK: the figures of one unit for one period, read at the meeting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from workflows.lifecycle import (
    EVALUATOR,
    SECRETARIAT,
    SYSTEM,
    UNIT_PPK,
    UNIT_STAFF,
    Act,
    Actor,
    Complaint,
    Lifecycle,
    _,
    move,
    reason,
)

DRAFT, SUBMITTED, RETURNED, VALIDATED, MISSING = "draft", "submitted", "returned", "validated", "missing"


class ProgressReport(Protocol):
    state: str
    source: str | None  # emon, satker, lapangan
    as_of: date | None
    revision: int
    submitted_by_id: int | None
    submitted_at: datetime | None
    first_submitted_at: datetime | None  # by which it is in time or late, whatever was sent back since
    validated_by_id: int | None
    validated_at: datetime | None
    imported_by_id: int | None  # who brought the figures from a workbook for the unit

    @property
    def unexplained_figures(self) -> Sequence[str]: ...
    @property
    def incomplete_activities(self) -> Sequence[str]: ...
    def relations(self, actor: Actor) -> frozenset[str]: ...


def source_named(item: ProgressReport, act: Act) -> Complaint:
    return None if item.source and item.as_of else _("Isi sumber data dan tanggal posisinya.")


def figures_complete(item: ProgressReport, act: Act) -> Complaint:
    return [
        _("Isi rencana dan realisasi «{kegiatan}», atau alasan tidak ada.").format(kegiatan=name)
        for name in item.incomplete_activities
    ]


def unusual_explained(item: ProgressReport, act: Act) -> Complaint:
    """A figure that falls, jumps or passes 100 is never refused; it asks for a reason before it is read at a meeting."""
    return [_("{angka} Tulis penjelasannya.").format(angka=said) for said in item.unexplained_figures]


def not_the_author(item: ProgressReport, act: Act) -> Complaint:
    return (
        _("Laporan divalidasi oleh orang lain, bukan penyusunnya.")
        if act.actor.id in (item.submitted_by_id, item.imported_by_id)
        else None
    )


def hand_in(item: ProgressReport, act: Act) -> None:
    item.submitted_by_id, item.submitted_at = act.actor.id, act.now
    item.first_submitted_at = item.first_submitted_at or act.now


def vouch(item: ProgressReport, act: Act) -> None:
    item.validated_by_id, item.validated_at = act.actor.id, act.now


def next_revision(item: ProgressReport, act: Act) -> None:
    item.revision += 1
    item.validated_by_id = item.validated_at = None


LIFECYCLE = Lifecycle(
    "progress_report",
    _("Laporan PPK"),
    states={
        DRAFT: _("Draf"),
        SUBMITTED: _("Disampaikan"),
        RETURNED: _("Dikembalikan"),
        VALIDATED: _("Tervalidasi"),
        MISSING: _("Tidak melapor"),
    },
    tones={DRAFT: "muted", SUBMITTED: "info", RETURNED: "warn", VALIDATED: "good", MISSING: "bad"},
    initial=DRAFT,
    made_by=[SYSTEM, UNIT_PPK, UNIT_STAFF],
    edited_by=[UNIT_PPK, UNIT_STAFF],
    edited_in={DRAFT, RETURNED, MISSING},
    moves=[
        move("submit", [DRAFT, RETURNED, MISSING], SUBMITTED, by=UNIT_PPK,
             needs=[source_named, figures_complete, unusual_explained], does=hand_in, label=_("Sampaikan"), tone="good"),
        move("return", SUBMITTED, RETURNED, by=EVALUATOR, asks=[reason()], label=_("Kembalikan"), tone="warn"),
        move("validate", SUBMITTED, VALIDATED, by=EVALUATOR, needs=[not_the_author], does=vouch, label=_("Validasi"),
             tone="good"),
        move("revise", VALIDATED, DRAFT, by=EVALUATOR, asks=[reason()], does=next_revision, label=_("Buka untuk perbaikan"),
             tone="warn"),
        move("waive", [DRAFT, RETURNED], MISSING, by=[SYSTEM, SECRETARIAT], asks=[reason()],
             label=_("Catat tidak melapor"), tone="bad"),
    ],
)  # fmt: skip
