"""A formula as fields of a form: the same numbers that the API takes as one `content`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from randal.models.areas import PROMISES, STATUSES
from randal.rooms.areas.forms import FormulaForm
from randal.rooms.areas.index import LIMITS, PARTS, TABLES
from randal.schemas import forms
from workflows.lifecycle import Refused

LABELS: dict[str, str] = {
    "behind_early": "Terlambat bernilai 0, rencana awal (poin)",
    "behind_late": "Terlambat bernilai 0, rencana akhir (poin)",
    "early_until": "Batas rencana awal dan akhir (%)",
    "spread": "Jarak antar-sektor bernilai 0 (poin)",
}
NAMES: dict[str, Mapping[str, str]] = {
    "weights": PARTS,
    "readiness": {code: label for code, label in STATUSES.items() if code != "not_needed"},
    "commitment": {code: label for code, label in PROMISES.items() if code != "not_needed"},
}
TITLES = {"weights": "Bobot bagian", "readiness": "Nilai kesiapan", "commitment": "Nilai komitmen"}


def _number(label: str) -> Any:
    return forms.decimal(label, max=Decimal(100))


ProposalForm: type[forms.Base] = type(
    "ProposalForm",
    (forms.Base,),
    {"name": FormulaForm().fields["name"]}
    | {f"{table}-{code}": _number(label) for table in TABLES for code, label in NAMES[table].items()}
    | {name: _number(label) for name, label in LABELS.items()}
    | {"note": FormulaForm().fields["note"]},
)


def spread(content: Mapping[str, Any]) -> dict[str, str]:
    """Field → number, as it is read here, of the content of a version."""
    flat = {name: content[name] for name in LIMITS}
    flat |= {f"{table}-{code}": value for table in TABLES for code, value in content[table].items()}
    return {name: str(value).replace(".", ",") for name, value in flat.items()}


def gathered(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What `lists.propose` takes, of the fields of the form. Refused: a sentence per field."""
    given = forms.load(ProposalForm, raw)
    content: dict[str, Any] = {name: str(given[name]) for name in LIMITS}
    for table in TABLES:
        content[table] = {code: str(given[f"{table}-{code}"]) for code in NAMES[table]}
    whole = {"name": given["name"], "content": content, "note": given.get("note") or ""}
    try:
        forms.load(FormulaForm, whole)
    except Refused as refused:
        sentences = [sentence for several in refused.errors.values() for sentence in several]
        raise Refused("field", str(refused), {"": sentences}) from None
    return whole
