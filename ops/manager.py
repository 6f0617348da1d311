"""supervisord as ./run starts it: a disk that is full costs it lines of its log, and not its life.

It writes to its log about every process that it starts again, which is what it is for just then. Run as `python -m ops.manager`.
"""

import contextlib
from typing import Any

from supervisor import loggers, supervisord


def forgiving(method: Any) -> Any:
    def tried(*args: Any, **more: Any) -> None:
        with contextlib.suppress(
            OSError, ValueError
        ):  # ValueError: a file that could not be opened anew is closed
            method(*args, **more)

    return tried


def main() -> None:
    for kind in (loggers.StreamHandler, loggers.FileHandler, loggers.RotatingFileHandler):
        for name in ("emit", "flush", "handleError", "doRollover"):
            if hasattr(kind, name):
                setattr(kind, name, forgiving(getattr(kind, name)))
    supervisord.main()


if __name__ == "__main__":
    main()
