"""./run, once everything is installed: first start, processes, wait until ready, stop all. Run as `python -m ops.start`."""

import contextlib
import errno
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from dotenv import load_dotenv

from ops import processes, sessions
from ops.processes import ROOT, embedded_redis
from ops.waiting import called, manager_of, until_ready, watch

STOP_WITHIN = 40  # seconds; supervisor itself kills what has not ended after 15


class Halt(Exception):
    """The operator asked to stop (Ctrl-C, SIGTERM, a closed terminal)."""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _halt)
    try:
        data_dir, host, port = _settings()
        with _alone(data_dir):
            _check_address(host, port)
            redis = _redis()
            _command(processes.INIT)
            accounts = _demonstration()
            return _serve(data_dir, host, port, redis, accounts)
    except Halt:
        return 0


def _halt(number: int, frame: FrameType | None) -> None:
    # Asked once is enough: a second Ctrl-C must not interrupt the stopping.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Halt


def _stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr, flush=True)
    raise SystemExit(1)


def _settings() -> tuple[Path, str, int]:
    """Read .env, fix the data dir to one absolute place for every process, and return it with host and port."""
    os.umask(0o077)
    load_dotenv(ROOT / ".env")
    production = os.environ.get("RANDAL_ENV") == "production"
    os.environ.setdefault("RANDAL_DEMO", "0" if production else "1")
    data_dir = (ROOT / (os.environ.get("RANDAL_DATA_DIR") or "instance")).expanduser().resolve()
    os.environ["RANDAL_DATA_DIR"] = str(data_dir)
    for name, where in ("RANDAL_DATA_DIR", data_dir), ("Folder Randal", ROOT):
        if any(sign in str(where) for sign in ("%", " ;", " #")):  # supervisor would read something else
            _stop(f"{name} ({where}) tidak boleh memuat tanda % atau spasi yang diikuti ; atau #.")
    try:
        for name in ("log", "redis", "run"):
            (data_dir / name).mkdir(parents=True, exist_ok=True)
        embedded_redis.make_socket_dir(data_dir)
    except OSError as error:
        _stop(f"RANDAL_DATA_DIR ({data_dir}) tidak dapat dipakai: {error.strerror or error}.")
    text = os.environ.get("RANDAL_PORT") or "8000"
    if not (text.isdecimal() and 0 < int(text) < 65536):
        _stop(f"RANDAL_PORT harus angka 1 sampai 65535, bukan {text!r}.")
    return data_dir, os.environ.get("RANDAL_HOST") or "127.0.0.1", int(text)


@contextlib.contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Hold the data dir: two starts on one database and one socket would stop each other."""
    with (data_dir / "run" / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            _stop(
                f"Randal sudah berjalan dengan data di {data_dir}; hentikan dahulu atau pilih RANDAL_DATA_DIR lain."
            )
        _end_leftover(data_dir)
        yield


def _end_leftover(data_dir: Path) -> None:
    """End a supervisor whose ./run was killed; it is already on its way out."""
    until = time.monotonic() + STOP_WITHIN
    while time.monotonic() < until:
        try:
            manager_of(data_dir).shutdown()
        except xmlrpc.client.Fault:
            pass
        except OSError:
            return
        time.sleep(0.2)


def _check_address(host: str, port: int) -> None:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        _stop(f"RANDAL_HOST {host!r} bukan alamat mesin ini.")
    except PermissionError:
        _stop(f"Port {port} tidak boleh dibuka oleh pengguna ini; pilih RANDAL_PORT di atas 1023.")
    except OSError as error:
        taken = "sudah dipakai program lain; pilih port lain dengan RANDAL_PORT"
        _stop(
            f"Alamat {host}:{port} {taken if error.errno == errno.EADDRINUSE else f'tidak dapat dipakai ({error.strerror})'}."
        )


def _redis() -> str | None:
    """Return the redis-server to start, or None when Redis runs elsewhere."""
    if os.environ.get("RANDAL_REDIS_URL"):
        return None
    found: str | None = embedded_redis.redis_server()
    return found or _stop(
        "redis-server tidak ditemukan; pasang paket redis-server atau isi RANDAL_REDIS_URL."
    )


def _command(command: tuple[str, ...], stdout: int | None = None) -> str:
    """Run one command of the application to its end and return its output. Its own sentence explains a failure."""
    child = subprocess.Popen(
        processes.local(command), cwd=ROOT, stdout=stdout, text=True, start_new_session=True
    )
    try:
        output, _ = child.communicate()
    except Halt:
        child.terminate()
        child.wait()
        raise
    if child.returncode:
        print(output or "", end="", file=sys.stderr, flush=True)
        raise SystemExit(child.returncode if child.returncode > 0 else 1)
    return output or ""


def _demonstration() -> str:
    """Load the demonstration if it is wanted and return what it says about the accounts, to print at the very end."""
    if os.environ["RANDAL_DEMO"].strip().lower() in {"", "0", "false", "no", "off", "tidak"}:
        return ""
    print("Menyiapkan data contoh …", flush=True)
    return _command(processes.DEMO, stdout=subprocess.PIPE)


def _serve(data_dir: Path, host: str, port: int, redis: str | None, accounts: str) -> int:
    config = data_dir / "run" / "supervisord.conf"
    config.write_text(processes.supervisor_config(data_dir, redis), encoding="utf-8")
    said = data_dir / "log" / "supervisord.out"
    with said.open("w") as output:
        supervisor = sessions.start([sys.executable, "-m", "ops.manager", "-c", str(config)], output)
    try:
        print("Menjalankan semua proses …", flush=True)
        problem = until_ready(data_dir, host, port, supervisor)
        if problem:
            print(problem, file=sys.stderr, flush=True)
            return 1
        print(
            f"Randal siap: http://{called(host)}:{port}",
            *accounts.rstrip().splitlines(),
            sep="\n",
            flush=True,
        )
        watch(data_dir, supervisor)
        print(
            f"Pengelola proses berhenti sendiri; lihat {data_dir / 'log' / 'supervisord.log'}.",
            file=sys.stderr,
        )
        return 1
    except Halt:
        print("\nMenghentikan Randal …", flush=True)
        return 0
    finally:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        sessions.end(supervisor, STOP_WITHIN)
        if embedded_redis.socket_dir(data_dir).parent == Path("/tmp"):  # noqa: S108
            shutil.rmtree(embedded_redis.socket_dir(data_dir), ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
