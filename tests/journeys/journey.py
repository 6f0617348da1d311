"""The same meeting after the close: minutes written, agreed, signed and verified; a promise kept and one sent back."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sqlalchemy import select

from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from randal.models.minutes import Minutes
from tests.contract.outsider import picture
from tests.journeys.session import Session, asked, state_of

PASSPHRASE = "contoh frasa perjalanan"
REASON = "Foto belum memperlihatkan papan nama kegiatan."


class Journey(Session):
    def play(self) -> None:
        self.cast()
        self.invite()
        self.two_ppk_answer_and_report()
        self.begin()
        self.take_minutes_by_keyboard()
        self.close()
        self.write_and_review()
        self.sign()
        self.report()
        self.promises()

    # -- the minutes -------------------------------------------------------------------------------------

    def write_and_review(self) -> None:
        [self.minutes] = asked(select(Minutes.id).where(Minutes.meeting_id == self.meeting))
        who, here = self.note_taker, f"/notula/{self.minutes}"
        who.go(f"/rapat/{self.meeting}").press("Notula langsung")
        for box in who.page.locator("select[name=assessment]").all():
            if not box.input_value():
                box.select_option("partly")
        self.saved(who)
        who.go(here, "notula-disusun")
        who.press("Tulis notula")
        who.look("notula-tulis")
        editor = who.page.locator("trix-editor, [data-rich]").filter(visible=True).last
        editor.click()
        who.page.keyboard.press("Control+End")
        who.page.keyboard.type(" Contoh kalimat penutup.")
        who.page.keyboard.press("Tab")
        self.saved(who)
        who.press("Selesai menulis")
        who.move("submit", "Ajukan untuk ditinjau")
        who.sees("Ditinjau")
        self.first.go(here, "notula-ppk")
        self.first.fill(text="Contoh usul: sebutkan jadwal lelang.")
        self.first.press("Kirim tanggapan")
        self.first.sees("Contoh usul")
        self.first.press("Menyetujui")
        self.second.go(here).press("Menyetujui")
        who.go(here).press("Jawab")
        who.fill(answer="Contoh jawaban: sudah ditambahkan.")
        who.press("Simpan jawaban")
        who.sees("Contoh jawaban")
        who.look("notula-ditanggapi")
        self.chair.go(here, "notula-pimpinan")
        self.chair.move("approve", "Setujui")
        self.wait_for_paper(self.chair)
        self.chair.go(here, "notula-disetujui")

    def sign(self) -> None:
        for who in (self.note_taker, self.chair):
            who.go("/tanda-tangan", "tanda-tangan")
            who.page.locator("main a[href^='/tanda-tangan/']").filter(visible=True).first.click()
            who.look("baca-dan-tandatangani")
            who.press("Daftarkan kunci tanda tangan")
            who.look("kunci")
            who.fill(passphrase=PASSPHRASE, again=PASSPHRASE)
            who.press("Daftarkan kunci", exact=True)
            who.page.wait_for_url(re.compile(r"/tanda-tangan/\d+"))
            who.fill(passphrase="bukan ini sandinya")
            who.press("Tandatangani notula")
            who.look("sandi-salah")
            who.page.locator(".field-errors, .error-summary").first.wait_for()
            who.fill(passphrase=PASSPHRASE)
            who.press("Tandatangani")
            who.sees("Ditandatangani")
            who.look("ditandatangani")
        who = self.chair
        who.go(f"/notula/{self.minutes}", "notula-terbit")
        who.sees("Terbit")
        with who.page.expect_download() as loading:
            who.page.locator("main a[href*='/berkas']").filter(visible=True).first.click()
        file = loading.value.path()
        who.go("/verifikasi", "verifikasi")
        who.page.set_input_files(
            "input[type=file]",
            {"name": "notula.pdf", "mimeType": "application/pdf", "buffer": file.read_bytes()},
        )
        who.press("Periksa berkas")
        who.sees("Utuh dan cocok")
        who.look("verifikasi-utuh")
        assert state_of(Meeting, self.meeting) == "concluded"

    def report(self) -> None:
        """The laporan with its nota dinas, as far as its head returns it."""
        who = self.secretariat
        who.go(f"/rapat/{self.meeting}?bagian=notula", "rapat-notula")
        who.press("Buat laporan dengan nota dinas")
        who.sees("Tulis laporan")
        who.look("laporan-tulis")
        who.press("Selesai menulis")
        who.move("submit", "Ajukan untuk ditinjau")
        who.sees("Ditinjau")
        here = urlsplit(who.page.url).path
        self.chair.go(here, "laporan-pimpinan")
        self.chair.move("return", "Kembalikan", reason=REASON)
        who.go(here, "laporan-dikembalikan").sees("Dikembalikan pada")
        who.sees(REASON)

    # -- promises ----------------------------------------------------------------------------------------

    def promises(self) -> None:
        numbers = []
        for who, iso in ((self.first, self.isos[0]), (self.second, self.isos[1])):
            mine = (
                select(FollowUp.id).where(FollowUp.unit_id == self.world.unit(iso).id).order_by(FollowUp.id)
            )
            numbers.append(asked(mine)[0])
            who.go("/rtl", "rtl-saya").go(f"/rtl/{numbers[-1]}", "rtl-ditugaskan")
            who.page.set_input_files(
                "#file", {"name": "bukti.png", "mimeType": "image/png", "buffer": picture()[0].read()}
            )
            who.fill(note="Contoh: pekerjaan selesai, foto terlampir.")
            who.press("Unggah dan ajukan selesai")
            who.sees("Diajukan selesai")
            who.look("rtl-diajukan")
        who = self.evaluator
        who.go("/rtl", "rtl-evaluator")
        who.go(f"/rtl/{numbers[0]}", "rtl-periksa")
        who.page.locator("label", has_text="Diterima").first.click()
        who.press("Simpan penilaian")
        who.move("verify", "Verifikasi", note="Contoh: bukti cukup dan sesuai.")
        who.sees("Selesai, terverifikasi")
        who.look("rtl-terverifikasi")
        who.go(f"/rtl/{numbers[1]}")
        who.move("return", "Kembalikan", reason=REASON)
        who.sees("Dikembalikan")
        self.second.go("/", "beranda-dikembalikan").sees("dikembalikan, tenggat")
        self.second.go(f"/rtl/{numbers[1]}", "rtl-dikembalikan")
        self.second.sees(REASON)
        assert [state_of(FollowUp, n) for n in numbers] == ["verified", "returned"]
        who.go("/pelacak", "pelacak").go(f"/rapat/{self.meeting}", "rapat-selesai")
        who.go("/dokumen", "dokumen").go("/pemberitahuan", "pemberitahuan")
        who.go("/temuan", "temuan").go("/kendala", "kendala")
