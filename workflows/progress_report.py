"""Laporan PPK: the figures of one unit for one period, read at the meeting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from workflows.lifecycle import (
    EVALUATOR,
    SECRETARIAT,
    SYSTEM,
    TEAM,
    UNIT_PPK,
    UNIT_ROLES,
    UNIT_STAFF,
    Act,
    Actor,
    Complaint,
    Lifecycle,
    _,
    awaits,
    deed,
    move,
    reason,
)

DRAFT, SUBMITTED, RETURNED, VALIDATED, MISSING = "draft", "submitted", "returned", "validated", "missing"
HANDED_IN = (SUBMITTED, VALIDATED)  # its figures count; a draft is its writer's own
WITH_ITS_WRITER = (DRAFT, RETURNED)
NOT_HANDED_IN = (DRAFT, RETURNED, MISSING)
BRINGERS = (*TEAM, *UNIT_ROLES)  # bring the figures of a workbook
ASKED_FOR = 3  # months: what nobody handed in by then is history, and no task any more


class ProgressReport(Protocol):
    state: str
    period: str  # 2018-06
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


def asked_since(now: datetime) -> str:
    """The oldest period whose report is still asked for: that of three months before."""
    months = now.year * 12 + now.month - 1 - ASKED_FOR
    return f"{months // 12}-{months % 12 + 1:02}"


def still_asked_for(item: ProgressReport, act: Act) -> Complaint:
    """Of late; or sent back, or opened again for correction, however old it is."""
    opened_again = item.state == RETURNED or (item.state == DRAFT and item.revision > 1)
    if opened_again or item.period >= asked_since(act.now):
        return None
    return _("Periode laporan ini sudah lama lewat.")


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
    edited_in=NOT_HANDED_IN,
    fields={"source": _("sumber data"), "as_of": _("tanggal posisi"), "note": _("catatan"), "critical": _("kegiatan kritis"),
            "help_wanted": _("bantuan yang diminta"), "figures": _("angka kegiatan")},
    awaited=[
        awaits("submit", NOT_HANDED_IN, UNIT_PPK, _("{n} laporan menunggu disampaikan"), when=[still_asked_for]),
        awaits("edit", NOT_HANDED_IN, UNIT_STAFF, _("{n} laporan menunggu diisi"), when=[still_asked_for]),
        awaits("validate", SUBMITTED, EVALUATOR, _("{n} laporan menunggu diperiksa"), when=[not_the_author]),
    ],
    moves=[
        move("submit", NOT_HANDED_IN, SUBMITTED, by=UNIT_PPK,
             needs=[source_named, figures_complete, unusual_explained], does=hand_in, label=_("Sampaikan"), tone="good",
             said=_("Laporan disampaikan.")),
        move("return", SUBMITTED, RETURNED, by=EVALUATOR, asks=[reason()], label=_("Kembalikan"), tone="warn",
             said=_("Laporan dikembalikan kepada PPK.")),
        move("validate", SUBMITTED, VALIDATED, by=EVALUATOR, needs=[not_the_author], does=vouch, label=_("Validasi"),
             tone="good",
             said=_("Laporan divalidasi.")),
        move("revise", VALIDATED, DRAFT, by=EVALUATOR, asks=[reason()], does=next_revision, label=_("Buka untuk perbaikan"),
             tone="warn",
             said=_("Laporan dibuka untuk perbaikan; angka yang tervalidasi disimpan sebagai versi {revision}."),
             first=_("PPK dapat mengubah angkanya lagi; angka sekarang disimpan sebagai versi {revision}.")),
        move("waive", [DRAFT, RETURNED], MISSING, by=[SYSTEM, SECRETARIAT], asks=[reason()],
             label=_("Catat tidak melapor"), tone="bad",
             said=_("Dicatat tidak melapor.")),
        deed("bring_figures", NOT_HANDED_IN, by=SYSTEM, label=_("Impor angka"),
             said=_("Angka diimpor dari lembar kerja; {imported} kegiatan.")),
    ],
)  # fmt: skip
