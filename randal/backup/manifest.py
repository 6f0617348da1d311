"""What a backup says about itself, and whether it is true."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

FORMAT = 1
MANIFEST, ITS_HASH = "manifest.json", "manifest.json.sha256"
DATABASE, DUMP, FILES, AUTHORITY, SECRET = "randal.db", "randal.dump", "files", "ca", "secret_key"
PACKED = f"{DATABASE}.gz"  # the database since; before, it lay there as it is
NAMED = 10  # so many files are named in a sentence; the rest is counted


class BackupError(Exception):
    """It cannot be backed up or restored; the message is an Indonesian sentence for the operator."""


@dataclass(frozen=True)
class Entry:
    """One file of the backup: its path in it (POSIX, relative), its size in bytes, its SHA-256 (hex)."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    made_at: str  # ISO 8601, UTC
    database: str  # sqlite | postgresql: what it was taken from
    revision: str  # of the schema
    tables: dict[str, int]  # rows per table
    secret: dict[str, str]  # salt, fingerprint: see `same_secret`
    lost: list[str]  # SHA-256 of files that the database names and the storage no longer had
    entries: list[Entry] = field(repr=False)
    format: int = FORMAT

    def within(self, folder: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.path.startswith(f"{folder}/")]

    def has(self, path: str) -> bool:
        return any(entry.path == path for entry in self.entries)

    @property
    def size(self) -> int:
        return sum(entry.size for entry in self.entries)


def create(path: Path) -> BinaryIO:
    """A new file for its owner alone, with the folders it needs."""
    for folder in reversed([each for each in path.parents if not each.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def put(folder: Path, name: str, data: bytes) -> Entry:
    """Write one file of the backup."""
    with create(folder / name) as file:
        file.write(data)
    return Entry(name, len(data), hashlib.sha256(data).hexdigest())


def is_backup(folder: Path) -> bool:
    """Does this folder hold a whole backup, by its manifest? Its files are not read."""
    try:
        read(folder)
    except BackupError:
        return False
    return True


def measured(folder: Path, name: str) -> Entry:
    """The entry of a file that is there already, whatever its size."""
    path = folder / name
    with path.open("rb") as file:
        return Entry(name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def write(folder: Path, manifest: Manifest) -> str:
    """Write the manifest and its hash; the hash (hex)."""
    data = json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode() + b"\n"
    digest = put(folder, MANIFEST, data).sha256
    put(folder, ITS_HASH, f"{digest}  {MANIFEST}\n".encode())
    return digest


def read(folder: Path) -> Manifest:
    """The manifest of a whole backup. Raises BackupError when it is none, half of one, or was bent."""
    if not folder.is_dir():
        raise BackupError(f"Folder cadangan {folder} tidak ada.")
    try:
        data, said = (folder / MANIFEST).read_bytes(), (folder / ITS_HASH).read_bytes()
    except FileNotFoundError as missing:
        name = Path(missing.filename).name
        raise BackupError(f"{folder} bukan cadangan yang utuh: {name} tidak ada.") from None
    except OSError as error:
        raise BackupError(unreadable(error)) from None
    if said != f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode():
        raise BackupError(
            f"Cadangan ini berubah: {MANIFEST} tidak cocok dengan {ITS_HASH}; tidak ada yang dipulihkan."
        )
    try:
        return _parsed(json.loads(data))
    except (ValueError, TypeError, KeyError):
        raise BackupError(
            f"{MANIFEST} tidak dapat dibaca: cadangan dibuat oleh versi Randal yang lain."
        ) from None


def _parsed(facts: dict[str, Any]) -> Manifest:
    manifest = Manifest(**facts | {"entries": [Entry(**one) for one in facts["entries"]]})
    for entry in manifest.entries:
        path = PurePosixPath(entry.path)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(entry.path)
    if manifest.format != FORMAT or not all(
        re.fullmatch(r"[0-9a-f]{64}", e.sha256) for e in manifest.entries
    ):
        raise ValueError("another format")
    return manifest


def check(folder: Path, manifest: Manifest) -> None:
    """Read every file of the backup; BackupError names those that are missing or not what they were."""
    wrong = [f"{entry.path} ({said})" for entry in manifest.entries if (said := _wrong(folder, entry))]
    if wrong:
        raise BackupError(
            f"Cadangan ini rusak atau berubah, tidak ada yang dipulihkan: {listed(wrong)}. Pakai cadangan lain."
        )


def _wrong(folder: Path, entry: Entry) -> str:
    try:
        return "" if measured(folder, entry.path) == entry else "isinya berubah"
    except FileNotFoundError:
        return "tidak ada"
    except OSError as error:
        return error.strerror or type(error).__name__


def listed(names: list[str]) -> str:
    """The first few by name, the others as a number."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f", dan {more} lagi" if more > 0 else "")


def unreadable(error: OSError) -> str:
    """What the machine refused, and where."""
    return f"{error.filename or 'Berkas'}: {error.strerror or error}"


def fingerprint(secret: str, salt: bytes | None = None) -> dict[str, str]:
    """By which a restore knows the secret key without the backup telling it: slow to guess."""
    salt = salt or secrets.token_bytes(16)
    digest = hashlib.scrypt(secret.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
    return {"salt": salt.hex(), "fingerprint": digest.hex()}


def same_secret(manifest: Manifest, secret: str) -> bool:
    known = bytes.fromhex(manifest.secret["salt"])
    return secrets.compare_digest(fingerprint(secret, known)["fingerprint"], manifest.secret["fingerprint"])
