"""A promise of several units at once ("untuk semua PPK"): how far the group is, counted in one statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from randal.database.base import db
from randal.models.follow_ups import ENDED, FollowUp
from randal.rooms.follow_ups.tracking import is_late


@dataclass(frozen=True)
class Progress:
    key: str
    total: int
    verified: int
    ended: int  # verified, infeasible or cancelled
    submitted: int
    late: int

    @property
    def sentence(self) -> str:
        said = [f"{self.verified} dari {self.total} PPK selesai"]
        if self.submitted:
            said.append(f"{self.submitted} menunggu verifikasi")
        if other := self.ended - self.verified:
            said.append(f"{other} tidak dilanjutkan")
        if self.late:
            said.append(f"{self.late} terlambat")
        return ", ".join(said) + "."


def of_all(keys: Collection[str], now: datetime) -> dict[str, Progress]:
    """Counts of whole groups, also of members that the reader does not see: numbers name nobody."""
    if not keys:
        return {}

    def count(condition: object) -> object:
        return func.sum(case((condition, 1), else_=0))  # type: ignore[arg-type]

    counted = select(
        FollowUp.group_key,
        func.count(),
        count(FollowUp.state == "verified"),
        count(FollowUp.state.in_(ENDED)),
        count(FollowUp.state == "submitted"),
        count(is_late(now)),
    ).where(FollowUp.group_key.in_(keys))  # type: ignore[call-overload]
    return {row[0]: Progress(*row) for row in db.session.execute(counted.group_by(FollowUp.group_key))}


def of(key: str, now: datetime) -> Progress | None:
    return of_all([key], now).get(key) if key else None
