"""./run for real: a fresh data dir, a free port, all processes, and nothing left after Ctrl-C."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops.processes import PROCESSES, ROOT, embedded_redis

# Every process of a start carries its data dir in its environment: that is how its orphans would be found.
pytestmark = [
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to look for orphans"),
    pytest.mark.xdist_group("run"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data_dir: Path, port: int, **more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("RANDAL_", "FLASK_"))}
    # Even empty, these win over a developer's own .env.
    ours |= {
        "RANDAL_REDIS_URL": "",
        "RANDAL_DATABASE_URL": "",
        "RANDAL_ENV": "development",
        "RANDAL_DEMO": "0",
    }
    ours |= {"RANDAL_DATA_DIR": str(data_dir), "RANDAL_HOST": "127.0.0.1", "RANDAL_PORT": str(port)}
    return ours | more


def belonging_to(data_dir: Path) -> dict[int, str]:
    """Return pid → command line of every live process that was started for this data dir."""
    mark = f"RANDAL_DATA_DIR={data_dir}".encode()
    socket_path = str(embedded_redis.socket_path(data_dir))  # Redis writes its title over its environment
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if mark in (place / "environ").read_bytes().split(b"\0") or socket_path in line:
                found[int(place.name)] = line
        except OSError:
            continue
    return found


@contextmanager
def started(data_dir: Path, port: int, **more: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Start ./run as a terminal would: in a process group of its own, which Ctrl-C reaches as a whole."""
    said = data_dir.parent / f"{data_dir.name}.said"
    with said.open("w") as output:
        child = subprocess.Popen(
            ["./run"],
            cwd=ROOT,
            env=environment(data_dir, port, **more),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        yield child, said
    finally:
        for pid in belonging_to(data_dir):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        child.wait()
        shutil.rmtree(embedded_redis.socket_dir(data_dir), ignore_errors=True)


def wait_for(words: str, child: subprocess.Popen[str], said: Path, seconds: float = 150) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        text = said.read_text(encoding="utf-8")
        if words in text:
            return text
        assert child.poll() is None, f"./run ended ({child.returncode}):\n{text}"
        time.sleep(0.1)
    pytest.fail(f"{words!r} was not said in {seconds} s:\n{said.read_text(encoding='utf-8')}")


def ctrl_c(child: subprocess.Popen[str], number: int = signal.SIGINT) -> int:
    os.killpg(child.pid, number)
    return child.wait(60)


def logs(data_dir: Path) -> str:
    return "\n".join(path.read_text(errors="replace") for path in sorted((data_dir / "log").glob("*.log")))


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "name", ["data contoh", "x" * 90], ids=["path with a space", "path too long for a socket"]
)
def test_run_starts_everything_and_ctrl_c_leaves_nothing(tmp_path: Path, name: str) -> None:
    data_dir = tmp_path / name
    port = free_port()
    with started(data_dir, port) as (child, said):
        wait_for(f"Randal siap: http://127.0.0.1:{port}\n", child, said)

        running = "\n".join(belonging_to(data_dir).values())
        for name, command in PROCESSES.items():
            assert " ".join(command) in running, name
        assert "redis-server" in running

        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/readyz", headers={"Accept": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 200
        json.loads(answer.read())

        assert ctrl_c(child) == 0
        assert belonging_to(data_dir) == {}
        assert "Traceback" not in said.read_text(encoding="utf-8") + logs(data_dir)


@pytest.mark.timeout(400)
def test_what_dies_is_started_again_and_a_second_start_is_refused(tmp_path: Path) -> None:
    data_dir, port = tmp_path / "data", free_port()
    with started(data_dir, port) as (child, said):
        wait_for("Randal siap:", child, said)

        second = subprocess.run(
            ["./run"], cwd=ROOT, env=environment(data_dir, free_port()), capture_output=True, text=True
        )
        assert second.returncode == 1
        assert second.stderr.startswith("Randal sudah berjalan")
        third = subprocess.run(
            ["./run"], cwd=ROOT, env=environment(tmp_path / "other", port), capture_output=True, text=True
        )
        assert third.returncode == 1
        assert "sudah dipakai program lain" in third.stderr

        relays = [pid for pid, line in belonging_to(data_dir).items() if "randal relay" in line]
        for pid in relays:
            os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            now = [pid for pid, line in belonging_to(data_dir).items() if "randal relay" in line]
            if now and now != relays:
                break
            time.sleep(0.2)
        else:
            pytest.fail("the relay was not started again")

        assert ctrl_c(child, signal.SIGTERM) == 0
        assert belonging_to(data_dir) == {}


@pytest.mark.parametrize(
    ("setting", "value"),
    [("RANDAL_PORT", "delapan"), ("RANDAL_HOST", "bukan alamat"), ("RANDAL_DATABASE_URL", "bukan-alamat")],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path: Path, setting: str, value: str) -> None:
    data_dir = tmp_path / "data"
    result = subprocess.run(
        ["./run"],
        cwd=ROOT,
        env=environment(data_dir, free_port()) | {setting: value},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode != 0
    assert setting in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert belonging_to(data_dir) == {}
