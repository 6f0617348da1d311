from __future__ import annotations

from datetime import datetime

from randal.rooms.imports.writing import forget_old
from randal.schedule.rules import daily, rule


@rule(
    "imports.forget",
    at="01:30",
    find=daily,
    label="Menghapus berkas impor yang tidak jadi diterapkan dalam sehari.",
)
def forget(_subject_id: int, now: datetime) -> None:
    forget_old(now)
