"""What each part of a meeting's room shows. The number of statements does not grow with the participants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy.orm import joinedload, selectinload

from randal.database.base import db
from randal.documents.model import Document
from randal.meeting_facts import presence
from randal.models.attendance import Attendance
from randal.models.findings import Finding
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.models.meeting_mails import lost_among, unreached
from randal.models.meetings import Meeting, office
from randal.models.minutes import Minutes
from randal.models.paparan import paparan_of, reach_of
from randal.models.photos import photos_of
from randal.models.progress import ProgressReport
from randal.org.people import Person
from randal.org.places import Unit
from randal.rooms.meetings import choices, ordering, series, sessions, timetable
from randal.rooms.meetings.agenda import defer_form
from randal.rooms.meetings.answers import answers
from randal.rooms.meetings.queries import overview, totals
from randal.web.pages import me
from randal.web.timeline import history_of
from workflows.attendance import LIFECYCLE as ATTENDANCE
from workflows.lifecycle import CHAIR, EVALUATOR, SECRETARIAT, Actor
from workflows.meeting import LIFECYCLE
from workflows.meeting_states import BOOK, LIVE

PARTS = {
    "ringkasan": "Ringkasan",
    "acara": "Acara",
    "kehadiran": "Kehadiran",
    "paparan": "Paparan",
    "foto": "Foto",
    "laporan": "Laporan",
    "temuan": "Temuan",
    "kendala": "Kendala",
    "tindak-lanjut": "Tindak lanjut",
    "notula": "Notula",
    "dokumen": "Dokumen",
    "riwayat": "Riwayat",
}
STILL = ("dokumen", "riwayat")  # read when opened; documents tell of their making themselves
Given = dict[str, Any]
Asked = Mapping[str, str]


def open_room(id: int, actor: Actor) -> Meeting:
    """The meeting with all that its head and its moves read; 404 when it is not to be seen."""
    query = Meeting.visible_to(actor).where(Meeting.id == id)
    query = query.options(
        # their names, not their posts: two statements less on every page
        joinedload(Meeting.chair).lazyload(Person.appointments),
        joinedload(Meeting.minute_taker).lazyload(Person.appointments),
        joinedload(Meeting.organiser).joinedload(Unit.province),
        selectinload(Meeting.attendance),
    )
    meeting = db.session.scalars(query).unique().one_or_none()
    if meeting is None:
        abort(404)
    return meeting


def summary(meeting: Meeting, actor: Actor, now: datetime, asked: Asked) -> Given:
    rows = overview(meeting, actor, now)
    runs = actor.has(SECRETARIAT, EVALUATOR) or CHAIR in office(meeting, actor)
    ahead = meeting.state in LIVE
    before, after = series.before_and_after(meeting, actor)
    return {
        "before": before,
        "after": after,
        "rows": rows,
        "totals": totals(rows),
        "mine": own_row(meeting, actor),
        "may_chase": runs and ahead,
        "data": answers(meeting) if meeting.state != "draft" else {},
        "unreported": [r.unit.short_name for r in rows if not r.reported],
    }


def own_row(meeting: Meeting, actor: Actor) -> Attendance | None:
    return next((a for a in meeting.attendance if a.is_for(actor)), None)


def agenda(meeting: Meeting, actor: Actor, now: datetime, asked: Asked) -> Given:
    """The agenda by session with its times, breaks between, and who may move it on."""
    on = meeting.state == "in_session"
    runs = LIFECYCLE.may(meeting, "start_agenda_item", actor)
    return {
        "lines": timetable.grouped(meeting, now if on else None),
        "data": answers(meeting) if meeting.state != "draft" else {},
        "course": timetable.course(meeting, now) if on and meeting.starts_at else None,
        "order": ordering.order_of(meeting),
        "sessions": timetable.working(meeting.sessions),
        "runs": runs,
        "has_turns": on and bool(turns(meeting, actor)),
        "defer_form": defer_form(),
        "session_form_of": lambda row: sessions.form(meeting, row),
        "carried": series.carried_over(meeting)
        if any(a.carries_over for a in meeting.agenda_items)
        else None,
    }


def turns(meeting: Meeting, actor: Actor) -> list[Attendance]:
    """The PPK whose turn this reader may follow: all of them for who assesses, his own for who attends."""
    rows = [row for row in meeting.invitees if row.unit]
    if not LIFECYCLE.wears(meeting, "note_outcome", actor):
        rows = [row for row in rows if row.unit_id == actor.unit_id]
    return rows


def attendance(meeting: Meeting, actor: Actor, now: datetime, asked: Asked) -> Given:
    """The list, sifted by `cari` and `status`; the secretariat also gets what it may do in each row."""
    presence.load(meeting.attendance)
    counts = Counter(a.state for a in meeting.attendance)
    wanted, state = asked.get("cari", "").strip().casefold(), asked.get("status", "")
    rows = [
        a
        for a in meeting.attendance
        if (not state or a.state == state)
        and wanted in " ".join([a.label, a.name_attending, a.post_attending, a.institution]).casefold()
    ]
    runs = actor.has(SECRETARIAT)
    may_invite = ATTENDANCE.may_make(actor.roles, meeting.state)
    mails = unreached(meeting) if runs else []
    return {
        "rows": rows,
        "counts": counts,
        "quorum": presence.quorum(meeting, now),
        "mine": own_row(meeting, actor),
        "runs": runs,
        "shows_code": meeting.state in LIVE and (runs or CHAIR in office(meeting, actor)),
        "states": list(ATTENDANCE.states.items()),
        "open_day": meeting.state in LIVE and meeting.is_check_in_day(now),
        "may_add_guest": runs and (meeting.state in BOOK or meeting.is_check_in_day(now)),
        "may_invite": may_invite,
        "to_invite": candidates(meeting) if may_invite else [],
        "unreached": mails,
        "again": {one.id: one.address for one in lost_among(mails, meeting)},
    }


def candidates(meeting: Meeting) -> list[tuple[str, str]]:
    units = {a.unit_id for a in meeting.attendance}
    people = {a.person_id for a in meeting.attendance}
    return [(f"ppk-{i}", f"PPK {name}") for i, name in choices.units().items() if i not in units] + [
        (f"orang-{i}", name) for i, name in choices.people().items() if i not in people
    ]


def slides(meeting: Meeting, actor: Actor, now: datetime, asked: Asked) -> Given:
    rows = paparan_of(meeting)
    return {"rows": rows, "reach": reach_of(meeting, rows)}


def photos(meeting: Meeting, actor: Actor, now: datetime, asked: Asked) -> Given:
    return {"rows": photos_of(meeting)}


def reports(meeting: Meeting, actor: Actor, now: datetime, asked: Asked) -> Given:
    units = [a.unit_id for a in meeting.invitees if a.unit_id]
    query = ProgressReport.visible_to(actor).where(
        ProgressReport.period == meeting.report_period, ProgressReport.unit_id.in_(units)
    )
    query = (
        query.join(ProgressReport.unit).order_by(Unit.name).options(selectinload(ProgressReport.all_figures))
    )
    return {"rows": list(db.session.scalars(query).unique())}


def unit_items(model: type[Any], *also: Any) -> Callable[..., Given]:
    def read(meeting: Meeting, actor: Actor, now: datetime, asked: Asked) -> Given:
        query = model.visible_to(actor).where(model.meeting_id == meeting.id).order_by(model.id)
        return {"rows": list(db.session.scalars(query.options(*also)).unique())}

    return read


def minutes(meeting: Meeting, actor: Actor, now: datetime, asked: Asked) -> Given:
    query = Minutes.visible_to(actor).where(Minutes.meeting_id == meeting.id).order_by(Minutes.id)
    return {"rows": list(db.session.scalars(query)), "openable": Minutes.openable(meeting, actor)}


def documents(meeting: Meeting, actor: Actor, now: datetime, asked: Asked) -> Given:
    query = Document.visible_to(actor).where(Document.meeting_id == meeting.id).order_by(Document.id.desc())
    return {"rows": list(db.session.scalars(query.limit(100)))}


def history(meeting: Meeting, actor: Actor, now: datetime, asked: Asked) -> Given:
    return {"history": history_of(meeting, me())}


GIVEN: dict[str, Callable[[Meeting, Actor, datetime, Asked], Given]] = {
    "ringkasan": summary,
    "acara": agenda,
    "kehadiran": attendance,
    "paparan": slides,
    "foto": photos,
    "laporan": reports,
    "temuan": unit_items(Finding, selectinload(Finding.follow_ups)),
    "kendala": unit_items(Kendala, selectinload(Kendala.follow_ups)),
    "tindak-lanjut": unit_items(FollowUp, joinedload(FollowUp.meeting)),
    "notula": minutes,
    "dokumen": documents,
    "riwayat": history,
}
