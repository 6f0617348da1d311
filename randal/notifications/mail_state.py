"""What an operator wants to know of the mails: what waits and why, what was refused, what is not sent any more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from randal.database.base import db
from randal.notifications import mailing
from randal.notifications.notices import Mail

PATIENCE = timedelta(minutes=10)  # that a mail may be put off before somebody should look
NAMED = 3  # reasons told in a sentence
WORDS = 200  # letters of a reason
ADDRESS = re.compile(r"<?[^\s<>:]+@[^\s<>:]+>?")  # servers repeat it; `check` names nobody


@dataclass
class MailState:
    """`held`: of those waiting, put off for a while now, by reason; `failed`: set aside of late, by reason; `unsent`: not
    sent because nobody tried in time."""

    waiting: int = 0
    held: list[tuple[int, str]] = field(default_factory=list)
    failed: int = 0
    failures: list[tuple[int, str]] = field(default_factory=list)
    unsent: int = 0


def look(now: datetime) -> MailState:
    put_off = *mailing.OPEN, Mail.error != "", now - PATIENCE > mailing.SINCE
    count = select(func.count()).select_from(Mail)
    late = count.where(Mail.why == mailing.UNSENT, Mail.failed_at > now - mailing.SHOWN_FOR)
    return MailState(
        waiting=db.session.scalar(count.where(*mailing.OPEN)) or 0,
        held=_reasons(put_off),
        failed=db.session.scalar(count.where(*mailing.failing(now))) or 0,
        failures=_reasons(mailing.failing(now)),
        unsent=db.session.scalar(late) or 0,
    )


def _reasons(which: tuple[object, ...]) -> list[tuple[int, str]]:
    query = select(func.count(), Mail.error).where(*which)  # type: ignore[arg-type]
    rows = db.session.execute(query.group_by(Mail.error).order_by(func.count().desc()).limit(NAMED))
    return [(count, ADDRESS.sub("(alamat)", why)[:WORDS]) for count, why in rows]


def said(state: MailState, sent_out: bool) -> str:
    """How it is, when nothing is wrong."""
    parts = [f"{state.waiting} belum dikirim"]
    if state.unsent:
        parts.append(f"{state.unsent} tidak dikirim lagi karena menunggu terlalu lama (RANDAL_MAIL_DAYS)")
    return "; ".join(parts if sent_out else [*parts, "RANDAL_MAIL_URL kosong"])


def troubles(state: MailState) -> Iterator[str]:
    for count, why in state.held:
        yield f"{count} surel belum terkirim: {why}"
    if state.failed:
        reasons = "; ".join(f"{count} surel: {why}" for count, why in state.failures)
        yield (
            f"{state.failed} surel gagal dalam {mailing.SHOWN_FOR.days} hari terakhir ({reasons}); perbaiki sebabnya, "
            "lalu kirim lagi dari halaman Operator"
        )
