"""The end of a meeting: what is missing and who was there, asked once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from workflows.lifecycle import Act, Ask, Complaint, _


class Objective(Protocol):
    text: str
    assessment: str | None  # met, partly, not_met


class AgendaItem(Protocol):
    title: str
    outcome: str | None  # discussed, deferred


class Row(Protocol):
    id: int


class Closing(Protocol):
    closed_at: datetime | None

    @property
    def objectives(self) -> Sequence[Objective]: ...
    @property
    def agenda_items(self) -> Sequence[AgendaItem]: ...
    @property
    def unconfirmed(self) -> Sequence[Row]: ...  # invitees about to be noted as absent
    @property
    def in_office(
        self,
    ) -> Sequence[Row]: ...  # chair and note-taker where they confirmed nothing: noted as present
    def unreported(self, now: datetime) -> Sequence[str]: ...  # units whose report is due and not there


def missing_is_confirmed(item: Closing, act: Act) -> Complaint:
    if act.get("confirm") is True:
        return None
    return (
        [_("{unit}: akan dicatat «Tidak melapor».").format(unit=u) for u in item.unreported(act.now)]
        + [
            _("Acara «{a}»: akan dicatat «Ditunda».").format(a=a.title)
            for a in item.agenda_items
            if not a.outcome
        ]
        + [_("Sasaran «{s}»: «Belum dinilai».").format(s=o.text) for o in item.objectives if not o.assessment]
    )


def close_session(item: Closing, act: Act) -> None:
    """Who has not confirmed is absent, but for chair and note-taker; the list may say otherwise of each."""
    there, away = set(act.get("present") or ()), set(act.get("absent") or ())
    gone = sum(row.id not in there for row in item.unconfirmed) + sum(
        row.id in away for row in item.in_office
    )
    act.tell(units_unreported=len(item.unreported(act.now)), rows_absent=gone)
    item.closed_at = act.now


def reopen_session(item: Closing, act: Act) -> None:
    item.closed_at = None


CONFIRM = Ask("confirm", _("Tutup dengan kekurangan ini"), "flag", required=False, check=missing_is_confirmed)
CLOSING = [CONFIRM, Ask("present", _("Sebenarnya hadir"), "many", required=False),
           Ask("absent", _("Sebenarnya tidak hadir"), "many", required=False)]  # rows of the list  # fmt: skip
