"""When a meeting is and who leads it: what changing that asks, and what it does to its sessions and its letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from workflows.letter import Letter, letter_waits, no_letter
from workflows.lifecycle import Act, Ask, Complaint, _, reason, store


class Session(Protocol):
    starts_at: datetime
    ends_at: datetime


class Scheduled(Letter, Protocol):
    starts_at: datetime | None
    ends_at: datetime | None
    chair_id: int | None
    minute_taker_id: int | None
    sequence: int

    @property
    def sessions(self) -> Sequence[Session]: ...
    def local_date(self, now: datetime) -> date: ...
    def instant(self, naive: datetime) -> datetime: ...


def new_start(item: Scheduled, act: Act) -> Complaint:
    starts, ends = act.get("starts_at"), act.get("ends_at")
    if starts.date() < item.local_date(act.now):
        return _("Tanggal mulai sudah lewat.")
    if ends and (item.instant(starts), item.instant(ends)) == (item.starts_at, item.ends_at):
        return _("Waktu ini sama dengan jadwal sekarang.")
    return None


def end_after_start(item: Scheduled, act: Act) -> Complaint:
    starts, ends = act.get("starts_at"), act.get("ends_at")
    return _("Waktu selesai harus setelah waktu mulai.") if starts and ends <= starts else None


def someone_else(item: Scheduled, act: Act) -> Complaint:
    given = {name: act.get(name) for name in ("chair_id", "minute_taker_id")}
    if any(value and value != getattr(item, name) for name, value in given.items()):
        return None
    return _("Pilih Pimpinan Rapat atau Notulis yang lain.")


def move_sessions(sessions: Sequence[Session], by: timedelta) -> None:
    """Days, halves and breaks keep their distance from a meeting's new start."""
    for session in sessions:
        session.starts_at, session.ends_at = session.starts_at + by, session.ends_at + by


def set_times(item: Scheduled, act: Act) -> None:
    starts, ends = item.instant(act.get("starts_at")), item.instant(act.get("ends_at"))
    if item.starts_at:
        move_sessions(item.sessions, starts - item.starts_at)
    item.starts_at, item.ends_at = starts, ends
    no_letter(item)  # what went out no longer tells the truth: a revised one is to be issued, and signed anew
    item.letter_declined_at = None
    item.sequence += 1


def set_people(item: Scheduled, act: Act) -> None:
    if letter_waits(item) and act.get("chair_id") not in (None, item.chair_id):
        no_letter(item)  # it waits under the name of somebody who leads no longer
    store("chair_id", "minute_taker_id")(item, act)


TIMES = [Ask("starts_at", _("Mulai"), "datetime", check=new_start),
         Ask("ends_at", _("Selesai"), "datetime", check=end_after_start), reason()]  # fmt: skip
PEOPLE = [Ask("chair_id", _("Pimpinan Rapat"), "person", required=False, check=someone_else),
          Ask("minute_taker_id", _("Notulis"), "person", required=False), reason()]  # fmt: skip
