"""What is slow before a signature's move: signing the stored PDF with the signer's own key, outside any transaction."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from cryptography import x509
from flask import current_app
from sqlalchemy import or_, select

from randal.database.base import db
from randal.engine.transitions import lock
from randal.models.meetings import Meeting
from randal.models.minutes import Minutes, MinutesSigner, Signature
from randal.org.people import Person
from randal.signatures import keys
from randal.signatures.port import StampFailed
from randal.signatures.stored import keep, keep_pdf, provider_here, refused, sign_newest, stamp_for
from randal.web.attempt import before
from workflows.lifecycle import Act, Actor
from workflows.minutes import ISSUED
from workflows.signature import OPEN


@before("signature.sign")
def sign_stored_file(item: Signature, actor: Actor, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Sign the newest stored file of the paper; answers ids only, which `reactions.keep_signed` checks and adds."""
    item.lifecycle().decide(item, "sign", Act(actor, now, given))
    minutes_id = item.minutes_id
    stamp = stamp_for(actor, item.minutes.meeting.timezone, now, {item.signer_id: item.signs_as})
    made = sign_newest(
        item.document,
        item.field,
        actor,
        given,
        now,
        stamp=stamp,
        last=is_last(item),
        paper=item.minutes.what.noun,
    )
    lock_minutes(minutes_id)
    return keep(made, actor, now)


def is_signer(person: Person) -> bool:
    """Is this person named as a signer of minutes that are still to be signed?"""
    named = select(MinutesSigner.minutes_id).where(MinutesSigner.person_id == person.id)
    waits = Signature.state.in_(OPEN)
    called = select(Signature.minutes_id).where(Signature.signer_id == person.id, waits)
    offices = or_(Meeting.chair_id == person.id, Meeting.minute_taker_id == person.id)
    in_office = Minutes.meeting_id.in_(select(Meeting.id).where(offices))
    mine = or_(Minutes.id.in_(named), Minutes.id.in_(called), Minutes.addressee_id == person.id, in_office)
    open_ = Minutes.state.not_in(ISSUED)
    return db.session.scalar(select(Minutes.id).where(mine, open_).limit(1)) is not None


keys.NAMED.append(is_signer)
keys.SIGNED.append(Signature.certificate_serial)


def is_last(item: Signature) -> bool:
    return all(s.state == "signed" for s in item.minutes.signatures if s.id != item.id)


@before("signature.sign_on_paper")
def seal_what_is_signed(
    item: Signature, actor: Actor, given: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """Ink as the last signature: the electronic ones in the file get their long-term seal (B-LTA) all the same."""
    item.lifecycle().decide(item, "sign_on_paper", Act(actor, now, given))
    document, minutes_id = item.document, item.minutes_id
    electronic = [s for s in item.minutes.signatures if s.state == "signed" and s.way != "paper"]
    if document is None or document.newest is None or not electronic or not is_last(item):
        return lock_first(item, actor, given, now)
    from randal.signatures.pades import seal
    from randal.signatures.stamping import stamper

    settings = current_app.config["RANDAL"]
    number, name, pdf = document.versions[-1].number, document.versions[-1].file.name, document.newest.read()
    authority, clock_, provider = keys.authority(), stamper(settings), provider_here()
    issuers = map(x509.load_pem_x509_certificate, provider.roots if provider else ())
    db.session.rollback()
    try:
        sealed = asyncio.run(seal(pdf, authority, now, clock_, issuers))
    except StampFailed as error:
        raise refused(str(error)) from None
    lock_minutes(minutes_id)
    return {"file_id": keep_pdf(name, sealed, actor, now), "signed_version": number}


@before("signature.decline")
def lock_first(item: Signature, actor: Actor, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The minutes before their signatures, always: two who act at once wait for each other, and neither is killed."""
    lock_minutes(item.minutes_id)
    return {}


def lock_minutes(minutes_id: int) -> None:
    lock(db.session.get(Minutes, minutes_id))
