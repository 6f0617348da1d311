"""Starts processes by forking from one that has imported the application: a restart costs a core 0.1 s instead of 3 s.

One JSON line in ({"words": ["flask", …], "log": path}), one line with the pid out. What runs in the child is
`python -m WORDS…`, in a session of its own. When the line in ends, all are killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import signal
import sys
from typing import Any, NoReturn

alive: set[int] = set()


def main() -> None:
    import gunicorn.app.wsgiapp
    import gunicorn.workers.gthread  # noqa: F401

    import tests.chaos.counted  # noqa: F401
    from randal.cli import processes  # noqa: F401
    from randal.documents import rendering, typefaces  # noqa: F401
    from randal.spreadsheets import writer  # noqa: F401

    signal.signal(signal.SIGCHLD, reap)
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if (pid := os.fork()) == 0:
            become(asked["words"], asked["log"])
        alive.add(pid)
        print(pid, flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for pid in alive:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def reap(_number: int, _frame: Any) -> None:
    with contextlib.suppress(ChildProcessError):
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            alive.discard(pid)


def become(words: list[str], log: str) -> NoReturn:
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for target, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, said), (2, said)):
            os.dup2(source, target)
        sys.argv = words
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
