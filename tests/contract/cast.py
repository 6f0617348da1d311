"""Who plays the chain, and where: accounts, units, areas and activities, made by API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from randal.database.base import db
from randal.org.people import Person
from tests.contract.outsider import Outsider
from tests.world import World

PASSPHRASE = "contoh frasa sandi 2026"
PROVINCES = ("ID-BB", "ID-BA", "ID-PA")  # WIB, WITA, WIT
REASON = "Contoh alasan yang cukup panjang."


class Cast:
    def __init__(self, world: World, drain: Callable[[], int]):
        self.world, self.drain = world, drain
        self.admin = Outsider(world, world.person("admin"))
        self.who: dict[str, Outsider] = {}
        self.meeting_day = self.today
        self.units: dict[str, int] = {}
        self.areas: dict[str, int] = {}
        self.activities: dict[str, list[int]] = {}
        self.attendance: dict[str, int] = {}
        self.meeting = self.minutes = self.document = 0
        self.findings: list[int] = []
        self.kendala: list[int] = []
        self.follow_ups: list[int] = []

    def __getattr__(self, name: str) -> Outsider:
        try:
            return self.__dict__["who"][name]
        except KeyError:
            raise AttributeError(name) from None

    def ppk(self, iso: str) -> Outsider:
        return self.who[f"ppk.{iso}"]

    def later(self, **by: float) -> None:
        self.world.now += timedelta(**by)

    @property
    def today(self) -> str:
        return f"{self.world.now + timedelta(hours=7):%Y-%m-%d}"

    def day(self, days: int) -> str:
        return f"{self.world.now + timedelta(hours=7, days=days):%Y-%m-%d}"

    def people(self) -> None:
        centre = self.admin.post("/units", {"name": "Contoh Direktorat", "code": "CONTOH-PIP"})["id"]
        for iso in PROVINCES:
            unit = self.admin.post("/units", {"name": f"Contoh PPK {iso}", "province": iso})
            assert isinstance(unit["external_ids"], dict)
            self.units[iso] = unit["id"]
        self.account("secretariat", "secretariat", centre)
        self.account("note_taker", "none", centre, post="Contoh Notulis")
        self.account("evaluator", "evaluator", centre)
        self.account("evaluator2", "evaluator", centre)
        self.account("auditor", "auditor", centre)
        self.account("chair", "leader", centre, post="Contoh Direktur", **{"from": self.day(-30)})
        for iso, unit in self.units.items():
            self.account(f"ppk.{iso}", "ppk", unit, post=f"PPK {iso}")
            self.account(f"staff.{iso}", "ppk_staff", unit)
        me = self.ppk("ID-BB").get("/me")
        assert me["role"] == "ppk" and me["unit_id"] == self.units["ID-BB"]
        made = self.admin.post(
            f"/users/{self.secretariat.id}/appointments",
            {
                "post": "Contoh Kepala Subbagian",
                "unit_id": centre,
                "kind": "plt",
                "from": self.day(0),
                "to": self.day(90),
            },
        )
        assert made["kind"] == "plt"
        self.centre = centre

    def account(self, key: str, role: str, unit: int, **more: Any) -> None:
        email = f"{key.replace('_', '.').lower()}@contoh.example"
        given = {"name": f"Contoh {key}", "email": email, "role": role, "unit_id": unit} | more
        made = self.admin.post("/users", given)
        assert made["sign_in_url"].startswith("http")
        assert "sign_in_url" not in self.admin.get(f"/users/{made['id']}")
        self.who[key] = Outsider(self.world, db.session.get_one(Person, made["id"]))

    def places(self) -> None:
        provinces = self.secretariat.all("/provinces")
        assert len(provinces) == 38
        for iso, unit in self.units.items():
            area = self.secretariat.post(
                "/areas", {"name": f"Contoh Kawasan {iso}", "province": iso, "theme": "wisata"}
            )
            self.areas[iso] = area["id"]
            assert isinstance(area["external_ids"], dict)
            sectors = list(self.secretariat.get("/choices")["activities"]["sector"])
            self.activities[iso] = [
                self.secretariat.post(
                    "/activities",
                    {"unit_id": unit, "area_id": area["id"], "name": f"Contoh kegiatan {n}", "sector": sectors[n],
                     "budget": "1500000000.00"},
                )["id"]
                for n in range(2)
            ]  # fmt: skip
        assert self.ppk("ID-BB").get(f"/areas/{self.areas['ID-BB']}")["name"].startswith("Contoh")
