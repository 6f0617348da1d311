"""What an invited post answers by its link: akan hadir, diwakilkan, or berhalangan; by the same moves as on its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from randal.base import ids
from randal.database.base import db
from randal.engine.transitions import fire
from randal.models.attendance import Attendance
from randal.rooms.attendance.door import HOLDER
from randal.schemas import forms
from randal.storage import files
from randal.storage.files import StoredFile
from randal.web import timeline
from randal.web.attempt import BEFORE, before, read_fields
from workflows.lifecycle import Actor, Refused

ANSWERS = {"accept": "accepted", "represent": "represented", "decline": "declined"}
MANDATES = (files.TYPES["pdf"], files.TYPES["jpg"], files.TYPES["png"])
PICK = "Pilih salah satu jawaban."
STALE = "Undangan ini sudah dijawab sementara halaman ini terbuka: {}. Periksa, lalu jawab lagi bila perlu."

timeline.WAYS |= {"link": "lewat tautan"}


@before("attendance.represent")
def letter_is_a_paper(item: Attendance, actor: Actor, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A letter of assignment is a PDF or a picture of the paper."""
    kept = db.session.get(StoredFile, given["letter"]) if given.get("letter") else None
    if kept and kept.mime not in MANDATES:
        raise forms.wrong("letter", "Surat tugas diterima sebagai PDF, JPEG, atau PNG.")
    return {}


def open_answers(row: Attendance, now: datetime) -> list[str]:
    """The answers (names of moves) that this row may give now."""
    return [
        o.move.name
        for o in row.lifecycle().open_to(row, HOLDER, now)
        if not o.blocked and o.move.name in ANSWERS
    ]


def answer(row: Attendance, raw: Mapping[str, Any], actor: Actor, now: datetime) -> bool:
    """Give the answer that was picked; False when it is what stands already, word for word (sent twice, say).

    Refused: none picked, a field, not open any more, or answered meanwhile by somebody else. Does not commit.
    """
    name = raw.get("answer", "")
    if name not in ANSWERS:
        raise forms.wrong("answer", PICK)
    given = read_fields(row.lifecycle().moves_named(name)[0], raw, actor, now)
    if row.state == ANSWERS[name] and not given.get("letter") and stands(row, name, given):
        return False
    if ids.read(raw.get("version")) not in (None, row.version):
        raise Refused("state", STALE.format(in_words(row)))
    if prepare := BEFORE.get(f"attendance.{name}"):
        given |= prepare(row, actor, given, now)
    fire(row, name, actor, now=now, link=True, **given)
    return True


def stands(row: Attendance, name: str, given: Mapping[str, Any]) -> bool:
    """Is this what the row says already?"""
    if name == "represent":
        return (row.name_attending, row.post_attending) == (given.get("name"), given.get("post"))
    return name == "accept" or row.reason == given.get("reason")


def in_words(row: Attendance) -> str:
    """What stands as this row's answer, in a few words."""
    if row.state == "represented":
        return f"diwakilkan kepada {row.name_attending} ({row.post_attending})"
    if row.state == "declined":
        return f"berhalangan: {row.reason}"
    return row.state_label.lower()
