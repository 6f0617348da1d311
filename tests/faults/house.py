"""A whole installation as `./run` starts it, on a small disk of its own: every process by its name, to be harmed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.memory import children
from ops import sessions
from ops.processes import ROOT, embedded_redis
from ops.waiting import states_of
from randal import create_app
from randal.database.base import db
from randal.l10n import clock
from tests.chaos.writer import Cast
from tests.conftest import environment_for, furnish, settings_for
from tests.machines import Postgres, wait_until
from tests.world import World

SIZE = "64m"  # of the disk of the data
PLAIN = "RANDAL_FAULTS_PLAIN"  # mount nothing
UNITS = 12


class House:
    """`folder` is what `disk` was mounted on. The application's context is pushed by whoever made it."""

    def __init__(self, folder: Path, postgres: Postgres | None = None) -> None:
        self.folder, self.postgres, self.data_dir = folder, postgres, folder / "data"
        self.data_dir.mkdir()
        url = postgres.create("randal_faults") if postgres else f"sqlite:///{self.data_dir / 'randal.db'}"
        redis = embedded_redis.redis_url(self.data_dir)
        self.settings = replace(settings_for(url, self.data_dir, redis), now=None)
        furnish(self.settings)
        self.app = create_app(self.settings)
        self.environment = environment_for(self.settings) | {"RANDAL_REDIS_URL": "", "WEB_CONCURRENCY": "2"}
        self.said = folder.with_suffix(".said")
        self.process: subprocess.Popen[bytes] | None = None

    def people(self) -> tuple[Cast, str]:
        """Those who write, and the cookie of one who reads."""
        clock.start_at(None)
        world = World(self.app)
        world.now = datetime.now(UTC)
        secret = world.session(world.secretariat)
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        kept = signer.dumps({"_user_id": secret, "_fresh": True})
        cast = Cast(world, UNITS)
        db.session.commit()
        return cast, f"{self.app.config['SESSION_COOKIE_NAME']}={kept}"

    # -- life ----------------------------------------------------------------------------------------

    def spawn(self) -> None:
        with self.said.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ops.start"], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def start(self) -> House:
        self.spawn()
        wait_until(lambda: "Randal siap" in self.words() or self.ended(), 900, "./run to be ready")
        assert not self.ended(), self.words()
        return self

    def words(self) -> str:
        return self.said.read_text(errors="replace")

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        managers = self.manager()
        if self.process:
            sessions.end(self.process, 60)
        if managers and sessions.session_members(managers):
            os.killpg(managers, signal.SIGKILL)

    # -- its parts -----------------------------------------------------------------------------------

    def manager(self) -> int:
        with contextlib.suppress(OSError, ValueError):
            return int((self.data_dir / "run" / "supervisord.pid").read_text())
        return 0

    def pid(self, name: str) -> int:
        """Of a process by its name in ops/processes.py, or "redis", once it runs."""

        def found() -> int:
            return next(
                (int(s["pid"]) for s in states_of(self.data_dir) if s["name"] == name and s["pid"]), 0
            )

        return int(wait_until(found, 60, name))

    def all(self) -> list[int]:
        return [int(state["pid"]) for state in states_of(self.data_dir) if state["pid"]]

    def web_workers(self) -> list[int]:
        return list(wait_until(lambda: children(self.pid("web")), 60, "workers of the web"))

    def kill(self, *pids: int) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @contextlib.contextmanager
    def frozen(self, *pids: int) -> Iterator[None]:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def check(self) -> subprocess.CompletedProcess[str]:
        """`flask randal check --json`, as an alarm asks it."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "randal", "check", "--json"]
        environment = self.environment | {"RANDAL_REDIS_URL": self.settings.redis_url}
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
        )


def fill(folder: Path) -> Path:
    """Until not one byte more fits; the file that did it is to be taken away."""
    path = folder / "penuh"
    with path.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)
    return path


@contextlib.contextmanager
def disk(folder: Path, size: str = SIZE) -> Iterator[Path]:
    """A small file system in memory, in this process' own mount namespace (tests/faults/__main__.py)."""
    folder.mkdir()
    if os.environ.get(PLAIN):
        yield folder
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "randal", str(folder)], check=True)
    try:
        yield folder
    finally:
        # Lazily: what still holds it is on its way out, and the namespace takes it away at the latest.
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
