"""How the web process serves, in ./run and in docker-compose.yml."""

import os
from pathlib import Path

_host = os.environ.get("RANDAL_HOST") or "127.0.0.1"
_port = os.environ.get("RANDAL_PORT") or "8000"
bind = [f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"]

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4
# Uploads of 20 MB over a bad line take minutes; threads wait for them, the heartbeat goes on.
timeout = 60
graceful_timeout = 10
# The heartbeat file in memory: on a slow disk it would look like a worker that hangs.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True

# No access log: paths carry check-in tokens and one-time sign-in links. The proxy in front decides what it keeps.
accesslog = None
errorlog = "-"
loglevel = "warning"
