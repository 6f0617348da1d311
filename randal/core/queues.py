"""Redis and RQ as we use them: two queues, JSON, ids only, and only the functions named here.

Redis is a dispatcher that may be lost at any time; what is to be done stands in the database (outbox.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import current_timestamp, now, utcparse
from rq.worker import BaseWorker, SimpleWorker, Worker

from randal.core.events import QUEUES
from randal.settings import Settings

LONGEST = {"small": 30, "documents": 300}  # seconds that one job may take
CALLABLE = {"randal.core.jobs.deliver"}
HEARD_WITHIN = 75  # seconds; a worker says something every 15, while it renders every 30
BEAT = 15  # seconds that a relay's or scheduler's sign of life holds


def connect(settings: Settings, *, patience: float = 2.0) -> Redis:
    """A client that fails at once instead of trying ten times: who calls it knows what to do without Redis."""
    client: Redis = Redis.from_url(
        settings.redis_url,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=patience,
        socket_timeout=patience,
    )
    return client


class OurJob(Job):
    """A job's name is code: whoever can write to Redis must not be able to run anything but our own few functions."""

    @property
    def func(self) -> Callable[..., Any] | None:
        if self.func_name not in CALLABLE:
            raise PermissionError(f"not a job of ours: {self.func_name}")
        found: Callable[..., Any] | None = super().func
        return found


def queue(name: str, client: Redis) -> Queue:
    return Queue(name, connection=client, serializer=JSONSerializer, job_class=OurJob)


def publish(name: str, claimed: Iterable[tuple[int, int, str]], client: Redis) -> None:
    """Hand claimed outbox rows to the workers of this queue: one job each, named after row and attempt."""
    jobs = [
        Queue.prepare_data(
            "randal.core.jobs.deliver",
            args=[delivery_id],
            job_id=f"{delivery_id}-{attempt}",
            timeout=LONGEST[name],
            result_ttl=0,
            failure_ttl=60,
            description=f"outbox {delivery_id}",
        )
        for delivery_id, attempt, _queue in claimed
    ]
    queue(name, client).enqueue_many(jobs)


def text_of(value: Any) -> str:
    """What Redis answers, as text."""
    return value.decode() if isinstance(value, bytes) else str(value)


def held(name: str, client: Redis) -> set[str]:
    """The ids of the jobs that wait in this queue, or are being done by a worker that still gives signs of life."""
    ours = queue(name, client)
    started = client.zrangebyscore(ours.started_job_registry.key, current_timestamp(), "+inf")
    return set(ours.get_job_ids()) | {text_of(entry).split(":")[0] for entry in started}


def worker(name: str, client: Redis) -> BaseWorker:
    """The worker of one queue (two would lose a job in the pop). Documents are rendered in a child that may die."""
    kind = {"small": SimpleWorker, "documents": Worker}[name]
    return kind(
        [name],
        connection=client,
        serializer=JSONSerializer,
        job_class=OurJob,
        worker_ttl=30,
        maintenance_interval=15,
        default_result_ttl=0,
        log_job_description=False,
    )


def workers_heard(client: Redis) -> dict[str, bool]:
    """Per queue: has one of its workers given a sign of life lately?"""
    found = {}
    for name in QUEUES:
        beats = [client.hget(key, "last_heartbeat") for key in BaseWorker.all_keys(queue=queue(name, client))]
        found[name] = any(
            (now() - utcparse(text_of(beat))).total_seconds() < HEARD_WITHIN for beat in beats if beat
        )
    return found


def beat(name: str, client: Redis) -> None:
    """A sign of life of the relay or the scheduler."""
    client.set(f"randal:beat:{name}", "1", ex=BEAT)


def beats(name: str, client: Redis) -> bool:
    return bool(client.exists(f"randal:beat:{name}"))
