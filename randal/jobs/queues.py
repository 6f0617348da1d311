"""Redis and RQ as we use them: two queues, JSON, ids only, and only the functions named here.

Redis is a dispatcher that may be lost at any time; what is to be done stands in the database (outbox.py).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import rq.executions
import rq.job
import rq.utils
import rq.worker.base
import rq.worker.worker_classes
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import current_timestamp
from rq.worker import BaseWorker, SimpleWorker, Worker
from rq.worker_registration import register

from randal.jobs.presence import Pulse
from randal.l10n import clock
from randal.settings import Settings

log = logging.getLogger("randal.queues")
# Until when a job is held, a worker says by the clock of its machine and the relay reads by its own: a relay that is ahead
# would give a long paper to a second worker. Both ask the database's clock instead.
for _module in (rq.utils, rq.job, rq.executions, rq.worker.base, rq.worker.worker_classes):
    vars(_module)["now"] = clock.real

LONGEST = {"small": 30, "documents": 300}  # seconds that one job may take
CALLABLE = {"randal.jobs.worker.deliver"}
GRACE = 5  # seconds after its longest silence that RQ counts a worker as alive
TOGETHER = 20  # rows in one job, at most
REST = 1.0  # seconds between two tries while Redis cannot do it


def connect(settings: Settings, *, patience: float = 2.0) -> Redis:
    """A client that fails at once instead of trying ten times: who calls it knows what to do without Redis."""
    client: Redis = Redis.from_url(
        settings.redis_url,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=patience,
        socket_timeout=patience,
    )
    return client


def wait_for(client: Redis, stop: threading.Event) -> None:
    """Returns when Redis answers, or when asked to stop: a worker that begins without it would end, and begin again."""
    away = False
    while not stop.is_set():
        try:
            client.ping()
            return
        except RedisError as error:
            if not away:
                log.warning("Redis tidak dapat dihubungi, dicoba terus: %s", str(error).splitlines()[0])
            away = True
            stop.wait(REST)


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
            "randal.jobs.worker.deliver",
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


class Heard(BaseWorker):
    """A worker that also tells the database that it is there, and registers again each time: RQ does so at birth only, and
    Redis may have been wiped since. Every 15 seconds, at a document every 10, at the slowest small job after 30."""

    pulse: Pulse | None = None
    stop: threading.Event | None = None  # set when this worker is asked to end
    max_connection_wait_time = 5.0  # seconds between two looks for a Redis that is away

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        if self.pulse:
            self.pulse.beat()
        register(self, pipeline)
        super().heartbeat(timeout, pipeline)

    def request_stop(self, signum: Any, frame: Any) -> None:
        if self.stop:
            self.stop.set()
        super().request_stop(signum, frame)


class SmallWorker(Heard, SimpleWorker):
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
        job.ended_at = clock.real()

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
        since = clock.real() - self.last_heartbeat if self.last_heartbeat else None
        if pipeline is not None or since is None or since.total_seconds() > 1:
            super().heartbeat(timeout, pipeline)


class DocumentWorker(Heard, Worker):
    """Each document in a child, forked from a process that has WeasyPrint loaded; the child may die."""

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        return self.job_monitoring_interval + GRACE


def worker(
    name: str, client: Redis, child_died: Callable[..., None] | None = None, pulse: Pulse | None = None
) -> Heard:
    """The worker of one queue (two would lose a job in the pop). `child_died(job, …)` hears of each killed child."""
    kind = {"small": SmallWorker, "documents": DocumentWorker}[name]
    made: Heard = kind(
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
    made.pulse = pulse
    return made


def work(
    name: str,
    client: Redis,
    stop: threading.Event,
    child_died: Callable[..., None] | None = None,
    pulse: Pulse | None = None,
) -> None:
    """Work until asked to end. RQ ends a worker whose Redis cannot do it now (it dies, its disk is full): that worker ends
    here too, and another begins in the same process, which has the application loaded and is not counted as dead."""
    with suppress(StopRequested):  # asked between two workers
        while not stop.is_set():
            wait_for(client, stop)
            if stop.is_set():
                return
            with suppress(RedisError):  # of its birth and its farewell: all it does between is in its own log
                made = worker(name, client, child_died, pulse)
                made.stop = stop
                made.work(logging_level="WARNING")
            stop.wait(REST)
