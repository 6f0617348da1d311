"""The one theme of a kawasan in a year, from a list that secretariat and administrator keep."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from randal.database.base import db
from randal.l10n.clock import local_date
from randal.models.areas import AreaChange, AreaTheme, Theme
from randal.models.progress import Area
from randal.schemas import forms
from workflows.lifecycle import Actor


def listed_theme(name: str) -> Theme:
    """The theme of the list; one that is not there yet is added, for who may write here keeps the list too."""
    themes = db.session.scalars(select(Theme))
    if found := next((theme for theme in themes if theme.name.casefold() == name.casefold()), None):
        return found
    made = Theme(name=name, active=True)
    db.session.add(made)
    db.session.flush()
    return made


def put_theme(area: Area, year: int, theme: Theme, actor: Actor, now: datetime) -> None:
    """The one theme of a kawasan in a year; the present year's stands in the kawasan itself."""
    row = db.session.scalar(select(AreaTheme).where(AreaTheme.area_id == area.id, AreaTheme.year == year))
    row = row or AreaTheme(area_id=area.id, year=year)
    before = row.theme_id and db.session.get_one(Theme, row.theme_id).name
    if before == theme.name:
        return
    row.theme = theme
    if year == local_date(now, area.province.timezone).year and area.theme != theme.name:
        area.theme = theme.name
    add_all([row], year)
    AreaChange.note("theme", row, {str(year): [before, theme.name]}, actor, now)


def add_all(rows: list[AreaTheme], year: int) -> None:
    """Refused when somebody else has just filled one of them."""
    db.session.add_all(rows)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        sentence = f"Tema {year} kawasan ini baru saja diisi orang lain. Muat ulang."
        raise forms.wrong("theme", sentence) from None
