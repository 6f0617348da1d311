"""A post and its place, each told once."""

from __future__ import annotations

from datetime import date

import pytest

from randal.org.people import Appointment, Person, Post
from randal.org.places import Province, Unit, post_at
from randal.rooms.meetings.choices import said
from randal.rooms.minutes.drafting import standing


@pytest.mark.parametrize(
    ("post", "place", "told"),
    [
        ("PPK", "Maluku", "PPK Maluku"),
        ("PPK Maluku", "Maluku", "PPK Maluku"),
        ("PPK Randal PIP Maluku", "Maluku", "PPK Randal PIP Maluku"),
        ("PPK maluku I", "Maluku", "PPK maluku I"),
        ("PPK Maluku Utara", "Maluku", "PPK Maluku Utara Maluku"),  # another province: nothing is left out
        ("PPK Kepulauan Riau", "Riau", "PPK Kepulauan Riau Riau"),
        ("PPK", "PPK Randal PIP", "PPK Randal PIP"),
        ("Kepala", "Sekretariat Kepala", "Kepala Sekretariat Kepala"),
        ("PPK (Maluku)", "Maluku", "PPK (Maluku)"),
        ("", "Maluku", "Maluku"),
        ("PPK", "", "PPK"),
        ("", "", ""),
    ],
)
def test_a_post_and_its_place_are_told_once(post: str, place: str, told: str) -> None:
    assert post_at(post, place) == told


def test_wherever_they_stand_together() -> None:
    day = date(2018, 6, 25)
    unit = Unit(name="PPK Randal PIP Maluku", province=Province(name="Maluku"))
    person = Person(name="Contoh", role="ppk", unit=unit)
    made = Appointment(kind="plt", from_date=day, post=Post(name="PPK Randal PIP Maluku", unit=unit))
    assert said(person, "PPK Randal PIP Maluku") == "Contoh – PPK Randal PIP Maluku"
    assert made.titled == "Plt. PPK Randal PIP Maluku"
    assert standing(person, day) == "PPK Maluku"
    person.appointments.append(made)
    assert standing(person, day) == "Plt. PPK Randal PIP Maluku"
