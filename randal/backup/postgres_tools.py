"""pg_dump and pg_restore: found on the path, of a fitting version, with the password in their environment only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, text

from randal.backup.manifest import BackupError


def dump(engine: Engine, server: int, snapshot: str, path: Path) -> None:
    """What the exported snapshot shows, in pg_dump's custom format."""
    _run(engine, server, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={path}")


def load(engine: Engine, server: int, path: Path) -> None:
    """All of it into a database without our tables, or nothing."""
    whole = ("--single-transaction", "--exit-on-error", "--no-comments")
    _run(engine, server, "pg_restore", *whole, str(path))


def major(connection: Connection) -> int:
    """The server's version, as in 17."""
    return int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000


def tool(name: str, server: int) -> str:
    """Where the program is; BackupError when it is missing or older than the server."""
    install = (
        f"pasang alat klien PostgreSQL {server}, misalnya: sudo apt-get install postgresql-client-{server}"
    )
    found = shutil.which(name)
    if not found:
        raise BackupError(f"{name} tidak ditemukan; {install}")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\(PostgreSQL\) (\d+)", said)
    if not version:
        raise BackupError(f"{found} tidak dapat dijalankan; {install}")
    if int(version[1]) < server:
        raise BackupError(
            f"{name} {version[1]} lebih tua daripada servernya (PostgreSQL {server}); {install}"
        )
    return found


def _run(engine: Engine, server: int, name: str, *words: str) -> None:
    _, given = engine.dialect.create_connect_args(engine.url)
    given.pop("context", None)  # the driver's own
    password = given.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    plain = ("--no-owner", "--no-privileges", "--no-password", f"--dbname={make_conninfo(**given)}")
    done = subprocess.run(
        [tool(name, server), *plain, *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if line] or ["tanpa pesan"]
        wrong = next((line for line in said if "error:" in line), said[-1])
        raise BackupError(f"{name} gagal: {wrong}")
