"""The mails of notices.py on their way out, when RANDAL_MAIL_URL is set. A demonstration sends nothing.

Each small worker has a carrier beside its queue: it takes one mail at a time under a lease of its own, so a slow server
holds neither a notice nor the clock, and two carriers never have the same mail. What the server refuses for good, what
cannot be made, and what waited longer than RANDAL_MAIL_DAYS is set aside and shown; its neighbours go on. A mail may go
out twice only when the machine dies between the server's answer and our mark; its Message-ID is made from its key, so
the other side can tell.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import case, func, or_, select, update
from sqlalchemy.exc import DBAPIError

from randal.database.base import db, is_sqlite, reading
from randal.l10n import clock
from randal.notifications import composing, smtp
from randal.notifications.bounces import tell_of
from randal.notifications.notices import Mail
from randal.org.app_settings import setting
from randal.org.people import Person
from randal.settings import Settings
from randal.storage.blobs import StorageDown, StorageError

log = logging.getLogger("randal.mail")
LEASE = timedelta(seconds=smtp.LONGEST + 120)
DEATHS = 5  # tries that left no word at all, after which the mail is suspected of killing its carrier
LONGEST_WAIT = timedelta(hours=4)  # between two tries of one mail
EVERY = 1.0  # seconds between two looks
SWEEP = 60.0  # seconds between two looks for what waited too long, and for addresses that were mended
REST, LONGEST_REST = (
    15.0,
    300.0,
)  # seconds that a carrier leaves a server alone that is away; doubled each time
SHOWN_FOR = timedelta(days=7)  # so long a failure is somebody's business
# Why a mail was set aside; UNSENT was never tried and is too old now.
REFUSED, UNUSABLE, EXPIRED, UNSENT = "refused", "unusable", "expired", "unsent"
FORGOTTEN = "(isi surel ini rahasia dan sudah dihapus)"
OPEN = Mail.sent_at.is_(None), Mail.failed_at.is_(None)
SINCE = func.coalesce(Mail.waits_since, Mail.created_at, type_=Mail.__table__.c.created_at.type)


def send_due(settings: Settings, now: datetime) -> int:
    """Send what waits, one after the other, until nothing is due or the server is away; how many went out."""
    if not may_send(settings):
        return 0
    sweep(settings, now)
    sent = 0
    try:
        while (gone := send_next(settings, now)) is not None:
            sent += gone
    except smtp.Away:
        pass
    return sent


def may_send(settings: Settings) -> bool:
    if not settings.mail_url:
        return False
    with reading():
        return not setting("demo")


def send_next(settings: Settings, now: datetime) -> bool | None:
    """Take one due mail and try it: whether it went out; None when none is due. Raises Away: none can go now."""
    with reading():
        if db.session.scalar(_due(now).limit(1)) is None:
            return None
    mail = _claim(now)
    if mail is None:
        return None
    if mail.attempt > DEATHS and not mail.error:
        set_aside(mail, UNUSABLE, f"pengirimannya terhenti {DEATHS} kali tanpa pesan", now)
        return False
    try:
        letter = composing.compose(mail, settings, now)
        whole = composing.whole(letter)
    except StorageDown as down:
        return _put_off(mail, str(down), now)
    except Exception as error:  # whatever it is: this mail alone is harmed by it
        db.session.rollback()
        log.exception("surel %s tidak dapat dibuat", mail.id)
        said = str(error) if isinstance(error, StorageError) else f"{type(error).__name__}: {error}"
        set_aside(mail, UNUSABLE, f"tidak dapat dibuat ({said})", now)
        return False
    db.session.rollback()  # the server takes its time: not inside a transaction
    try:
        smtp.hand_over(letter, whole, settings)
    except smtp.Never as refused:
        set_aside(mail, REFUSED, str(refused), now)
        return False
    except smtp.Later as later:
        return _put_off(mail, str(later), now)
    except smtp.Away as away:
        _put_off(mail, str(away), now, counts=False)
        raise
    _mark(mail, sent_at=now, error="", **_forgotten(mail))
    db.session.commit()
    return True


def set_aside(mail: Mail, why: str, error: str, now: datetime) -> None:
    """No further try; who asked for it hears of it. Commits."""
    _mark(mail, failed_at=now, why=why, error=error[:2000], **_forgotten(mail))
    db.session.refresh(mail)
    tell_of(mail, now)
    db.session.commit()
    log.warning("surel %s tidak terkirim: %s", mail.id, error)


def _forgotten(mail: Mail) -> dict[str, str]:
    """A secret is not kept after its way has ended, and never goes to another address."""
    return {"body": FORGOTTEN} if mail.secret else {}


def _put_off(mail: Mail, error: str, now: datetime, counts: bool = True) -> bool:
    """Later: the wait grows with each answer that this mail got; a server that is away is not its fault. Commits."""
    wait = min(timedelta(minutes=2 ** min(mail.attempt, 10)), LONGEST_WAIT)
    attempt = mail.attempt if counts else mail.attempt - 1
    _mark(
        mail,
        attempt=attempt,
        error=error[:2000],
        next_at=now + (wait if counts else timedelta(seconds=REST)),
    )
    db.session.commit()
    log.warning("surel %s belum terkirim: %s", mail.id, error)
    return False


def _mark(mail: Mail, **values: Any) -> None:
    """Write what became of this try; a mail that was settled meanwhile stays as it is."""
    db.session.execute(
        update(Mail)
        .where(Mail.id == mail.id, *OPEN)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _due(now: datetime) -> Any:
    ripe = or_(Mail.next_at.is_(None), Mail.next_at <= now)
    return select(Mail.id).where(*OPEN, ripe).order_by(Mail.id)


def _claim(now: datetime) -> Mail | None:
    chosen = _due(now).limit(1)
    if not is_sqlite():
        chosen = chosen.with_for_update(skip_locked=True)
    claimed = db.session.scalar(
        update(Mail)
        .where(Mail.id.in_(chosen.cte("chosen").select()))
        .values(attempt=Mail.attempt + 1, next_at=now + LEASE)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return db.session.get_one(Mail, claimed, populate_existing=True) if claimed else None


# -- what time changes --------------------------------------------------------------------------------


def sweep(settings: Settings, now: datetime) -> None:
    """What waited too long is not sent any more; what was refused goes out again once its reader's address is another.
    Commits."""
    limit = now - timedelta(days=settings.mail_days)
    old = [*OPEN, limit > SINCE, or_(Mail.next_at.is_(None), Mail.next_at <= now)]
    said = f"menunggu lebih dari {settings.mail_days} hari"
    for mail in db.session.scalars(select(Mail).where(*old, Mail.error != "").limit(200)).all():
        set_aside(mail, EXPIRED, f"{said}; terakhir: {mail.error}", now)
    never_tried = update(Mail).where(*old, Mail.error == "")
    db.session.execute(
        never_tried.values(
            failed_at=now, why=UNSENT, error=said, body=case((Mail.secret, FORGOTTEN), else_=Mail.body)
        ).execution_options(synchronize_session=False)
    )
    mended = select(Mail, Person.email).join(Person, Person.id == Mail.person_id)
    mended = mended.where(Mail.why == REFUSED, Mail.failed_at > limit, Person.active, Person.email != Mail.to)
    mended = mended.where(Mail.secret.is_(False))
    for mail, address in db.session.execute(mended).all():
        begin_again(mail, now)
        mail.to = address
    db.session.commit()


def failing(now: datetime) -> tuple[Any, ...]:
    """Conditions: set aside of late although it was tried; what merely waited too long is counted elsewhere."""
    return Mail.failed_at > now - SHOWN_FOR, Mail.why != UNSENT


def begin_again(mail: Mail, now: datetime) -> None:
    """As if it had never been tried."""
    mail.failed_at, mail.why, mail.error, mail.attempt = None, "", "", 0
    mail.waits_since = mail.next_at = now


# -- the carrier --------------------------------------------------------------------------------------


def carry(app: Flask, stop: threading.Event, every: float = EVERY) -> None:
    """Send until `stop`. Database and server may come and go; a server that is away is left alone for longer and longer."""
    settings: Settings = app.config["RANDAL"]
    if not settings.mail_url:
        return
    rest, swept = REST, 0.0
    while not stop.is_set():
        wait = every
        with app.app_context():
            try:
                if may_send(settings):
                    if not swept or time.monotonic() - swept > SWEEP:
                        sweep(settings, clock.now())
                        swept = time.monotonic()
                    if send_next(settings, clock.now()) is not None:
                        wait, rest = 0.0, REST
            except smtp.Away:
                wait, rest = rest, min(rest * 2, LONGEST_REST)
            except DBAPIError:
                db.session.rollback()  # the relay says that it is away
            except Exception:
                db.session.rollback()
                log.exception("surel")
                wait = REST
            finally:
                db.session.remove()
        stop.wait(wait)


def beside(app: Flask) -> tuple[threading.Thread, threading.Event]:
    """A carrier at work beside this process's queue."""
    stop = threading.Event()
    thread = threading.Thread(target=carry, args=(app, stop), name="mail", daemon=True)
    thread.start()
    return thread, stop
