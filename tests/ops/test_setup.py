"""What the set-up decides without touching the machine: sockets, processes, locks, scripts."""

import configparser
import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
from redis import Redis

from ops import processes
from ops.processes import PROCESSES, ROOT
from randal.base import embedded_redis

LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-node.txt", "package-lock.json"]
SCRIPTS = ["run", "test", ".ci/run", "ops/setup", "ops/lock"]


def test_a_short_data_dir_keeps_its_socket() -> None:
    assert embedded_redis.socket_path("/srv/randal") == Path("/srv/randal/run/redis.sock")
    assert embedded_redis.redis_url("/srv/randal") == "unix:///srv/randal/run/redis.sock"


@pytest.mark.parametrize("length", range(60, 130))
def test_every_socket_fits_the_kernel(length: int) -> None:
    data_dir = "/" + "x" * (length - 1)
    longest = embedded_redis.socket_dir(data_dir) / "supervisor.sock.4194304"
    assert len(os.fsencode(longest)) <= embedded_redis.LONGEST_SOCKET_PATH
    assert len(os.fsencode(embedded_redis.socket_path(data_dir))) <= embedded_redis.LONGEST_SOCKET_PATH


@pytest.mark.parametrize("data_dir", ["/srv/data contoh", "/srv/data\tcontoh/x"])
def test_no_space_stands_in_the_path_of_a_socket(data_dir: str) -> None:
    assert not re.search(r"\s", str(embedded_redis.socket_path(data_dir)))
    assert embedded_redis.socket_dir(data_dir) != embedded_redis.socket_dir(
        data_dir.replace("contoh", "lain")
    )


def test_the_length_is_counted_in_bytes() -> None:
    assert embedded_redis.socket_dir("/" + "é" * 50).parent == Path("/tmp")
    assert embedded_redis.socket_dir("/" + "e" * 50).parent != Path("/tmp")


def test_long_data_dirs_do_not_share_a_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    one, other = ("/" + "x" * 120 + end for end in "ab")
    first = embedded_redis.socket_dir(one)
    assert first != embedded_redis.socket_dir(other)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert embedded_redis.socket_dir(one) == first


def test_redis_py_reads_the_url_of_an_odd_path() -> None:
    url = embedded_redis.redis_url("/srv/data-é-100%?#")
    assert (
        Redis.from_url(url).connection_pool.connection_kwargs["path"] == "/srv/data-é-100%?#/run/redis.sock"
    )


def test_the_socket_dir_is_private(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o777)
    where = embedded_redis.make_socket_dir(tmp_path)
    assert stat.S_IMODE(where.stat().st_mode) == 0o700


def test_a_socket_dir_made_by_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError):
        embedded_redis.make_socket_dir(tmp_path)


def _programs(redis: str | None) -> configparser.RawConfigParser:
    config = configparser.RawConfigParser()
    config.read_string(processes.supervisor_config(Path("/srv/my data"), redis))
    return config


def test_supervisor_starts_every_process_and_rotates_its_log() -> None:
    config = _programs("/usr/bin/redis-server")
    for name in [*PROCESSES, "redis"]:
        program = config[f"program:{name}"]
        assert program["stdout_logfile"] == f"/srv/my data/log/{name}.log"
        assert int(program["stdout_logfile_backups"]) > 0
        assert program["autorestart"] == "true"
    assert config["group:randal"]["programs"].split(",") == list(PROCESSES)


def test_redis_starts_first_listens_on_no_port_and_keeps_what_it_has() -> None:
    config = _programs("/usr/bin/redis-server")
    assert int(config["program:redis"]["priority"]) < int(config["group:randal"]["priority"])
    command = config["program:redis"]["command"]
    assert "--port 0" in command
    assert "--appendonly yes" in command
    assert "--unixsocketperm 700" in command


def test_no_redis_is_started_when_there_is_one_elsewhere() -> None:
    assert "program:redis" not in _programs(None)


def test_nothing_listens_for_commands_but_a_private_socket() -> None:
    config = _programs(None)
    assert "inet_http_server" not in config
    assert config["unix_http_server"]["chmod"] == "0700"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    if lock.endswith(".json"):  # where a package asks for money is not where it is fetched from
        assert '"resolved"' not in text
    else:
        assert not re.search(r"://|--index|--extra-index|--find-links", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_in_a_lock_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    if lock.endswith(".json"):
        assert text.count('"integrity"') == len(re.findall(r'^    "node_modules/', text, re.MULTILINE)) > 0
    else:
        pins = re.split(r"\n(?=[a-z0-9])", text)[1:]
        assert pins
        assert all("--hash=sha256:" in pin for pin in pins)


def test_what_both_python_locks_name_they_pin_alike() -> None:
    one, other = (
        dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
        for lock in LOCKS[:2]
    )
    assert {name: other[name] for name in one.keys() & other.keys()} == {
        name: one[name] for name in one.keys() & other.keys()
    }


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_parses_and_may_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], cwd=ROOT).returncode == 0
