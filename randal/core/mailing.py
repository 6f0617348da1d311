"""Sending the mails of notices.py by SMTP, when RANDAL_MAIL_URL is set. A demonstration sends nothing.

A mail may go out twice when the machine dies between the server's answer and our mark; its Message-ID is made from
its key, so the other side can tell.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import or_, select, update

from randal.core import files
from randal.core.db import db, is_sqlite, reading
from randal.core.installation import setting
from randal.core.notices import Mail
from randal.settings import Settings

log = logging.getLogger("randal.mail")
MAX_ATTEMPTS = 12
LEASE = timedelta(minutes=5)
PATIENCE = 20  # seconds for each answer of the server


def send_due(settings: Settings, now: datetime) -> int:
    """Send what waits; how many went out. Commits each by itself; a failure stays on its row with a back-off."""
    if not settings.mail_url:
        return 0
    with reading():
        if setting("demo") or db.session.scalar(_due(now).limit(1)) is None:
            return 0
    sent = 0
    for mail_id in _claim(now):
        mail = db.session.get_one(Mail, mail_id, populate_existing=True)
        letter = compose(mail, settings, now)
        db.session.rollback()  # the server takes its time: not inside a transaction
        try:
            hand_over(letter, settings.mail_url)
            values: dict[str, Any] = {"sent_at": now, "error": ""}
            sent += 1
        except (OSError, smtplib.SMTPException) as error:
            wait = timedelta(minutes=min(2**mail.attempt, 720))
            values = {"error": f"{type(error).__name__}: {error}"[:2000], "next_at": now + wait}
            log.warning("surel %s belum terkirim: %s", mail_id, error)
        db.session.execute(update(Mail).where(Mail.id == mail_id).values(**values))
        db.session.commit()
    return sent


def retry_failed(now: datetime) -> None:
    """An operator's "kirim lagi": mails that were given up start afresh."""
    lost = Mail.sent_at.is_(None), Mail.attempt >= MAX_ATTEMPTS
    db.session.execute(update(Mail).where(*lost).values(attempt=0, next_at=now, error=""))


def _due(now: datetime) -> Any:
    ripe = or_(Mail.next_at.is_(None), Mail.next_at <= now)
    waiting = Mail.sent_at.is_(None), Mail.attempt < MAX_ATTEMPTS
    return select(Mail.id).where(*waiting, ripe).order_by(Mail.id)


def _claim(now: datetime) -> list[int]:
    chosen = _due(now).limit(20)
    if not is_sqlite():
        chosen = chosen.with_for_update(skip_locked=True)
    rows = db.session.scalars(
        update(Mail)
        .where(Mail.id.in_(chosen))
        .values(attempt=Mail.attempt + 1, next_at=now + LEASE)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    claimed = sorted(rows)
    db.session.commit()
    return claimed


def compose(mail: Mail, settings: Settings, now: datetime) -> EmailMessage:
    """The letter as it goes out; attachments are stored files or text."""
    host = urlsplit(settings.public_url).hostname or "randal"
    letter = EmailMessage()
    letter["From"] = f"Randal <randal@{host}>"
    letter["To"] = mail.to
    letter["Subject"] = " ".join(mail.subject.split())
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{sha256(mail.key.encode()).hexdigest()[:40]}@{host}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(mail.body)
    for part in mail.attachments:
        main, sub, given = content_type(part["mime"])
        if "text" in part and main == "text":
            letter.add_attachment(part["text"], subtype=sub, params=given, filename=part["name"])
        elif "text" in part:
            letter.add_attachment(part["text"].encode(), maintype=main, subtype=sub, filename=part["name"])
        elif stored := db.session.get(files.StoredFile, part["file_id"]):
            letter.add_attachment(stored.read(), maintype=main, subtype=sub, filename=part["name"])
    return letter


def content_type(mime: str) -> tuple[str, str, dict[str, str]]:
    """ "text/calendar; method=REQUEST" → ("text", "calendar", {"method": "REQUEST"}); the charset is UTF-8 as it is."""
    whole, *given = [piece.strip() for piece in mime.split(";")]
    main, _, sub = whole.partition("/")
    pairs = (piece.partition("=") for piece in given)
    return main, sub, {name: value for name, _, value in pairs if name != "charset"}


def hand_over(letter: EmailMessage, url: str) -> None:
    """Give one letter to the server of smtp:// (STARTTLS where offered) or smtps://. OSError, SMTPException."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
    kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with kind(host, parts.port or (465 if secure else 25), timeout=PATIENCE) as server:
        if not secure and server.ehlo()[0] == 250 and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)
