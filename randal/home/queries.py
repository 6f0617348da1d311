"""What waits for a person: a few lists, each starting from what that person may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from randal.attendance.models import Attendance
from randal.attendance.replies import reply_path
from randal.core.db import db
from randal.core.words import day_date, lateness, long_date, moment
from randal.evaluation.models import ProgressReport
from randal.findings.models import Finding
from randal.follow_ups.models import Extension, FollowUp
from randal.follow_ups.tracking import BY_DUE, OWED, is_late
from randal.kendala.models import Kendala
from randal.meetings.models import Meeting, held_office
from randal.minutes.models import Minutes, Signature
from randal.paparan.models import Paparan
from workflows.lifecycle import (
    CHAIR,
    EVALUATOR,
    LEADER,
    MINUTE_TAKER,
    PPK,
    PPK_STAFF,
    SECRETARIAT,
    WRITER,
    Actor,
)

SHOWN = 8


@dataclass(frozen=True)
class Waiting:
    """One thing to do: a sentence, where, and since or until when."""

    icon: str
    text: str
    detail: str
    url: str
    late: bool = False


@dataclass
class Home:
    """Beranda of one person."""

    todo: list[Waiting] = field(default_factory=list)
    late: list[Waiting] = field(default_factory=list)
    late_count: int = 0
    meetings: list[Meeting] = field(default_factory=list)


def home_of(actor: Actor, now: datetime) -> Home:
    """What waits for this actor, what is late, and the next meetings."""
    made = Home(meetings=next_meetings(actor, now))
    made.todo = [
        *invitations(actor, now),
        *signatures(actor),
        *own_work(actor, now),
        *meeting_work(actor, now),
    ]
    late = FollowUp.visible_to(actor).where(is_late(now))
    counted = late.with_only_columns(func.count(FollowUp.id))
    made.late_count = db.session.scalar(counted) or 0
    first = late.order_by(BY_DUE, FollowUp.id).limit(SHOWN) if made.late_count else None
    made.late = [follow_up_line(f, now) for f in db.session.scalars(first)] if first is not None else []
    return made


def next_meetings(actor: Actor, now: datetime) -> list[Meeting]:
    running = Meeting.state == "in_session"
    coming = (Meeting.state == "scheduled") | (Meeting.state == "draft")
    query = (
        Meeting.visible_to(actor)
        .where(or_(running, coming))
        .order_by(running.desc(), Meeting.starts_at)
        .limit(3)
    )
    return list(db.session.scalars(query))


def to_do_next(actor: Actor) -> list[FollowUp]:
    """The first follow-ups that wait for the PPK, by due date."""
    waiting = FollowUp.state.in_(("assigned", "in_progress", "returned"))
    query = FollowUp.visible_to(actor).where(OWED, waiting).order_by(BY_DUE, FollowUp.id)
    return list(db.session.scalars(query.limit(SHOWN)))


def follow_up_line(item: FollowUp, now: datetime) -> Waiting:
    days = item.days_late(now)
    when = lateness(days) if days else f"tenggat {long_date(item.due_on)}"
    sent_back = "dikembalikan, " if item.state == "returned" else ""
    return Waiting(
        "checklist",
        item.text,
        f"{item.unit.short_name} · {sent_back}{when}",
        url_for("follow_ups.show", id=item.id),
        days > 0,
    )


def signatures(actor: Actor) -> list[Waiting]:
    mine = or_(Signature.signer_id == actor.id, Signature.signer_post_id.in_(actor.posts))
    query = select(Signature).where(mine, Signature.state == "ready").options(joinedload(Signature.minutes))
    return [
        Waiting(
            "signature",
            f"Tandatangani {s.minutes.what.noun}: {s.minutes.meeting.title}",
            s.signer_title,
            url_for("minutes.sign", id=s.id),
        )
        for s in db.session.scalars(query)
    ] + [
        Waiting(
            "signature",
            f"Tandatangani surat undangan: {m.title}",
            f"nomor {m.letter_number}",
            url_for("meetings.sign_letter", id=m.id),
        )
        for m in db.session.scalars(Meeting.letters_waiting_for(actor).limit(SHOWN))
    ]


def invitations(actor: Actor, now: datetime) -> list[Waiting]:
    """Invitations to a meeting ahead that the actor, or its unit, has not answered."""
    mine = Attendance.person_id == actor.id
    if actor.unit_id is not None and actor.has(PPK, PPK_STAFF):
        mine = or_(mine, Attendance.unit_id == actor.unit_id)
    query = (
        select(Attendance)
        .join(Meeting)
        .where(mine, Attendance.state == "invited", Meeting.state == "scheduled", Meeting.starts_at > now)
        .options(contains_eager(Attendance.meeting))
    )
    return [
        Waiting(
            "mail-question",
            f"Jawab undangan: {row.meeting.title}",
            f"{day_date(row.meeting.local_start_date)} · {row.label}",
            # The staff answers by the unit's link, the invited on the meeting's page.
            reply_path(row)
            if actor.has(PPK_STAFF) and row.person_id is None
            else url_for("meetings.show", id=row.meeting_id, bagian="kehadiran"),
        )
        for row in db.session.scalars(query.order_by(Meeting.starts_at).limit(SHOWN)).unique()
    ]


def own_work(actor: Actor, now: datetime) -> list[Waiting]:
    found: list[Waiting] = []
    if actor.has(PPK, PPK_STAFF):
        found += _lines(
            ProgressReport,
            actor,
            ("draft", "returned", "missing"),
            "report-analytics",
            "Isi laporan",
            "evaluation.show",
        )
        found += _lines(
            Finding, actor, ("recorded", "returned"), "zoom-question", "Tanggapi temuan", "findings.show"
        )
        found += [follow_up_line(f, now) for f in to_do_next(actor)]
    found += [
        Waiting("book", f"Baca paparan: {row.title}", row.meeting.title, url_for("paparan.show", id=row.id))
        for row in db.session.scalars(Paparan.unread(actor).options(joinedload(Paparan.meeting)).limit(SHOWN))
    ]
    if actor.has(EVALUATOR):
        found += _lines(FollowUp, actor, ("submitted",), "checks", "Verifikasi", "follow_ups.show")
        found += _lines(
            ProgressReport, actor, ("submitted",), "report-analytics", "Periksa laporan", "evaluation.show"
        )
        found += _lines(Finding, actor, ("responded",), "zoom-question", "Tanggapan temuan", "findings.show")
        found += _lines(
            Kendala, actor, ("raised",), "alert-octagon", "Sepakati solusi kendala", "kendala.show"
        )
        asked = Extension.visible_to(actor).where(Extension.state == "requested").limit(SHOWN)
        found += [
            Waiting(
                "calendar-plus",
                f"Perpanjangan tenggat: {e.follow_up.text}",
                e.follow_up.unit.short_name,
                url_for("follow_ups.show", id=e.follow_up_id),
            )
            for e in db.session.scalars(asked)
        ]
    if actor.has(LEADER):
        found += _lines(
            FollowUp,
            actor,
            ("infeasible_proposed",),
            "ban",
            "Diusulkan tidak dapat dilaksanakan",
            "follow_ups.show",
        )
    return found


def _lines(
    model: type[Any], actor: Actor, states: tuple[str, ...], icon: str, verb: str, endpoint: str
) -> list[Waiting]:
    query = model.visible_to(actor).where(model.state.in_(states)).order_by(model.updated_at).limit(SHOWN)
    return [
        Waiting(
            icon,
            f"{verb}: {getattr(row, 'text', None) or long_date(row.period + '-01').split(' ', 1)[1]}",
            row.unit.short_name,
            url_for(endpoint, id=row.id),
        )
        for row in db.session.scalars(query)
    ]


def meeting_work(actor: Actor, now: datetime) -> list[Waiting]:
    """What the chair, minute-taker or secretariat owes a meeting."""
    found: list[Waiting] = []
    mine = Meeting.visible_to(actor) if actor.has(SECRETARIAT) else select(Meeting).where(held_office(actor))
    for meeting in db.session.scalars(mine.where(Meeting.state.in_(("draft", "in_session"))).limit(SHOWN)):
        verb = "Lengkapi dan jadwalkan" if meeting.state == "draft" else "Rapat sedang berlangsung"
        when = moment(meeting.starts_at, meeting.timezone) if meeting.starts_at else ""
        found.append(
            Waiting(
                "calendar-event", f"{verb}: {meeting.title}", when, url_for("meetings.show", id=meeting.id)
            )
        )
    own = or_(held_office(actor), Minutes.addressee_id == actor.id, Minutes.created_by_id == actor.id)
    drafts = select(Minutes).join(Meeting).where(own, Minutes.state.in_(("drafting", "in_review")))
    for minutes in db.session.scalars(drafts.limit(SHOWN)):
        hats = minutes.relations(actor)
        writes = minutes.state == "drafting" and not hats.isdisjoint((MINUTE_TAKER, WRITER))
        chairs = minutes.state == "in_review" and CHAIR in hats
        if writes or chairs:
            verb = f"{'Susun' if writes else 'Tinjau'} {minutes.what.noun}"
            found.append(
                Waiting(
                    "notebook", f"{verb}: {minutes.meeting.title}", "", url_for("minutes.show", id=minutes.id)
                )
            )
    return found
