"""The week and the morning of a rakor, in browsers: 34 invited, 5 guests, 3 represented, one late, one leaving, one phone
without network. What 34 people do alike goes through the commands; what one does for the first time is done by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from randal.documents.paper_parts import heading
from randal.meeting_facts.rsvp_links import reply_path
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.org.places import Province
from randal.rooms.attendance import papers
from randal.rooms.attendance.live_code import code_of
from tests.changes.test_changes import promised
from tests.journeys.visitor import Visitor
from tests.photos.test_photos import photo

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.timeout(300)]
INVITED, GUESTS = 34, 5
WIDTHS = (390, 1280)
REASON = "contoh kunjungan lapangan bersama"


class Comer(Visitor):
    """SQLite has one writer: what the test has read is let go before the browser does anything."""

    def go(self, path: str, look: str = "") -> Visitor:
        db.session.commit()
        return super().go(path, look)

    def press(self, name: str, *, exact: bool = False) -> None:
        db.session.commit()
        super().press(name, exact=exact)

    def sees(self, text: str) -> None:
        db.session.commit()
        super().sees(text)

    def look(self, what: str) -> None:
        """On a telephone and on a desk, whichever of them this one has."""
        own = self.page.viewport_size
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": own["height"]})
            self.tag = str(width)
            super().look(what)
        self.page.set_viewport_size(own)


class Rakor:
    """One meeting as it is lived: desks are 1280 wide, telephones 390; each page is judged at both."""

    def __init__(self, world: Any, sign_in: Callable[..., Any], browser: Callable[..., Any], axe: Any):
        self.world, self.sign_in, self.browser, self.axe = world, sign_in, browser, axe
        self.isos = list(
            db.session.scalars(select(Province.iso).order_by(Province.kemendagri).limit(INVITED))
        )
        for iso in self.isos:
            world.ppk(iso)
        self.came: list[Visitor] = []

    def visitor(self, person: Any) -> Visitor:
        return self.known(Comer(self.sign_in(person, width=1280), self.axe, person.name, "1280"))

    def stranger(self) -> Visitor:
        return self.known(Comer(self.browser(width=390, has_touch=True), self.axe, "Telepon", "390"))

    def known(self, who: Visitor) -> Visitor:
        who.page.context.clock.set_fixed_time(self.world.now)
        self.came.append(who)
        db.session.commit()  # SQLite has one writer
        return who

    def clock(self, instant: Any) -> None:
        self.world.now = instant
        for who in self.came:
            who.page.context.clock.set_fixed_time(instant)

    def meeting(self) -> Meeting:
        db.session.expire_all()
        return db.session.get_one(Meeting, self.id)

    def row(self, number: int) -> Attendance:
        return self.meeting().invitees[number]

    # -- the week before -------------------------------------------------------------------------------

    def last_time(self) -> None:
        """A month ago something was promised, and an item was put off."""
        first = self.world.meeting(
            "in_session", units=self.isos, agenda="Contoh laporan (60)\nContoh yang tertunda", quorum=60
        )
        promised(self.world, first, "Contoh janji rapat lalu", 10)
        first = db.session.get_one(Meeting, first.id)
        first.agenda_items[0].outcome = "discussed"
        db.session.commit()
        self.world.fire(first, "close", self.world.chair, confirm=True)
        self.before = first.id
        self.world.now += timedelta(days=21)

    def called(self) -> None:
        """The secretariat makes the next meeting from the last, and schedules it."""
        desk = self.desk = self.visitor(self.world.secretariat)
        desk.go(f"/rapat/{self.before}").press("Buat rapat berikutnya")
        desk.look("rapat-berikutnya")
        assert "Contoh yang tertunda" in desk.page.input_value("[name=agenda]")
        assert desk.page.locator("[name=unit_ids]:checked").count() == INVITED
        desk.fill(title="Contoh Rakor Bulanan")
        desk.press("Simpan draf", exact=True)
        desk.sees("Draf rapat berikutnya disimpan")
        self.id = int(desk.page.url.split("/rapat/")[1].split("?")[0])
        desk.move("schedule", "Jadwalkan")
        desk.sees("Rapat dijadwalkan; undangan dikirim kepada")
        desk.go(f"/rapat/{self.id}?bagian=acara", "acara-rakor")
        desk.sees("Ditunda dari rapat sebelumnya: Contoh yang tertunda")
        desk.go(f"/rapat/{self.id}/perubahan", "perubahan")
        desk.sees("Menjadi terlambat")
        self.start = self.meeting().starts_at

    def answered(self) -> None:
        """One answers on his telephone that another comes; the others in their own ways; one is silent."""
        path = reply_path(self.row(0))
        phone = self.stranger()
        phone.go(path, "konfirmasi")
        phone.page.locator("label[for=jawab-represent]").click()
        phone.fill(name="Contoh Wakil Nol", post="Contoh Kepala Seksi")
        phone.press("Kirim jawaban", exact=True)
        phone.sees("diwakili oleh")
        ppk = self.world.ppk
        for number, iso in enumerate(self.isos[1:], 1):
            row = self.row(number)
            if number < 3:
                self.world.fire(
                    row, "represent", ppk(iso), name=f"Contoh Wakil {number}", post="Contoh Kepala Seksi"
                )
            elif number == 32:
                self.world.fire(row, "decline", ppk(iso), reason=REASON)
            elif number < 32:
                self.world.fire(row, "accept", ppk(iso))
        self.desk.go(f"/rapat/{self.id}?bagian=kehadiran", "kehadiran-rakor")
        self.desk.sees("Berhalangan")

    def printed(self) -> None:
        self.desk.go(f"/rapat/{self.id}?bagian=dokumen", "dokumen-rakor")
        self.desk.press("Cetak paket rapat", exact=True)
        self.desk.page.wait_for_url("**/dokumen/*")

    # -- the morning -----------------------------------------------------------------------------------

    def door(self) -> str:
        path = f"/hadir/{code_of(self.meeting(), self.world.now)[0]}"
        db.session.commit()
        return path

    def come(self, phone: Visitor, who: str, name: str, post: str, institution: str = "") -> None:
        """Fill the page behind the code, with a signature drawn by the finger."""
        phone.fill(who=who, name=name, post=post)
        if institution:
            phone.fill(institution=institution)
        pad = phone.page.locator("#pad")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        mouse = phone.page.mouse
        mouse.move(box["x"] + 30, box["y"] + 60)
        mouse.down()
        for step in range(1, 6):
            mouse.move(box["x"] + 30 + step * 20, box["y"] + (20 if step % 2 else 70))
        mouse.up()
        phone.press("Catat hadir", exact=True)

    def morning(self) -> None:
        """Half an hour before: phones at the door, one of them without network; guests; the table."""
        self.clock(self.start - timedelta(minutes=20))
        self.desk = self.visitor(self.world.secretariat)  # a session does not last the days between
        invited, guest, cut = self.row(3).id, self.stranger(), self.stranger()
        path = self.door()
        phone = self.stranger().go(path, "pintu")
        self.come(phone, str(invited), self.world.ppk(self.isos[3]).name, "PPK")
        phone.sees("Kehadiran tercatat")
        phone.look("tercatat")
        guest.go(path)
        self.come(guest, "tamu", "Contoh Tamu Satu", "Contoh Camat", "Contoh Pemda")
        guest.sees("Kehadiran tercatat")
        self.cut = cut.go(path)
        cut.page.context.set_offline(True)
        self.come(cut, str(self.row(4).id), self.world.ppk(self.isos[4]).name, "PPK")
        cut.sees("Tersimpan di telepon")
        cut.look("tersimpan")
        assert self.row(4).state == "accepted"
        db.session.commit()
        for number in (*range(1, 3), *range(5, 31)):
            who = self.world.ppk(self.isos[number]) if number > 2 else self.world.secretariat
            self.world.fire(self.row(number), "check_in", who)
        for number in range(2, GUESTS):
            body = {
                "guest": {
                    "name": f"Contoh Tamu {number}",
                    "post": "Contoh Camat",
                    "institution": "Contoh Pemda",
                }
            }
            made = self.world.api(self.world.secretariat).post(f"/meetings/{self.id}/attendance", json=body)
            assert made.status_code == 201, made.json
        self.wall = self.visitor(self.world.person("secretariat", name="Contoh Sekretariat Dinding"))
        self.wall.go(f"/hadir/layar/{self.id}", "layar-hadir")
        self.at_table()

    def at_table(self) -> None:
        """Who stands in, and a guest, by keyboard at the table; the phone has its network again."""
        table = self.table = self.visitor(self.world.secretariat)
        table.go(f"/hadir/meja/{self.id}", "meja")
        find, first = table.page.locator("[data-find]"), self.row(0).label
        db.session.commit()
        find.fill(first)
        find.press("Enter")
        table.sees(f"{first}: hadir pukul")
        find.fill("Contoh Tamu Lima")
        find.press("Enter")
        for word in ("Contoh Lurah", "Contoh Kelurahan"):
            table.page.keyboard.type(word)
            table.page.keyboard.press("Tab")
        table.page.keyboard.press("Enter")
        table.sees("Contoh Tamu Lima: tamu dicatat hadir")
        self.cut.page.context.set_offline(False)
        self.cut.sees("Kehadiran tercatat")

    # -- the meeting -----------------------------------------------------------------------------------

    def held(self) -> None:
        """It begins; one comes late, one leaves early; a photo; the chair closes."""
        chair = self.visitor(self.world.chair)
        self.clock(self.start)
        chair.go(f"/rapat/{self.id}").press("Mulai rapat")
        chair.sees("Berlangsung")
        self.clock(self.start + timedelta(minutes=12))
        late, leaving = self.row(31).label, self.row(5)
        gone, name = leaving.id, leaving.label
        db.session.commit()
        find = self.table.page.locator("[data-find]")
        find.fill(late)
        find.press("Enter")
        self.table.sees(f"{late}: hadir pukul")
        self.clock(self.start + timedelta(minutes=90))
        find.fill("")
        seat = self.table.page.locator(f"[data-row='{gone}']")
        seat.get_by_text("Pulang").first.click()
        seat.get_by_role("button", name="Catat pulang").click()
        self.table.page.locator("[data-said]", has_text=f"{name}").wait_for()
        notes = self.visitor(self.world.minute_taker)
        notes.go(f"/rapat/{self.id}?bagian=foto", "foto")
        notes.page.set_input_files("#foto-berkas", [
            {"name": f"IMG_{n}.jpg", "mimeType": "image/jpeg", "buffer": photo(1600 + n, 1200)} for n in range(2)
        ])  # fmt: skip
        notes.page.fill("#foto-caption", "Contoh pembukaan rapat")
        notes.press("Unggah foto", exact=True)
        notes.sees("2 foto ditambahkan")
        self.clock(self.start + timedelta(minutes=175))
        chair.go(f"/rapat/{self.id}/tutup", "tutup-rakor")
        chair.press("Tutup dengan kekurangan ini")
        chair.sees("Rapat ditutup")

    def remembered(self) -> None:
        """What the list, the history and the search say afterwards."""
        meeting = self.meeting()
        made = papers.list_of(meeting, heading("Contoh", self.world.now, "Asia/Jakarta"), pictures=True)
        assert made["totals"]["invited"] == INVITED and made["totals"]["guests"] == GUESTS, made["summary"]
        counts = dict(made["totals"]["by_label"])
        assert counts == {"Hadir": 32, "Izin": 1, "Tidak hadir": 1}, made["summary"]
        assert (made["totals"]["represented"], made["totals"]["late"]) == (3, 1), made["summary"]
        assert made["totals"]["reached"], made["summary"]
        assert sum(bool(row["signature"]) for row in made["rows"]) == 2, "drawn on two telephones"
        assert sum("pulang" in row["note"] for row in made["rows"]) == 1
        assert next(row for row in made["rows"] if row["label"] == "Izin")["note"].startswith(REASON)
        waited = self.row(4).presences[0]
        assert waited.phone_time is not None and self.row(4).check_in_way == "qr"
        kinds = select(Document.kind).where(Document.meeting_id == self.id)
        assert {"packet", "attendance_list", "invitation"} <= set(db.session.scalars(kinds))
        db.session.commit()
        self.desk.go("/cari").fill(q="Notulen bulanan")
        self.desk.page.keyboard.press("Enter")
        self.desk.sees("Notula Contoh Rakor Bulanan")
        self.desk.look("cari")
        self.desk.go(f"/rapat/{self.before}").sees("Contoh Rakor Bulanan")

    def unbroken(self) -> None:
        cut = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")
        wrong = [
            f"{who.name}: {said}"
            for who in self.came
            for said in who.wrong
            if not any(c in said for c in cut)
        ]
        assert not wrong, "\n".join(wrong)


def test_the_week_and_the_morning_of_a_rakor(world, live_server, sign_in_browser, browser, axe):
    rakor = Rakor(world, sign_in_browser, browser, axe)
    rakor.last_time()
    rakor.called()
    rakor.answered()
    rakor.printed()
    rakor.morning()
    rakor.held()
    rakor.remembered()
    rakor.unbroken()
