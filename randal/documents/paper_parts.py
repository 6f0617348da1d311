"""What several papers share: letterhead and verification, the meeting, people, rows of attendance."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from randal.database.base import db
from randal.documents import letterhead, snapshots
from randal.l10n.clock import local_date
from randal.org import app_settings
from randal.org.people import Person, people_with_role
from randal.storage import files
from workflows.agenda import OUTCOMES
from workflows.lifecycle import PPK

WAYS = {"qr": "Masuk lewat QR", "table": "Dicatat sekretariat"}
SHORTEST_MEETING = timedelta(minutes=10)
SIGNATURE_SIZE = (600, 240)  # pixels of a drawn signature on paper, at most


def heading(
    title: str,
    at: datetime,
    timezone: str,
    *,
    code: str = "",
    draft: bool = False,
    unit_id: int | None = None,
    day: date | None = None,
) -> dict[str, Any]:
    """The keys that every paper has (`papers.Paper`), dressed as the unit's papers of that day (default: of `at`)."""
    dress = letterhead.dress_of(unit_id, day or local_date(at, timezone))
    settings = current_app.config["RANDAL"]
    url = settings.public_url
    return {
        "title": title,
        "created_at": instant(at),
        "timezone": timezone,
        "points": settings.paper_points,
        "kop": {
            "lines": dress.lines,
            "address": [line for line in dress.address.splitlines() if line.strip()],
            "logo": "",
        },
        "verification": {"code": code, "url": f"{url}/verifikasi/{code}"} if code else None,
        "contoh": app_settings.is_demo(),
        "draft": draft,
    }


def instant(at: datetime | None) -> str:
    """`2018-06-25T02:00:00Z`, or ""."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else ""


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def named(person: Person | None, day: date) -> snapshots.Person | None:
    return {"name": person.name, "post": person.post_title(day)} if person else None


def signatory(
    person: Person, day: date, *, field: str, role: str = "", post: str = ""
) -> snapshots.Signatory:
    """A signature block; a post held Plt. or Plh. says so."""
    title = post or person.post_title(day)
    lines = [title] if title else []
    return {
        "field": field,
        "role": role,
        "post_lines": lines,
        "name": person.name,
        "rank": "",
        "nip": person.nip,
    }


def meeting_head(meeting: Any, *, real_times: bool = False) -> snapshots.MeetingHead:
    """The meeting as every paper names it; with `real_times` also as it was held, where the clock of opening and closing
    can be believed: nobody presses both buttons within minutes, or the second one days later."""
    starts, ends = meeting.starts_at, meeting.ends_at
    opened, closed = meeting.opened_at, meeting.closed_at
    if not (real_times and opened and closed and believed(meeting)):
        opened = closed = None
    day = meeting.local_date(starts or meeting.created_at)
    return {
        "title": meeting.title,
        "starts_at": instant(starts),
        "ends_at": instant(ends),
        "opened_at": instant(opened),
        "closed_at": instant(closed),
        "timezone": meeting.timezone,
        "place": meeting.place,
        "link": meeting.link,
        "letter_number": meeting.letter_number or "",
        "agenda": [
            {"title": a.title, "outcome": OUTCOMES.get(a.outcome, ""), "note": a.note}
            for a in meeting.agenda_items
        ],
        "chair": named(meeting.chair, day),
        "minute_taker": named(meeting.minute_taker, day),
        "moderator": None,
    }


def believed(meeting: Any) -> bool:
    """Were opening and closing pressed in the room? The planned days have them both."""
    days = [meeting.local_date(at) for at in (meeting.opened_at, meeting.closed_at)]
    last = meeting.local_date(meeting.ends_at) if meeting.ends_at else days[0]
    return bool(meeting.closed_at - meeting.opened_at >= SHORTEST_MEETING and days[1] <= max(last, days[0]))


def attendance_rows(rows: Iterable[Any], *, pictures: bool = False) -> list[snapshots.AttendanceRow]:
    """Rows of attendance as printed. Drawn signatures only with `pictures`. Raises LostFile for a lost one."""
    rows = list(rows)
    names = {p.unit_id: p.name for p in people_with_role(PPK) if p.unit_id}
    drawn: Mapping[int, str] = {}
    if pictures:
        ids = [row.signature_file_id for row in rows if row.signature_file_id]
        found = db.session.scalars(select(files.StoredFile).where(files.StoredFile.id.in_(ids)))
        drawn = {file.id: picture(file) for file in found}
    return [attendance_row(row, names, drawn) for row in rows]


def attendance_row(row: Any, ppk: Mapping[int, str], drawn: Mapping[int, str]) -> snapshots.AttendanceRow:
    came = row.is_guest or row.state == "present"
    known = row.person.name if row.person else ppk.get(row.unit_id, "")
    stood_in = represented(row, ppk)
    unit = row.unit or (row.person.unit if row.person else None)
    invited = (
        ""
        if row.is_guest
        else row.label or (row.person.post_title(row.created_at.date()) if row.person else "")
    )
    notes = [row.reason or "", WAYS.get(row.check_in_way or "", "") if came and not row.is_guest else ""]
    return {
        "name": (row.name_attending or known) if came else "",
        "post": row.post_attending or ("" if stood_in and came else invited),
        "institution": row.institution or (unit.name if unit else ""),
        "on_behalf_of": invited if stood_in and came else "",
        "state": row.state,
        "label": row.state_label,
        "arrived_at": instant(row.checked_in_at) if came else "",
        "signature": drawn.get(row.signature_file_id or 0, "") if came else "",
        "note": "; ".join(n for n in notes if n),
    }


def represented(row: Any, ppk: Mapping[int, str]) -> bool:
    """Does somebody else stand in for the invited? `ppk`: who holds the post in each unit."""
    known = row.person.name if row.person else ppk.get(row.unit_id, "")
    return bool(not row.is_guest and row.name_attending and row.name_attending != known)


def picture(file: files.StoredFile) -> str:
    """A drawn signature as a PNG of our own making, as a data URI; "" for a file that is no picture."""
    if not file.mime.startswith("image/"):
        return ""
    from PIL import Image  # what the limited child has drawn, and so only where a paper is drawn

    with Image.open(io.BytesIO(file.read())) as image:
        ours = image.convert("RGBA")
        ours.thumbnail(SIGNATURE_SIZE)
        stream = io.BytesIO()
        ours.save(stream, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
