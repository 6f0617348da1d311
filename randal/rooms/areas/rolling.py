"""The themes of a year: what they would be if last year's went on, and the one move that makes them so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from randal.database.base import db
from randal.l10n.clock import local_date
from randal.models import area_themes
from randal.models.areas import AreaChange, AreaTheme, Theme
from randal.models.progress import Area
from randal.org.places import Province
from randal.rooms.areas.forms import ThemeOfYearForm
from randal.rooms.areas.lists import require_keeper
from randal.schemas import forms
from workflows.lifecycle import Actor


@dataclass(frozen=True)
class Line:
    """A kawasan with its theme of the year, or what last year's would make it. `ended`: that may not be chosen any more."""

    area: Area
    theme: str | None
    last: str | None
    proposal: Theme | None
    ended: bool = False


def listed(actor: Actor) -> Select[Any]:
    """Every kawasan this actor sees; ORDER is by province and name."""
    return Area.visible_to(actor).join(Province, Province.id == Area.province_id)


ORDER = (Province.kemendagri, Area.name, Area.id)


def counts(actor: Actor, year: int) -> tuple[int, int, int]:
    """How many kawasan there are, how many have a theme of the year, how many would get last year's."""

    def count(query: Select[Any]) -> int:
        return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0

    seen = Area.visible_to(actor).with_only_columns(Area.id)
    themed = select(AreaTheme.area_id).where(AreaTheme.year == year)
    before = select(AreaTheme.area_id).join(Theme).where(AreaTheme.year == year - 1, Theme.active)
    return (
        count(seen),
        count(seen.where(Area.id.in_(themed))),
        count(seen.where(Area.id.in_(before), Area.id.not_in(themed))),
    )


def preview(actor: Actor, year: int, areas: list[Area]) -> list[Line]:
    """These kawasan, each with its theme. One statement."""
    rows = AreaTheme.visible_to(actor).where(AreaTheme.year.in_((year, year - 1)))
    rows = rows.where(AreaTheme.area_id.in_([area.id for area in areas]))
    told = {(row.area_id, row.year): row.theme for row in db.session.scalars(rows)}
    found = []
    for area in areas:
        present, last = told.get((area.id, year)), told.get((area.id, year - 1))
        proposal = last if last and not present and last.active else None
        ended = bool(last and not present and not last.active)
        found.append(
            Line(area, present.name if present else None, last.name if last else None, proposal, ended)
        )
    return found


def roll_over(actor: Actor, year: int, now: datetime) -> int:
    """Last year's theme for every kawasan that has none in this one; how many. Refused: role."""
    require_keeper(actor)
    areas = list(db.session.scalars(listed(actor).order_by(*ORDER)).unique())
    lines = [line for line in preview(actor, year, areas) if line.proposal]
    rows = [AreaTheme(area_id=line.area.id, year=year, theme=line.proposal) for line in lines]
    for line in lines:
        if line.proposal and year == local_date(now, line.area.province.timezone).year:
            line.area.theme = line.proposal.name
    area_themes.add_all(rows, year)
    for line, row in zip(lines, rows, strict=True):
        AreaChange.note("theme", row, {str(year): [None, line.last]}, actor, now)
    return len(rows)


def theme_of(area: Area, year: int) -> str | None:
    """The theme of this year, else of the year before."""
    query = select(AreaTheme).where(AreaTheme.area_id == area.id, AreaTheme.year.in_((year, year - 1)))
    row = db.session.scalars(query.order_by(AreaTheme.year.desc()).limit(1)).first()
    return row.theme.name if row else None


def put(actor: Actor, raw: Mapping[str, Any], now: datetime) -> AreaTheme:
    """The theme of a year; said again it replaces what was said. Refused: role, fields."""
    require_keeper(actor)
    given = forms.load(ThemeOfYearForm, raw)
    area = db.session.get(Area, given["area_id"])
    if area is None:
        raise forms.wrong("area_id", "Kawasan ini tidak dikenal.")
    area_themes.put_theme(area, given["year"], area_themes.listed_theme(given["theme"]), actor, now)
    mine = select(AreaTheme).where(AreaTheme.area_id == area.id, AreaTheme.year == given["year"])
    return db.session.scalars(mine).one()
