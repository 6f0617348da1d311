"""What an operator wants to know of the machine at work: what waits and since when, what is stuck, who is heard from.

`look(now)` reads it all; `troubles(state)` says in sentences what is wrong and what to do. The page of the operator
and `randal check` tell the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy import Select, func, select

from randal.database.base import db
from randal.documents.model import FAILED, RENDERING, Document
from randal.documents.preview import Trial
from randal.history.events import QUEUES, Event
from randal.jobs import outbox, presence, queues
from randal.jobs.outbox import Delivery
from randal.notifications import mail_state
from randal.notifications.mail_state import MailState
from randal.schedule import scheduler

LATE = timedelta(minutes=5)  # the oldest waiting longer than this is trouble
SILENT = timedelta(minutes=2)  # without a tick
NAMED = 3  # papers and reasons told in a sentence
DRAWN_WITHIN = timedelta(minutes=10)  # the longest a document may be "sedang dibuat"
NAMES = {"small": "Pemberitahuan", "documents": "Dokumen"}


@dataclass(frozen=True)
class Queue:
    """One queue. `workers`: the age of each worker's last sign of life; `oldest`: the age of what waits longest."""

    name: str
    waiting: int
    oldest: timedelta | None
    failing: int  # of those waiting, failed before and to be tried again
    workers: list[timedelta]

    @property
    def label(self) -> str:
        return NAMES[self.name]

    @property
    def heard(self) -> int:
        return sum(map(presence.is_heard, self.workers))


@dataclass
class State:
    """All ages are since the last sign of life; None: none within a day."""

    queues: list[Queue] = field(default_factory=list)
    redis: bool = True
    stuck: int = 0
    relay: timedelta | None = None
    schedule: timedelta | None = None
    ticked: timedelta | None = None
    mails: MailState = field(default_factory=MailState)
    papers_failed: list[tuple[str, str]] = field(default_factory=list)  # the first few: title, why
    papers_failing: int = 0
    mails_sent_out: bool = False  # is there a server to send them by
    rendering: int = 0
    rendering_oldest: timedelta | None = None


def look(now: datetime) -> State:
    """Read it all. A Redis that is away is part of the answer, not an error."""
    state = State()
    heard = presence.silences()
    state.relay, state.schedule = (next(iter(heard.get(name, [])), None) for name in ("relay", "schedule"))
    try:
        queues.connect(current_app.config["RANDAL"], patience=1.0).ping()
    except RedisError:
        state.redis = False
    state.queues = [_queue(name, heard.get(name, []), now) for name in QUEUES]
    state.stuck = _count(select(func.count()).select_from(Delivery).where(*STUCK))
    state.ticked = now - at if (at := scheduler.last_tick()) else None
    state.mails = mail_state.look(now)
    lost = Document.stage == FAILED, Document.withdrawn_at.is_(None), Document.destroyed_at.is_(None)
    state.papers_failing = _count(select(func.count()).select_from(Document).where(*lost))
    why = func.coalesce(func.nullif(Delivery.error, ""), Document.error)
    papers = select(Document.title, why).outerjoin(Delivery, Delivery.document_id == Document.id).where(*lost)
    found = db.session.execute(papers.order_by(Document.id.desc()).limit(NAMED))
    state.papers_failed = [(title, said) for title, said in found]
    state.mails_sent_out = bool(current_app.config["RANDAL"].mail_url)
    drawn = select(func.count(), func.min(Document.updated_at)).where(Document.stage == RENDERING)
    state.rendering, since = db.session.execute(drawn).one()
    state.rendering_oldest = now - since if since else None
    return state


STUCK = Delivery.stuck_at.is_not(None), Delivery.done_at.is_(None)
SINCE = func.coalesce(Event.at, Document.created_at, Trial.asked_at, type_=Event.__table__.c.at.type)


