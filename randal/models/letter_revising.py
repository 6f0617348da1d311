"""A letter that went out and no longer tells where and when: it stays as it was issued, and a revised one is asked for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from randal.l10n.formats import long_date
from randal.models.meetings import Meeting

NAMES = {"times": "waktu", "place": "tempat", "link": "tempat", "sessions": "susunan sesi"}
REVISE = "Surat itu tetap seperti saat diterbitkan; terbitkan surat perubahannya dari «Surat undangan»."


def asked_for(meeting: Meeting) -> list[str]:
    """For who plans the meeting: which letter tells another time, place or timetable than the meeting now has."""
    if meeting.state != "scheduled" or not meeting.letter_version:
        return []
    issued = select(Document.params).where(
        Document.kind == "invitation", Document.subject_type == "meeting", Document.subject_id == meeting.id
    )
    issued = issued.where(Document.withdrawn_at.is_(None)).order_by(Document.revision.desc()).limit(20)
    letter: dict[str, Any] = next(
        (params for params in db.session.scalars(issued) if params.get("number")), {}
    )
    told = letter.get("announced") or meeting.announced  # a letter from before this was kept says nothing
    old = [NAMES[name] for name, value in meeting.announced.items() if told[name] != value]
    if not old:
        return []
    named = f"Surat undangan nomor {letter['number']} tanggal {long_date(letter.get('dated_on') or None)}"
    return [f"{named} menyebut {' dan '.join(dict.fromkeys(old))} yang lama. {REVISE}"]
