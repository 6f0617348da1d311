"""Rows of figures as they come in: read, judged row by row, merged into the present revision of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.models.progress import Activity, Figure, ProgressReport
from randal.rooms.evaluation.forms import TEXTS, FigureForm
from randal.schemas import forms
from workflows.lifecycle import Refused

MOST_ROWS = 500


@dataclass
class Rows:
    """Clean values by activity id; `sentences` name the row of every mistake, `cells` its place (activity id, field)."""

    values: dict[int, dict[str, Any]] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    cells: dict[tuple[int, str], list[str]] = field(default_factory=dict)


def read_figures(raw: Any, unit_id: int | None, today: date | None = None) -> Rows:
    """Judge the rows of a request; activities must be the unit's own (others are as unknown as none). `today` is the
    unit's: what it says of a later day is no report."""
    rows = Rows()
    if raw is None:
        return rows
    if not isinstance(raw, list) or len(raw) > MOST_ROWS:
        rows.sentences.append(f"Kirim daftar angka, paling banyak {MOST_ROWS} baris.")
        return rows
    own = db.session.scalars(select(Activity).where(Activity.unit_id == unit_id))
    known = {a.id: a for a in own}
    first: dict[int, int] = {}
    for number, row in enumerate(raw, 1):
        _read_row(rows, number, row, known, first)
    for activity_id, values in rows.values.items():
        if values.get("as_of") and today and values["as_of"] > today:
            said = "Tanggal posisi belum tiba."
            rows.sentences.append(
                f"Baris {first[activity_id]} («{known[activity_id].name}»), Posisi angka ini: {said}"
            )
            rows.cells[activity_id, "as_of"] = [said]
    return rows


def _read_row(
    rows: Rows, number: int, row: Any, known: Mapping[int, Activity], first: dict[int, int]
) -> None:
    if not isinstance(row, Mapping):
        rows.sentences.append(f"Baris {number}: kirim objek dengan activity_id dan angkanya.")
        return
    try:
        given = forms.load(FigureForm, row)
    except Refused as refused:
        _blame(rows, number, row, known, refused.errors)
        return
    activity_id = given.pop("activity_id")
    if activity_id not in known:
        rows.sentences.append(f"Baris {number}: kegiatan {activity_id} tidak dikenal pada PPK ini.")
    elif activity_id in first:
        name = known[activity_id].name
        rows.sentences.append(f"Baris {number}: kegiatan «{name}» sudah diisi di baris {first[activity_id]}.")
    else:
        first[activity_id] = number
        given |= {name: given[name] or "" for name in TEXTS if name in given}
        rows.values[activity_id] = given


def _blame(
    rows: Rows,
    number: int,
    row: Mapping[str, Any],
    known: Mapping[int, Activity],
    errors: Mapping[str, list[str]],
) -> None:
    sent = row.get("activity_id")
    activity = known.get(sent) if isinstance(sent, int) else None
    where = f"Baris {number} («{activity.name}»)" if activity else f"Baris {number}"
    for name, sentences in errors.items():
        label = FigureForm().fields[name].metadata["label"]
        rows.sentences += [f"{where}, {label}: {sentence}" for sentence in sentences]
        if activity:
            rows.cells[activity.id, name] = list(sentences)


def put_figures(report: ProgressReport, rows: Rows) -> bool:
    """Merge the values into the present revision; True when something changed."""
    present = {f.activity_id: f for f in report.figures}
    changed = False
    for activity_id, values in rows.values.items():
        figure = present.get(activity_id)
        if figure is None:
            if all(value in (None, "") for value in values.values()):
                continue
            figure = Figure(activity_id=activity_id, revision=report.revision, reason="", explanation="")
            report.all_figures.append(figure)
        for name, value in values.items():
            if getattr(figure, name) != value:
                setattr(figure, name, value)
                changed = True
    return changed


def copied(figure: Figure, revision: int) -> Figure:
    """The same figures for another revision."""
    kept = (*Figure.MEASURES, *Figure.FORECASTS, "source", "as_of", *TEXTS)
    values = {name: getattr(figure, name) for name in kept}
    return Figure(activity_id=figure.activity_id, revision=revision, **values)