def _queue(name: str, workers: list[timedelta], now: datetime) -> Queue:
    mine = Delivery.done_at.is_(None), Delivery.stuck_at.is_(None), Delivery.queue == name
    waiting = _count(select(func.count()).select_from(Delivery).where(*mine))
    failing = _count(select(func.count()).select_from(Delivery).where(*mine, Delivery.error != ""))
    # Rows are numbered as they are written: the one with the lowest number waits longest.
    first = select(Delivery.id).where(*mine).order_by(Delivery.id).limit(1).scalar_subquery()
    since = db.session.scalar(with_cause(select(SINCE)).where(Delivery.id == first))
    return Queue(name, waiting, now - since if since else None, failing, workers)


def with_cause(query: Any) -> Any:
    """Rows of the outbox beside the event, the document or the trial they are for."""
    query = query.select_from(Delivery).outerjoin(Event, Event.id == Delivery.event_id)
    query = query.outerjoin(Document, Document.id == Delivery.document_id)
    return query.outerjoin(Trial, Trial.id == Delivery.trial_id)


def _count(query: Select[Any]) -> int:
    return db.session.scalar(query) or 0


def age(since: timedelta | None) -> str:
    """12 detik · 3 menit · 2 jam · 4 hari: how long ago, in one unit."""
    if since is None:
        return "belum pernah"
    seconds = max(0, int(since.total_seconds()))
    for size, name in ((86400, "hari"), (3600, "jam"), (60, "menit")):
        if seconds >= 2 * size or (name != "menit" and seconds >= size):
            return f"{seconds // size} {name}"
    return f"{seconds} detik"


# -- what is wrong: (which part, what and what to do) --------------------------------------------------


def troubles(state: State) -> Iterator[tuple[str, str]]:
    """Sentences for whoever must act, the most urgent first; nothing when all is well."""
    if not state.redis:
        yield (
            "Redis",
            "Redis tidak menjawab; pekerjaan latar menunggu. Nyalakan Redis, atau periksa RANDAL_REDIS_URL.",
        )
    for queue in state.queues:
        if state.redis and not queue.heard:  # without Redis no worker has anything to say
            yield (
                "Worker",
                f"Tidak ada worker {queue.name} yang terdengar ({queue.label} menunggu); jalankan: "
                f"flask --app wsgi randal worker {queue.name}",
            )
    for name, silence in (("relay", state.relay), ("schedule", state.schedule)):
        if not presence.is_heard(silence):
            yield (
                "Relay, schedule",
                f"Proses {name} tidak terdengar (terakhir: {_ago(silence)}); jalankan: flask --app wsgi randal {name}",
            )
    if state.ticked is None or state.ticked > SILENT:
        yield (
            "Jadwal",
            f"Jadwal terakhir diperiksa: {_ago(state.ticked)}; pengingat tertunda. Jalankan: flask --app wsgi randal schedule",
        )
    if state.stuck:
        yield (
            "Macet",
            f"{state.stuck} pekerjaan macet sesudah {outbox.MAX_ATTEMPTS} kali dicoba; baca galatnya di halaman "
            "Operator, lalu Coba lagi (atau: flask --app wsgi randal stuck --retry)",
        )
    for queue in state.queues:
        if queue.oldest and queue.oldest > LATE:
            yield (
                "Antrean",
                f"{queue.label} terlama sudah menunggu {age(queue.oldest)}; periksa apakah worker {queue.name} dan relay "
                "berjalan, atau tambah worker",
            )
    if state.rendering_oldest and state.rendering_oldest > DRAWN_WITHIN:
        yield (
            "Dokumen",
            f"Ada dokumen yang dibuat sejak {age(state.rendering_oldest)} lalu; periksa worker documents dan memorinya",
        )
    if state.papers_failing:
        some = "; ".join(
            f"«{title}»: {(why.splitlines() or [''])[0][:120]}" for title, why in state.papers_failed
        )
        yield (
            "Dokumen",
            f"{state.papers_failing} dokumen gagal dibuat, antara lain {some}; perbaiki sebabnya, lalu Coba lagi",
        )
    yield from (("Surel", said) for said in mail_state.troubles(state.mails))


def _ago(since: timedelta | None) -> str:
    return f"{age(since)} lalu" if since is not None else "belum pernah"
