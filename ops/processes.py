"""The processes of Randal, once: ./run starts them here, docker-compose.yml on many machines (a test compares the two)."""

import shlex
import sys
from collections.abc import Mapping
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent

FLASK = ("flask", "--app", "wsgi", "randal")
INIT = (*FLASK, "init")
DEMO = (*FLASK, "demo")
PROCESSES: dict[str, tuple[str, ...]] = {
    "web": ("gunicorn", "--config", "ops/gunicorn.conf.py", "wsgi:app"),
    "relay": (*FLASK, "relay"),
    "schedule": (*FLASK, "schedule"),
    "worker": (*FLASK, "worker", "small"),
    "documents": (*FLASK, "worker", "documents"),
}

# Read from its file: importing it as randal.base.… would import the whole application first.
embedded_redis = ModuleType("embedded_redis")
SourceFileLoader("embedded_redis", str(ROOT / "randal/base/embedded_redis.py")).exec_module(embedded_redis)


def local(command: tuple[str, ...]) -> list[str]:
    """Return the command as this virtual environment runs it, whatever PATH says."""
    return [sys.executable, "-m", *command]


def redis_command(data_dir: Path, server: str) -> list[str]:
    """Return the embedded Redis: no TCP port, a socket for its owner, every write appended to a file."""
    files = data_dir / "redis"
    socket = str(embedded_redis.socket_path(data_dir))
    listen = ["--port", "0", "--unixsocket", socket, "--unixsocketperm", "700"]
    return [server, *listen, "--dir", str(files), "--appendonly", "yes", "--save", ""]


def supervisor_config(data_dir: Path, redis: str | None) -> str:
    """Return the text of supervisord.conf. `redis` is the server to start, or None when Redis runs elsewhere.

    Redis is a program of its own, started before the group and stopped after it; the group stops all at once.
    """
    sockets = embedded_redis.socket_dir(data_dir)
    log = data_dir / "log"
    sections: dict[str, Mapping[str, object]] = {
        "supervisord": {
            "nodaemon": "true",
            "silent": "true",
            "pidfile": data_dir / "run" / "supervisord.pid",
            "logfile": log / "supervisord.log",
            "logfile_maxbytes": "2MB",
            "logfile_backups": 2,
        },
        # Only ./run listens here, to learn what started; the directory is closed to everybody else.
        "unix_http_server": {"file": sockets / "supervisor.sock", "chmod": "0700"},
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        },
    }
    if redis:
        sections["program:redis"] = _program("redis", redis_command(data_dir, redis), log, priority=10)
    for name, command in PROCESSES.items():
        sections[f"program:{name}"] = _program(name, local(command), log, priority=20)
    sections["group:randal"] = {"programs": ",".join(PROCESSES), "priority": 20}
    return "\n".join(_section(name, values) for name, values in sections.items())


def _program(name: str, command: list[str], log: Path, *, priority: int) -> dict[str, object]:
    return {
        "command": shlex.join(command),
        "directory": ROOT,
        "priority": priority,
        "startsecs": 2,
        # Supervisor waits one second longer before each try and never gives up: a database may be away for an hour.
        "startretries": 1_000_000,
        "autorestart": "true",
        # TERM goes to the process alone: a worker lets the job in its child end. KILL, after that, goes to all.
        "stopwaitsecs": 15,
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": log / f"{name}.log",
        "stdout_logfile_maxbytes": "5MB",
        "stdout_logfile_backups": 3,
    }


def _section(name: str, values: Mapping[str, object]) -> str:
    return "\n".join([f"[{name}]", *(f"{key}={value}" for key, value in values.items()), ""])
