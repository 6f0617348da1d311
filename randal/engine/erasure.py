"""A person's right to have words about him corrected or erased (UU 27/2022), without bending history.

An event holds ids and salted digests; the words stand beside it. Erasing takes words and salt away and adds an event
that says so: the chain still verifies, and nobody can guess the words back from the digest. Signed documents keep what
was signed: they are archives by law.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, func, update

from randal.database.base import db
from randal.engine.transitions import record
from randal.history.events import CHAINED, GONE, Chained, Event, EventText
from randal.notifications.notices import Mail, Notice
from workflows.lifecycle import ADMIN, REASON_LENGTH, Actor, Refused

SHORTEST = 4  # letters; a shorter word would be struck out where it means something else
ROOMY = 60


def require_admin(actor: Actor) -> None:
    if not actor.has(ADMIN):
        raise Refused("role", "Hanya Admin Sistem yang menghapus atau memperbaiki teks riwayat.")


def erase_text(text: EventText, actor: Actor, reason: str, now: datetime, replacement: str = "") -> Event:
    """Erase one text of one event everywhere the application keeps it, or correct it to `replacement`.

    The item's own field with these words, and notices and mails that quote them, change with it. Returns the event
    that tells of it. Refused: role, state (already erased), field (reason).
    """
    require_admin(actor)
    if text.text is None:
        raise Refused("state", "Teks ini sudah dihapus.")
    if len(reason.strip()) < REASON_LENGTH:
        said = f"Tulis dasar penghapusan, paling sedikit {REASON_LENGTH} huruf."
        raise Refused("field", said, {"reason": [said]})
    told = db.session.get_one(Event, text.event_id)
    item = db.session.get_one(CHAINED[told.item_type], told.item_id)
    words, name, replacement = text.text, text.name, replacement.strip()
    text.text = text.salt = None
    db.session.flush()
    forget_words(words, replacement or GONE)
    _in_its_fields(item, words, replacement or GONE)
    return record(
        item,
        "correct" if replacement else "erase",
        actor,
        now=now,
        before=item.state,
        given={"event": told.seq, "text": name, "reason": reason.strip(), "replacement": replacement},
        kinds={"reason": "reason", "text": "choice", "replacement": "text"},
    )


def forget_words(words: str, instead: str) -> None:
    """Strike words out of the copies made of them: notices and mails."""
    if len(words) < SHORTEST:
        return
    for column in (Notice.text, Mail.body, Mail.subject):
        db.session.execute(
            update(column.class_)
            .where(column.contains(words, autoescape=True))
            .values({column: func.replace(column, words, instead)})
            .execution_options(synchronize_session=False)
        )


def _in_its_fields(item: Chained, words: str, instead: str) -> None:
    for attr in item.__mapper__.column_attrs:
        kind = attr.columns[0].type
        free = isinstance(kind, String) and (kind.length or ROOMY) >= ROOMY  # shorter ones hold codes
        if free and getattr(item, attr.key) == words:
            setattr(item, attr.key, instead)
    db.session.flush()
