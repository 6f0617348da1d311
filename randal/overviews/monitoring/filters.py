"""What a page of monitoring shows: plain GET parameters, so that a view can be sent as its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from randal.base.ids import read as read_id
from randal.database.base import db
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.models.progress import SECTORS, Activity, Area, ProgressReport
from randal.org.places import Province, Unit
from workflows.lifecycle import Actor
from workflows.progress_report import HANDED_IN

COLOURS = {"deviasi": "Deviasi fisik", "rtl": "RTL terlambat", "indeks": "Indeks keterpaduan"}
ISO = re.compile(r"ID-[A-Z]{2}")


@dataclass(frozen=True)
class Filters:
    """`period` is the one shown ("" while there is none), `before` the one it is compared with; `periods` the newest first.
    `province` is an ISO code. Empty means all."""

    period: str = ""
    before: str = ""
    periods: tuple[str, ...] = ()
    province: str = ""
    theme: str = ""
    sector: str = ""
    colour: str = "deviasi"
    meeting: int = 0
    units: tuple[int, ...] | None = None  # only these: the units invited to the meeting

    @property
    def year(self) -> str:
        return self.period[:4]

    @property
    def years(self) -> list[str]:
        return sorted({p[:4] for p in self.periods}, reverse=True)

    @property
    def given(self) -> dict[str, str]:
        """As they stand in an address."""
        names = {"periode": self.period, "provinsi": self.province, "tema": self.theme, "sektor": self.sector}
        if self.colour != "deviasi":
            names["warna"] = self.colour
        if self.meeting:
            names["rapat"] = str(self.meeting)
        return {name: value for name, value in names.items() if value}

    def only(self, province: str) -> Filters:
        return replace(self, province=province)


@dataclass(frozen=True)
class Lists:
    """What may be chosen."""

    provinces: dict[str, str]
    themes: list[str]


def own(actor: Actor) -> Any:
    """Ids of the activities this actor may see: everything that is summed begins here."""
    return Activity.visible_to(actor).with_only_columns(Activity.id)


def periods(actor: Actor) -> tuple[str, ...]:
    """Periods of which something was handed in, the newest first. A PPK counts its own."""
    units = Activity.visible_to(actor).with_only_columns(Activity.unit_id)
    query = select(ProgressReport.period).where(
        ProgressReport.state.in_(HANDED_IN), ProgressReport.unit_id.in_(units)
    )
    return tuple(db.session.scalars(query.distinct().order_by(ProgressReport.period.desc())))


def read(raw: Mapping[str, Any], actor: Actor) -> Filters:
    """The filters of a request. What is not known filters nothing; a year alone means its newest period."""
    known = periods(actor)
    asked, year = str(raw.get("periode", "")), str(raw.get("tahun", ""))
    if asked not in known:
        asked = next((p for p in known if p.startswith(year + "-")), "") if year else ""
    elif year and not asked.startswith(year):  # the year was changed, the month left as it was
        asked = next((p for p in known if p.startswith(year + "-")), asked)
    meeting = _meeting(str(raw.get("rapat", "")), actor)
    if meeting:
        asked = meeting.report_period
    period = asked or (known[0] if known else "")
    earlier = [p for p in known if p < period]
    colour = str(raw.get("warna", ""))
    return Filters(
        period=period,
        before=earlier[0] if earlier else "",
        periods=known,
        province=iso if ISO.fullmatch(iso := str(raw.get("provinsi", ""))) else "",
        theme=str(raw.get("tema", ""))[:200].replace("\0", ""),
        sector=raw["sektor"] if raw.get("sektor") in SECTORS else "",
        colour=colour if colour in COLOURS else "deviasi",
        meeting=meeting.id if meeting else 0,
        units=invited(meeting) if meeting else None,
    )


def _meeting(raw: str, actor: Actor) -> Meeting | None:
    number = read_id(raw)
    return db.session.scalar(Meeting.visible_to(actor).where(Meeting.id == number)) if number else None


def invited(meeting: Meeting) -> tuple[int, ...]:
    """Ids of the units whose PPK is invited, in the order of the list."""
    query = select(Attendance.unit_id).where(
        Attendance.meeting_id == meeting.id, Attendance.unit_id.is_not(None), Attendance.is_guest.is_(False)
    )
    return tuple(db.session.scalars(query.order_by(Attendance.position)))


def lists(actor: Actor) -> Lists:
    """Provinces with a unit and themes in use, as far as this actor sees them."""
    units = Activity.visible_to(actor).with_only_columns(Activity.unit_id)
    places = (
        select(Province.iso, Province.name)
        .join(Unit, Unit.province_id == Province.id)
        .where(Unit.id.in_(units))
        .order_by(Province.kemendagri)
    )
    themes = Area.visible_to(actor).with_only_columns(Area.theme).distinct().order_by(Area.theme)
    return Lists(
        provinces=dict(db.session.execute(places).all()),
        themes=[theme for theme in db.session.scalars(themes) if theme],
    )


def narrowed_areas(query: Any, filters: Filters) -> Any:
    """A query over Area, with these filters. The sector is left out: a kawasan's index is about all of them together."""
    if filters.province:
        query = query.where(Area.province_id.in_(select(Province.id).where(Province.iso == filters.province)))
    if filters.theme:
        query = query.where(Area.theme == filters.theme)
    if filters.units is not None:
        query = query.where(Area.province_id.in_(select(Unit.province_id).where(Unit.id.in_(filters.units))))
    return query


def narrowed(query: Any, filters: Filters) -> Any:
    """A query over Activity, with these filters; joins only what they need."""
    if filters.units is not None:
        query = query.where(Activity.unit_id.in_(filters.units))
    if filters.sector:
        query = query.where(Activity.sector == filters.sector)
    if filters.theme:
        query = query.where(Activity.area_id.in_(select(Area.id).where(Area.theme == filters.theme)))
    if filters.province:
        units = select(Unit.id).join(Province).where(Province.iso == filters.province)
        query = query.where(Activity.unit_id.in_(units))
    return query
