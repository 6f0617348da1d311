"""«Kirim lagi»: mails that were set aside, once more on a person's word. What may go again: workflows/mailing.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from randal.database.base import db
from randal.notifications.mailing import begin_again, failing
from randal.notifications.notices import Mail
from randal.org.people import Person
from workflows.lifecycle import Actor
from workflows.mailing import may_go_again


@dataclass(frozen=True)
class Lost:
    """A mail that was set aside, and where it goes when it is sent again (workflows/mailing.py)."""

    mail: Mail
    address: str

    @property
    def id(self) -> int:
        return self.mail.id

    @property
    def secret(self) -> bool:
        return self.mail.secret


def lost(mail: Mail) -> Lost:
    """To whoever has an account as it is now, else where it went before."""
    reader = db.session.get(Person, mail.person_id) if mail.person_id else None
    return Lost(mail, mail.to if reader is None else reader.email if reader.active else "")


def retry_failed(now: datetime) -> int:
    """An operator's "kirim lagi": what was refused or could not be made starts afresh; how many."""
    found = [lost(mail) for mail in db.session.scalars(select(Mail).where(*failing(now)))]
    able = [one for one in found if may_go_again(one) is None]
    for one in able:
        resend(one, now)
    return len(able)


def resend(one: Lost, now: datetime, by: Actor | None = None) -> None:
    """Once more from the beginning; should it fail again, whoever wanted this one sent again hears of it."""
    begin_again(one.mail, now)
    one.mail.to = one.address
    if by:
        one.mail.asked_by_id = by.id
