"""What can befall a whole installation, one by one. Each is begun, lasts, and is ended (what cannot be ended heals by itself)."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import psycopg

from bench.memory import children
from ops.waiting import manager_of
from randal.jobs import queues
from tests.faults.house import House, fill
from tests.machines import wait_until

BOTH = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Fault:
    name: str
    title: str
    happens: Callable[[House], AbstractContextManager[None]]
    lasts: float  # seconds; 0: it is over when it has begun
    databases: tuple[str, ...]


FAULTS: dict[str, Fault] = {}
Story = Callable[[House], Iterator[None]]


def fault(title: str, lasts: float = 0, databases: tuple[str, ...] = BOTH) -> Callable[[Story], Story]:
    def register(story: Story) -> Story:
        name = story.__name__
        FAULTS[name] = Fault(name, title, contextlib.contextmanager(story), lasts, databases)
        return story

    return register


def _killed(name: str, title: str) -> None:
    def story(house: House) -> Iterator[None]:
        house.kill(house.pid(name))
        yield

    story.__name__ = f"{name}_killed"
    fault(f"{title} mati (`kill -9`)")(story)


for _name, _title in (
    ("relay", "Relay"),
    ("schedule", "Penjadwal"),
    ("worker", "Worker kecil"),
    ("documents", "Worker dokumen"),
    ("redis", "Redis"),
    ("web", "Induk web"),
):
    _killed(_name, _title)


def _frozen(name: str, title: str) -> None:
    def story(house: House) -> Iterator[None]:
        with house.frozen(house.pid(name)):
            yield

    story.__name__ = f"{name}_frozen"
    fault(f"{title} membeku (SIGSTOP)", lasts=8)(story)


for _name, _title in (
    ("relay", "Relay"),
    ("schedule", "Penjadwal"),
    ("worker", "Worker kecil"),
    ("redis", "Redis"),
    ("web", "Induk web"),
):
    _frozen(_name, _title)


# -- the web ----------------------------------------------------------------------------------------------------------


@fault("Satu anak web mati (`kill -9`)")
def web_worker_killed(house: House) -> Iterator[None]:
    house.kill(house.web_workers()[0])
    yield


@fault("Induk dan semua anak web mati sekaligus")
def web_all_killed(house: House) -> Iterator[None]:
    house.kill(house.pid("web"), *house.web_workers())
    yield


@fault("Satu anak web membeku (SIGSTOP)", lasts=8)
def web_worker_frozen(house: House) -> Iterator[None]:
    with house.frozen(house.web_workers()[0]):
        yield


@fault("Muat ulang web (SIGHUP)")
def web_reloaded(house: House) -> Iterator[None]:
    os.kill(house.pid("web"), signal.SIGHUP)
    yield


@fault("Enam puluh klien lambat memegang sambungan", lasts=8)
def slow_clients(house: House) -> Iterator[None]:
    with contextlib.ExitStack() as held:
        for _ in range(60):
            one = held.enter_context(socket.create_connection((house.settings.host, house.settings.port), 10))
            one.sendall(b"POST /masuk HTTP/1.1\r\nHost: contoh\r\nContent-Length: 1000\r\n\r\na")
        yield


# -- Redis and the work -----------------------------------------------------------------------------------------------


@fault("Redis dikosongkan (FLUSHALL)")
def redis_flushed(house: House) -> Iterator[None]:
    queues.connect(house.settings).flushall()
    yield


@fault("Redis mati dan datanya hilang")
def redis_lost(house: House) -> Iterator[None]:
    house.kill(house.pid("redis"))
    shutil.rmtree(house.data_dir / "redis")
    (house.data_dir / "redis").mkdir()
    yield


@fault("Redis tidak ada", lasts=8)
def redis_absent(house: House) -> Iterator[None]:
    manager_of(house.data_dir).stopProcess("redis")
    yield
    manager_of(house.data_dir).startProcess("redis")


@fault("Redis menjawab, tetapi menolak ditulis", lasts=8)
def redis_refuses(house: House) -> Iterator[None]:
    queues.connect(house.settings).config_set("min-replicas-to-write", 1)
    yield
    queues.connect(house.settings).config_set("min-replicas-to-write", 0)


@fault("Anak pembuat dokumen mati (`kill -9`)")
def document_child_killed(house: House) -> Iterator[None]:
    house.kill(wait_until(lambda: children(house.pid("documents")), 90, "a document")[0])
    yield


@fault("Semua proses mati sekaligus")
def everything_killed(house: House) -> Iterator[None]:
    house.kill(*house.all())
    yield


@fault("Pengelola proses mati; `./run` dijalankan lagi")
def manager_killed(house: House) -> Iterator[None]:
    house.kill(house.manager())
    wait_until(house.ended, 120, "./run to end without its manager")
    house.spawn()
    yield


@fault("`./run` mati (`kill -9`) dan dijalankan lagi")
def run_killed(house: House) -> Iterator[None]:
    assert house.process
    house.process.kill()
    house.process.wait()
    house.spawn()
    yield


# -- disks ------------------------------------------------------------------------------------------------------------


@fault("Disk penuh di bawah seluruh `./run`", lasts=12)
def disk_full(house: House) -> Iterator[None]:
    """Database (SQLite), files, Redis and every log are on it. What the log of the database holds free is used up first."""
    if house.postgres is None:
        with contextlib.closing(sqlite3.connect(house.data_dir / "randal.db", timeout=30)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    full = fill(house.folder)
    yield
    full.unlink()


@fault("Folder berkas hilang", lasts=8)
def files_gone(house: House) -> Iterator[None]:
    files = house.data_dir / "files"
    files.rename(away := files.with_name("files.away"))
    try:
        yield
    finally:
        away.rename(files)


@fault("Folder berkas hanya dapat dibaca", lasts=8)
def files_read_only(house: House) -> Iterator[None]:
    files = str(house.data_dir / "files")
    subprocess.run(["mount", "--bind", files, files], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", files], check=True)
    yield
    subprocess.run(["umount", "--lazy", files], check=True)


# -- the database -----------------------------------------------------------------------------------------------------


@fault("Proses lain mengunci basis data untuk menulis", lasts=14)
def writes_locked(house: House) -> Iterator[None]:
    if house.postgres is None:
        with contextlib.closing(sqlite3.connect(house.data_dir / "randal.db", timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    with _other(house) as connection, connection.transaction():
        connection.execute("LOCK TABLE events IN EXCLUSIVE MODE")
        yield


@fault("PostgreSQL membeku (SIGSTOP)", lasts=30, databases=("postgresql",))
def database_frozen(house: House) -> Iterator[None]:
    with house.frozen(*_server(house)):
        yield


@fault("Satu proses PostgreSQL mati: server memulihkan diri", databases=("postgresql",))
def database_killed(house: House) -> Iterator[None]:
    with _other(house) as connection:
        [row] = connection.execute("SELECT pg_backend_pid()").fetchall()
        os.kill(row[0], signal.SIGKILL)
        time.sleep(0.1)
        connection.close()
    yield


@fault("PostgreSQL memutus semua sambungan", databases=("postgresql",))
def connections_cut(house: House) -> Iterator[None]:
    with _other(house) as connection:
        everyone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        connection.execute(everyone, ["randal_faults"])
    yield


@fault("Disk PostgreSQL penuh", lasts=12, databases=("postgresql",))
def database_disk_full(house: House) -> Iterator[None]:
    assert house.postgres
    full = fill(house.postgres.folder.parent)
    yield
    full.unlink()


def _other(house: House) -> psycopg.Connection:
    assert house.postgres
    return psycopg.connect(house.postgres.server.get_uri(database="randal_faults"), autocommit=True)


def _server(house: House) -> list[int]:
    """The postmaster and all its processes."""
    assert house.postgres
    master = int((house.postgres.folder / "postmaster.pid").read_text().split()[0])
    return [master, *children(master)]
