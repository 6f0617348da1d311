"""The form of a report on the page: its plain fields, and one card per activity: four numbers, and what is rarely needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from randal.l10n import formats
from randal.models.progress import SOURCES, Activity, Figure, ProgressReport
from randal.models.report_gaps import activities_of, unusual_figures
from randal.rooms.evaluation.forms import FORECASTS, MEASURES, FigureForm, ReportFields
from randal.schemas.forms import FieldView, Form

ATTRS: dict[str, dict[str, Any]] = {
    "decimal": {"unit": "%", "maxlength": 12},
    "prose": {"maxlength": 1000, "rows": 2},
    "choice": {"empty": "Sama dengan laporan"},
}
Cells = Mapping[tuple[int, str], list[str]]
MORE = (*FORECASTS, "source", "as_of")
NOT_COPIED = ("as_of", "explanation")  # of the period before


@dataclass
class Card:
    """One activity with its fields; `before` is how it stood in the period before."""

    activity: Activity
    numbers: list[FieldView]
    reason: FieldView
    more: list[FieldView]  # forecast, and a source or day of its own
    explanation: FieldView
    asked: list[str]  # what in the stored figures asks for an explanation
    before: Figure | None = None

    @property
    def fields(self) -> list[FieldView]:
        return [*self.numbers, self.reason, *self.more, self.explanation]


@dataclass
class Filling:
    """Iterates all fields (for the list of errors); `cards` are drawn one by one."""

    form: Form
    cards: list[Card]
    before: ProgressReport | None = None
    started: bool = False  # from the figures of the period before
    general: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[FieldView]:
        yield from self.form
        for card in self.cards:
            for one in card.fields:
                yield replace(one, label=f"{card.activity.name}, {one.label}")


def asked_activities(report: ProgressReport) -> list[Activity]:
    """The running activities, and those that already have figures."""
    running = activities_of(report.unit_id)
    return running + [f.activity for f in report.figures if f.activity not in running]


def rows_typed(report: ProgressReport, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the page sent, as the rows that the API sends; activities without a field of their own are left alone."""
    found = []
    for activity in asked_activities(report):
        row = {n: typed[key(activity, n)] for n in FigureForm().fields if key(activity, n) in typed}
        if row:
            found.append({"activity_id": activity.id} | row)
    return found


def filling(
    report: ProgressReport,
    before: ProgressReport | None,
    *,
    start: bool = False,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    cells: Cells | None = None,
    stale: bool = False,
) -> Filling:
    """The form as it stands; `start` fills empty cards from `before`, `typed` (refused) wins over all.
    `stale` tells beside each field what is stored now."""
    now_stored = {f.activity_id: f for f in report.figures}
    earlier = {f.activity_id: f for f in before.figures} if before else {}
    plain: Any = typed if typed is not None else report
    if start and typed is None and before and not report.source:
        plain = {name: getattr(report, name) for name in ReportFields().fields} | {"source": before.source}
    plain_errors = {n: s for n, s in (errors or {}).items() if n in ReportFields().fields}
    cards, asked = [], unusual_figures(report)
    for activity in asked_activities(report):
        stored, old = now_stored.get(activity.id), earlier.get(activity.id)
        source = old if start and stored is None else stored

        def view(name: str, label: str, kind: str, activity: Activity = activity, source: Any = source,
                 stored: Any = stored, old: Any = old) -> FieldView:  # fmt: skip
            copied = source is old and source is not stored
            value = "" if copied and name in NOT_COPIED else text(getattr(source, name, None))
            help = ""
            if typed is not None:
                value = typed.get(key(activity, name), value)
                if stale and text(getattr(stored, name, None)) != value:
                    help = f"Tersimpan sekarang: {text(getattr(stored, name, None)) or 'kosong'}"
            wrong = list((cells or {}).get((activity.id, name), []))
            made = FieldView(key(activity, name), label, kind, value, errors=wrong, help=help)
            made.attrs = dict(ATTRS.get(kind, {}))
            made.choices = list(SOURCES.items()) if kind == "choice" else []
            return made

        numbers = [view(name, label, "decimal") for name, label in MEASURES.items()]
        more = [view(name, label, "decimal") for name, label in FORECASTS.items()]
        more += [
            view("source", "Sumber, bila lain", "choice"),
            view("as_of", "Posisi per, bila lain", "date"),
        ]
        reason = view("reason", "Alasan bila tidak ada angka", "prose")
        why = view("explanation", "Penjelasan angka", "prose")
        cards.append(
            Card(activity, numbers, reason, more, why, list(asked.get(activity.id, {}).values()), old)
        )
    general = [s for n, several in (errors or {}).items() if n == "" for s in several]
    if "figures" in (errors or {}) and not cells:
        general += list(errors["figures"])  # type: ignore[index]
    form = Form(ReportFields, plain, plain_errors)
    return Filling(form, cards, before, start and before is not None, general)


def key(activity: Activity, name: str) -> str:
    return f"f{activity.id}-{name}"


def text(value: Any) -> str:
    if isinstance(value, Decimal):
        return formats.number(value, 2)
    return str(value or "")
