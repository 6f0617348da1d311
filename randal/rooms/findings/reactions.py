"""A finding comes back with its follow-up; and who is told when a finding moves."""

from __future__ import annotations

from typing import Any

from randal.database.base import db
from randal.engine.transitions import fire
from randal.history.events import Event, on, within
from randal.models.findings import Finding
from randal.notifications.notices import tell
from randal.org.people import people_with_role
from workflows.lifecycle import EVALUATOR, MACHINE, PPK, PPK_STAFF

TO_UNIT = {
    "create": "Temuan baru {code} untuk PPK {unit} menunggu tanggapan Anda.",
    "return": "Temuan {code} PPK {unit} perlu ditanggapi ulang.",
    "agree": "Temuan {code} PPK {unit} disepakati.",
    "close": "Temuan {code} PPK {unit} ditutup.",
    "withdraw": "Temuan {code} PPK {unit} dicabut.",
    "reopen": "Temuan {code} PPK {unit} dibuka kembali.",
}


@within("follow_up.reopen")
def reopen_with_follow_up(follow_up: Any, event: Event) -> None:
    for finding in follow_up.findings:
        if finding.state == "closed":
            fire(finding, "reopen", MACHINE, now=event.at, reason=why(event))


def why(event: Event) -> str:
    given = event.said("reason")
    return f"Tindak lanjutnya dibuka kembali: {given}" if given else "Tindak lanjutnya dibuka kembali."


@on("finding.respond")
def tell_evaluators(event: Event) -> None:
    _tell(event, "PPK {unit} menanggapi temuan {code}.", people_with_role(EVALUATOR))


@on(*(f"finding.{move}" for move in TO_UNIT))
def tell_unit(event: Event) -> None:
    _tell(event, TO_UNIT[event.move], people_with_role(PPK, PPK_STAFF, unit_id=event.unit_id))


def _tell(event: Event, sentence: str, people: list[Any]) -> None:
    finding = db.session.get(Finding, event.item_id)
    if finding:
        others = [p for p in people if p.id != event.actor_id]
        text = sentence.format(code=finding.code, unit=finding.unit.short_name)
        tell(others, f"{event.name}:{event.id}", text, f"/temuan/{finding.id}", now=event.at)
