"""The desk: what each role has to do with follow-ups, most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from randal.database.base import db
from randal.l10n.formats import long_date
from randal.models.follow_ups import ENDED, Extension, FollowUp
from randal.rooms.follow_ups import tracking
from randal.rooms.follow_ups.order import BY_DUE, OWED
from randal.rooms.follow_ups.tracking import Line, standing
from workflows.follow_up import TO_DO, WITH_OTHERS
from workflows.lifecycle import EVALUATOR, LEADER, PPK, PPK_STAFF, SECRETARIAT, Actor

SHOWN = 40


@dataclass(frozen=True)
class Entry:
    """A line on the desk: what it is, what is next, and since when it waits."""

    line: Line
    next: str = ""
    reason: str = ""  # why it came back
    age: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    icon: str
    entries: list[Entry]
    empty: str = ""  # said when there is nothing; a section without it is then left out
    more: bool = False


def desk(actor: Actor, now: datetime) -> list[Section]:
    """What this actor has to do with follow-ups, most urgent first."""
    if actor.has(PPK, PPK_STAFF):
        return own_desk(actor, now)
    sections = []
    if actor.has(EVALUATOR):
        sections += [
            _section(
                actor,
                now,
                "Menunggu verifikasi",
                "checks",
                FollowUp.state == "submitted",
                FollowUp.submitted_at,
                empty="Tidak ada yang menunggu verifikasi.",
            ),
            _asking(actor, now),
        ]
    if actor.has(LEADER):
        sections.append(
            _section(
                actor,
                now,
                "Menunggu putusan pimpinan",
                "gavel",
                FollowUp.state == "infeasible_proposed",
                empty="Tidak ada usul yang menunggu putusan.",
            )
        )
    if actor.has(SECRETARIAT, LEADER) or not actor.roles:
        sections.append(_section(actor, now, "Draf, belum ditugaskan", "pencil", FollowUp.state == "draft"))
    sections.append(
        _section(
            actor,
            now,
            "Terlambat",
            "alarm",
            tracking.is_late(now) & FollowUp.state.not_in(WITH_OTHERS),
            empty="Tidak ada tindak lanjut yang terlambat.",
        )
    )
    sections.append(
        _section(actor, now, "Dikembalikan, menunggu PPK", "corner-up-left", FollowUp.state == "returned")
    )
    return sections


def own_desk(actor: Actor, now: datetime) -> list[Section]:
    """ "Milik saya" of a unit: returned ones first, then by due date, then what waits for others."""
    mine = FollowUp.unit_id == actor.unit_id
    sections = [
        ("Dikembalikan kepada Anda", "corner-up-left", OWED & (FollowUp.state == "returned"), ""),
        (
            "Dikerjakan menurut tenggat",
            "checklist",
            OWED & FollowUp.state.in_(TO_DO),
            "Tidak ada tindak lanjut yang harus dikerjakan.",
        ),
        (
            "Menunggu pihak lain",
            "hourglass",
            OWED & FollowUp.state.in_(WITH_OTHERS),
            "",
        ),
        ("Sudah berakhir", "circle-check", FollowUp.state.in_(ENDED), ""),
    ]
    return [
        _section(actor, now, title, mark, mine & which, empty=empty) for title, mark, which, empty in sections
    ]


def _section(
    actor: Actor,
    now: datetime,
    title: str,
    mark: str,
    which: ColumnElement[bool],
    order: Any = None,
    empty: str = "",
) -> Section:
    key = BY_DUE if order is None else order
    query = FollowUp.visible_to(actor).where(which).order_by(key, FollowUp.id).limit(SHOWN + 1)
    rows = list(db.session.scalars(query.options(joinedload(FollowUp.meeting))).unique())
    return Section(title, mark, [_entry(r, now) for r in rows[:SHOWN]], empty, len(rows) > SHOWN)


def _asking(actor: Actor, now: datetime) -> Section:
    query = Extension.visible_to(actor).where(Extension.state == "requested").order_by(Extension.id)
    asked = list(db.session.scalars(query.options(joinedload(Extension.follow_up)).limit(SHOWN + 1)))
    entries = [
        Entry(
            standing(e.follow_up, now),
            f"Minta tenggat {long_date(e.new_due_on)} (sekarang {long_date(e.old_due_on)}).",
            age=age(e.created_at, e.follow_up, now),
        )
        for e in asked[:SHOWN]
    ]
    return Section("Permintaan perpanjangan tenggat", "calendar-plus", entries, more=len(asked) > SHOWN)


def _entry(item: FollowUp, now: datetime) -> Entry:
    line = standing(item, now)
    if item.state == "submitted":
        return Entry(line, "Menunggu verifikasi Tim Monev.", age=age(item.submitted_at, item, now))
    sentences = {
        "draft": "Tugaskan kepada PPK.",
        "assigned": "Kerjakan, unggah bukti dukung, lalu ajukan selesai.",
        "in_progress": "Unggah bukti dukung, lalu ajukan selesai.",
        "returned": "Tambahkan bukti dukung, lalu ajukan lagi.",
        "infeasible_proposed": "Menunggu putusan pimpinan.",
    }
    returned = item.state == "returned"
    return Entry(
        line,
        sentences.get(item.state, ""),
        item.returned_reason if returned else "",
        age(item.returned_at, item, now) if returned else "",
    )


def age(since: datetime | None, item: FollowUp, now: datetime) -> str:
    """ "sejak hari ini", "sejak 3 hari lalu": days in the responsible province."""
    if since is None:
        return ""
    days = (item.local_today(now) - item.local_today(since)).days
    return f"sejak {days} hari lalu" if days > 0 else "sejak hari ini"
