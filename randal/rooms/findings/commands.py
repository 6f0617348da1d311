"""Making and editing findings, for page and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from randal.engine.transitions import edit, make
from randal.items.links import complete_links
from randal.items.making import placed
from randal.models.findings import Finding
from randal.rooms.findings.forms import FindingFields, FindingForm
from randal.schemas import forms
from workflows.lifecycle import Actor, Refused


def make_finding(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Finding:
    """A new finding about a unit of a meeting. Refused: role, the meeting's state, fields."""
    given = placed(Finding, actor, raw, FindingForm)
    finding = Finding(**given)
    make(finding, actor, now=now)
    return finding


def edit_finding(finding: Finding, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """Change text or severity while it is recorded; meeting and unit stay. Refused: role, state, fields."""
    finding.lifecycle().require_edit(finding, actor)
    given = forms.load(FindingFields, raw, partial=True)
    if errors := complete_links(given, finding.unit, finding.meeting, actor):
        raise Refused("field", forms.TOO_MUCH, errors)
    edit(finding, given, actor, now=now, version=finding.version)
