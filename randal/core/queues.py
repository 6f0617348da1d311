"""Redis and RQ as we use them: two queues, JSON, ids only, and only the functions named here.

Redis is a dispatcher that may be lost at any time; what is to be done stands in the database (outbox.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import current_timestamp, now, utcparse
from rq.worker import BaseWorker, SimpleWorker, Worker

from randal.core.events import QUEUES
from randal.settings import Settings

LONGEST = {"small": 30, "documents": 300}  # seconds that one job may take
CALLABLE = {"randal.core.jobs.deliver"}
GRACE = 5  # seconds after its longest silence that a worker counts as alive
HEARD_WITHIN = (
    45  # seconds; a worker says something every 15, at a document every 10, at the slowest small job after 30
)
BEAT = 15  # seconds that a relay's or scheduler's sign of life holds
TOGETHER = 20  # rows in one job, at most


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


def bundles(name: str, claimed: list[tuple[int, int, str]]) -> list[list[tuple[int, int, str]]]:
    """Rows that go to a worker together: RQ's own work for a job costs more than a small effect.

    One by one while few wait. What was tried before goes alone, and so does a paper: should it take its worker with
    it, the others are spared.
    """
    alone = [[each] for each in claimed if each[1] > 1 or name != "small"]
    fresh = [each for each in claimed if each[1] == 1 and name == "small"]
    size = min(TOGETHER, max(1, len(fresh) // 4))  # several workers share what waits
    return [fresh[start : start + size] for start in range(0, len(fresh), size)] + alone


def publish(name: str, claimed: list[tuple[int, int, str]], client: Redis) -> None:
    """Hand claimed outbox rows to the workers of this queue. A job is named after its rows and their attempts."""
    jobs = [
        Queue.prepare_data(
            "randal.core.jobs.deliver",
            args=[delivery_id for delivery_id, _attempt, _queue in bundle],
            job_id="_".join(f"{delivery_id}-{attempt}" for delivery_id, attempt, _queue in bundle),
            timeout=LONGEST[name],
            result_ttl=0,
            failure_ttl=60,
            description="outbox",
        )
        for bundle in bundles(name, claimed)
    ]
    queue(name, client).enqueue_many(jobs)


def text_of(value: Any) -> str:
    """What Redis answers, as text."""
    return value.decode() if isinstance(value, bytes) else str(value)


def rows_of(job_id: str) -> list[str]:
    """`row-attempt` of each row that goes with this job."""
    return job_id.split("_")


def held(name: str, client: Redis) -> set[str]:
    """`row-attempt` of what waits in this queue, or is being done by a worker that still gives signs of life."""
    ours = queue(name, client)
    started = client.zrangebyscore(ours.started_job_registry.key, current_timestamp(), "+inf")
    jobs = [*ours.get_job_ids(), *(text_of(entry).split(":")[0] for entry in started)]
    return {row for job_id in jobs for row in rows_of(job_id)}


class SmallWorker(SimpleWorker):
    """One process, one job after the other; signs of life no more often than anybody looks for them."""

    # RQ asks Redis four times before a job and ten times after it: about results, dependents, repeats and stops, of
    # which our jobs have none. What `held` needs, that the job is begun and when it is over, is told in one go each.

    def prepare_execution(self, job: Job) -> Execution:
        execution = Execution(self.name, job.id, self.connection)
        with self.connection.pipeline() as pipeline:
            job.started_job_registry.add_execution(execution, pipeline, self.get_heartbeat_ttl(job))
            pipeline.lrem(Queue(job.origin, connection=self.connection).intermediate_queue_key, 1, job.id)
            pipeline.execute()
        return execution

    def prepare_job_execution(self, job: Job, remove_from_intermediate_queue: bool = False) -> None:
        """Told already."""

    def handle_execution_ended(self, job: Job, queue: Queue, heartbeat_ttl: int) -> None:
        job.ended_at = now()

    def handle_job_success(
        self, job: Job, queue: Queue, started_job_registry: Any, execution: Execution
    ) -> None:
        with self.connection.pipeline() as pipeline:
            started_job_registry.remove_execution(execution, pipeline=pipeline)
            pipeline.delete(job.key)
            pipeline.execute()

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        return int(job.timeout or LONGEST["small"]) + GRACE

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        since = now() - self.last_heartbeat if self.last_heartbeat else None
        if pipeline is not None or since is None or since.total_seconds() > 1:
            super().heartbeat(timeout, pipeline)


class DocumentWorker(Worker):
    """Each document in a child, forked from a process that has WeasyPrint loaded; the child may die."""

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        return self.job_monitoring_interval + GRACE


def worker(name: str, client: Redis, child_died: Callable[..., None] | None = None) -> BaseWorker:
    """The worker of one queue (two would lose a job in the pop). `child_died(job, …)` hears of each killed child."""
    kind = {"small": SmallWorker, "documents": DocumentWorker}[name]
    return kind(
        [name],
        connection=client,
        serializer=JSONSerializer,
        job_class=OurJob,
        worker_ttl=30,
        maintenance_interval=15,
        job_monitoring_interval=10,
        default_result_ttl=0,
        log_job_description=False,
        work_horse_killed_handler=child_died,
    )


def silences(client: Redis) -> dict[str, list[timedelta]]:
    """Per queue: how long ago each of its workers gave a sign of life, the latest first."""
    found = {}
    for name in QUEUES:
        beats = [client.hget(key, "last_heartbeat") for key in BaseWorker.all_keys(queue=queue(name, client))]
        found[name] = sorted(now() - utcparse(text_of(each)) for each in beats if each)
    return found


def is_heard(silence: timedelta) -> bool:
    """Is a worker silent for so long still at work?"""
    return silence.total_seconds() < HEARD_WITHIN


def beat(name: str, client: Redis) -> None:
    """A sign of life of the relay or the scheduler."""
    client.set(f"randal:beat:{name}", now().isoformat(), ex=86400)


def silence(name: str, client: Redis) -> timedelta | None:
    """How long ago relay or scheduler gave a sign of life; None: not within a day."""
    found = client.get(f"randal:beat:{name}")
    return now() - datetime.fromisoformat(text_of(found)) if found else None
