"""The sections of new minutes, each with a sentence or two composed from the meeting.

A section that a person has edited is never composed again; the others follow the meeting until it is submitted.
"""

from __future__ import annotations

from datetime import date, datetime

from randal.database.base import db
from randal.models import minutes_texts
from randal.models.minutes import Minutes, MinutesSection, MinutesSigner
from randal.org.people import Person
from randal.org.places import post_at
from randal.rooms.minutes.composing import COMPOSE


def add_sections(minutes: Minutes, now: datetime) -> None:
    composed = COMPOSE[minutes.kind](minutes.meeting)
    for position, (key, title) in enumerate(minutes.what.sections.items(), 1):
        minutes.sections.append(
            MinutesSection(key=key, title=title, position=position, html=composed[key], updated_at=now)
        )
    keep_all(minutes, now)


def keep_all(minutes: Minutes, now: datetime) -> None:
    """The wordings as they stand, by nobody: composed from the meeting, or taken over by an addendum."""
    db.session.flush()
    for section in minutes.sections:
        minutes_texts.keep(minutes.id, section.key, section.title, section.html, None, now)


def compose_again(minutes: Minutes, now: datetime) -> None:
    """Let the sections nobody has touched follow the meeting as it stands now."""
    composed = COMPOSE[minutes.kind](minutes.meeting)
    for section in minutes.sections:
        if not section.edited and section.html != composed.get(section.key, section.html):
            section.html, section.updated_at = composed[section.key], now
            minutes_texts.keep(minutes.id, section.key, section.title, section.html, None, now)


def default_signers(minutes: Minutes) -> None:
    """The minute-taker, then the chair, or the head a report is for: one of them twice is one signer."""
    meeting = minutes.meeting
    last = minutes.addressee_id or meeting.chair_id
    wanted = list(dict.fromkeys(i for i in (meeting.minute_taker_id, last) if i))
    set_signers(minutes, [(person_id, position) for position, person_id in enumerate(wanted, 1)])


def set_signers(minutes: Minutes, wanted: list[tuple[int, int]]) -> None:
    """Replace the signers by these (person, position)."""
    minutes.signers.clear()
    db.session.flush()  # a person who stays would otherwise be there twice for a moment
    minutes.signers.extend(MinutesSigner(person_id=who, position=at) for who, at in wanted)
    db.session.flush()


def standing(person: Person, day: date) -> str:
    """What a person signs as that day: the post held; whoever holds none as what he is, and of which unit. "PPK" alone
    would be fourteen people."""
    title, unit = person.post_title(day), person.unit
    if unit is None or unit.province is None or not title or person.held(day):
        return title
    return post_at(title, unit.short_name)
