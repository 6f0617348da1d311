"""The hats and the conditions of `workflows` as SQL, so that home pages count a million rows without reading them.

What stands here says the same as the tables; tests/home compares the two over every item and every person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from randal.engine.workflow_item import WorkflowItem
from randal.models.attendance import Attendance
from randal.models.findings import Finding
from randal.models.follow_ups import Extension, FollowUp, follow_up_findings, follow_up_kendala
from randal.models.kendala import Kendala
from randal.models.meetings import Meeting
from randal.models.minutes import Minutes, MinutesAgreement, MinutesComment, Signature
from randal.models.progress import ProgressReport
from workflows import (
    attendance,
    extension,
    finding,
    follow_up,
    kendala,
    letter,
    minutes,
    progress_report,
    review,
    signature,
)
from workflows.follow_up import ENDED
from workflows.lifecycle import (
    CHAIR,
    INVITEE,
    MINUTE_TAKER,
    PPK,
    PPK_STAFF,
    SIGNER,
    UNIT_HATS,
    UNIT_PPK,
    WRITER,
    Actor,
)
from workflows.moves import Need

Condition = Callable[[Actor, datetime], ColumnElement[bool]]


def another(column: Any, actor: Actor) -> ColumnElement[bool]:
    return or_(column.is_(None), column != actor.id)


def linked(table: Any, column: Any, *conditions: Any) -> ColumnElement[bool]:
    joined = table.join(FollowUp, FollowUp.id == table.c.follow_up_id)
    return exists(select(FollowUp.id).select_from(joined).where(column, *conditions))


AT_FINDING = follow_up_findings.c.finding_id == Finding.id
AT_KENDALA = follow_up_kendala.c.kendala_id == Kendala.id
RUNS = FollowUp.state.not_in(ENDED)

WHEN: dict[Need, Condition] = {
    progress_report.still_asked_for: lambda actor, now: or_(
        ProgressReport.period >= progress_report.asked_since(now),
        ProgressReport.state == "returned",
        and_(ProgressReport.state == "draft", ProgressReport.revision > 1),
    ),
    progress_report.not_the_author: lambda actor, now: and_(
        another(ProgressReport.submitted_by_id, actor), another(ProgressReport.imported_by_id, actor)
    ),
    follow_up.not_the_submitter: lambda actor, now: another(FollowUp.submitted_by_id, actor),
    extension.follow_up_runs: lambda actor, now: Extension.follow_up.has(RUNS),
    finding.follow_ups_ended: lambda actor, now: ~linked(follow_up_findings, AT_FINDING, RUNS),
    finding.verified_none: lambda actor, now: (
        ~linked(follow_up_findings, AT_FINDING, FollowUp.verified_by_id == actor.id)
    ),
    kendala.follow_ups_ended: lambda actor, now: ~linked(follow_up_kendala, AT_KENDALA, RUNS),
    attendance.meeting_scheduled: lambda actor, now: Attendance.meeting.has(Meeting.state == "scheduled"),
    signature.minutes_in_signing: lambda actor, now: Signature.minutes.has(Minutes.state == minutes.SIGNING),
    signature.scan_there: lambda actor, now: Signature.scan_file_id.is_not(None),
    signature.not_the_uploader: lambda actor, now: another(Signature.scan_by_id, actor),
    review.not_agreed_yet: lambda actor, now: (
        ~exists(
            select(MinutesAgreement.id).where(
                MinutesAgreement.minutes_id == Minutes.id,
                MinutesAgreement.version_no == Minutes.version_no,
                MinutesAgreement.unit_id == actor.unit_id,
            )
        )
    ),
    review.something_unanswered: lambda actor, now: exists(
        select(MinutesComment.id).where(MinutesComment.minutes_id == Minutes.id, MinutesComment.answer == "")
    ),
    letter.to_be_signed: lambda actor, now: and_(
        Meeting.letter_way == "here", Meeting.letter_signed_at.is_(None), Meeting.letter_declined_at.is_(None)
    ),
}


def leads(actor: Actor) -> ColumnElement[bool]:
    """CHAIR of a meeting, as `office` has it."""
    return or_(
        Meeting.chair_id == actor.id,
        Meeting.chair_post_id.in_(actor.posts),
        Meeting.organiser_id.in_(actor.heads),
    )


def at_meeting(model: type[WorkflowItem], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    if model is Meeting:
        return condition
    meetings = select(Meeting.id).where(condition)
    if model is Signature:
        return Signature.minutes.has(Minutes.meeting_id.in_(meetings))
    return model.meeting_id.in_(meetings)  # type: ignore[attr-defined, no-any-return]


def of_unit(model: type[WorkflowItem], actor: Actor) -> ColumnElement[bool]:
    """What belongs to the actor's own unit."""
    if model is Extension:
        return Extension.follow_up.has(FollowUp.unit_id == actor.unit_id)
    if model is Minutes or model is Meeting:
        called = select(Attendance.meeting_id).where(Attendance.unit_id == actor.unit_id)
        return (Minutes.meeting_id if model is Minutes else Meeting.id).in_(called)
    return model.unit_id == actor.unit_id  # type: ignore[attr-defined, no-any-return]


def worn(model: type[WorkflowItem], hat: str, actor: Actor) -> ColumnElement[bool]:
    """On which rows this actor wears the hat."""
    if actor.id is None:
        return false()
    if hat in actor.roles:
        return true()
    if hat in UNIT_HATS:
        has = actor.unit_id is not None and actor.has(PPK if hat == UNIT_PPK else PPK_STAFF)
        return of_unit(model, actor) if has else false()
    if hat == MINUTE_TAKER:
        return at_meeting(model, Meeting.minute_taker_id == actor.id)
    if hat == CHAIR and model is Minutes:
        head = at_meeting(Minutes, Meeting.organiser_id.in_(actor.heads))
        report = and_(Minutes.kind == minutes.REPORT, or_(Minutes.addressee_id == actor.id, head))
        return or_(and_(Minutes.kind != minutes.REPORT, at_meeting(Minutes, leads(actor))), report)
    if hat == CHAIR:
        return at_meeting(model, leads(actor))
    if hat == WRITER:
        return Minutes.created_by_id == actor.id
    if hat == SIGNER and model is Signature:
        return Signature.waits_for(actor)  # type: ignore[no-any-return]
    if hat == SIGNER and model is Meeting:
        return or_(Meeting.chair_id == actor.id, Meeting.chair_post_id.in_(actor.posts))
    if hat == INVITEE:
        own = and_(Attendance.unit_id == actor.unit_id, true() if actor.has(PPK) else false())
        return and_(Attendance.is_guest.is_(False), or_(Attendance.person_id == actor.id, own))
    return false()
