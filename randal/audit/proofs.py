"""Checkpoints: what each says, and whether they still say it. Pure, over the records that `verifying` reads.

A checkpoint covers every head that changed since the one before; all of them together cover all heads. It stands on
the one before it (`previous`), and a timestamp token stands over what it says.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from randal.audit.bends import Bend, Record
from randal.history.chain import canonical, instant

DRIFT = timedelta(minutes=10)  # between the clock of the installation and that of its timestamp authority
NO_CHECKPOINT = "0" * 64  # what stands before the first


def head_line(head: Record) -> bytes:
    """One changed head as its checkpoint's digest covers it; the lines stand in the order of type and id."""
    return f"{head['type']}:{head['id']}:{head['seq']}:{head['hash']}:{head['trail']}\n".encode()


def statement(
    n: int, at: datetime, previous: Record | None, events: int, last_event: int, changed: int, heads: str
) -> str:
    """What a checkpoint says, in the one spelling that its digest is made over."""
    before = (previous["digest"], token_digest(previous["token"])) if previous else (NO_CHECKPOINT,) * 2
    said = {
        "format": "randal-checkpoint", "n": n, "at": instant(at), "previous": before[0], "previous_token": before[1],
        "events": events, "last_event": last_event, "changed": changed, "heads": heads,
    }  # fmt: skip
    return canonical(said).decode()


def digest_of(said: str) -> str:
    return sha256(said.encode()).hexdigest()


def token_digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def parsed(said: str) -> Record:
    """The statement as it reads; empty when it is none."""
    try:
        told = json.loads(said)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


class Checkpoints:
    """The checkpoints of a history: each in itself, one after another, and against the heads they cover."""

    def __init__(self, roots: list[bytes]):
        self.roots = roots
        self.kept: dict[int, Record] = {}
        self.covers: dict[int, Any] = {}  # number → running SHA-256 over its heads
        self.against: list[Bend] = []
        self.said: list[Bend] = []
        self.blind = False
        self.last_at = ""
        self._last: Record | None = None

    def take(self, record: Record) -> None:
        """The next checkpoint, in the order of the numbers."""
        n = record["n"]
        first = self._last["n"] + 1 if self._last else 1
        for missing in range(first, min(n, first + 1000)):
            self._say(missing, "dihapus")
        if n in self.kept:
            return self._say(n, "ada dua kali")
        self.kept[n] = record
        if digest_of(record["statement"]) != record["digest"]:
            self._say(n, "pernyataannya diubah")
        told = parsed(record["statement"])
        if told.get("n") != n:
            self._say(n, "nomornya diubah")
        if self._last is None or self._last["n"] == n - 1:
            self._stands_on(n, told)
        self.last_at = str(told.get("at", ""))
        self._token(record, told)
        self._last = record

    def _stands_on(self, n: int, told: Record) -> None:
        last = self._last
        before = (last["digest"], token_digest(last["token"])) if last else (NO_CHECKPOINT,) * 2
        if told.get("previous") != before[0]:
            self._say(n, f"tidak menyambung cap {n - 1}")
        elif told.get("previous_token") != before[1]:
            self._say(n - 1, "cap waktunya diganti")

    def _token(self, record: Record, told: Record) -> None:
        n = record["n"]
        try:
            from randal.audit.tokens import BadToken, stamped
        except ImportError:
            self.blind = True
            return
        try:
            token = base64.b64decode(record["token"], validate=True)
            at = stamped(token, bytes.fromhex(record["digest"]), self.roots)
            if abs(at - datetime.fromisoformat(told["at"])) > DRIFT:
                self._say(n, f"cap waktunya dari saat lain ({instant(at)})")
        except BadToken as error:
            self._say(n, f"cap waktunya {error}")
        except (ValueError, KeyError, TypeError):
            self._say(n, "cap waktunya tidak dapat dibaca")

    def cover(self, head: Record) -> None:
        self.covers.setdefault(head["n"], sha256()).update(head_line(head))

    def judge(self, witnesses: Iterable[Record]) -> Iterator[Bend]:
        """All that is wrong, once every head was covered."""
        yield from self.said
        bent = {n for n in {*self.kept, *self.covers} if not self._covered(n)}
        for n in sorted(bent):
            what = (
                "baris kepalanya (checkpoint_heads) diubah, ditambah atau dihapus"
                if n in self.kept
                else "barisnya ada, tetapi capnya sendiri dihapus"
            )
            yield Bend("checkpoint", f"cap {n}: {what}", checkpoint=n)
        for bend in self.against:
            # A checkpoint whose rows were bent is no evidence against the history; the row it names is.
            if bend.checkpoint in bent and bend.kind != "witness":
                said = f"barisnya dalam cap {bend.checkpoint} tidak lagi seperti yang dicap, dan berbeda dari riwayatnya"
                bend = Bend(
                    "witness", said, bend.item_type, bend.item_id, bend.seq, bend.event_id, bend.checkpoint
                )
            yield bend
        for known in witnesses:
            n = known["n"]
            if n not in self.kept:
                yield Bend("checkpoint", f"cap {n}: dihapus; masih ada pada saksi di luar", checkpoint=n)
            elif self.kept[n]["digest"] != digest_of(known["statement"]):
                yield Bend("checkpoint", f"cap {n}: lain dari yang disimpan saksi di luar", checkpoint=n)

    def _covered(self, n: int) -> bool:
        heads: str = self.covers[n].hexdigest() if n in self.covers else sha256().hexdigest()
        return n in self.kept and parsed(self.kept[n]["statement"]).get("heads") == heads

    def _say(self, n: int, said: str) -> None:
        self.said.append(Bend("checkpoint", f"cap {n}: {said}", checkpoint=n))
