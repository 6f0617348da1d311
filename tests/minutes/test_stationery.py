"""Notula in the dress of the organising unit: kop, city, number, and what an old one keeps."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from randal.database.base import db
from randal.documents.letterhead import GivenNumber
from randal.models.meetings import Objective
from randal.models.minutes import Minutes
from tests.meetings.test_letters import dress
from tests.world import World
from workflows.lifecycle import Refused


def approved(world: World, number: str = "", **fields: Any) -> Minutes:
    """Minutes of a closed meeting as the chair approved them just now, under this number when there is one."""
    meeting = world.meeting("closed", **fields)
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    db.session.commit()
    minutes = meeting.all_minutes[0]
    world.fire(minutes, "submit", world.minute_taker)
    return world.fire(minutes, "approve", world.chair, number=number or None)


def test_a_number_may_be_typed_and_belongs_to_one(world: World) -> None:
    typed = approved(world, number="UM.01/Contoh/7")
    assert typed.number == "UM.01/Contoh/7" and typed.snapshot and typed.snapshot["number"] == typed.number
    with pytest.raises(Refused, match="sudah dipakai") as refused:
        approved(world, number="UM.01/Contoh/7")
    assert list(refused.value.errors) == ["number"]
    world.fire(typed, "revise", world.chair, reason="Contoh: nomornya keliru")
    world.fire(typed, "submit", world.minute_taker)
    world.fire(typed, "approve", world.chair, number="UM.01/Contoh/8")
    assert typed.number == "UM.01/Contoh/8" and typed.snapshot["number"] == typed.number


def test_minutes_are_dressed_and_numbered_as_their_unit_wants_it(world: World) -> None:
    old = date(2026, 12, 31)
    dress(world, world.centre.id, valid_to=old, signature_order="name_nip", city="Contoh Kota Lama")
    dress(world, world.centre.id, valid_from=date(2027, 1, 1), office="Contoh Kantor Baru")
    first, second = approved(world), approved(world)
    other = approved(world, organiser_id=world.unit("ID-BA").id)
    assert [first.number, second.number] == ["1/NOT/Ct/2026", "2/NOT/Ct/2026"]
    assert other.number == "1/NOT/Randal/III/2026"  # a unit without a dress of its own
    paper = first.snapshot
    assert paper and paper["kop"]["lines"] == ["Contoh Kementerian", "Contoh Kantor"]
    assert paper["city"] == "Contoh Kota Lama" and paper["signers"][0]["order"] == "name_nip"
    world.now = world.now.replace(year=2027, month=1, day=4)
    later = approved(world)
    assert later.number == "1/NOT/Ct/2027" and later.snapshot
    assert "Contoh Kantor Baru" in later.snapshot["kop"]["lines"]
    assert db.session.get_one(Minutes, first.id).snapshot == paper  # what was frozen keeps its form


def test_a_number_stays_with_its_minutes_when_they_are_taken_back(world: World) -> None:
    minutes = approved(world)
    number = minutes.number
    world.fire(minutes, "revise", world.chair, reason="Contoh: ada yang keliru")
    world.fire(minutes, "submit", world.minute_taker)
    world.fire(minutes, "approve", world.chair)
    assert minutes.number == number and minutes.version_no == 2
    assert db.session.query(GivenNumber).filter_by(kind="minutes").count() == 1
