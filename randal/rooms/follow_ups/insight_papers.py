"""Telaah as a paper: asked for with a unit or for all that one sees, drawn from the same charts as the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from randal.database.base import db
from randal.documents import model
from randal.documents.charts import paper_chart
from randal.documents.model import Document
from randal.documents.paper_parts import heading
from randal.documents.pipeline import pdf, renders
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.models.kendala import category_names
from randal.org.people import Person, actor_of, sight_of
from randal.org.places import Unit
from randal.rooms.follow_ups.insight import insight
from randal.rooms.follow_ups.insight_charts import charts
from randal.rooms.follow_ups.papers import asked_by
from workflows.lifecycle import SEES_ALL, Actor


def order_insight(actor: Actor, unit_id: int | None, *, now: datetime) -> Document:
    """A queued paper of what this actor sees when it is made."""
    unit = db.session.get(Unit, unit_id) if unit_id else None
    return model.request(
        "insight",
        "tracker",
        None,
        title="Telaah Tindak Lanjut" + (f" {unit.short_name}" if unit else ""),
        now=now,
        restricted=not actor.has(*SEES_ALL),
        params={"unit_id": unit.id} if unit else {},
        created_by_id=actor.id,
        sight=sight_of(actor),
    )


@renders("insight", draw=pdf("follow_ups/insight.pdf.html"), seen_by=asked_by)
def insight_paper(document: Document, now: datetime) -> Mapping[str, Any]:
    reader = actor_of(db.session.get_one(Person, document.created_by_id), now)
    found = insight(reader, now, document.params.get("unit_id"))
    return {
        **heading(document.title, now, DEFAULT_ZONE, code=document.code),
        "as_of": local_date(now, DEFAULT_ZONE).isoformat(),
        "total": found.total,
        "open": found.open,
        "charts": [paper_chart(one) for one in charts(found, category_names(all=True))],
    }
