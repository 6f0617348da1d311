from __future__ import annotations

from datetime import datetime

from randal.core.rules import daily, rule
from randal.imports.writing import forget_old


@rule(
    "imports.forget",
    at="01:30",
    find=daily,
    label="Menghapus berkas impor yang tidak jadi diterapkan dalam sehari.",
)
def forget(_subject_id: int, now: datetime) -> None:
    forget_old(now)
