"""Mails about a meeting that did not arrive, and where one of them goes when it is sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select

from randal.database.base import db
from randal.notifications import mail_again
from randal.notifications.mail_again import Lost
from randal.notifications.notices import Mail

if TYPE_CHECKING:
    from randal.models.meetings import Meeting


def unreached(meeting: Meeting) -> list[Mail]:
    """Those set aside and those put off, the latest to each address."""
    wanting = Mail.sent_at.is_(None), Mail.failed_at.is_not(None) | (Mail.error != "")
    rows = db.session.scalars(_about(meeting).where(*wanting).order_by(Mail.id.desc()).limit(200))
    latest: dict[str, Mail] = {}
    for mail in rows:
        latest.setdefault(mail.to, mail)
    return list(latest.values())[::-1]


def lost_mails(meeting: Meeting) -> list[Lost]:
    """Those of them that nobody tries any more."""
    return lost_among(unreached(meeting), meeting)


def lost_among(mails: list[Mail], meeting: Meeting) -> list[Lost]:
    return [_lost(meeting, mail) for mail in mails if mail.failed_at]


def _about(meeting: Meeting) -> Select[Any]:
    return select(Mail).where(Mail.thread == f"meeting:{meeting.id}")


def _lost(meeting: Meeting, mail: Mail) -> Lost:
    """A tembusan is no account: its address stands in the meeting. One that was written anew there is the one that did not
    have this mail yet."""
    if mail.person_id:
        return mail_again.lost(mail)
    addresses = list(dict.fromkeys(copy.address for copy in meeting.copies if copy.address))
    if mail.to in addresses:
        return Lost(mail, mail.to)
    key = mail.key.removesuffix(mail.to)
    had = set(
        db.session.scalars(
            _about(meeting).where(Mail.key.startswith(key, autoescape=True)).with_only_columns(Mail.to)
        )
    )
    fresh = [address for address in addresses if address not in had]
    return Lost(mail, fresh[0] if len(fresh) == 1 else "")
