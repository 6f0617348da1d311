"""A paper drawn on trial (pratinjau): only to be looked at while it is still being written.

One row per paper, and it holds one drawing. A worker draws it, through the outbox like a document, but it is none: no
code, no version, no archive. `wanted` is a mark of what the paper says now, `drawn` of what the drawing shows: while they
differ a drawing is on its way, and the one before stays. A wish that comes meanwhile is drawn next, not beside it. The
row goes when the paper is frozen (`drop`).

    @tries("minutes", draw=pdf("minutes/minutes.pdf.html"))
    def build(subject_id, now) -> papers.Minutes: ...
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import LargeBinary, String, Text, UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from randal.database.base import Row, UTCDateTime, db
from randal.documents import page_images
from randal.documents.pipeline import Draw, Paper, sentence
from randal.jobs import outbox
from randal.jobs.outbox import Delivery

LATE = timedelta(seconds=25)  # waiting longer, the reader is told that perhaps nobody draws
Build = Callable[[int, datetime], Paper]
BUILDERS: dict[str, tuple[Build, Draw]] = {}


class Trial(Row):
    """The drawing of one paper, and since when which one is waited for."""

    __tablename__ = "trials"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)
    kind: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[int]
    wanted: Mapped[str] = mapped_column(String(64), default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    drawn: Mapped[str] = mapped_column(String(64), default="")
    drawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    error: Mapped[str] = mapped_column(Text, default="")  # why the last try failed

    @classmethod
    def of(cls, kind: str, subject_id: int, *, lock: bool = False) -> Trial | None:
        query = select(cls).where(cls.kind == kind, cls.subject_id == subject_id)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return db.session.scalar(query)

    def state(self, now: datetime) -> str:
        """`drawn` · `drawing` · `late` (a drawing has been waited for longer than usual) · `failed`."""
        if self.drawn == self.wanted:
            return "drawn"
        if self.error:
            return "failed"
        return "late" if now - self.asked_at > LATE else "drawing"

    @property
    def sheets(self) -> list[page_images.Sheet]:
        """The pages of the drawing, with their sizes; none while there is none."""
        return page_images.sheets(self.pdf) if self.pdf else []


def tries(kind: str, *, draw: Draw) -> Callable[[Build], Build]:
    """Declare what a paper on trial is built from, and drawn by."""

    def register(build: Build) -> Build:
        BUILDERS[kind] = build, draw
        return build

    return register


def want(kind: str, subject_id: int, mark: str, now: datetime, *, again: bool = False) -> Trial:
    """Have the paper drawn as it is now; `mark` names what it says. The same wish twice is one; `again` after a failure."""
    trial = Trial.of(kind, subject_id, lock=True) or _begun(kind, subject_id, now)
    if trial.wanted == mark and not again:
        return trial
    if trial.drawn == trial.wanted or again:
        trial.asked_at = now  # else it has been waited for already
    trial.wanted, trial.error = mark, ""
    open_ones = select(Delivery).where(Delivery.trial_id == trial.id, Delivery.done_at.is_(None))
    waiting = db.session.scalar(open_ones.limit(1).with_for_update())
    if waiting is None:
        db.session.add(_task(trial, now))
    elif waiting.error:  # it rests after a failure: what is new is tried at once
        waiting.attempt, waiting.next_at, waiting.stuck_at, waiting.error = 0, now, None, ""
    db.session.flush()
    return trial


def _begun(kind: str, subject_id: int, now: datetime) -> Trial:
    trial = Trial(kind=kind, subject_id=subject_id, asked_at=now, wanted="", drawn="", error="", sha256="")
    try:
        with db.session.begin_nested():
            db.session.add(trial)
    except IntegrityError:  # another reader has just asked for it first
        found = Trial.of(kind, subject_id, lock=True)
        assert found is not None  # noqa: S101
        return found
    return trial


def _task(trial: Trial, now: datetime) -> Delivery:
    return Delivery(trial_id=trial.id, consumer="trials.draw", queue="documents", next_at=now)


def drop(kind: str, subject_id: int) -> None:
    """The paper is frozen, its drawing on trial is gone; one that is being drawn meanwhile finds no place."""
    if trial := Trial.of(kind, subject_id, lock=True):
        db.session.execute(delete(Delivery).where(Delivery.trial_id == trial.id))
        db.session.delete(trial)
        db.session.flush()


# -- the way of one drawing, called by outbox.deliver ------------------------------------------------


def draw(trial_id: int, now: datetime) -> Callable[[], None]:
    """Build and draw; what is answered keeps the drawing, in the caller's transaction."""
    trial = db.session.get(Trial, trial_id, populate_existing=True)
    if trial is None or trial.drawn == trial.wanted:
        return lambda: None
    build, drawer = BUILDERS[trial.kind]
    mark, paper = trial.wanted, build(trial.subject_id, now)
    db.session.rollback()  # drawing takes its time: not inside a transaction
    pdf = drawer(paper).data
    return lambda: _keep(trial_id, mark, pdf, now)


def _keep(trial_id: int, mark: str, pdf: bytes, now: datetime) -> None:
    trial = db.session.get(Trial, trial_id, with_for_update=True, populate_existing=True)
    if trial is None:
        return
    old: Any = delete(Delivery).where(Delivery.trial_id == trial_id, Delivery.done_at.is_not(None))
    db.session.execute(old.execution_options(synchronize_session=False))
    trial.pdf, trial.sha256 = pdf, hashlib.sha256(pdf).hexdigest()
    trial.drawn, trial.drawn_at, trial.error = mark, now, ""
    if trial.wanted != mark:  # something was saved while this was drawn
        db.session.add(_task(trial, now))


def failed(trial_id: int, error: Exception, _now: datetime) -> None:
    # Whoever asks anew holds this row and waits for that of the outbox: then there is nothing to be said.
    waits = {"skip_locked": True}
    if trial := db.session.get(Trial, trial_id, with_for_update=waits, populate_existing=True):
        trial.error = sentence(error)


outbox.KINDS["trial_id"] = outbox.Kind(draw, failed)
