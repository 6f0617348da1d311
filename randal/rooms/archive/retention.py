"""How long a paper is kept: whole years after the year it is of, first active, then inactive, then its fate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from randal.l10n import formats
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.models.archive import ArchiveClass


@dataclass(frozen=True)
class Keeping:
    """`active_until`, `kept_until`: last days. `fate` is due on the day after the latter."""

    active_until: date
    kept_until: date
    fate: str

    def stage(self, today: date) -> str:
        """active, inactive, or due"""
        if today <= self.active_until:
            return "active"
        return "inactive" if today <= self.kept_until else "due"


STAGES = {"active": "Aktif", "inactive": "Inaktif", "due": "Masa simpan habis"}


def keeping(of: date, active_years: int, inactive_years: int, fate: str) -> Keeping:
    """For a paper of this day. Years count from the end of its year: one of June 2018 with 2 and 3 is active until
    31 December 2020 and kept until 31 December 2023."""
    last = of.year + active_years
    return Keeping(date(last, 12, 31), date(last + inactive_years, 12, 31), fate)


def day_of(document: Document) -> date:
    """The date the paper bears, else the day it was made in WIB."""
    if dated := document.params.get("dated_on"):
        return formats.as_date(dated)
    return local_date(document.created_at, DEFAULT_ZONE)


def schedule() -> dict[str, ArchiveClass]:
    """The class of each kind of document that has one."""
    return {one.kind: one for one in db.session.scalars(select(ArchiveClass))}


def kept(document: Document, classes: Mapping[str, ArchiveClass]) -> Keeping | None:
    """None while its kind has no class: then it is kept."""
    one = classes.get(document.kind)
    return keeping(day_of(document), one.active_years, one.inactive_years, one.fate) if one else None
