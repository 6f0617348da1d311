"""Where a finding, kendala or follow-up belongs: kawasan, kegiatan, and the paragraph of the minutes it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.documents.richtext import plain
from randal.engine.deeds import Unchanged, doing
from randal.models.meetings import Meeting
from randal.models.progress import Activity, Area
from randal.org.places import Unit
from randal.schemas import forms
from randal.web.attempt import carry_out
from workflows.lifecycle import Act, Actor, Refused

NAMES = ("area_id", "activity_id", "source_section", "source_paragraph")
SHOWN = 160  # characters of a paragraph in a list


class Linked(forms.Base):
    """The optional fields of every such item."""

    area_id = forms.number_of("Kawasan", required=False)
    activity_id = forms.number_of("Kegiatan", required=False)
    source_section = forms.text("Bagian notula", required=False, max=32)
    source_paragraph = forms.whole("Paragraf", required=False, min=1)


def complete_links(given: dict[str, Any], unit: Unit, meeting: Meeting, actor: Actor) -> dict[str, list[str]]:
    """Check what is given of NAMES, and add the words of the paragraph. Errors by field."""
    errors: dict[str, list[str]] = {}
    if area_id := given.get("area_id"):
        area = db.session.get(Area, area_id)
        if area is None or area.province_id != unit.province_id:
            errors["area_id"] = ["Pilih kawasan di provinsi PPK ini."]
    if activity_id := given.get("activity_id"):
        activity = db.session.get(Activity, activity_id)
        if activity is None or activity.unit_id != unit.id:
            errors["activity_id"] = ["Pilih kegiatan PPK ini."]
        elif not given.get("area_id") and not errors:
            given["area_id"] = activity.area_id
    if "source_section" in given or "source_paragraph" in given:
        section, number = given.get("source_section") or "", given.get("source_paragraph")
        found = paragraphs(meeting, actor).get(section, [])
        if bool(section) != bool(number):
            errors["source_paragraph"] = ["Sebut bagian notula dan nomor paragrafnya, keduanya."]
        elif section and not 1 <= (number or 0) <= len(found):
            errors["source_paragraph"] = ["Paragraf ini tidak ada di notula rapat ini."]
        given["source_section"], given["source_paragraph"] = section, number or None
        if not errors:
            given["source_quote"] = found[number - 1] if section and number else ""
    return errors


def paragraphs(meeting: Meeting, actor: Actor) -> dict[str, list[str]]:
    """The paragraphs of the meeting's minutes by section, as far as this actor may read them."""
    from randal.models.minutes import Minutes

    minutes = meeting.minutes
    mine = Minutes.visible_to(actor).where(Minutes.id == (minutes.id if minutes else 0))
    if minutes is None or db.session.scalar(mine) is None:
        return {}
    return {s.key: plain(s.html).splitlines() for s in minutes.sections if s.html}


def link_choices(unit: Unit) -> dict[str, dict[Any, str]]:
    areas = select(Area).where(Area.province_id == unit.province_id).order_by(Area.name)
    activities = select(Activity).where(Activity.unit_id == unit.id, Activity.active).order_by(Activity.name)
    return {
        "area_id": {a.id: a.name for a in db.session.scalars(areas)},
        "activity_id": {a.id: a.name for a in db.session.scalars(activities)},
    }


def source_choices(meeting: Meeting, actor: Actor) -> list[tuple[str, str]]:
    """ "temuan-3" and the beginning of the paragraph, for a list to pick from."""
    titles = {s.key: s.title for s in meeting.minutes.sections} if meeting.minutes else {}
    return [
        (f"{key}-{n}", f"{titles[key]}: {text if len(text) <= SHOWN else text[: SHOWN - 1].rstrip() + '…'}")
        for key, lines in paragraphs(meeting, actor).items()
        for n, text in enumerate(lines, 1)
    ]


def source_of(item: Any, actor: Actor) -> dict[str, Any] | None:
    """Where the quoted words stand now: {quote, minutes_id, anchor, moved}; the address is None for who may not read
    the minutes, `moved` says that the words stand there no more."""
    if not item.source_section:
        return None
    lines = paragraphs(item.meeting, actor).get(item.source_section)
    found = {"quote": item.source_quote, "minutes_id": None, "anchor": "", "moved": False}
    if lines is None:
        return found
    number = item.source_paragraph or 0
    if not (1 <= number <= len(lines) and lines[number - 1] == item.source_quote):
        number = lines.index(item.source_quote) + 1 if item.source_quote in lines else 0
    anchor = f"{item.source_section}-{number}" if number else f"isi-{item.source_section}"
    return found | {"minutes_id": item.meeting.minutes.id, "anchor": anchor, "moved": not number}


def place_links(
    item: Any, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """Say where it belongs, also after it may no longer be edited. Refused: role, state, changed meanwhile, fields."""
    carry_out(item, "place", raw, actor, now=now, version=version)


@doing("finding.place", "kendala.place", "follow_up.place")
def place(item: Any, act: Act) -> Any:
    """What is named is set, to nothing too; what is not named stays."""
    given = {name: act.given[name] for name in NAMES if name in act.given}
    if errors := complete_links(given, item.unit, item.meeting, act.actor):
        raise Refused("field", forms.TOO_MUCH, errors)
    changed = [name for name, value in given.items() if getattr(item, name) != value]
    if not changed:
        return Unchanged(item)
    for name in changed:
        setattr(item, name, given[name])
    act.tell(fields=changed)
    return item
