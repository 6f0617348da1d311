"""What follows when a second person has spoken: the role and the post count, or what was begun with the account ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from randal.database.base import db
from randal.history.events import Event, within
from randal.l10n.clock import local_date
from randal.l10n.formats import moment
from randal.models.accounts import Grant
from randal.org.people import Person, actor_of
from randal.rooms.accounts import appointing, granting
from randal.rooms.accounts.ending import end_access
from randal.schemas.forms import wrong
from randal.signatures import identities, keys, stored
from randal.signatures.identities import Identity
from randal.signatures.port import WrongPassphrase
from randal.web import access, tries
from randal.web.attempt import before
from workflows.lifecycle import MACHINE, Act, Actor


def doer_of(event: Event) -> Actor:
    """Who made the move, as of its instant; the machine when it was nobody (a link in a letter)."""
    person = db.session.get(Person, event.actor_id) if event.actor_id else None
    return actor_of(person, event.at) if person else MACHINE


@within("grant.grant")
def carry_out(row: Grant, event: Event) -> None:
    """What was proposed counts from now on."""
    actor, person = doer_of(event), row.person
    if row.role or row.reopens:
        granting.set_role(person, row.role or person.role, actor, event.at, reopens=row.reopens)
    if row.post:
        start = row.from_date or local_date(event.at, person.zone)
        made = appointing.appoint(
            person, post=row.post, unit=row.unit, kind=row.kind, from_date=start, to_date=row.to_date, is_head=row.is_head
        )  # fmt: skip
        appointing.note_appointment(person, made, actor, event.at)


@before("identity.prove")
def opens_the_earlier_key(
    item: Identity, actor: Actor, given: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """The passphrase of a key from before the doubt, which no helper knows. Wrong ones are counted as at signing."""
    item.lifecycle().decide(item, "prove", Act(actor, now, given))
    key = identities.earlier_key(item)
    assert key is not None  # noqa: S101 - the need said so
    p12 = key.p12
    db.session.rollback()
    stored.brake(actor.id, now)
    if not keys.opens(p12, given["passphrase"]):
        raise wrong("passphrase", str(WrongPassphrase()))
    tries.forgive(stored.PASSPHRASE, actor.id)
    return {}


@within("identity.confirm")
def tell_the_owner(row: Identity, event: Event) -> None:
    """He can stop it, without signing in, until it counts."""
    counts = moment(row.counts_from, row.person.zone) if row.counts_from else ""
    stop = identities.stop_address(row)
    about = f"berlaku mulai {counts}"
    access.happened(row.person, "identity_confirmed", doer_of(event), event.at, about=about, stop=stop)


@within("identity.stop")
def shut(row: Identity, event: Event) -> None:
    """Whoever is in the account is out, its password is nobody's, and keys made since the doubt are worth nothing."""
    actor, person = doer_of(event), row.person
    end_access(person, "stopped", event.at)
    person.password_hash = None
    db.session.flush()
    keys.revoke_all(person, "compromised", actor, event.at, since=row.created_at)
    access.happened(person, "identity_stopped", actor, event.at)
