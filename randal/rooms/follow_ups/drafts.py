"""A follow-up that somebody noted and only others can assign: they are told at once, and each morning while it waits.

One notice for a meeting and a day, however many were noted.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from randal.database.base import db
from randal.history.events import Event, on
from randal.l10n.clock import local_date
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from randal.notifications.notices import tell
from randal.org.people import Person, people_with_role
from randal.schedule.reminders import WAITING, Line, Waits, reminder
from randal.schedule.rules import When
from workflows.follow_up import DRAFT
from workflows.lifecycle import SECRETARIAT

ASSIGN_WITHIN = 1  # working days
REMIND_AGAIN = 2


def assigners(meeting: Meeting) -> list[Person]:
    return [*filter(None, [meeting.chair]), *people_with_role(SECRETARIAT)]


@on("follow_up.create")
def tell_assigners(event: Event) -> None:
    item = db.session.get(FollowUp, event.item_id)
    if item is None or item.state != DRAFT:
        return
    people, meeting = assigners(item.meeting), item.meeting
    if event.actor_id in {p.id for p in people}:
        return  # who noted it can assign it
    sentence = f"Tindak lanjut rapat «{meeting.title}» masih draf dan menunggu ditugaskan."
    key = f"follow_up.create:{meeting.id}:{local_date(event.at, meeting.timezone)}"
    tell(people, key, sentence, f"/rtl/{item.id}", now=event.at)


@reminder(
    "follow_up.unassigned",
    label="Pimpinan Rapat dan Sekretariat diingatkan bila tindak lanjut masih draf lebih dari 1 hari kerja.",
    item="follow_up",
    says="belum ditugaskan",
)
def unassigned(when: When) -> Iterator[Line]:
    waits = Waits(when, ASSIGN_WITHIN, REMIND_AGAIN)
    grouped = select(FollowUp.meeting_id, func.min(FollowUp.id), func.min(FollowUp.updated_at), func.count())
    query = grouped.where(FollowUp.state == DRAFT, FollowUp.updated_at < waits.before).group_by(
        FollowUp.meeting_id
    )
    for meeting_id, first, since, count in db.session.execute(query):
        meeting = db.session.get_one(Meeting, meeting_id)
        text = f"{count} tindak lanjut rapat «{meeting.title}» masih draf: tugaskan atau batalkan."
        for person in {p.id for p in assigners(meeting) if p.active}:
            yield Line(first, waits.key(since), person, WAITING, text, f"/rtl/{first}")
