"""A kendala comes back with its follow-up; and who is told when a kendala moves."""

from __future__ import annotations

from typing import Any

from randal.database.base import db
from randal.engine.transitions import fire
from randal.history.events import Event, on, within
from randal.models.kendala import Kendala
from randal.notifications.notices import tell
from randal.org.people import Person, people_with_role
from workflows.kendala import LEVELS
from workflows.lifecycle import EVALUATOR, LEADER, MACHINE, PPK, PPK_STAFF, SECRETARIAT

TO_UNIT = {
    "agree_solution": "Solusi kendala {code} PPK {unit} disepakati.",
    "resolve": "Kendala {code} PPK {unit} dinyatakan teratasi.",
    "accept": "Kendala {code} PPK {unit} dinyatakan tidak dapat diatasi.",
    "withdraw": "Kendala {code} PPK {unit} dicabut.",
    "reopen": "Kendala {code} PPK {unit} dibuka kembali.",
}


@within("follow_up.reopen")
def reopen_with_follow_up(follow_up: Any, event: Event) -> None:
    given = event.said("reason")
    reason = f"Tindak lanjutnya dibuka kembali: {given}" if given else "Tindak lanjutnya dibuka kembali."
    for kendala in follow_up.kendala:
        if kendala.state == "resolved":
            fire(kendala, "reopen", MACHINE, now=event.at, reason=reason)


@on("kendala.create")
def tell_who_must_know(event: Event) -> None:
    """What a PPK reports goes to those who help it; what was written down in the meeting goes to the PPK."""
    author = db.session.get(Person, event.actor_id) if event.actor_id else None
    if author and author.unit_id == event.unit_id:
        _tell(event, "PPK {unit} melaporkan kendala {code}.", people_with_role(EVALUATOR, SECRETARIAT))
    else:
        _tell(event, "Kendala {code} PPK {unit} dicatat.", _unit(event))


@on("kendala.escalate")
def tell_higher_up(event: Event) -> None:
    kendala = db.session.get(Kendala, event.item_id)
    level = LEVELS[kendala.level] if kendala else ""
    people = _unit(event) + people_with_role(LEADER, SECRETARIAT)
    _tell(event, f"Kendala {{code}} PPK {{unit}} dinaikkan ke tingkat {level}.", people)


@on(*(f"kendala.{move}" for move in TO_UNIT))
def tell_unit(event: Event) -> None:
    _tell(event, TO_UNIT[event.move], _unit(event))


def _unit(event: Event) -> list[Person]:
    return people_with_role(PPK, PPK_STAFF, unit_id=event.unit_id)


def _tell(event: Event, sentence: str, people: list[Person]) -> None:
    kendala = db.session.get(Kendala, event.item_id)
    if kendala:
        others = [p for p in people if p.id != event.actor_id]
        text = sentence.format(code=kendala.code, unit=kendala.unit.short_name)
        tell(others, f"{event.name}:{event.id}", text, f"/kendala/{kendala.id}", now=event.at)
