"""Trackers of many PPK, or of many meetings, asked for at once: a file for each of them and one zip (documents/bundle.py)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.documents import bundle
from randal.documents.bundle import Part
from randal.documents.model import Document
from randal.documents.pipeline import ZIP, Drawn, renders
from randal.l10n.formats import short_date
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from randal.rooms.follow_ups import queries, tracking
from randal.rooms.follow_ups.papers import asked_by
from randal.schemas import forms
from workflows.lifecycle import Actor

FORMATS = {"pdf": "PDF (data XLSX di dalamnya)", "xlsx": "XLSX saja"}
KINDS = {"pdf": "tracker", "xlsx": "tracker_sheet"}


class BatchForm(forms.Base):
    """`ids`: units or meetings, as `by` says."""

    by = forms.choice("Satu berkas untuk tiap", {"unit": "PPK", "meeting": "Rapat"})
    ids = forms.many("Pilih", required=True)
    format = forms.choice("Bentuk berkas", FORMATS, required=False)
    as_of = forms.day(
        "Keadaan per tanggal", required=False, help="Kosong berarti keadaan saat berkas dibuat."
    )


def choices(actor: Actor, by: str) -> dict[int, str]:
    """What this actor may ask trackers of: units in their order, or meetings, the newest first."""
    if by == "unit":
        return queries.units_followed(actor)
    ids = FollowUp.visible_to(actor).with_only_columns(FollowUp.meeting_id)
    query = select(Meeting).where(Meeting.id.in_(ids)).order_by(Meeting.starts_at.desc()).limit(bundle.MOST)
    found = db.session.scalars(query).unique()
    return {m.id: m.title + (f", {short_date(m.local_start_date)}" if m.starts_at else "") for m in found}


def order(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Document:
    """A queued zip of trackers, each as this actor sees it. Refused: fields, need."""
    given = forms.load(BatchForm, raw)
    day, form = given.get("as_of"), given.get("format") or "pdf"
    stood = tracking.read_filters({"as_of": day.isoformat()} if day else {}, now).given
    known, wanted = choices(actor, given["by"]), set(given["ids"])
    if wanted - known.keys():
        raise forms.wrong("ids", "Ada pilihan yang tidak dikenal. Muat ulang halaman ini, lalu pilih lagi.")
    parts = [
        Part(
            f"Pelacak Tindak Lanjut {label}",
            {f"{given['by']}_id": number, **stood},
            number if given["by"] == "unit" else None,
        )
        for number, label in known.items()
        if number in wanted
    ]
    said = {"unit": "PPK", "meeting": "rapat"}[given["by"]]
    return bundle.order(
        "tracker_bundle", KINDS[form], parts, actor, subject="tracker", now=now,
        title=f"Pelacak Tindak Lanjut {len(parts)} {said}",
        asked={"by": given["by"], "ids": sorted(wanted), "format": form, **stood},
    )  # fmt: skip


@renders("tracker_bundle", draw=lambda paper: Drawn(bundle.pack(paper), ZIP), seen_by=asked_by)
def bundle_paper(document: Document, _now: datetime) -> Mapping[str, Any]:
    return bundle.contents(document)
