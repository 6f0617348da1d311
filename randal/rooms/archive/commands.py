"""What people do with the archive. Nothing here commits; nothing here touches a file (see rules.py)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.documents import model
from randal.documents.model import KINDS, Document
from randal.engine.transitions import fire, lock, require_version
from randal.models.archive import FATES, ArchiveClass, Destruction
from randal.models.meetings import Meeting
from randal.rooms.archive import queries
from randal.schemas import forms
from workflows.lifecycle import ADMIN, LEADER, REASON_LENGTH, SECRETARIAT, SYSTEM, Actor, Refused

YEARS = 100


class ClassForm(forms.Base):
    code = forms.text("Kode klasifikasi", max=30)
    active_years = forms.whole("Aktif (tahun)", max=YEARS, help="Dihitung sejak akhir tahun dokumen.")
    inactive_years = forms.whole("Inaktif (tahun)", max=YEARS)
    fate = forms.choice("Nasib akhir", FATES)
    basis = forms.prose(
        "Dasar", required=False, max=2000, help="Misalnya nomor jadwal retensi arsip instansi."
    )


class ProposalForm(forms.Base):
    number = forms.text("Nomor berita acara", max=80)
    reason = forms.text("Alasan", kind="reason", max=2000)


def keep_class(
    kind: str, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None
) -> ArchiveClass:
    """What holds for documents of this kind from now. Refused: role, state, field, changed meanwhile."""
    require(actor, SECRETARIAT, ADMIN)
    if kind not in KINDS:
        raise Refused("state", "Jenis dokumen ini tidak dikenal.")
    given = forms.load(ClassForm, raw)
    row = db.session.scalar(select(ArchiveClass).where(ArchiveClass.kind == kind))
    if row:
        lock(row)
        require_version(row, version)
    else:
        row = ArchiveClass(kind=kind)
        db.session.add(row)
    for name, value in given.items():
        setattr(row, name, value if value is not None else "")
    row.updated_at, row.updated_by_id = now, actor.id
    db.session.flush()
    return row


def propose(actor: Actor, raw: Mapping[str, Any], ids: list[int], today: date, now: datetime) -> Destruction:
    """A berita acara pemusnahan over papers whose time is over. Refused: role, field."""
    require(actor, SECRETARIAT, ADMIN)
    given = forms.load(ProposalForm, raw)
    may = {one.document.id: one.document for one in queries.due(actor, today)}
    if not ids:
        raise forms.wrong("", "Pilih sedikitnya satu dokumen.")
    if unknown := [number for number in ids if number not in may]:
        raise forms.wrong(
            "",
            f"{len(unknown)} dokumen belum habis masa simpannya atau sudah diusulkan; muat ulang daftarnya.",
        )
    if db.session.scalar(select(Destruction.id).where(Destruction.number == given["number"])):
        raise forms.wrong("number", "Nomor ini sudah dipakai berita acara lain.")
    row = Destruction(number=given["number"], reason=given["reason"], dated_on=today)
    row.proposed_at, row.proposed_by_id = now, actor.id
    row.documents = [may[number] for number in sorted(set(ids))]
    db.session.add(row)
    db.session.flush()
    return row


def approve(row: Destruction, actor: Actor, now: datetime) -> Document:
    """A leader agrees; the berita acara is drawn. Refused: role, state, need (who proposed it does not approve it)."""
    require(actor, LEADER)
    still_open(row)
    if row.proposed_by_id == actor.id:
        raise Refused("need", "Yang mengusulkan tidak menyetujui usulannya sendiri.")
    row.approved_at, row.approved_by_id = now, actor.id
    db.session.flush()
    return model.request(
        "destruction_record", "destruction", row.id, title=f"Berita Acara Pemusnahan Arsip {row.number}", now=now,
        created_by_id=actor.id, params={"number": row.number, "dated_on": row.dated_on.isoformat()},
    )  # fmt: skip


def refuse(row: Destruction, actor: Actor, reason: str, now: datetime) -> None:
    require(actor, LEADER)
    still_open(row)
    reason = forms.plain(reason)
    if len(reason) < REASON_LENGTH:
        raise forms.wrong("reason", f"Tulis alasan sedikitnya {REASON_LENGTH} karakter.")
    row.refused_at, row.refused_by_id, row.refusal = now, actor.id, reason
    db.session.flush()


def carry_out(row: Destruction, actor: Actor, now: datetime) -> None:
    """The papers count as destroyed from now; the scheduler takes their files away. Refused: role, state."""
    require(actor, SECRETARIAT, ADMIN)
    lock(row)
    if row.approved_at is None or row.carried_out_at:
        raise Refused("state", f"Pemusnahan ini tidak dapat dilaksanakan: statusnya «{row.standing[0]}».")
    row.carried_out_at, row.carried_out_by_id = now, actor.id
    for document in row.documents:
        lock(document)
        document.destroyed_at = document.updated_at = now
        if document.meeting_id and (meeting := db.session.get(Meeting, document.meeting_id)):
            whose = Actor(
                actor.id, frozenset({SYSTEM})
            )  # a consequence for the meeting of what was decided here
            fire(meeting, "destroy_document", whose, now=now, document_id=document.id, destruction=row.id)
    db.session.flush()


def still_open(row: Destruction) -> None:
    lock(row)
    if row.approved_at or row.refused_at:
        raise Refused("state", f"Usulan ini sudah dijawab: statusnya «{row.standing[0]}».")


def require(actor: Actor, *roles: str) -> None:
    if not actor.has(*roles):
        raise Refused("role", "Anda tidak berwenang melakukan ini di arsip.")
