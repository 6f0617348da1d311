"""Two who act at once: holding a row, and telling the second that the first was quicker, by whom and when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from randal.database.base import db, is_sqlite
from randal.history.events import Chained, Event
from workflows.lifecycle import Refused


class Changed(Refused):
    """Somebody changed the item meanwhile (409)."""

    def __init__(self, detail: str):
        super().__init__("state", detail)


def lock(row: Any) -> None:
    """Hold the row until commit (PostgreSQL); SQLite already holds the whole file."""
    if not is_sqlite():
        # OF this table alone: what is read along with it by outer joins cannot be locked.
        db.session.refresh(row, with_for_update={"of": type(row)})


def require_version(item: Any, version: int | None) -> None:
    """Refuse with a sentence naming who changed the item, when `version` is not the present one."""
    if version is not None and item.version != version:
        raise Changed(changed_sentence(item))


def changed_sentence(item: Any) -> str:
    from randal.l10n.formats import moment
    from randal.org.people import Person

    who_id, at = getattr(item, "updated_by_id", None), getattr(item, "updated_at", None)
    if isinstance(item, Chained):
        last = db.session.scalar(
            select(Event)
            .where(Event.item_type == item.__lifecycle__, Event.item_id == item.id)
            .order_by(Event.seq.desc())
            .limit(1)
        )
        who_id, at = (last.actor_id, last.at) if last else (None, None)
    if at is None:
        return "Data ini sudah diubah orang lain. Muat ulang untuk melihat yang terbaru."
    who = db.session.get(Person, who_id) if who_id else None
    when = moment(at, who.zone if who else "Asia/Jakarta")
    return f"Sudah diubah oleh {who.name if who else 'Sistem'} pada {when}. Muat ulang untuk melihat yang terbaru."


def and_by_whom(refused: Refused, item: Any) -> Refused:
    """A state that allows no more what was asked: the sentence goes on with who brought the item there, and when."""
    said = f"{refused.detail} {changed_sentence(item)}" if refused.kind == "state" else refused.detail
    return Refused(refused.kind, said, refused.errors)
