"""Lists that a fresh installation starts from, and the first proposal of the formula. All of it is data: people change it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.models.areas import Criterion, IndexFormula, Theme
from randal.models.progress import AreaKind

KINDS = ("KSPN", "KSN", "PKSN", "PLBN", "KSK", "Permukiman kumuh", "Perkotaan", "Perdesaan")
THEMES = ("Pariwisata", "Perbatasan", "Permukiman kumuh", "Permukiman pesisir")
CRITERIA: tuple[tuple[str, str, list[str]], ...] = (
    ("Termuat dalam RPI2-JM", "area", []),
    ("Sesuai Perda RTRW", "area", []),
    ("Kesepakatan dengan Pemda (KSB, PKS)", "area", []),
    ("Studi kelayakan (FS)", "activity", []),
    ("DED dengan perkiraan biaya", "activity", []),
    ("AMDAL, UKL-UPL, atau SPPL", "activity", []),
    ("Lahan siap", "activity", []),
    ("Izin air baku (SIPPA)", "activity", ["AM"]),
)
FORMULA: dict[str, Any] = {
    "weights": {"coverage": "25", "on_time": "25", "in_step": "15", "readiness": "20", "commitment": "15"},
    "behind_early": "10",
    "behind_late": "5",
    "early_until": "70",
    "spread": "20",
    "readiness": {"there": "100", "in_progress": "50", "missing": "0"},
    "commitment": {"met": "100", "written": "75", "spoken": "25", "asked": "0", "declined": "0"},
}


def load_lists(now: datetime) -> None:
    """Fill each list that is still empty. No commit."""
    rows: dict[Any, list[Any]] = {
        AreaKind: [AreaKind(name=name) for name in KINDS],
        Theme: [Theme(name=name) for name in THEMES],
        Criterion: [Criterion(name=name, of=of, sectors=sectors) for name, of, sectors in CRITERIA],
        IndexFormula: [IndexFormula(name="usulan-1", content=FORMULA, created_at=now)],
    }
    for model, fresh in rows.items():
        if db.session.scalar(select(model.id).limit(1)) is None:
            db.session.add_all(fresh)
    db.session.flush()
