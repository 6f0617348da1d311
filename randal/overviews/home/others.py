"""Whom a person waits for: what he has handed on, in which state it is, and who can make the move that comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, not_, or_, select

from randal.database.base import db
from randal.engine.transitions import ITEMS
from randal.models.meetings import held_office
from randal.overviews.home.conditions import WHEN, at_meeting, of_unit, worn
from randal.overviews.home.expected import LOOKS
from workflows import LIFECYCLES, extension, follow_up, progress_report, signature
from workflows.lifecycle import PPK, PPK_STAFF, SECRETARIAT, Actor, names_of

OWN = ("progress_report", "finding", "kendala", "follow_up", "extension")  # of a unit
LED = ("minutes", "signature", "follow_up")  # of a meeting, for its officers and the secretariat
# Conditions of the one who acts; what else must hold is not said of others here.
PERSONAL = {
    progress_report.not_the_author,
    follow_up.not_the_submitter,
    extension.follow_up_runs,
    signature.minutes_in_signing,
}


@dataclass(frozen=True)
class WaitedFor:
    """ "3 Laporan PPK «Disampaikan»", "menunggu Tim Monev"."""

    icon: str
    text: str
    who: str


def waited_for(actor: Actor, now: datetime) -> list[WaitedFor]:
    found = []
    for kind in dict.fromkeys((*LED, *OWN)):
        lifecycle, model = LIFECYCLES[kind], ITEMS[kind]
        for awaited in lifecycle.awaited:
            if not set(awaited.when) <= PERSONAL:
                continue
            hats = {h for other in lifecycle.awaited if other.states == awaited.states for h in other.by}
            by_me = or_(*(worn(model, hat, actor) for hat in sorted(hats)))
            query: Select[Any] = model.visible_to(actor)  # type: ignore[attr-defined]
            told = [WHEN[need](actor, now) for need in awaited.when if need in WHEN]
            rows = query.where(concerns(kind, actor), not_(by_me), model.state.in_(awaited.states), *told)
            ids = rows.with_only_columns(model.id, model.state).subquery()
            counts = select(ids.c.state, func.count()).group_by(ids.c.state).order_by(ids.c.state)
            for state, count in db.session.execute(counts):
                what = f"{count} {lifecycle.label} «{lifecycle.states[state]}»"
                found.append(WaitedFor(LOOKS[kind].icon, what, f"menunggu {names_of(awaited.by)}"))
    return found


def concerns(kind: str, actor: Actor) -> ColumnElement[bool]:
    model = ITEMS[kind]
    found: list[ColumnElement[bool]] = []
    if kind in OWN and actor.unit_id is not None and actor.has(PPK, PPK_STAFF):
        found.append(of_unit(model, actor))
    if kind in LED and actor.id is not None:
        found.append(at_meeting(model, held_office(actor)))
    if kind in ("minutes", "signature") and actor.has(SECRETARIAT):
        found.append(model.id.is_not(None))
    return or_(false(), *found)
