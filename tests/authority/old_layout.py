"""The folder `ca` as versions before the database kept the authority wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from randal.signatures.authority import Kept


def write(folder: Path, kept: Kept, revoked: Iterable[tuple[str, datetime]] = ()) -> Path:
    folder.mkdir(parents=True, mode=0o700)
    for part, pem in kept.certificates.items():
        (folder / f"{part}.pem").write_text(pem)
    for part, pem in kept.keys.items():
        (folder / f"{part}.key").write_text(pem)
    (folder / "root.crl").write_bytes(kept.root_crl)
    (folder / "issuing.crl").write_bytes(b"the last list; nobody reads it")
    state = {"name": kept.name, "contoh": kept.contoh, "salt": kept.salt, "scrypt": dict(kept.scrypt)}
    listed = [{"serial": serial, "at": at.isoformat()} for serial, at in revoked]
    (folder / "authority.json").write_text(json.dumps(state | {"revoked": listed}, indent=1))
    return folder
