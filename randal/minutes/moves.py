"""What is slow before a signature's move: signing the stored PDF with the signer's own key, outside any transaction."""

from __future__ import annotations

import hashlib
from collections import deque
from datetime import datetime
from typing import Any

from randal.core import clock, files, installation, words
from randal.core.db import db
from randal.core.forms import wrong
from randal.core.moving import before
from randal.core.people import Person
from randal.core.transitions import lock
from randal.minutes import keys
from randal.minutes.models import Minutes, Signature
from randal.minutes.queries import key_of
from randal.minutes.signing import SigningFailed, Stamp, WrongPassphrase, sign_local
from workflows.lifecycle import Act, Actor, Refused

NO_KEY = (
    "Anda belum mempunyai kunci tanda tangan. Daftarkan dahulu di halaman «Kunci tanda tangan» pada profil Anda, "
    "lalu tandatangani."
)


MOST_WRONG, WINDOW = 10, 15 * 60  # wrong passphrases of one person, in seconds, per process
TOO_MANY = "Terlalu banyak frasa sandi yang keliru. Tunggu 15 menit, lalu coba lagi."
_wrong: dict[int | None, deque[float]] = {}


def brake(person_id: int | None) -> deque[float]:
    """The late wrong tries of this person. Refused when they are too many: a passphrase is not to be guessed."""
    tries, at = _wrong.setdefault(person_id, deque()), clock.monotonic()
    while tries and at - tries[0] > WINDOW:
        tries.popleft()
    if len(tries) >= MOST_WRONG:
        raise refused(TOO_MANY)
    return tries


@before("signature.sign")
def sign_stored_file(item: Signature, actor: Actor, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Sign the newest stored file of the paper; answers ids only, which `reactions.keep_signed` checks and adds.

    The key is that of the person acting: a stand-in signs as himself. The passphrase ends with this call.
    """
    item.lifecycle().decide(item, "sign", Act(actor, now, given))
    document, key = item.document, key_of(actor.id)
    if key is None:
        raise refused(NO_KEY)
    if document is None or document.newest is None:
        raise refused("Berkas PDF notula belum siap.")
    authority, tries = keys.authority(), brake(actor.id)
    stored, number, name = document.newest, document.versions[-1].number, document.versions[-1].file.name
    pdf, p12, key_id, field, minutes_id = stored.read(), key.p12, key.id, item.field, item.minutes_id
    last = all(s.state == "signed" for s in item.minutes.signatures if s.id != item.id)
    stamp = stamp_of(item, actor, now)
    db.session.rollback()
    try:
        signed = sign_local(
            pdf,
            field=field,
            p12=p12,
            passphrase=given["passphrase"],
            authority=authority,
            stamp=stamp,
            now=now,
            last=last,
        )
    except WrongPassphrase as error:
        tries.append(clock.monotonic())
        raise wrong("passphrase", str(error)) from None
    except SigningFailed as error:
        raise refused(str(error)) from None
    checked = files.Checked(name, "application/pdf", signed, hashlib.sha256(signed).hexdigest())
    lock_minutes(minutes_id)
    kept = files.keep(checked, by=actor.id, now=now)
    return {"file_id": kept.id, "key_id": key_id, "signed_version": number}


@before("signature.sign_on_paper")
@before("signature.decline")
def lock_first(item: Signature, actor: Actor, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The minutes before their signatures, always: two who act at once wait for each other, and neither is killed."""
    lock_minutes(item.minutes_id)
    return {}


def lock_minutes(minutes_id: int) -> None:
    lock(db.session.get(Minutes, minutes_id))


def stamp_of(item: Signature, actor: Actor, now: datetime) -> Stamp:
    """What the visible stamp says: who signs, as what, when in the meeting's zone."""
    person, zone = db.session.get(Person, actor.id), item.minutes.meeting.timezone
    if person is None:
        raise refused("Akun penanda tangan tidak ada.")
    post = item.signs_as if person.id == item.signer_id else person.post_title(words.local(now, zone).date())
    when = f"{words.long_date(words.local_date(now, zone))} pukul {words.clock(now, zone)}"
    note = "CONTOH, tidak berlaku" if installation.is_demo() else ""
    return Stamp(name=person.name, post=post, at_text=when, note=note)


def refused(sentence: str) -> Refused:
    return Refused("need", sentence, {"": [sentence]})
