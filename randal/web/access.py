"""What happens to somebody's access: an event of the account, and a word to its owner and to the heads of the unit.

Each hears of it in the application and by mail: whoever did it may hold one of these channels, hardly all. Mail goes to an
address that was in use lately as well, so that nobody is silenced by a changed address.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.engine.transitions import record
from randal.history.events import Event
from randal.l10n.clock import local_date
from randal.l10n.formats import moment
from randal.notifications import notices
from randal.org.people import Person, current_heads
from randal.web import timeline
from workflows.account import DEEDS, WEIGHTY
from workflows.lifecycle import ADMIN, Actor

FORMER_FOR = timedelta(days=30)  # after a change, the address before hears of everything, too
timeline.DEEDS["person"] = {deed: f"{words}." for deed, words in DEEDS.items()}


def happened(
    person: Person,
    deed: str,
    actor: Actor,
    now: datetime,
    *,
    about: str = "",
    stop: str = "",
    why: str = "",
    told: bool = True,
    before: str | None = None,
    **facts: Any,
) -> Event:
    """Write it into the account's history and, with `told`, tell of it. `about`: more words for people; `stop`: the address
    at which the owner can stop it; `why`: a code, kept; `before`: the state it was in. Does not commit."""
    given = facts | ({"why": why} if why else {})
    codes = {"why": "choice", "role": "choice"}
    event = record(person, deed, actor, now=now, before=before or person.state, given=given, kinds=codes)
    if told:
        tell_of(person, deed, event, actor, now, about=about, stop=stop)
    return event


def tell_of(
    person: Person,
    deed: str,
    event: Event,
    actor: Actor,
    now: datetime,
    *,
    about: str = "",
    stop: str = "",
    owner: bool = True,
) -> None:
    """Tell of what this event says. `owner=False`: the person himself hears of it another way."""
    by = doer(person, actor)
    what = f"{DEEDS[deed]}{f' ({about})' if about else ''}"
    key = f"access:{event.id}:{deed}"
    if owner:
        said = f"{what}, {by}. Bila ini bukan kehendak Anda, hubungi Admin Sistem."
        notices.tell([person], key, said, "/profil", now=now)
        body = letter(person, what, by, now, stop)
        for address in addresses(person, now):
            subject = f"Akun Randal Anda: {DEEDS[deed].lower()}"
            if address == person.email:
                notices.write(person, key, subject, body, now=now)
            else:
                notices.write_to(address, f"{key}:{person.id}", subject, body, now=now)
    said = f"{what}: {person.name}, {by}."
    url = f"/pengguna/{person.id}"
    for other in watchers(person, actor, now):
        notices.tell([other], key, said, url if other.role == ADMIN else "/pemberitahuan", now=now)
        subject = f"Akun Randal {person.name}: {DEEDS[deed].lower()}"
        notices.write(other, key, subject, f"{said}\n\nWaktu: {moment(now, other.zone)}.", now=now)


def doer(person: Person, actor: Actor) -> str:
    """ "oleh Contoh Sekretaris", "oleh pemilik akun", "dari mesin"."""
    if actor.id is None:
        return "dari mesin"
    if actor.id == person.id:
        return "oleh pemilik akun"
    who = db.session.get(Person, actor.id)
    return f"oleh {who.name}" if who else "oleh pengguna lain"


def letter(person: Person, what: str, by: str, now: datetime, stop: str) -> str:
    said = f"{what}, {by}.\nWaktu: {moment(now, person.zone)}."
    if stop:
        return (
            f"{said}\n\nBukan Anda? Hentikan di sini, tanpa masuk:\n{stop}\n\n"
            "Selama belum dihentikan, siapa pun yang memegang akun Anda dapat melanjutkan."
        )
    return (
        f"{said}\n\nBukan kehendak Anda? Hubungi Admin Sistem dan pimpinan satuan kerja Anda sekarang juga."
    )


def addresses(person: Person, now: datetime) -> list[str]:
    """Where mail reaches the owner: the address, and the one before if it was in use lately."""
    former = person.former_email
    lately = person.email_changed_at is not None and now - person.email_changed_at <= FORMER_FOR
    return [person.email, *([former] if former and lately and former != person.email else [])]


def watchers(person: Person, actor: Actor, now: datetime) -> list[Person]:
    """Who hears of it besides the owner: the heads of the unit; of a weighty account, or where no head is, the Admin Sistem.
    Never who did it."""
    day = local_date(now, person.zone)
    heads = current_heads(person.unit_id, day) if person.unit_id else []
    heads = unless(heads, person, actor)
    weighty = person.role in WEIGHTY or any(a.post.is_head for a in person.held(day))
    if heads and not weighty:
        return heads
    admins = db.session.scalars(select(Person).where(Person.role == ADMIN, Person.active).order_by(Person.id))
    return list({p.id: p for p in [*heads, *unless(admins, person, actor)]}.values())


def unless(people: Iterable[Person], person: Person, actor: Actor) -> list[Person]:
    return [p for p in people if p.id not in (person.id, actor.id)]
