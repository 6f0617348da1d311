"""Chapter one: the people, their units and what they work on."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import select

from randal.database.base import db
from randal.demo import conditions, story
from randal.demo.player import Player
from randal.l10n import clock
from randal.org.people import Person
from randal.org.places import Province
from randal.signatures import succession
from randal.signatures.authority import AuthorityError
from randal.signatures.installed import open_authority


def example_authority() -> None:
    """An authority whose every name begins with CONTOH, in place of the one that `init` made where no demonstration was
    expected: nothing that the demonstration signs may look real."""
    settings = current_app.config["RANDAL"]
    try:
        known = open_authority(settings).contoh
    except AuthorityError:
        known = False
    if not known:
        succession.replace(settings, clock.now(), contoh=True)
    db.session.commit()


def people(player: Player, hashed: str) -> dict[str, int]:
    """Units and accounts; the first admin is the only row set by hand."""
    admin = Person(name="Contoh Admin", email="admin@contoh.example", role="admin", created_at=clock.now())
    db.session.add(admin)
    db.session.flush()
    admin.password_hash = hashed
    player.enrol("admin", admin)
    db.session.commit()
    player.as_("admin")
    centre = player.post("/units", {"name": story.CENTRE, "code": "RANDAL-PIP"})["id"]
    units = {}
    names = {p.iso: p.name for p in db.session.scalars(select(Province))}
    for iso in story.UNITS:
        units[iso] = player.post(
            "/units", {"name": f"PPK Randal PIP {names[iso]}", "province": iso, "code": f"PPK-{iso}"}
        )["id"]
    for box, name, role, post in story.PEOPLE[1:]:
        account(
            player, box, hashed, name=name, role=role, post=post, unit_id=centre, **{"from": "2018-01-02"}
        )
    for iso, unit_id in units.items():
        short = iso[3:].lower()
        account(
            player,
            f"ppk.{short}",
            hashed,
            name=f"Contoh PPK {names[iso]}",
            role="ppk",
            unit_id=unit_id,
            post=f"PPK Randal PIP {names[iso]}",
            **{"from": "2018-01-02"},
        )
        account(
            player,
            f"staf.{short}",
            hashed,
            name=f"Contoh Staf {names[iso]}",
            role="ppk_staff",
            unit_id=unit_id,
        )
    return units


def account(player: Player, box: str, hashed: str, **fields: Any) -> None:
    made = player.as_("admin").post("/users", {"email": f"{box}@contoh.example", **fields})
    person = db.session.get_one(Person, made["id"])
    person.password_hash = hashed
    player.enrol(box, person)
    db.session.commit()


def places(player: Player, units: dict[str, int]) -> dict[str, list[int]]:
    player.as_("sekretariat")
    made: dict[str, list[int]] = {}
    areas: list[int] = []
    for position, (iso, unit_id) in enumerate(units.items()):
        theme = story.THEMES[position % len(story.THEMES)]
        said = {"name": f"Kawasan Contoh {iso[3:]}", "province": iso, "theme": theme}
        area = player.post("/areas", said | conditions.of_area(position, iso))["id"]
        areas.append(area)
        several = story.ACTIVITIES[: 3 + position % 2]
        made[iso] = [
            player.post(
                "/activities",
                {"unit_id": unit_id, "area_id": area, "name": name, "sector": sector, "budget": budget}
                | conditions.of_activity(position, number),
            )["id"]
            for number, (name, sector, budget) in enumerate(several)
        ]
    conditions.conditions(player, areas, dict(zip(areas, made.values(), strict=True)))
    return made
