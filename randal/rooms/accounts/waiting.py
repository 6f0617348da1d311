"""What waits for one person: meetings to be led, written or attended, signatures, texts in drafting, and what is his unit's
while it has no other PPK. When an account is closed or loses its role, this is what somebody else has to take over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import Select, or_, select

from randal.database.base import db
from randal.l10n.formats import day_date, long_date
from randal.models.accounts import Grant
from randal.models.attendance import Attendance
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from randal.models.minutes import Minutes, Signature
from randal.models.progress import ProgressReport
from randal.org.people import NO_ROLE, Person
from randal.rooms.accounts.forms import HandOverForm
from randal.schemas import forms
from randal.web.attempt import attempt
from workflows import follow_up
from workflows.attendance import COMING
from workflows.lifecycle import PPK, PPK_STAFF, SECRETARIAT, Act, Actor
from workflows.meeting import LIFECYCLE as MEETING
from workflows.meeting_states import AHEAD
from workflows.minutes import BEFORE_APPROVAL
from workflows.progress_report import WITH_ITS_WRITER, still_asked_for
from workflows.signature import OPEN

SHOWN = 100  # of each kind; who has more of one kind finds the rest when these are done
REASSIGNED_IN = frozenset().union(*(row.sources for row in MEETING.moves_named("reassign")))


@dataclass(frozen=True)
class Matter:
    """One thing that waits: `kind` a code, `what` in words, `page` where it is looked at and put right, `resource` and `id`
    of the API, `move` with which somebody else takes it over ("": there is none)."""

    kind: str
    what: str
    page: str
    resource: str
    id: int
    move: str = ""


def is_gone(person: Person) -> bool:
    """Nothing lets him act by a role any more."""
    return not person.active or person.role == NO_ROLE


def matters_of(person: Person, reader: Actor, now: datetime) -> list[Matter]:
    """As far as this reader sees them, in the order of the chain."""
    return [*_meetings(person, reader), *_papers(person, reader), *_of_unit(person, reader, now)]


def _rows(query: Select[Any]) -> Iterator[Any]:
    yield from db.session.scalars(query.limit(SHOWN)).unique()


def _meetings(person: Person, reader: Actor) -> Iterator[Matter]:
    seen = Meeting.visible_to(reader)
    led = or_(Meeting.chair_id == person.id, Meeting.minute_taker_id == person.id)
    for row in _rows(
        seen.where(led, Meeting.state.in_(REASSIGNED_IN)).order_by(Meeting.starts_at, Meeting.id)
    ):
        page = url_for("meetings.show", id=row.id)
        for kind, office, held in (
            ("chair", "Pimpinan Rapat", row.chair_id),
            ("minute_taker", "Notulis", row.minute_taker_id),
        ):
            if held == person.id:
                yield Matter(kind, f"{office}: {_dated(row)}", page, "meetings", row.id, "reassign")
    asked = (
        Attendance.person_id == person.id,
        Attendance.is_guest.is_(False),
        Attendance.state.in_(COMING),
        Attendance.meeting.has(Meeting.state.in_(AHEAD)),
    )
    for row in _rows(Attendance.visible_to(reader).where(*asked).order_by(Attendance.id)):
        page = url_for("meetings.show", id=row.meeting_id, bagian="kehadiran")
        move = "represent" if row.meeting.state == "scheduled" else ""
        yield Matter("invited", f"Diundang ke {_dated(row.meeting)}", page, "attendance", row.id, move)


def _dated(meeting: Meeting) -> str:
    day = meeting.local_start_date
    return f"{meeting.title}, {day_date(day)}" if day else meeting.title


def _papers(person: Person, reader: Actor) -> Iterator[Matter]:
    for row in _rows(_signatures(person, reader)):
        page = url_for("minutes.show", id=row.minutes_id)
        what = f"Tanda tangan: {row.minutes.heading} {row.minutes.meeting.title}"
        yield Matter("signature", what, page, "signatures", row.id)
    writing = Minutes.state.in_(BEFORE_APPROVAL)
    papers = Minutes.visible_to(reader).where(writing).order_by(Minutes.id)
    for row in _rows(papers.where(Minutes.signers.any(person_id=person.id))):
        page = url_for("minutes.signers", id=row.id)
        what = f"Ditetapkan sebagai penanda tangan: {row.label}"
        yield Matter("signer", what, page, "minutes", row.id, "name_signers")
    for row in _rows(papers.where(Minutes.created_by_id == person.id)):
        what = f"Naskah yang disusun: {row.label}"
        yield Matter("writer", what, url_for("minutes.show", id=row.id), "minutes", row.id)
    led = FollowUp.meeting.has(Meeting.chair_id == person.id)
    drafts = FollowUp.visible_to(reader).where(FollowUp.state == follow_up.DRAFT, led)
    for row in _rows(drafts.order_by(FollowUp.id)):
        page = url_for("follow_ups.show", id=row.id)
        yield Matter("draft", f"Draf {row.code}: {row.text}", page, "follow-ups", row.id, "assign")


def _signatures(person: Person, reader: Actor) -> Select[Any]:
    mine = Signature.signer_id == person.id, Signature.state.in_(OPEN)
    current = Signature.minutes.has(Minutes.version_no == Signature.version_no)
    query: Select[Any] = Signature.visible_to(reader)
    return query.where(*mine, current).order_by(Signature.id)


def _of_unit(person: Person, reader: Actor, now: datetime) -> Iterator[Matter]:
    """A unit's things wait for its PPK, not for one person: for him only while nobody else is one."""
    assists = person.active and person.role == PPK_STAFF
    if person.unit_id is None or assists or other_ppk(person):
        return
    mine = FollowUp.unit_id == person.unit_id, FollowUp.state.in_(follow_up.RUNNING)
    for row in _rows(FollowUp.visible_to(reader).where(*mine).order_by(FollowUp.due_on, FollowUp.id)):
        due = f", tenggat {long_date(row.due_on)}" if row.due_on else ""
        page = url_for("follow_ups.show", id=row.id)
        yield Matter("follow_up", f"Tindak lanjut {row.code}: {row.text}{due}", page, "follow-ups", row.id)
    open_ = ProgressReport.unit_id == person.unit_id, ProgressReport.state.in_(WITH_ITS_WRITER)
    for row in _rows(ProgressReport.visible_to(reader).where(*open_).order_by(ProgressReport.id)):
        if still_asked_for(row, Act(reader, now)):
            continue
        page = url_for("evaluation.show", id=row.id)
        yield Matter("report", f"{row.label}: belum disampaikan", page, "progress-reports", row.id)


