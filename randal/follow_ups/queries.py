"""What the pages of follow-ups read: the desk of each role, the claim beside the promise, the lists of filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from randal.core.db import db
from randal.core.events import Event
from randal.core.history import Told, in_words
from randal.core.places import Unit
from randal.core.words import counted, long_date
from randal.findings.models import Finding
from randal.follow_ups import tracking
from randal.follow_ups.models import ENDED, VERDICTS, Extension, FollowUp
from randal.follow_ups.tracking import Line, standing
from randal.kendala.models import Kendala
from randal.meetings.models import Meeting
from randal.meetings.unit_items import UnitItem
from workflows import finding, kendala
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
            tracking.is_late(now) & FollowUp.state.not_in(("submitted", "infeasible_proposed")),
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
        ("Dikembalikan kepada Anda", "corner-up-left", FollowUp.state == "returned", ""),
        (
            "Dikerjakan menurut tenggat",
            "checklist",
            FollowUp.state.in_(("assigned", "in_progress")),
            "Tidak ada tindak lanjut yang harus dikerjakan.",
        ),
        ("Menunggu pihak lain", "hourglass", FollowUp.state.in_(("submitted", "infeasible_proposed")), ""),
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
    key = FollowUp.due_on if order is None else order
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


# -- one follow-up -----------------------------------------------------------------------------------


def claims(item: FollowUp, zone: str) -> list[Told]:
    """What the PPK says was done, newest first."""
    said = (
        select(Event)
        .where(Event.item_type == "follow_up", Event.item_id == item.id)
        .where(Event.move.in_(("note_progress", "submit")))
    )
    return in_words(list(db.session.scalars(said.order_by(Event.seq.desc()).limit(10))), zone)


def wanted_now(item: FollowUp) -> list[str]:
    """For a returned one: exactly what to add."""
    if item.state != "returned":
        return []
    said = [
        f"{piece_name(e)}: {VERDICTS[e.verdict].lower()}" + (f", {e.verdict_note}" if e.verdict_note else "")
        for e in item.evidence
        if e.verdict in ("insufficient", "unsuitable")
    ]
    if not item.new_evidence:
        said.append("Unggah sedikitnya satu bukti dukung baru sejak dikembalikan.")
    return said


def piece_name(piece: Any) -> str:
    return str(piece.file.name if piece.file else piece.link)


def whatsapp(line: Line, url: str) -> str:
    """A text to paste: what, where, why now, and the link. No names, no addresses of people."""
    item = line.item
    head = f"{item.code} {item.unit.short_name}"
    if line.state == "returned":
        why = "dikembalikan dan perlu dilengkapi"
    elif line.days_late:
        why = f"terlambat {line.days_late} hari"
    else:
        why = line.state_label.lower()
    text = item.text if len(item.text) <= 200 else item.text[:199].rstrip() + "…"
    return f"{head}: {why}.\n{text}\nTenggat: {long_date(line.due_on)}.\n{url}"


def linkable(
    model: type[UnitItem], actor: Actor, meeting_id: int, unit_id: int | None = None
) -> dict[int, str]:
    """The open findings or kendala of a meeting (and unit), for a list of boxes."""
    open_states = finding.LINKED_IN if model is Finding else kendala.LINKED_IN
    query = model.visible_to(actor).where(model.meeting_id == meeting_id, model.state.in_(open_states))
    if unit_id is not None:
        query = query.where(model.unit_id == unit_id)
    rows = db.session.scalars(query.order_by(model.unit_id, model.id)).unique()
    return {r.id: _short(r) for r in rows}


def _short(row: UnitItem) -> str:
    text = row.text if len(row.text) <= 90 else row.text[:89].rstrip() + "…"
    return f"{row.unit.short_name}: {text}"


def links_of(actor: Actor, meeting_id: int, unit_id: int | None = None) -> dict[str, dict[int, str]]:
    return {
        "finding_ids": linkable(Finding, actor, meeting_id, unit_id),
        "kendala_ids": linkable(Kendala, actor, meeting_id, unit_id),
    }


# -- lists for filters -------------------------------------------------------------------------------


def units_followed(actor: Actor) -> dict[int, str]:
    ids = FollowUp.visible_to(actor).with_only_columns(FollowUp.unit_id)
    units = db.session.scalars(select(Unit).where(Unit.id.in_(ids))).unique()
    return {u.id: u.short_name for u in sorted(units, key=lambda u: u.short_name)}


def meetings_followed(actor: Actor) -> dict[int, str]:
    ids = FollowUp.visible_to(actor).with_only_columns(FollowUp.meeting_id)
    query = (
        select(Meeting.id, Meeting.title)
        .where(Meeting.id.in_(ids))
        .order_by(Meeting.starts_at.desc())
        .limit(100)
    )
    return dict(db.session.execute(query).all())


def group_size(item: FollowUp) -> str:
    """ "2 (dua) PPK" for one made for several units at once, else ""."""
    if not item.group_key:
        return ""
    number = len(db.session.scalars(select(FollowUp.id).where(FollowUp.group_key == item.group_key)).all())
    return counted(number, "PPK")
