"""A new meeting of 34 units, up to the close: who comes, from the empty form, what the PPK report, the session by keys."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from randal.org.places import Province
from randal.rooms.evaluation import places
from tests.journeys.visitor import PASSWORD, Visitor


def asked(query: Any) -> list[Any]:
    """The answers, and the database free again: SQLite has one writer."""
    found = list(db.session.scalars(query))
    db.session.commit()
    return found


def state_of(model: Any, number: int) -> str:
    return asked(select(model.state).where(model.id == number))[0]


class Session:
    """People, the empty form, reports, and a session written down by keyboard alone."""

    def __init__(self, world: Any, visitor: Any, width: int):
        self.world, self.visitor, self.width = world, visitor, width
        self.meeting = self.minutes = 0

    def come(self, person: Any) -> Visitor:
        return self.visitor(person, self.width)

    def cast(self) -> None:
        world = self.world
        provinces = db.session.scalars(select(Province).order_by(Province.id).limit(34)).all()
        self.isos = [p.iso for p in provinces]
        self.ppk = {}
        for iso in self.isos:
            sign_in = {"password": PASSWORD} if iso in self.isos[:2] else {}
            self.ppk[iso] = world.person("ppk", iso, name=f"Contoh PPK {iso}", **sign_in)
        for role in ("secretariat", "evaluator", "leader", "none"):
            names = {"secretariat": "Contoh Sekretariat", "evaluator": "Contoh Evaluator", "leader": "Contoh Pimpinan",
                     "none": "Contoh Notulis"}  # fmt: skip
            world._known[role] = world.person(role, world.centre, name=names[role], password=PASSWORD)
        keeper = world.actor(world.secretariat)
        for iso in self.isos[:2]:
            unit = world.unit(iso)
            area = places.make_area(
                keeper, {"name": f"Contoh Kawasan {iso}", "province": iso, "theme": "wisata"}, world.now
            )
            db.session.flush()
            given = {
                "unit_id": unit.id,
                "area_id": area.id,
                "name": "Contoh SPAM",
                "sector": "AM",
                "budget": "1500000000",
            }
            places.make_activity(keeper, given, world.now)
        self.units = {iso: world.unit(iso).id for iso in self.isos[:2]}
        self.names = {
            "chair": world.chair.name,
            "note_taker": world.minute_taker.name,
            "first": world.unit(self.isos[0]).short_name,
            "second": world.unit(self.isos[1]).short_name,
        }
        db.session.commit()
        self.secretariat = self.come(world.secretariat)
        self.chair = self.come(world.chair)
        self.note_taker = self.come(world.minute_taker)
        self.evaluator = self.come(world.evaluator)
        self.first, self.second = (self.come(self.ppk[iso]) for iso in self.isos[:2])

    # -- from the empty form ---------------------------------------------------------------------------

    def invite(self) -> None:
        who, page = self.secretariat, self.secretariat.page
        who.go("/rapat", "rapat-kosong")
        page.locator("a[href='/rapat/baru']").filter(visible=True).first.click()
        who.look("rapat-baru")
        who.press("Simpan draf")
        who.look("rapat-baru-kurang")
        assert page.locator("[aria-invalid=true]").count() >= 2
        local = self.world.now + timedelta(hours=7)
        who.fill(
            title="Contoh Rapat Koordinasi 34 PPK",
            purpose="Contoh: memantau keterpaduan infrastruktur permukiman.",
            starts_at=f"{local:%Y-%m-%dT%H:%M}",
            ends_at=f"{local + timedelta(hours=3):%Y-%m-%dT%H:%M}",
            place="Contoh Ruang Rapat Lantai 3",
            chair_id=(self.names["chair"],),
            minute_taker_id=(self.names["note_taker"],),
            cc="Contoh Direktur Jenderal",
            objectives="Contoh sasaran satu",
            outputs="Contoh keluaran satu",
            agenda="Pembukaan (10)\nKemajuan setiap PPK (90)",
        )
        who.press("Pilih semua")
        who.press("Simpan draf")
        page.wait_for_url(re.compile(r"/rapat/\d+$"))
        self.meeting = int(page.url.rsplit("/", 1)[1])
        who.look("rapat-draf")
        assert state_of(Meeting, self.meeting) == "draft"
        who.move("schedule", "Jadwalkan")
        who.sees("Rapat dijadwalkan; undangan dikirim kepada")
        who.look("rapat-terjadwal")
        who.move(
            "issue_letter",
            "Terbitkan surat undangan",
            number="UM.0102/CONTOH/7",
            dated_on=f"{local:%Y-%m-%d}",
        )
        who.settled()
        for part in (
            "acara",
            "kehadiran",
            "laporan",
            "temuan",
            "kendala",
            "tindak-lanjut",
            "notula",
            "dokumen",
            "riwayat",
        ):
            who.go(f"/rapat/{self.meeting}?bagian={part}", f"bagian-{part}")
        who.go(f"/rapat/{self.meeting}?bagian=dokumen")
        self.wait_for_paper(who)

    @staticmethod
    def wait_for_paper(who: Visitor) -> None:
        """The page itself shows the progress, without being loaded again."""
        who.page.locator("a[href*='/berkas']").filter(visible=True).first.wait_for(timeout=60_000)

    # -- what the PPK do ---------------------------------------------------------------------------------

    def two_ppk_answer_and_report(self) -> None:
        here = f"/rapat/{self.meeting}"
        for who in (self.first, self.second):
            who.go("/", "beranda-diundang").go(here, "rapat-ppk")
            who.press("Akan hadir")
            who.sees("Akan hadir")
            who.go("/laporan", "laporan-saya")
            who.press("Isi laporan")
            who.look("laporan-isi")
            who.page.select_option("[name=source]", "emon")
            who.fill(as_of=f"{self.world.now + timedelta(hours=7):%Y-%m-%d}")
            numbers = who.page.locator(".pairs input")
            for position, value in enumerate(("40,5", "38,25", "30", "21,7")):
                numbers.nth(position).fill(value)
            who.press("Simpan dan sampaikan")
            who.sees("Disampaikan")
            who.look("laporan-disampaikan")
        self.evaluator.go("/laporan", "laporan-semua")
        self.evaluator.go(f"/rapat/{self.meeting}?bagian=laporan", "laporan-rapat")
        self.evaluator.page.locator("main a[href^='/laporan/']").filter(visible=True).first.click()
        self.evaluator.look("laporan-satu")

    # -- the session -------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.chair.go(f"/rapat/{self.meeting}", "rapat-pimpinan")
        self.chair.press("Mulai rapat")
        self.chair.sees("Berlangsung")
        self.first.go(f"/rapat/{self.meeting}", "rapat-hari-ini")
        self.first.press("Catat kehadiran saya")
        self.first.sees("Tercatat hadir")

    def take_minutes_by_keyboard(self) -> None:
        """Nothing but keys from here to the end of the session."""
        who, keys = self.note_taker, self.note_taker.page.keyboard
        who.go(f"/rapat/{self.meeting}").press("Notula langsung")
        who.page.wait_for_url(re.compile(r"/langsung|/notula|/live"))
        who.look("langsung")
        keys.press("Shift+?")
        who.sees("Tombol pintas")
        who.look("langsung-tombol")
        keys.press("Escape")

        keys.press("Alt+c")
        keys.type("Dibahas")
        keys.press("Tab")
        keys.type("Contoh catatan: PPK memaparkan kemajuan.")
        keys.press("Tab")
        self.saved(who)
        keys.press("Alt+s")
        keys.type("Tercapai")
        keys.press("Tab")
        self.saved(who)

        for key, text in (
            ("a", "Contoh arahan: percepat lelang."),
            ("k", "Contoh keputusan: rapat bulan depan."),
        ):
            keys.press(f"Alt+{key}")
            keys.type(text)
            keys.press("Control+Enter")
            self.listed(who, text)

        keys.press("Alt+t")
        keys.type(self.unit_option("temuan", self.names["first"]))
        self.type_into(who, "text", "Contoh temuan: progres fisik tertinggal.")
        self.listed(who, "progres fisik tertinggal")
        keys.press("Alt+d")
        keys.type(self.unit_option("kendala", self.names["second"]))
        self.type_into(who, "text", "Contoh kendala: lahan belum siap.")
        self.listed(who, "lahan belum siap")

        due = self.world.now + timedelta(hours=7, days=14)
        for everyone in (False, True):
            keys.press("Alt+r")
            if everyone:
                keys.press("Alt+p")
                keys.press("Space")
            else:
                keys.type(self.unit_option("rtl", self.names["first"]))
                keys.press("Tab")
                keys.type(f"{due:%m%d%Y}")  # as the browser writes dates: Chromium here is English
            text = (
                "Contoh untuk semua: kirim jadwal."
                if everyone
                else "Contoh tindak lanjut: percepat pekerjaan."
            )
            self.type_into(who, "text", text, submit=False)
            self.type_into(who, "expected_output", "Contoh laporan.")
            self.listed(who, text)
        who.look("langsung-terisi")
        who.page.reload()
        who.sees("Contoh arahan: percepat lelang.")
        dues = asked(select(FollowUp.due_on).where(FollowUp.meeting_id == self.meeting))
        assert [str(d) for d in dues] == [f"{due:%Y-%m-%d}"] * 35

    def unit_option(self, prefix: str, short_name: str) -> str:
        options = self.note_taker.page.locator(f"#{prefix}-unit option").all_inner_texts()
        return next(o for o in options if o.endswith(short_name))

    @staticmethod
    def type_into(who: Visitor, name: str, text: str, submit: bool = True) -> None:
        """Tab until the field of this name has the focus, then type."""
        for _ in range(8):
            if who.page.evaluate("document.activeElement.name") == name:
                break
            who.page.keyboard.press("Tab")
        assert who.page.evaluate("document.activeElement.name") == name
        who.page.keyboard.type(text)
        if submit:
            who.page.keyboard.press("Control+Enter")

    @staticmethod
    def saved(who: Visitor) -> None:
        who.page.locator(".autosave-state", has_text="ersimpan").first.wait_for()
        who.until(
            "() => ![...document.querySelectorAll('.autosave-state')].some(e => /enyimpan/.test(e.textContent))"
        )

    @staticmethod
    def listed(who: Visitor, text: str) -> None:
        who.until(
            "text => [...document.querySelectorAll('ol, ul')].some(e => e.textContent.includes(text)"
            " || [...e.querySelectorAll('textarea')].some(t => t.value.includes(text)))",
            text,
        )

    def close(self) -> None:
        who = self.chair
        who.go(f"/rapat/{self.meeting}?bagian=tindak-lanjut", "tindak-lanjut-draf")
        who.press("Tugaskan semua draf")
        who.look("tindak-lanjut-ditugaskan")
        who.go(f"/rapat/{self.meeting}", "rapat-berlangsung")
        who.press("Tutup rapat")
        who.look("tutup")
        who.sees("Tidak melapor")
        who.press("Tutup dengan kekurangan ini")
        who.sees("Ditutup")
        who.look("rapat-ditutup")
