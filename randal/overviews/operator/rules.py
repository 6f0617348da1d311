"""What the clock does for the operator."""

from __future__ import annotations

from datetime import datetime

from randal.engine import access_log
from randal.jobs import outbox
from randal.schedule.rules import daily, rule


@rule(
    "core.forget_delivered",
    find=daily,
    label="Pekerjaan yang selesai lebih dari 90 hari lalu dihapus dari antrean.",
)
def forget_delivered(_subject: int, now: datetime) -> None:
    outbox.forget(now)


@rule(
    "core.forget_access",
    find=daily,
    label=f"Catatan akses NIP dan telepon yang lebih lama dari {access_log.KEPT_WORDS} dihapus.",
)
def forget_access(_subject: int, now: datetime) -> None:
    access_log.forget(now)
