"""What a list of follow-ups may be sifted by: the filters of a request, and what of them does not change with time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select

from randal.base.codes import RTL
from randal.database.base import db
from randal.l10n import clock
from randal.models.follow_ups import ENDED, FollowUp
from randal.models.search import SearchEntry
from randal.rooms.follow_ups.forms import TrackerForm
from randal.schemas import forms
from randal.search import stemming
from randal.search.queries import says
from workflows.lifecycle import Actor

RARE = 2000  # follow-ups with a word, at most
LOOKED_AT = 200  # of the newest; a tenth of them has a common word


@dataclass(frozen=True)
class Filters:
    unit_id: int | None = None
    meeting_id: int | None = None
    state: str | None = None
    overdue: bool | None = None
    ended: bool | None = None  # true: nothing more is owed; false: still owed (a draft is neither)
    waiting: bool | None = None  # for a Pemda office, as it stands now
    q: str = ""
    as_of: date | None = None

    @property
    def given(self) -> dict[str, Any]:
        """The filters in force, as text and numbers (for an address, for a document's parameters)."""
        found = {name: value for name, value in vars(self).items() if value not in (None, "")}
        return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> str | int:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else value


def read_filters(raw: Mapping[str, Any], now: datetime) -> Filters:
    """The filters of a request. Refused: fields, also a day that has not come anywhere in the country."""
    given = forms.load(TrackerForm, {name: value for name, value in raw.items() if value != ""})
    given["q"] = (given.get("q") or "").strip()
    if (day := given.get("as_of")) and day > max(clock.local_date(now, zone) for zone in clock.ZONES):
        raise forms.wrong("as_of", "Tanggal ini belum terjadi.")
    return Filters(**given)


def asked(actor: Actor, filters: Filters) -> Select[Any]:
    """What does not change with time: who sees, unit, meeting, words."""
    query = FollowUp.visible_to(actor)
    if filters.unit_id is not None:
        query = query.where(FollowUp.unit_id == filters.unit_id)
    if filters.meeting_id is not None:
        query = query.where(FollowUp.meeting_id == filters.meeting_id)
    if filters.waiting is not None:
        query = query.where((FollowUp.waits_for != "") if filters.waiting else (FollowUp.waits_for == ""))
        query = query.where(FollowUp.state.not_in(ENDED))
    return query.where(_says(filters.q)) if filters.q else query


def _says(typed: str) -> ColumnElement[bool]:
    """Every word by its stem, as the search page finds it, the last one perhaps still being typed; RTL-12-7 by its code,
    RTL-7 by its number within any meeting."""
    codes = [_called(int(first), int(second or 0)) for first, second in RTL.findall(typed)]
    found: list[ColumnElement[bool]] = [or_(*codes)] if codes else []
    if words := stemming.asked(RTL.sub(" ", typed)):
        found.append(_holds(words))
    return and_(*found) if found else false()


def _called(first: int, second: int) -> ColumnElement[bool]:
    if second:
        return and_(FollowUp.meeting_id == first, FollowUp.number == second)
    return FollowUp.number == first


def _holds(words: list[str]) -> ColumnElement[bool]:
    """A page costs the same however many follow-ups there are: those with a rare word are picked out by their numbers and
    put in order; with a common one the list is walked in its order, and the first page is full soon. No database guesses
    from a word that is still being typed which of the two it is: the newest of them tell, and then a bounded look."""
    ours = SearchEntry.kind == "follow_up"
    entry = (ours, says(words))
    newest = select(SearchEntry.id).where(ours).order_by(SearchEntry.item_id.desc()).limit(LOOKED_AT)
    hits = db.session.scalar(select(func.count()).where(SearchEntry.id.in_(newest), says(words))) or 0
    if hits * 10 < LOOKED_AT:
        ids = list(db.session.scalars(select(SearchEntry.item_id).where(*entry).limit(RARE + 1)))
        if len(ids) <= RARE:
            return FollowUp.id.in_(ids)
    return exists().where(SearchEntry.item_id == FollowUp.id, *entry).correlate(FollowUp)
