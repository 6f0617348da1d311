"""A mail as it goes out: plain text and the same as HTML, a calendar as an invitation, files beside them.

All of it is 7-bit (base64 or quoted-printable), so that no relay rewrites it. A calendar stands twice, as Outlook and
Gmail want it: among the alternatives with its METHOD, where programs find the invitation, and as a file to open by hand.
"""

from __future__ import annotations

from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from randal.database.base import db
from randal.notifications import courtesies, unsubscribing
from randal.notifications.notices import Mail
from randal.settings import Settings
from randal.storage import files

BEFORE = 10  # earlier letters of a thread named in References


class Folded(EmailPolicy):
    """The library's folding drops spaces between encoded words; what is free text is folded by the older `Header`."""

    def fold(self, name: str, value: Any) -> str:
        text = str(value)
        if name == "List-Unsubscribe":  # programs look for it behind the colon
            return f"{name}: {text}{self.linesep}"
        if name.lower() != "subject":
            return super().fold(name, value)
        made = Header(text, "us-ascii" if text.isascii() else "utf-8", maxlinelen=76, header_name=name)
        return f"{name}: {made.encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")


POLICY = Folded(linesep="\r\n", cte_type="7bit", max_line_length=76)


def compose(mail: Mail, settings: Settings, now: datetime) -> EmailMessage:
    """The letter; raises whatever is wrong with what it is made of."""
    host = host_of(settings)
    letter = EmailMessage(POLICY)
    letter["From"] = settings.mail_from or f"Randal <randal@{host}>"
    if settings.mail_reply_to:
        letter["Reply-To"] = settings.mail_reply_to
    letter["To"] = mail.to
    letter["Subject"] = " ".join(mail.subject.split())
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = name_of(mail, host)
    if earlier := thread_of(mail):
        names = [name_of(each, host) for each in earlier]
        letter["In-Reply-To"] = names[-1]
        letter["References"] = " ".join(names)
    letter["Auto-Submitted"] = "auto-generated"
    if mail.digest and mail.person_id:
        letter["List-Unsubscribe"] = f"<{unsubscribing.link_of(mail.person_id, settings)}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(mail.body, cte="quoted-printable")
    letter.add_alternative(courtesies.html(mail.body), subtype="html", cte="quoted-printable")
    calendars = [part for part in mail.attachments if is_calendar(part)]
    for part in calendars:
        _, _, given = content_type(part["mime"])
        letter.add_alternative(part["text"], subtype="calendar", params=given, cte="base64")
    for part in mail.attachments:
        attach(letter, part)
    return letter


def whole(letter: EmailMessage) -> bytes:
    """The bytes that are sent; raises when a header or a part cannot be written."""
    made = letter.as_bytes()
    made.decode("ascii")
    return made


def attach(letter: EmailMessage, part: dict[str, Any]) -> None:
    main, sub, given = content_type(part["mime"])
    if is_calendar(part):  # not text/calendar a second time: some programs would show two invitations
        data = "\r\n".join(part["text"].splitlines()).encode() + b"\r\n"
        letter.add_attachment(data, maintype="application", subtype="ics", filename=part["name"])
    elif "text" in part and main == "text":
        letter.add_attachment(part["text"], subtype=sub, params=given, filename=part["name"], cte="base64")
    elif "text" in part:
        letter.add_attachment(part["text"].encode(), maintype=main, subtype=sub, filename=part["name"])
    else:
        stored = db.session.get(files.StoredFile, part["file_id"])
        if stored is None:
            raise files.LostFile("Lampiran ini tidak ada lagi.")
        letter.add_attachment(stored.read(), maintype=main, subtype=sub, filename=part["name"])


def is_calendar(part: dict[str, Any]) -> bool:
    return "text" in part and part["mime"].startswith("text/calendar")


def content_type(mime: str) -> tuple[str, str, dict[str, str]]:
    """ "text/calendar; method=REQUEST" → ("text", "calendar", {"method": "REQUEST"}); the charset is UTF-8 as it is."""
    main_type, *given = [piece.strip() for piece in mime.split(";")]
    main, _, sub = main_type.partition("/")
    pairs = (piece.partition("=") for piece in given)
    return main, sub, {name: value for name, _, value in pairs if name != "charset"}


def host_of(settings: Settings) -> str:
    return urlsplit(settings.public_url).hostname or "randal"


def name_of(mail: Mail, host: str) -> str:
    """Message-ID: made from the key, so that who gets a letter twice can tell."""
    return f"<{sha256(mail.key.encode()).hexdigest()[:40]}@{host}>"


def thread_of(mail: Mail) -> list[Mail]:
    """The first and the latest letters about the same thing that this reader got before, oldest first."""
    if not mail.thread:
        return []
    same = Mail.thread == mail.thread, Mail.to == mail.to, Mail.id < mail.id, Mail.sent_at.is_not(None)
    rows = list(db.session.scalars(select(Mail).where(*same).order_by(Mail.id)))
    return rows if len(rows) <= BEFORE else [rows[0], *rows[1 - BEFORE :]]


def sender_of(settings: Settings) -> str:
    """The address alone, for the organiser of a calendar."""
    return parseaddr(settings.mail_from)[1] or f"randal@{host_of(settings)}"
