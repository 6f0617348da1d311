"""The folder `ca` in which an installation kept its authority until the database did, and which older backups hold."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from randal.signatures import keystores
from randal.signatures.authority import PARTS, Authority, AuthorityError, Kept
from randal.signatures.held_keys import SigningKey
from randal.signatures.keystores import Keystore

STATE = "authority.json"
TAKEN = ".lama"  # what the folder's name ends in once the database holds what it held


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of the folder by name; none when it holds no authority."""
    if not (folder / STATE).is_file():
        return {}
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name[0] != "."
    }


def wipe_root_key(folder: Path) -> None:
    """The root key of a folder that was taken over goes, too; what a disk keeps of it, is encrypted anyway."""
    path = folder.with_name(folder.name + TAKEN) / "root.key"
    if path.exists():
        with path.open("r+b") as file:
            file.write(b"\0" * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def read(files: Mapping[str, bytes]) -> tuple[Kept, list[list[str]]]:
    """The authority in these files, and its revocations as [serial, instant]. Raises AuthorityError."""
    try:
        state = json.loads(files[STATE])
        kept = Kept(
            name=state["name"],
            contoh=state["contoh"],
            salt=state["salt"],
            scrypt=state["scrypt"],
            certificates={part: files[f"{part}.pem"].decode() for part in PARTS},
            keys={part: files[f"{part}.key"].decode() for part in PARTS if f"{part}.key" in files},
            root_crl=files["root.crl"],
        )
        revoked = [[one["serial"], datetime.fromisoformat(one["at"]).isoformat()] for one in state["revoked"]]
        return kept, revoked
    except (KeyError, ValueError, TypeError) as error:
        raise AuthorityError(f"Folder otoritas sertifikat tidak lengkap atau rusak: {error}.") from None


def take_over(session: Session, files: Mapping[str, bytes], secret: str, now: datetime) -> Keystore:
    """Put what these files hold into force, with every revocation that the files or the rows of the keys know of.
    Raises AuthorityError, and IntegrityError when there is one in force."""
    kept, revoked = read(files)
    Authority(kept, secret)
    known = {key.serial: key for key in session.scalars(select(SigningKey))}
    for serial, at in revoked:
        key = known.get(serial)
        if key is not None and key.revoked_at is None:
            # Its list was written before its row, which was rolled back: nobody takes it off the list again.
            key.revoked_at = datetime.fromisoformat(at)
    return keystores.added(session, kept, now, [[s, at] for s, at in revoked if s not in known])
