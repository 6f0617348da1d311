"""What lets somebody in, and how it ends: sessions, devices, tokens, links, the address of a calendar."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from randal.database.base import db
from randal.models.accounts import ApiToken, OneTimeLink
from randal.org.people import Person
from randal.web import sign_ins


def end_access(person: Person, why: str, now: datetime, *, tokens: bool = True, links: bool = True) -> None:
    """Everything that would let somebody in as this person: a cookie wherever it was copied to, a device, the address of
    the calendar; with `tokens` and `links` those, too. `why`: a code of `sign_ins.ENDS`."""
    sign_ins.end_all(person, why, now)
    sign_ins.forget_devices(person)
    for end in sign_ins.ALSO_ENDS:
        end(person, now)
    if links:
        end_links(person, now)
    if tokens:
        mine = ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None)
        db.session.execute(update(ApiToken).where(*mine).values(revoked_at=now))
    db.session.flush()


def end_links(person: Person, now: datetime) -> None:
    """Links that nobody used yet open nothing any more; they stay in the list of those there were."""
    open_ = OneTimeLink.used_at.is_(None), OneTimeLink.ended_at.is_(None)
    db.session.execute(
        update(OneTimeLink).where(OneTimeLink.person_id == person.id, *open_).values(ended_at=now)
    )
