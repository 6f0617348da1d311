"""Making and editing a meeting, for page and API alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select

from randal.database.base import db
from randal.engine.transitions import edit, make
from randal.l10n import clock
from randal.meeting_facts.invitees import invite_units
from randal.models.meetings import AgendaItem, Meeting, Objective
from randal.org.people import Person, post_of
from randal.org.places import Unit
from randal.rooms.meetings.forms import MeetingForm, NewMeetingForm
from randal.schemas import forms
from workflows.lifecycle import Actor, Refused
from workflows.meeting import LIFECYCLE
from workflows.meeting_states import DRAFT
from workflows.schedule import move_sessions

TIMES = ("starts_at", "ends_at", "timezone")
OFFICES = ("chair_id", "minute_taker_id")
TOLD = ("title", "place", "link")  # what for and where people go; told to everybody once they are invited
ANNOUNCED = {*TOLD, "sessions"}  # in the history of a meeting: what everybody has in his calendar
LISTS = ("unit_ids", "objectives", "outputs", "agenda")
TEXTS = ("purpose", "place", "link", "cc")
LENGTH = re.compile(r"\s*\((\d{1,4})(?:\s*menit)?\)\s*$")


def make_meeting(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Meeting:
    """A new draft. `starts_at`, `ends_at` are local times of `timezone`. Refused: role, then every wrong field."""
    LIFECYCLE.require_make(actor.roles)
    given, errors = forms.sift(NewMeetingForm, raw)
    zone = given.get("timezone") or clock.DEFAULT_ZONE
    given |= local_times(given, zone)
    errors |= wrong_times(given, errors, zone, now)
    errors |= unknown(given, errors)
    agenda = [agenda_line(line) for line in lines(given.get("agenda"))]
    if any(len(title) > 250 for title, _ in agenda):
        errors.setdefault("agenda", ["Satu acara paling banyak 250 karakter."])
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    meeting = Meeting(**columns({k: v for k, v in given.items() if k not in LISTS}))
    at = given["starts_at"]
    meeting.starts_at = clock.to_instant(at, given["timezone"])
    meeting.ends_at = clock.to_instant(given["ends_at"], given["timezone"])
    meeting.report_period = given.get("report_period") or f"{at:%Y-%m}"
    meeting.organiser_id = given.get("organiser_id") or usual_organiser(actor, meeting, at)
    name_chair(meeting)
    make(meeting, actor, now=now)
    wanted = [(kind, text) for kind, name in (("sasaran", "objectives"), ("keluaran", "outputs"))
              for text in lines(given.get(name))]  # fmt: skip
    for at_place, (kind, text) in enumerate(wanted, 1):
        db.session.add(Objective(meeting=meeting, kind=kind, text=text, position=at_place, updated_at=now))
    for at_place, (title, minutes) in enumerate(agenda, 1):
        db.session.add(
            AgendaItem(meeting=meeting, title=title, duration=minutes, position=at_place, updated_at=now)
        )
    invite_units(meeting, given.get("unit_ids") or [], actor, now)
    db.session.flush()
    return meeting


def edit_meeting(
    meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """Change fields of a draft or scheduled meeting. A time that was announced moves by `reschedule`,
    people who were announced by `reassign`: these tell everybody."""
    meeting.lifecycle().require_edit(meeting, actor)
    given, errors = forms.sift(MeetingForm, raw, partial=True)
    zone = given.get("timezone") or meeting.timezone
    given |= local_times(given, zone)
    times = {name: given.get(name) or local(meeting, name) for name in ("starts_at", "ends_at")}
    new = {"starts_at": times["starts_at"], "ends_at": times["ends_at"], "timezone": zone}
    moved = any(name in given for name in TIMES) and (
        new
        != {
            "starts_at": local(meeting, "starts_at"),
            "ends_at": local(meeting, "ends_at"),
            "timezone": meeting.timezone,
        }
    )
    changed = {name for name in OFFICES if name in given and given[name] != getattr(meeting, name)}
    changed |= {"starts_at"} if moved else set()
    changed |= (
        {"report_period"} if given.get("report_period") not in (None, "", meeting.report_period) else set()
    )
    LIFECYCLE.require_unsettled(meeting, changed)
    if moved:
        errors |= wrong_times(new, errors, zone, now, is_new=new["starts_at"] != local(meeting, "starts_at"))
    errors |= unknown(given, errors)
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    fields = columns({k: v for k, v in given.items() if k not in (*LISTS, *TIMES)})
    if moved:
        fields |= {
            name: clock.to_instant(cast(datetime, new[name]), zone) for name in ("starts_at", "ends_at")
        }
        fields["timezone"] = zone
        if meeting.starts_at:
            move_sessions(meeting.sessions, fields["starts_at"] - meeting.starts_at)
    if "report_period" in fields and not fields["report_period"]:
        fields["report_period"] = (
            f"{new['starts_at']:%Y-%m}" if meeting.state == DRAFT else meeting.report_period
        )
    otherwise = any(name in fields and fields[name] != getattr(meeting, name) for name in TOLD)
    edit(meeting, fields, actor, now=now, version=version)
    if otherwise and meeting.state == "scheduled":
        meeting.sequence += 1  # calendars take what is new only from a newer REQUEST
    if moved or "chair_id" in fields:
        name_chair(meeting)
    if "unit_ids" in given:
        invite_units(meeting, given["unit_ids"] or [], actor, now, only_these=meeting.state == "draft")
    db.session.flush()


def local_times(given: Mapping[str, Any], zone: str) -> dict[str, datetime]:
    """Start and end as the clock of the place shows them, also those that were sent as instants."""
    return {name: clock.local_of(given[name], zone) for name in ("starts_at", "ends_at") if given.get(name)}


def wrong_times(
    given: Mapping[str, Any], errors: Mapping[str, Any], zone: str, now: datetime, *, is_new: bool = True
) -> dict[str, list[str]]:
    starts, ends = given.get("starts_at"), given.get("ends_at")
    found: dict[str, list[str]] = {}
    if starts and is_new and starts.date() < clock.local_date(now, zone):
        found["starts_at"] = ["Tanggal mulai sudah lewat."]
    if starts and ends and ends <= starts:
        found.setdefault("ends_at", ["Waktu selesai harus setelah waktu mulai."])
    return {name: several for name, several in found.items() if name not in errors}


def unknown(given: Mapping[str, Any], errors: Mapping[str, Any]) -> dict[str, list[str]]:
    """People and units that are not there (or no longer active)."""
    found: dict[str, list[str]] = {}
    for name in OFFICES:
        if (value := given.get(name)) is not None and not is_active(value):
            found[name] = ["Orang ini tidak dikenal."]
    if (value := given.get("organiser_id")) is not None and not units_known([value]):
        found["organiser_id"] = ["Satuan kerja ini tidak dikenal."]
    if (several := given.get("unit_ids")) and not units_known(several):
        found["unit_ids"] = ["Ada PPK yang tidak dikenal."]
    return {name: sentences for name, sentences in found.items() if name not in errors}


def is_active(person_id: int) -> bool:
    query = select(Person.id).where(Person.id == person_id, Person.active)
    return db.session.scalar(query) is not None


def units_known(ids: list[int]) -> bool:
    wanted = set(ids)
    return len(set(db.session.scalars(select(Unit.id).where(Unit.id.in_(wanted))))) == len(wanted)


def columns(given: Mapping[str, Any]) -> dict[str, Any]:
    return {k: (v or "" if k in TEXTS else v) for k, v in given.items()}


def local(meeting: Meeting, name: str) -> datetime | None:
    """The wall clock of the place, without offset, as forms show it."""
    value = getattr(meeting, name)
    return clock.to_local(value, meeting.timezone).replace(tzinfo=None) if value else None


def name_chair(meeting: Meeting) -> None:
    """Keep the post that the chair holds on the day: who holds it then (Plt., Plh.) may act in his place."""
    chair = db.session.get(Person, meeting.chair_id) if meeting.chair_id else None
    day = meeting.local_start_date
    meeting.chair_post_id = post_of(chair, day) if chair and day else None


def usual_organiser(actor: Actor, meeting: Meeting, at: datetime) -> int | None:
    """The unit of the one who makes it, else the unit that the chair heads that day."""
    if actor.unit_id:
        return actor.unit_id
    chair = db.session.get(Person, meeting.chair_id) if meeting.chair_id else None
    if chair is None:
        return None
    headed = [a.post.unit_id for a in chair.held(at.date()) if a.post.is_head and a.post.unit_id]
    return headed[0] if headed else chair.unit_id


def lines(text: str | None) -> list[str]:
    return [line.strip(" \t-•") for line in (text or "").splitlines() if line.strip(" \t-•")]


def agenda_line(line: str) -> tuple[str, int | None]:
    """ "Pembukaan (15)" → ("Pembukaan", 15)"""
    found = LENGTH.search(line)
    minutes = int(found.group(1)) if found else 0
    if found and found.start() and 1 <= minutes <= 1440:
        return line[: found.start()], minutes
    return line, None
