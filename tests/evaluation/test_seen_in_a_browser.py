"""The pages of reports, findings, kendala and kawasan on a phone and a desk: accessible, nothing beside the screen."""

import pytest

from tests.evaluation.stories import activity, report
from tests.items import finding, kendala


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_is_accessible_and_fits(world, sign_in_browser, axe, width):
    activity(world, "ID-BB", "Contoh jaringan perpipaan dengan nama yang panjang sekali")
    meeting = world.meeting("in_session", report_period="2026-02")
    sent_back = report(world, "ID-BB", period="2026-01", state="returned")
    found, hindrance = finding(world, meeting), kendala(world, meeting)
    own = [
        "/laporan",
        f"/laporan/{sent_back.id}",
        f"/laporan/{sent_back.id}/ubah",
        "/temuan",
        f"/temuan/{found.id}",
    ]
    own += ["/kendala", f"/kendala/{hindrance.id}", f"/kendala/baru?rapat={meeting.id}"]
    theirs = ["/laporan?periode=2026-01", f"/laporan/{sent_back.id}", f"/temuan/{found.id}/ubah"]
    theirs += [f"/temuan/baru?rapat={meeting.id}"]
    kept = ["/kawasan", "/kawasan/baru", "/kegiatan/baru"]
    for person, paths in ((world.ppk("ID-BB"), own), (world.evaluator, theirs), (world.secretariat, kept)):
        page = sign_in_browser(person, width=width)
        said: list[str] = []
        page.on(
            "console",
            lambda message, said=said: said.append(message.text) if message.type == "error" else None,
        )
        for path in paths:
            assert page.goto(path).status == 200, path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            axe(page)
            assert not said, (path, said)


@pytest.mark.database("sqlite")
def test_a_ppk_fills_its_report_with_commas_on_a_phone(world, sign_in_browser):
    activity(world, "ID-BB", "Contoh SPAM")
    world.meeting("scheduled", report_period="2026-02")
    page = sign_in_browser(world.ppk("ID-BB"), width=390)
    page.goto("/laporan")
    page.get_by_role("link", name="Isi laporan").click()
    page.get_by_label("Sumber data").select_option("emon")
    page.get_by_label("Posisi per tanggal").fill("2026-02-25")
    typed = {
        "Fisik rencana": "60",
        "Fisik realisasi": "51,74",
        "Keuangan rencana": "40",
        "Keuangan realisasi": "x",
    }
    for label, value in typed.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Simpan dan sampaikan").click()
    assert page.get_by_label("Keuangan realisasi").get_attribute("aria-invalid") == "true"
    page.get_by_label("Keuangan realisasi").fill("38,5")
    page.get_by_role("button", name="Simpan dan sampaikan").click()
    page.get_by_text("Laporan disampaikan.").first.wait_for()
    assert "−8,26" in page.content()
