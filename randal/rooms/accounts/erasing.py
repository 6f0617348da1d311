"""A person who asks to be forgotten (UU 27/2022): the account keeps its number, and nothing that names him.

History goes on naming the number, so what was done stays proved. Signed documents keep what was signed: archives by law.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from randal.database.base import db
from randal.engine.erasure import erase_text, forget_words, require_admin
from randal.engine.transitions import record
from randal.history.events import Event, EventText
from randal.models.accounts import ApiToken, OneTimeLink
from randal.notifications.notices import Mail, Notice
from randal.org.people import Person
from randal.rooms.accounts.ending import end_access
from randal.schemas.forms import plain, wrong
from randal.web.sign_ins import SignIn
from workflows.lifecycle import REASON_LENGTH, Actor

NAMELESS = "Pengguna yang dihapus"


def erase_person(person: Person, actor: Actor, reason: str, now: datetime) -> Event:
    """Take name, e-mail, phone, NIP, access, notices and mails away, and his name from the texts of history.

    The account must have been switched off before. Refused: role, field.
    """
    require_admin(actor)
    if person.active:
        raise wrong("reason", "Nonaktifkan akun ini dahulu, lalu hapus data pribadinya.")
    reason = plain(reason)
    if len(reason) < REASON_LENGTH:
        raise wrong("reason", f"Tulis dasar penghapusan, paling sedikit {REASON_LENGTH} huruf.")
    for text in db.session.scalars(select(EventText).where(EventText.text == person.name)):
        erase_text(text, actor, reason, now)
    for model in (ApiToken, OneTimeLink, Notice, Mail):
        db.session.execute(delete(model).where(model.person_id == person.id))
    db.session.execute(delete(Mail).where(Mail.to.in_([person.email, person.former_email]), Mail.to != ""))
    for words in (person.name, person.email):
        forget_words(words, NAMELESS)
    person.name, person.email = f"{NAMELESS} {person.id}", f"dihapus-{person.id}@dihapus.invalid"
    person.phone = person.nip = ""
    person.password_hash = None
    person.former_email, person.email_changed_at = "", None
    end_access(person, "closed", now)
    db.session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    return record(
        person,
        "erase",
        actor,
        now=now,
        before=person.state,
        given={"reason": reason.strip()},
        kinds={"reason": "reason"},
    )
