"""Bukti dukung: what proves a follow-up, piece by piece: added by its unit, judged by somebody who did not hand it in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from workflows.lifecycle import Act, Ask, Complaint, Move, Need, _, deed

ACCEPTED, INSUFFICIENT, UNSUITABLE = "accepted", "insufficient", "unsuitable"
VERDICTS = {ACCEPTED: _("Diterima"), INSUFFICIENT: _("Kurang"), UNSUITABLE: _("Tidak sesuai")}
NOT_ACCEPTED = (INSUFFICIENT, UNSUITABLE)


class Evidence(Protocol):
    id: int
    verdict: str | None  # one of VERDICTS
    added_by_id: int | None


class Proven(Protocol):
    submitted_by_id: int | None

    @property
    def evidence(self) -> Sequence[Evidence]: ...


class Somewhere(Protocol):
    def local_today(self, now: datetime) -> date: ...


def piece_here(item: Proven, act: Act) -> Complaint:
    piece = next((e for e in item.evidence if e.id == act.get("evidence_id")), None)
    if piece is None:
        return _("Yang dinilai harus bukti dukung dari tindak lanjut ini, dalam versi terbarunya.")
    if act.actor.id == piece.added_by_id:
        return _("Penilaian dilakukan orang lain, bukan yang menambahkan bukti ini.")
    return None


def not_the_judge(item: Proven, act: Act) -> Complaint:
    return (
        _("Penilaian dilakukan orang lain, bukan yang mengajukan.")
        if item.submitted_by_id == act.actor.id
        else None
    )


def not_to_come(name: str) -> Need:
    """A check: this day, if given, has come in the responsible province."""

    def check(item: Somewhere, act: Act) -> Complaint:
        day = act.get(name)
        return (
            _("Tanggal ini belum tiba di provinsi penanggung jawab.")
            if day and day > item.local_today(act.now)
            else None
        )

    return check


PIECE = [
    Ask("file", _("Berkas"), "file", required=False),
    Ask("link", _("Tautan"), "link", required=False, kept=False, help=_("Alamat lengkap, diawali https:// atau http://.")),
    Ask("note", _("Keterangan"), "prose", required=False, most=2000, kept=False),
    Ask("dated_on", _("Tanggal bukti"), "date", required=False, check=not_to_come("dated_on"),
        help=_("Kapan difoto atau ditandatangani.")),
    Ask("place", _("Lokasi"), required=False, most=200, kept=False, help=_("Misalnya nama desa atau ruas.")),
    Ask("replaces_id", _("Menggantikan"), "row", required=False),
    Ask("sent_as", _("Kunci pengiriman"), required=False, most=36, kept=False),
]  # fmt: skip
VERDICT = [
    Ask("evidence_id", _("Bukti dukung"), "row", check=piece_here),
    Ask("verdict", _("Penilaian"), "choice", choices=VERDICTS),
    Ask("note", _("Catatan penilaian"), "prose", required=False, most=2000, kept=False,
        help=_("Bila kurang: apa yang harus ditambah.")),
]  # fmt: skip


def added(sources: Iterable[str], by: Sequence[str]) -> Move:
    return deed("add_evidence", sources, by=by, asks=PIECE, label=_("Tambah bukti dukung"), tone="good",
                said=_("Bukti dukung ditambahkan."))  # fmt: skip


def judged(source: str, by: str) -> Move:
    return deed("judge_evidence", source, by=by, needs=[not_the_judge], asks=VERDICT, label=_("Nilai bukti dukung"),
                said=_("Bukti dukung dinilai: {verdict}."))  # fmt: skip