def other_ppk(person: Person) -> list[str]:
    """Names of the other active PPK of the unit."""
    mine = Person.unit_id == person.unit_id, Person.role == PPK, Person.active, Person.id != person.id
    return list(db.session.scalars(select(Person.name).where(*mine).order_by(Person.name)))


def warnings_about(person: Person, matters: list[Matter]) -> list[str]:
    """What is odd about this account and refused nowhere: a second PPK; one that is over while things wait for it."""
    said = []
    becomes = select(Grant.id).where(
        Grant.person_id == person.id, Grant.state == "requested", Grant.role == PPK
    )
    is_ppk = (person.active and person.role == PPK) or db.session.scalar(becomes.limit(1)) is not None
    if is_ppk and person.unit and (others := other_ppk(person)):
        said.append(
            f"{person.unit.name} sudah mempunyai PPK: {', '.join(others)}. Bila yang ini menggantikannya, ubah peran atau "
            "nonaktifkan akun yang lama."
        )
    if matters and is_gone(person):
        said.append(f"{len(matters)} hal masih menunggu {person.name}: serahkan kepada orang lain.")
    return said


def may_hand_over(actor: Actor, matters: list[Matter]) -> bool:
    return actor.has(SECRETARIAT) and any(matter.move == "reassign" for matter in matters)


def hand_over(person: Person, actor: Actor, raw: Mapping[str, Any], now: datetime) -> int:
    """Every meeting that he leads or writes gets another in his place, by the move that does so one by one. Answers how many.
    All or none: the caller rolls back what was refused."""
    given = forms.load(HandOverForm, raw)
    if given["to_id"] == person.id:
        raise forms.wrong("to_id", "Pilih orang lain.")
    to = db.session.get(Person, given["to_id"])
    if to is None or not to.active:
        raise forms.wrong("to_id", "Orang ini tidak ada atau tidak aktif.")
    asked: dict[int, dict[str, Any]] = {}
    for matter in matters_of(person, actor, now):
        if matter.move == "reassign":
            fields = asked.setdefault(matter.id, {"reason": given["reason"]})
            fields[f"{matter.kind}_id"] = to.id
    for meeting_id, fields in asked.items():
        attempt(Meeting, meeting_id, "reassign", fields, actor, now=now)
    return len(asked)
