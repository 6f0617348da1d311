"""Who signed is told by name and by what he was that day, also for a PPK who holds no appointment."""

from __future__ import annotations

from typing import Any

from flask import Flask

from randal.database.base import db
from randal.models.meetings import Objective
from randal.models.minutes import Minutes
from randal.verification.registry import told
from tests.world import World


def test_a_ppk_without_appointment_signs_as_ppk_of_a_province(app: Flask, world: World) -> None:
    meeting = world.meeting("closed", units=("ID-BB",))
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    db.session.commit()
    taker, ppk = world.api(world.minute_taker), world.ppk("ID-BB")
    found: dict[str, Any] = taker.get(f"/meetings/{meeting.id}/minutes").json
    minutes = db.session.get_one(Minutes, found["id"])
    minutes.signers[0].person = ppk
    db.session.commit()
    world.fire(minutes, "submit", world.minute_taker)
    world.fire(minutes, "approve", world.chair)
    signature = next(s for s in minutes.signatures if s.signer_id == ppk.id)
    assert signature.signs_as == "PPK Kepulauan Bangka Belitung"
    signature.way = "paper"
    db.session.commit()
    document = minutes.document
    assert document
    assert told(document)["on_paper"] == [{"name": ppk.name, "post": signature.signs_as, "at": None}]


def test_the_authority_is_a_place_of_the_operator(world: World) -> None:
    page = world.sign_in(world.known("admin")).get("/operator/otoritas").text
    menu = page[page.index('aria-current="page"') - 200 :][:400]
    assert 'href="/operator"' in menu or 'href="/operator/"' in menu, menu
