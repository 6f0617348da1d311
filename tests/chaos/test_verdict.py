"""What the verdict must see: a run that is whole, and each way in which it could not be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import delete, select, text, update

from randal.database.base import db
from randal.documents.model import Document, DocumentVersion
from randal.history.events import Event
from randal.jobs import outbox
from randal.jobs.outbox import Delivery
from randal.notifications.notices import Notice
from randal.org import app_settings
from tests.chaos import counted, verdict
from tests.world import World

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def ledger(world: World, drain: Callable[[], int]) -> Iterator[verdict.Ledger]:
    """A meeting that was called, with everything that followed."""
    counted.declare()
    meeting = world.meeting("scheduled")
    drain()
    yield Counter({("meeting", meeting.id, move): 1 for move in ("create", "schedule")})
    counted.forget()


def faults(ledger: verdict.Ledger) -> set[str]:
    db.session.commit()
    db.session.expire_all()
    return set(verdict.faults(verdict.judged(verdict.look(ledger))))


def test_what_is_whole_has_no_fault(ledger: verdict.Ledger) -> None:
    figures = verdict.judged(verdict.look(ledger))
    assert not verdict.faults(figures)
    assert figures["counted events"] == figures["events"] > 2
    assert figures["notices"] > 1
    assert figures["mails"] > 1
    assert figures["documents"] == 1
    assert figures["histories"] > 1


def test_an_effect_that_was_never_made(ledger: verdict.Ledger) -> None:
    db.session.execute(update(Delivery).where(Delivery.consumer == verdict.OURS).values(done_at=None))
    assert faults(ledger) == {"effects lost", "stuck rows"}


def test_a_row_that_was_never_written(ledger: verdict.Ledger) -> None:
    row = db.session.scalars(select(Delivery).where(Delivery.event_id.is_not(None))).first()
    db.session.delete(row)
    assert faults(ledger) == {"effects lost"}


def test_a_notice_that_was_never_written(ledger: verdict.Ledger) -> None:
    db.session.delete(db.session.scalars(select(Notice)).first())
    assert faults(ledger) == {"effects lost"}


def test_an_effect_made_twice(ledger: verdict.Ledger) -> None:
    row = db.session.scalars(
        select(app_settings.Counter).where(app_settings.Counter.kind == counted.KIND)
    ).first()
    assert row
    row.last += 1
    assert faults(ledger) == {"effects doubled"}


def test_a_document_without_a_file_and_one_with_two(ledger: verdict.Ledger) -> None:
    (document,) = db.session.scalars(select(Document))
    again = DocumentVersion(
        document_id=document.id, number=2, file_id=document.versions[0].file_id, at=document.created_at
    )
    db.session.add(again)
    assert faults(ledger) == {"documents doubled"}
    db.session.execute(delete(DocumentVersion))
    assert faults(ledger) == {"documents lost"}


def test_a_history_with_a_gap_and_one_that_was_bent(ledger: verdict.Ledger) -> None:
    for trigger in ("events_no_update", "events_no_delete"):
        db.session.execute(text(f"DROP TRIGGER {trigger}"))
    meeting = db.session.scalars(
        select(Event).where(Event.item_type == "meeting").order_by(Event.seq)
    ).first()
    assert meeting
    db.session.execute(update(Event).where(Event.id == meeting.id).values(hat="chair"))
    assert faults(ledger) == {"chains broken", "bends found by the audit"}
    db.session.execute(update(Event).where(Event.id == meeting.id).values(seq=99))
    assert "history gaps" in faults(ledger)


def test_a_promise_not_kept_and_a_move_made_twice(ledger: verdict.Ledger) -> None:
    (key, *_) = ledger
    ledger[key] += 1
    assert faults(ledger) == {"moves answered, not in the history"}
    ledger[key] -= 2
    assert faults(ledger) == {"moves in the history twice"}


def test_what_is_stuck_is_no_success(ledger: verdict.Ledger) -> None:
    row = db.session.scalars(select(Delivery)).first()
    assert row
    row.done_at, row.stuck_at, row.attempt = None, row.next_at, outbox.MAX_ATTEMPTS
    assert "stuck rows" in faults(ledger)
