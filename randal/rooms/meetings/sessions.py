"""Sessions and breaks of a meeting as they are planned: local times become instants, and lie within the meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from randal.database.base import db
from randal.l10n.clock import to_local
from randal.l10n.formats import days, span
from randal.models.attendance import Presence
from randal.models.meetings import Meeting, Session
from randal.rooms.meetings.forms import SessionForm
from randal.schemas import forms
from workflows.lifecycle import Refused

TIMES = ("starts_at", "ends_at")


def fitted(meeting: Meeting, given: Mapping[str, Any], row: Session | None = None) -> dict[str, Any]:
    """The fields with local times as instants. Refused (state): the meeting has no time; (field): wrong times."""
    assert meeting.starts_at and meeting.ends_at  # noqa: S101 - the table asks for them first
    made = {name: value for name, value in given.items() if value or name != "kind"}
    at: dict[str, datetime] = {}
    for name in TIMES:
        if value := made.get(name):
            made[name] = meeting.instant(value)
        elif row:
            made.pop(name, None)
        at[name] = made.get(name) or getattr(row, name)
    if at["ends_at"] <= at["starts_at"]:
        raise forms.wrong("ends_at", "Waktu selesai harus setelah waktu mulai.")
    if at["starts_at"] < meeting.starts_at or at["ends_at"] > meeting.ends_at:
        early = "starts_at" if at["starts_at"] < meeting.starts_at else "ends_at"
        raise forms.wrong(early, f"Di luar waktu rapat: {time_of(meeting)}.")
    return made


def form(meeting: Meeting, row: Session | None) -> forms.Form:
    """Filled from the row; for a new one from the meeting's time, so that its day need not be typed."""
    source = row or meeting
    times = {name: getattr(source, name) for name in TIMES}
    shown = {name: to_local(at, meeting.timezone) for name, at in times.items() if at}
    words = {"title": row.title, "kind": row.kind, "place": row.place} if row else {"kind": "session"}
    return forms.Form(SessionForm, words | shown)


def time_of(meeting: Meeting) -> str:
    zone = meeting.timezone
    return (
        f"{days(meeting.starts_at, meeting.ends_at, zone)}, {span(meeting.starts_at, meeting.ends_at, zone)}"
    )


def let_go(row: Session) -> None:
    """Its agenda items stay, in none. Refused (state) when somebody has checked in to it."""
    if db.session.scalar(select(exists().where(Presence.session_id == row.id))):
        raise Refused("state", "Sudah ada yang hadir pada sesi ini: ubah waktunya, jangan dihapus.")
    for item in row.meeting.agenda_items:
        if item.session_id == row.id:
            item.session = None
    db.session.flush()


def outside(meeting: Meeting) -> list[str]:
    """What a new time of the meeting has left behind, for who plans it."""
    if not (meeting.starts_at and meeting.ends_at):
        return []
    return [
        f"«{row.title}» di luar waktu rapat ({time_of(meeting)}): betulkan waktunya di Acara."
        for row in meeting.sessions
        if row.starts_at < meeting.starts_at or row.ends_at > meeting.ends_at
    ]
