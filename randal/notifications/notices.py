"""Notices (in the app) and mail (kept in the in-app outbox, and sent when RANDAL_MAIL_URL is set).

Both carry a stable key, so that a reaction that runs twice tells a person once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    false,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from randal.database.base import Row, UTCDateTime, db
from randal.notifications.courtesies import dressed
from randal.org.people import Person
from workflows.lifecycle import Actor


class Notice(Row):
    """One sentence for one person, with the page it is about."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("person_id", "key"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    key: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return select(cls).where(cls.person_id == actor.id)


WAITING = text("sent_at IS NULL AND failed_at IS NULL")


class Mail(Row):
    """A letter by mail. `attachments` is [{name, mime, file_id | text}], `mime` with its parameters.

    It waits until it is sent or set aside: `why` says whether the server refused it for good, it cannot be made, or it
    waited too long. `thread` ("meeting:5") is what it is about, `asked_by_id` who caused it and hears of a failure.
    """

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name="one_end"),
        CheckConstraint("(failed_at IS NULL) = (why = '')", name="why"),
        Index("ix_mails_waiting", "next_at", sqlite_where=WAITING, postgresql_where=WAITING),
    )
    key: Mapped[str] = mapped_column(String(160), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(250))
    body: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempt: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # lease and back-off in one; see mailing.py
    error: Mapped[str] = mapped_column(Text, default="")  # of the last try, for people
    secret: Mapped[bool] = mapped_column(default=False, server_default=false())  # forgotten once it was sent
    waits_since: Mapped[datetime | None] = mapped_column(
        UTCDateTime
    )  # when it was to be sent again; None: created_at
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    why: Mapped[str] = mapped_column(String(12), default="")  # refused, unusable, expired
    thread: Mapped[str] = mapped_column(String(80), default="", index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    digest: Mapped[bool] = mapped_column(default=False)  # one of a series that its reader may end

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return select(cls).where(cls.person_id == actor.id, cls.secret.is_(False))


def tell(people: Iterable[Person], key: str, text: str, url: str, *, now: datetime) -> None:
    """Add one notice per person unless that person already has one under this key."""
    wanted = {p.id: p for p in people if p.active}
    known = set(
        db.session.scalars(
            select(Notice.person_id).where(Notice.key == key, Notice.person_id.in_(list(wanted)))
        )
    )
    for person_id in wanted.keys() - known:
        db.session.add(Notice(person_id=person_id, key=key, text=text, url=url, created_at=now))
    db.session.flush()


def write(
    person: Person,
    key: str,
    subject: str,
    body: str,
    *,
    now: datetime,
    attachments: list[dict[str, Any]] | None = None,
    **about: Any,
) -> None:
    """Add one mail to this person under the key, once. `about`: `thread`, `asked_by_id`, `digest` of the mail, or
    `secret`: nobody reads its text here, and it is forgotten once it was sent."""
    text = dressed(body, person.name)
    _post(f"{key}:{person.id}", person.id, person.email, subject, text, now, attachments, about)


def write_to(
    address: str,
    key: str,
    subject: str,
    body: str,
    *,
    now: datetime,
    name: str = "",
    attachments: list[dict[str, Any]] | None = None,
    **about: Any,
) -> None:
    """Add one mail to an address that is nobody's account here (a tembusan), once under the key."""
    text = dressed(body, name)
    _post(f"{key}:{address}"[:160], None, address, subject, text, now, attachments, about)


def _post(
    key: str, person_id: int | None, to: str, subject: str, body: str, now: datetime,
    attachments: list[dict[str, Any]] | None, about: dict[str, Any],
) -> None:  # fmt: skip
    if db.session.scalar(select(Mail.id).where(Mail.key == key)) is None:
        mail = Mail(key=key, person_id=person_id, to=to, subject=subject, body=body, created_at=now, **about)
        mail.attachments = attachments or []
        db.session.add(mail)
        db.session.flush()
