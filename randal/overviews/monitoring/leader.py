"""Lembar Pimpinan: what a leader must know in two minutes, on one page: decisions wanted, the five weakest kawasan and why,
promises not kept, what got better."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from randal.database.base import db
from randal.l10n import formats
from randal.models.follow_ups import GROUNDS, FollowUp
from randal.models.kendala import Kendala
from randal.models.progress import ProgressReport
from randal.overviews.monitoring import filters, indices, queries
from randal.rooms.follow_ups.tracking import is_late
from workflows.kendala import LINKED_IN
from workflows.lifecycle import Actor

MOST = 5
LONG = 150


@dataclass(frozen=True)
class Item:
    """One line: `head` is what and where, `text` what it is about, `detail` why now. `kind` and `id` name what it links to."""

    head: str
    text: str
    detail: str
    kind: str = ""
    id: int = 0


@dataclass(frozen=True)
class Sheet:
    period: str
    wanted: list[Item]
    wanted_count: int
    weakest: list[Item]
    unkept: list[Item]
    unkept_count: int
    better: list[Item]


def sheet(actor: Actor, now: datetime, period: str = "") -> Sheet:
    asked = filters.read({"periode": period}, actor)
    proposals, proposed = _proposals(actor)
    escalated, raised = _escalated(actor)
    help_wanted, helped = _help_wanted(actor, asked.period)
    late, late_count = _late(actor, now)
    return Sheet(
        period=asked.period,
        wanted=[*proposals, *escalated, *help_wanted][: MOST + 2],
        wanted_count=proposed + raised + helped,
        weakest=[
            Item(
                f"{area.name}, {area.province.name}",
                f"indeks {formats.number(index.value, 1)}" + (f" ({label})" if label else ""),
                reason,
                "area",
                area.id,
            )
            for area, index, reason, label in indices.worst(actor, asked.period, MOST)
        ],
        unkept=late,
        unkept_count=late_count,
        better=_better(actor, asked, now),
    )


def cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONG else flat[: LONG - 1] + "…"


def _page(query: Any, model: Any, order: Any) -> tuple[list[Any], int]:
    count = db.session.scalar(query.with_only_columns(func.count(model.id)))
    return list(db.session.scalars(query.order_by(*order).limit(MOST)).unique()), count or 0


def _proposals(actor: Actor) -> tuple[list[Item], int]:
    query = FollowUp.visible_to(actor).where(FollowUp.state == "infeasible_proposed")
    rows, count = _page(query, FollowUp, (FollowUp.due_on, FollowUp.id))
    return [
        Item(
            f"{row.code} {row.unit.short_name}",
            cut(row.text),
            f"diusulkan tidak dapat dilaksanakan: {GROUNDS.get(row.infeasible_ground or '', 'dasar belum disebut').lower()}",
            "follow_up",
            row.id,
        )
        for row in rows
    ], count


def _escalated(actor: Actor) -> tuple[list[Item], int]:
    """Kendala above the satker that are still open."""
    query = Kendala.visible_to(actor).where(Kendala.level != "satker", Kendala.state.in_(LINKED_IN))
    rows, count = _page(query, Kendala, (Kendala.answer_by, Kendala.id))
    return [
        Item(
            f"Kendala {row.unit.short_name}",
            cut(row.text),
            f"dinaikkan ke {row.level_label}, jawaban ditunggu {formats.long_date(row.answer_by)}",
            "kendala",
            row.id,
        )
        for row in rows
    ], count


def _help_wanted(actor: Actor, period: str) -> tuple[list[Item], int]:
    query = ProgressReport.visible_to(actor).where(
        ProgressReport.period == period,
        ProgressReport.state.in_(filters.HANDED_IN),
        ProgressReport.help_wanted != "",
    )
    rows, count = _page(query, ProgressReport, (ProgressReport.unit_id,))
    return [
        Item(
            f"PPK {row.unit.short_name}",
            cut(row.help_wanted),
            "bantuan yang diminta dalam laporan",
            "report",
            row.id,
        )
        for row in rows
    ], count


def _late(actor: Actor, now: datetime) -> tuple[list[Item], int]:
    rows, count = _page(
        FollowUp.visible_to(actor).where(is_late(now)), FollowUp, (FollowUp.due_on, FollowUp.id)
    )
    return [
        Item(
            f"{row.code} {row.unit.short_name}",
            cut(row.text),
            formats.lateness(row.days_late(now)),
            "follow_up",
            row.id,
        )
        for row in rows
    ], count


def _better(actor: Actor, asked: filters.Filters, now: datetime) -> list[Item]:
    """Provinces that caught up with their plan since the period before, in the order of their codes; what was verified."""
    found = []
    seen = queries.overview(actor, asked, now)
    gained = sorted(
        (line for line in seen.lines if (line.turned or 0) > 0 and not line.leapt),
        key=lambda line: -(line.turned or 0),
    )[:MOST]
    for line in sorted(gained, key=lambda line: line.province.kemendagri):
        found.append(
            Item(
                line.province.name,
                f"deviasi fisik {formats.points(line.before.physical_deviation)} menjadi "
                f"{formats.points(line.now.physical_deviation)} poin",
                f"sejak {formats.month(asked.before)}",
            )
        )
    done = select(func.count()).select_from(
        FollowUp.visible_to(actor).where(FollowUp.state == "verified").subquery()
    )
    if count := db.session.scalar(done):
        found.append(
            Item("Tindak lanjut", f"{formats.number(count)} selesai dan terverifikasi", "sampai hari ini")
        )
    return found
