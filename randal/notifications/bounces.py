"""Who hears that a mail did not arrive: whoever asked for it, else the secretariat; with the name, the address and why."""

from __future__ import annotations

from datetime import datetime

from randal.database.base import db
from randal.notifications.notices import Mail, tell
from randal.org.people import Person, people_with_role
from workflows.lifecycle import ADMIN, SECRETARIAT


def tell_of(mail: Mail, now: datetime) -> None:
    """One notice to each, once for this mail; of digests, which come every day, once for this address."""
    asked = db.session.get(Person, mail.asked_by_id) if mail.asked_by_id else None
    people = (
        [asked]
        if asked and asked.active and asked.id != mail.person_id
        else people_with_role(SECRETARIAT, ADMIN)
    )
    key = f"mail:digest:{mail.to}"[:120] if mail.digest else f"mail:{mail.id}:{mail.waits_since or ''}"[:120]
    tell(people, key, sentence(mail), page_of(mail), now=now)


def sentence(mail: Mail) -> str:
    reader = db.session.get(Person, mail.person_id) if mail.person_id else None
    whom = f"{reader.name} <{mail.to}>" if reader else f"<{mail.to}>"
    mend = "Perbaiki alamatnya; surel dikirim lagi dengan sendirinya." if reader else "Perbaiki alamatnya."
    if mail.why == "unusable":
        mend = "Beri tahu Admin Sistem."
    return f"Surel «{mail.subject}» kepada {whom} tidak terkirim: {mail.error}. {mend}"


def page_of(mail: Mail) -> str:
    """Where the address is mended: the person's account, else what the mail is about."""
    if mail.person_id:
        return f"/pengguna/{mail.person_id}"
    kind, _, number = mail.thread.partition(":")
    return f"/rapat/{number}" if kind == "meeting" else "/operator"
