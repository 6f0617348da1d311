"""How the web process serves, in ./run and in docker-compose.yml."""

import os
import sys
from pathlib import Path

from dotenv import load_dotenv

_root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(_root))
load_dotenv(_root / ".env")  # also when gunicorn is started by hand
_host = os.environ.get("RANDAL_HOST") or "127.0.0.1"
_port = os.environ.get("RANDAL_PORT") or "8000"
bind = [f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"]

# Slow clients wait in an event loop, whole requests go to threads: ops/front.py.
worker_class = os.environ.get("RANDAL_FRONT") or "ops.front.Front"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
# More than those who may wait for a file to be read (randal/untrusted/limited/limits.py), or pages would wait with them.
threads = 16
timeout = 60  # of the loop's heartbeat, not of a request
graceful_timeout = 10
# Loaded once, before the fork: a worker serves from its first moment, and at a reload no port is deaf while Python imports.
# A new version of the program is served after a restart, not after SIGHUP.
preload_app = True
# The heartbeat file in memory: on a slow disk it would look like a worker that hangs.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True

# No access log: paths carry check-in tokens and one-time sign-in links. The proxy in front decides what it keeps.
accesslog = None
errorlog = "-"
loglevel = "warning"


def post_fork(server, worker):  # type: ignore[no-untyped-def]
    """A worker whose master is killed ends at once, and with it the hold on the port."""
    from ops import sessions

    sessions.die_with_parent()()


def post_worker_init(worker):  # type: ignore[no-untyped-def]
    """Each worker has connections of its own, and gives its own signs of life."""
    if not hasattr(worker.wsgi, "app_context"):
        return  # not Randal: what the front itself does is tried with a small application
    from randal.database.base import db
    from randal.jobs import presence

    with worker.wsgi.app_context():
        db.engine.dispose(close=False)
    presence.watch(worker.wsgi, "web")
