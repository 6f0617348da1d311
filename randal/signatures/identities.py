"""Whether whoever holds an account is the person whose name a certificate will bear (`workflows/identity.py`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import CheckConstraint, ForeignKey, Select, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import UTCDateTime, db
from randal.engine.transitions import WorkflowItem, fire, make
from randal.l10n.clock import local_date
from randal.l10n.formats import long_date
from randal.notifications import notices
from randal.org.people import Person
from randal.signatures.held_keys import SigningKey
from randal.web import access
from workflows.identity import CONFIRMED, NEVER, OPEN, REPLACED, WAITING, WAYS
from workflows.lifecycle import ADMIN, LEADER, MACHINE, OWNER, Actor

UNRECORDED = "belum dicatat (akun lebih lama dari pencatatan ini)"


class Identity(WorkflowItem):
    """One pemastian of one person. `asked_at`: when the person wanted it, so that a second person is asked for it."""

    __tablename__ = "identities"
    __lifecycle__ = "identity"
    __table_args__ = (
        CheckConstraint(f"how IN {('', *WAYS)}", name="how"),
        CheckConstraint(
            "(state <> 'confirmed') OR (counts_from IS NOT NULL AND how <> '')", name="confirmed"
        ),
        CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> link_maker_id OR how = 'made'",
            name="second_person",
        ),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    link_maker_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    how: Mapped[str] = mapped_column(String(8), default="")
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    counts_from: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="joined", innerjoin=True)
    link_maker: Mapped[Person | None] = relationship(foreign_keys=link_maker_id)
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=confirmed_by_id)

    @property
    def label(self) -> str:
        return self.person.name

    @property
    def event_unit_id(self) -> int | None:
        return None  # nobody of the unit but its heads reads of it

    @property
    def has_earlier_key(self) -> bool:
        """A key from before this doubt: its passphrase is the owner's alone."""
        return earlier_key(self) is not None

    def relations(self, actor: Actor) -> set[str]:
        return {OWNER} if actor.id is not None and actor.id == self.person_id else set()

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return select(cls) if actor.has(ADMIN, LEADER) else select(cls).where(cls.person_id == actor.id)


def begin(person: Person, maker: Actor, now: datetime, *, how: str = "") -> Identity:
    """A new pemastian takes the place of the one before. With `how` it is confirmed by who makes it; else somebody has to."""
    for earlier in db.session.scalars(
        select(Identity).where(Identity.person_id == person.id, Identity.state.in_(OPEN))
    ).all():
        fire(earlier, "replace", MACHINE, now=now)
    row = Identity(person=person, link_maker_id=maker.id, how=how)
    if how:
        row.confirmed_by_id, row.confirmed_at, row.counts_from = maker.id, now, now
    person.sure_from = None if how else now + NEVER  # None: whatever another machine's clock says
    make(row, MACHINE, now=now, state=CONFIRMED if how else WAITING, maker_id=maker.id)
    return row


def of(person: Person) -> Identity | None:
    """The pemastian that counts, or that is waited for; None for an account older than these."""
    query = select(Identity).where(Identity.person_id == person.id, Identity.state != REPLACED)
    return db.session.scalar(query.order_by(Identity.id.desc()).limit(1))


def ask(row: Identity, now: datetime) -> None:
    """The person wants to sign: who can confirm him hears of it, once."""
    if row.state != WAITING or row.asked_at is not None:
        return
    row.asked_at = now
    db.session.flush()
    said = f"{row.person.name} menunggu orang kedua yang memastikan identitasnya."
    others = access.watchers(row.person, Actor(row.link_maker_id), now)
    notices.tell(others, f"identity:{row.id}", said, f"/pengguna/identitas/{row.id}", now=now)


def earlier_key(row: Identity) -> SigningKey | None:
    query = select(SigningKey).where(
        SigningKey.person_id == row.person_id,
        SigningKey.revoked_at.is_(None),
        SigningKey.created_at < row.created_at,
    )
    return db.session.scalar(query.order_by(SigningKey.id.desc()).limit(1))


def waiting_for(actor: Actor) -> Select[Any]:
    """What this actor may confirm: asked for, and neither his own nor of his own link."""
    if not actor.has(ADMIN, LEADER):
        return select(Identity).where(Identity.id.is_(None))
    others = or_(Identity.link_maker_id.is_(None), Identity.link_maker_id != actor.id)
    mine = Identity.state == WAITING, Identity.asked_at.is_not(None), Identity.person_id != actor.id, others
    return select(Identity).where(*mine).order_by(Identity.asked_at)


def said_of(row: Identity | None, zone: str) -> str:
    """What a certificate says of it, at most 200 characters: "dipastikan dengan bertemu langsung oleh …, sejak 2 Maret 2026"."""
    if row is None or row.counts_from is None:
        return f"Identitas: {UNRECORDED}"
    since = long_date(local_date(row.counts_from, zone))
    return f"Identitas: {WAYS[row.how]}; berlaku sejak {since}"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="hentikan")


def stop_address(row: Identity) -> str:
    """Where the owner can stop it without signing in: the account may be in other hands."""
    public = current_app.config["RANDAL"].public_url
    return f"{public}/akses/hentikan/{_signer().dumps(row.id)}"


def of_address(token: str) -> Identity | None:
    """The pemastian whose address this is; None when it is forged."""
    try:
        return db.session.get(Identity, _signer().loads(token))
    except (BadSignature, ValueError, TypeError):
        return None
