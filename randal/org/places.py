"""Provinces (with both code systems and their zone) and units (satuan kerja, one PPK each)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Select, String, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, db
from randal.l10n.clock import DEFAULT_ZONE, local_date
from workflows.lifecycle import Actor


def colleagues(model: type[Any], actor: Actor) -> Select[Any]:
    """What is no secret among colleagues (names of units, deadlines): seen by whoever has a role."""
    return select(model) if actor.roles else select(model).where(false())


class Province(Row):
    """One of the 38. BPS and Kemendagri codes are different systems: never join one on the other."""

    __tablename__ = "provinces"
    iso: Mapped[str] = mapped_column(String(5), unique=True)  # ID-BB
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kemendagri: Mapped[str] = mapped_column(String(2), unique=True)
    bps: Mapped[str] = mapped_column(String(2), unique=True)
    kemendagri_2018: Mapped[str] = mapped_column(String(2), default="")
    bps_2018: Mapped[str] = mapped_column(String(2), default="")
    capital: Mapped[str] = mapped_column(String(60))
    capital_2018: Mapped[str] = mapped_column(String(60), default="")
    timezone: Mapped[str] = mapped_column(String(40))
    existed_2018: Mapped[bool]

    @property
    def external_ids(self) -> dict[str, str]:
        return {"kemendagri": self.kemendagri, "bps": self.bps}

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return colleagues(cls, actor)


FURTHER = r"(?!\s+(?:Barat|Timur|Utara|Selatan|Tengah|Tenggara|Daya|Pegunungan)\b)"  # another province


def post_at(post: str, place: str, between: str = " ") -> str:
    """A post and the place where it is held ("PPK Maluku"), each said once: where one of them tells the other already, as in
    "PPK Randal PIP Maluku", it stands alone."""
    if not post or not place or _tells(post, place):
        return post or place
    begun = f"{place} ".casefold().startswith(f"{post} ".casefold())
    return place if begun else f"{post}{between}{place}"


def _tells(longer: str, shorter: str) -> bool:
    asked = rf"(?<!\w)(?<!Kepulauan ){re.escape(' '.join(shorter.split()))}(?!\w){FURTHER}"
    return bool(re.search(asked, " ".join(longer.split()), re.IGNORECASE))


class Unit(Row):
    """A satuan kerja. `province` is None for the centre, whose days are counted in WIB."""

    __tablename__ = "units"
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    province_id: Mapped[int | None] = mapped_column(ForeignKey("provinces.id"), index=True)
    external_ids: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    province: Mapped[Province | None] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": version}

    @property
    def timezone(self) -> str:
        return self.province.timezone if self.province else DEFAULT_ZONE

    @property
    def short_name(self) -> str:
        """The province's name where there is one: what people call the unit in a table."""
        return self.province.name if self.province else self.name

    def local_today(self, now: datetime) -> date:
        return local_date(now, self.timezone)

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """Letters and attendance lists show the names of them all."""
        return colleagues(cls, actor)


def unit_called(code: str) -> Unit | None:
    """The unit by its code, or by the ISO code of its province (`ID-BB`)."""
    found = db.session.scalar(select(Unit).where(Unit.code == code))
    return found or db.session.scalar(select(Unit).join(Province).where(Province.iso == code))
