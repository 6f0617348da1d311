"""Making a backup, while everything runs."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from randal.backup import manifest as about
from randal.backup import snapshot
from randal.backup.manifest import BackupError, Entry, Manifest
from randal.base import durable
from randal.settings import Settings
from randal.storage import blobs

PARTIAL = "cadangan.partial"


def backup(folder: Path, engine: Engine, settings: Settings, now: datetime) -> tuple[Manifest, str]:
    """Back this installation up into an empty or new folder: the manifest and its SHA-256 (hex).

    Files that the storage has lost are named in `Manifest.lost`; everything else is in the backup. Raises BackupError,
    and leaves nothing behind then.
    """
    folder = folder.absolute()
    try:
        with ExitStack() as undo:
            making = _claim(folder, undo)
            made, digest = _fill(making, engine, settings, now)
            os.sync()
            # A folder without manifest.json is no backup: it comes last.
            for name in sorted(os.listdir(making), key=lambda name: name == about.MANIFEST):
                (making / name).rename(folder / name)
            undo.pop_all()
            making.rmdir()
            for each in (folder, folder.parent):
                durable.sync(each)
    except OSError as error:
        raise BackupError(f"Cadangan tidak dapat dibuat: {about.unreadable(error)}.") from None
    return made, digest


def _claim(folder: Path, undo: ExitStack) -> Path:
    """Where the backup grows: inside the folder, which may be the root of a disk of its own."""
    new = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = folder / PARTIAL
    try:
        making.mkdir(mode=0o700)
    except FileExistsError:
        raise BackupError(
            f"Di {folder} sedang ada pencadangan lain, atau sisa yang terputus ({PARTIAL}); pilih folder lain."
        ) from None
    if os.listdir(folder) != [PARTIAL]:
        making.rmdir()
        raise BackupError(f"Folder {folder} tidak kosong; pilih folder baru untuk setiap cadangan.")
    with suppress(PermissionError):  # somebody else's, a disk's: what is inside is closed all the same
        folder.chmod(0o700)
    if new:
        undo.callback(folder.rmdir)
    undo.callback(shutil.rmtree, making, ignore_errors=True)
    return making


def _fill(making: Path, engine: Engine, settings: Settings, now: datetime) -> tuple[Manifest, str]:
    revision, rows = snapshot.take(engine, making)
    kept, lost = _files(making)
    snapshot.pack(making)
    whole = [name for name in sorted(os.listdir(making)) if name != about.FILES]
    entries = [about.measured(making, name) for name in whole]
    entries += kept + _secret(making, settings)
    made = Manifest(
        made_at=now.astimezone(UTC).isoformat(),
        database=engine.dialect.name,
        revision=revision,
        tables=rows,
        secret=about.fingerprint(settings.secret_key),
        lost=lost,
        entries=entries,
    )
    return made, about.write(making, made)


def _files(making: Path) -> tuple[list[Entry], list[str]]:
    kept, lost = [], []
    for sha256 in snapshot.named_files(making):
        try:
            data = blobs.read(sha256)
        except blobs.LostFile:
            lost.append(sha256)
            continue
        except Exception as error:  # whatever an object store's client says
            raise BackupError(f"Penyimpanan (RANDAL_STORAGE_URL) tidak dapat dibaca: {error}") from error
        kept.append(about.put(making, f"{about.FILES}/{sha256[:2]}/{sha256}", data))
    return kept, lost


def _secret(making: Path, settings: Settings) -> list[Entry]:
    return (
        [about.put(making, about.SECRET, settings.secret_key.encode())] if keeps_its_secret(settings) else []
    )


def keeps_its_secret(settings: Settings) -> bool:
    """Is the secret key in force the one that this installation made and keeps in its data directory?"""
    path = settings.data_dir / "secret_key"
    return path.is_file() and path.read_text().strip() == settings.secret_key
