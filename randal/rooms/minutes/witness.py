"""The installation's timestamp authority stands witness to the history: it seals each checkpoint."""

from __future__ import annotations

import asyncio
from datetime import datetime

from flask import current_app

from randal.audit import checkpoints
from randal.settings import Settings
from randal.signatures import installed
from randal.signatures.authority import Authority, AuthorityError


def _authority() -> Authority:
    settings: Settings = current_app.config["RANDAL"]
    return installed.open_authority(settings)


@checkpoints.witnessed_by
class OwnAuthority:
    """`randal.audit.checkpoints.Witness`, by the keys of this installation."""

    def ready(self) -> bool:
        try:
            return bool(_authority())
        except AuthorityError:
            return False

    def stamp(self, digest: bytes, now: datetime) -> bytes:
        from randal.signatures import pades

        return asyncio.run(pades.timestamp(digest, _authority(), now))

    def roots(self) -> list[bytes]:
        return installed.own_roots()
