"""How the authority's keys lie on disk: under a key made from the installation's secret, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SCRYPT = {"n": 2**15, "r": 8, "p": 1}


def derive(
    secret: str, salt: bytes, *, n: int = SCRYPT["n"], r: int = SCRYPT["r"], p: int = SCRYPT["p"]
) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(secret.encode())


def write_whole(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Whole or not at all, and never readable by others for a moment."""
    spare = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    spare.replace(path)
