"""Making and editing kendala, for page and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from randal.engine.transitions import edit, make
from randal.items.links import complete_links
from randal.items.making import placed
from randal.models.kendala import Kendala
from randal.models.kendala_categories import classify, retired_class
from randal.rooms.kendala.forms import KendalaFields, KendalaForm
from randal.schemas import forms
from randal.web.attempt import before
from workflows.lifecycle import Actor, Refused


def make_kendala(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Kendala:
    """A new kendala of a unit of a meeting. Refused: role, fields."""
    given = placed(Kendala, actor, raw, KendalaForm)
    if errors := classify(given):
        raise Refused("field", forms.TOO_MUCH, errors)
    kendala = Kendala(**_texts(given))
    make(kendala, actor, now=now)
    return kendala


def edit_kendala(kendala: Kendala, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """Change what was told while it is raised; meeting and unit stay. Refused: role, state, fields."""
    kendala.lifecycle().require_edit(kendala, actor)
    given = _texts(forms.load(KendalaFields, raw, partial=True))
    errors = complete_links(given, kendala.unit, kendala.meeting, actor) | classify(given, kendala)
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    edit(kendala, given, actor, now=now, version=kendala.version)


@before("kendala.agree_solution")
def only_a_class_in_use(item: Kendala, actor: Actor, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Refused: field, when the agreement names a class that is out of use."""
    if errors := retired_class(given.get("category"), item):
        raise Refused("field", forms.TOO_MUCH, errors)
    return {}


def _texts(given: dict[str, Any]) -> dict[str, Any]:
    """A text that is not given is empty, a code that is not given is none."""
    return given | {name: given[name] or "" for name in ("cause", "solution", "subcategory") if name in given}
