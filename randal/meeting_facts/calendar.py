"""A meeting as iCalendar (RFC 5545, 5546): REQUEST, again with a higher SEQUENCE, or CANCEL; PUBLISH to nobody by name.

One VEVENT, whatever its sessions: RFC 5546 allows one UID per REQUEST, so that an event per session would be a mail per
session, each to be answered. The sessions are told in its words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from flask import Response, current_app
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from randal.base.personal import mask
from randal.l10n import clock
from randal.l10n.formats import days, span
from randal.models.meetings import Meeting
from randal.notifications.composing import sender_of
from randal.org.people import Person
from randal.web.downloads import given
from workflows.lifecycle import Refused


def calendar_of(
    meeting: Meeting,
    public_url: str,
    now: datetime,
    invitee: Person | None = None,
    *,
    withdrawn: bool = False,
) -> bytes:
    """The meeting for one reader; `withdrawn`: who is invited no more. No address but the reader's own is in it. Refused
    when it has no time yet."""
    if not (meeting.starts_at and meeting.ends_at):
        raise Refused("state", "Rapat ini belum berwaktu.")
    calendar = Calendar()
    calendar.add("prodid", "-//Randal//Rapat//ID")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(meeting, invitee, withdrawn=withdrawn))
    event = event_of(meeting, public_url, now)
    if withdrawn:
        event["status"] = vText("CANCELLED")
    if invitee:
        attendee = vCalAddress(f"mailto:{invitee.email}")
        attendee.params["cn"] = vText(invitee.name)
        attendee.params["role"] = vText("REQ-PARTICIPANT")
        attendee.params["partstat"] = vText("NEEDS-ACTION")
        attendee.params["rsvp"] = vText("FALSE")  # answers are given on the meeting's page
        event.add("attendee", attendee, encode=False)
    return finished(calendar, [event])


def method_of(meeting: Meeting, invitee: Person | None = None, *, withdrawn: bool = False) -> str:
    """METHOD of the calendar, and of the part or answer that carries it. A REQUEST names whom it asks (RFC 5546, 3.2.2)."""
    if withdrawn or meeting.state == "cancelled":
        return "CANCEL"
    return "REQUEST" if invitee and meeting.state != "draft" else "PUBLISH"


def mime_of(method: str) -> str:
    """The content type of a calendar of this method: the two must say the same (RFC 5545, 8.1)."""
    return f"text/calendar; charset=utf-8; method={method}"


def file_of(meeting: Meeting, public_url: str, now: datetime, invitee: Person | None = None) -> Response:
    """The calendar as an answer that is saved as a file."""
    made = calendar_of(meeting, public_url, now, invitee)
    return given(made, mime_of(method_of(meeting, invitee)), f"rapat-{meeting.id}.ics")


def feed_of(meetings: Iterable[Meeting], public_url: str, now: datetime) -> bytes:
    """Several meetings as one calendar to subscribe to. Whoever has the address of the calendar reads it, without an
    account: nobody's number or address is in it, in its texts neither."""
    calendar = Calendar()
    calendar.add("prodid", "-//Randal//Rapat//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Rapat (Randal)")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    return finished(
        calendar, [event_of(m, public_url, now, mask) for m in meetings if m.starts_at and m.ends_at]
    )


def finished(calendar: Calendar, events: list[Event]) -> bytes:
    for event in events:
        calendar.add_component(event)
    for tzid in calendar.get_missing_tzids():
        calendar.add_component(_timezone(tzid))
    return calendar.to_ical()


def event_of(meeting: Meeting, public_url: str, now: datetime, told: Callable[[str], str] = str) -> Event:
    """`told`: what becomes of texts that people wrote."""
    assert meeting.starts_at and meeting.ends_at  # noqa: S101 - asked by the callers
    cancelled = meeting.state == "cancelled"
    host = urlsplit(public_url).hostname or "localhost"
    event = Event()
    event.add("uid", f"rapat-{meeting.id}@{host}")
    event.add("dtstamp", now)
    event.add("sequence", meeting.sequence)
    event.add("dtstart", clock.to_local(meeting.starts_at, meeting.timezone))
    event.add("dtend", clock.to_local(meeting.ends_at, meeting.timezone))
    event.add("summary", told(meeting.title))
    event.add(
        "status", "CANCELLED" if cancelled else "TENTATIVE" if meeting.state == "draft" else "CONFIRMED"
    )
    page = f"{public_url}/rapat/{meeting.id}"
    event.add("url", page)
    event.add("location", told(", ".join(filter(None, [meeting.place, meeting.link]))))
    event.add("description", told(described(meeting, page)))
    organiser = vCalAddress(f"mailto:{sender_of(current_app.config['RANDAL'])}")
    organiser.params["cn"] = vText(meeting.organiser.name if meeting.organiser else "Randal")
    event["organizer"] = organiser
    return event


@cache
def _timezone(tzid: str) -> Timezone:
    """VTIMEZONE, which takes longer to work out than all the rest of a calendar."""
    return Timezone.from_tzid(tzid)


def described(meeting: Meeting, page: str) -> str:
    agenda = [f"{n}. {item.title}" for n, item in enumerate(meeting.agenda_items, 1)]
    sessions = session_lines(meeting)
    parts = [
        meeting.purpose,
        "\n".join(["Sesi:", *sessions]) if sessions else "",
        "\n".join(["Acara:", *agenda]) if agenda else "",
        f"Konfirmasi kehadiran: {page}",
    ]
    return "\n\n".join(filter(None, parts))


def session_lines(meeting: Meeting) -> list[str]:
    """Sessions and breaks in order, each with its day and time in the meeting's zone; none of a meeting of one session."""
    if len(meeting.sessions) < 2:
        return []
    zone = meeting.timezone
    return [
        f"{days(s.starts_at, s.ends_at, zone)}, {span(s.starts_at, s.ends_at, zone)}: {s.title}"
        + (f" ({s.place})" if s.place and s.place != meeting.place else "")
        for s in meeting.sessions
    ]
