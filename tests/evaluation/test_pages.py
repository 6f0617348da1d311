"""The pages of reports and kawasan: filled in on a phone, refused with what was typed, seen by those who may."""

import re

import pytest

from randal.database.base import db
from randal.models.progress import Activity, Area, ProgressReport
from tests.evaluation.stories import activity, report


def typed(made, activities, **more):
    """The fields of the form, every number 50,5."""
    names = ("physical_plan", "physical_actual", "financial_plan", "financial_actual")
    numbers = {f"f{a.id}-{n}": "50,5" for a in activities for n in names}
    return {"version": made.version, "source": "emon", "as_of": "2026-02-20", "note": ""} | numbers | more


def test_a_ppk_fills_and_submits_in_one_press(world):
    first, second = activity(world, "ID-BB", "Contoh A"), activity(world, "ID-BB", "Contoh B")
    world.meeting("scheduled", report_period="2026-02")
    made = db.session.query(ProgressReport).one()
    page = world.sign_in(world.ppk("ID-BB"))
    assert f"/laporan/{made.id}/ubah" in page.get("/laporan").text
    form = page.get(f"/laporan/{made.id}/ubah").text
    assert form.count('inputmode="decimal"') == 12 and "Simpan dan sampaikan" in form
    answer = page.post(f"/laporan/{made.id}/ubah", data=typed(made, [first, second], submit="1"))
    assert answer.status_code == 303
    shown = page.get(answer.location).text
    assert made.state == "submitted" and "50,50%" in shown and "Laporan disampaikan." in shown
    assert "Bobot" in shown and "100,00%" in shown


def test_what_is_missing_is_said_and_what_was_typed_is_saved(world):
    first = activity(world, "ID-BB", "Contoh A")
    activity(world, "ID-BB", "Contoh B")
    world.meeting("scheduled", report_period="2026-02")
    made = db.session.query(ProgressReport).one()
    page = world.sign_in(world.ppk("ID-BB"))
    page.post(f"/laporan/{made.id}/ubah", data=typed(made, [first], submit="1"))
    shown = page.get(f"/laporan/{made.id}").text
    assert made.state == "draft" and "«Contoh B»" in shown and "50,50%" in shown


def test_a_wrong_number_is_said_beside_its_field_and_nothing_is_saved(world):
    first, second = activity(world, "ID-BB", "Contoh A"), activity(world, "ID-BB", "Contoh B")
    made = report(world, "ID-BB")
    wrong = typed(
        made, [first, second], **{f"f{second.id}-financial_actual": "banyak"}, note="<b>catatan</b>"
    )
    answer = world.sign_in(world.ppk("ID-BB")).post(f"/laporan/{made.id}/ubah", data=wrong)
    assert answer.status_code == 422
    assert f'id="f{second.id}-financial_actual-errors"' in answer.text and 'value="banyak"' in answer.text
    assert 'value="50,5"' in answer.text and "&lt;b&gt;catatan" in answer.text
    assert [str(f.physical_plan) for f in made.figures] == ["50.00", "50.00"]


def test_a_stale_form_shows_both_and_overwrites_nothing(world):
    [first] = [activity(world, "ID-BB", "Contoh A")]
    made = report(world, "ID-BB")
    page, old = world.sign_in(world.ppk("ID-BB")), made.version
    page.post(f"/laporan/{made.id}/ubah", data=typed(made, [first], note="satu"))
    late = typed(made, [first], note="dua", version=old) | {f"f{first.id}-physical_plan": "7"}
    answer = page.post(f"/laporan/{made.id}/ubah", data=late)
    assert answer.status_code == 409
    assert (
        "Sudah diubah oleh" in answer.text
        and "Tersimpan sekarang: 50,50" in answer.text
        and "dua" in answer.text
    )
    assert made.note == "satu"


def test_it_may_start_from_the_figures_of_the_period_before(world):
    activity(world, "ID-BB", "Contoh A")
    report(world, "ID-BB", period="2026-01")
    world.meeting("scheduled", report_period="2026-02")
    made = db.session.query(ProgressReport).filter_by(period="2026-02").one()
    page = world.sign_in(world.ppk("ID-BB"))
    assert "mulai=periode-lalu" in page.get(f"/laporan/{made.id}").text
    form = page.get(f"/laporan/{made.id}/ubah").text
    assert 'value="40,00"' in form and "disalin dari Januari 2026" in form
    assert 'value="40,00"' not in page.get(f"/laporan/{made.id}/ubah?mulai=kosong").text
    assert made.figures == []


def test_a_ppk_may_begin_a_period_of_its_own_once(world):
    page = world.sign_in(world.ppk("ID-BB"))
    assert page.post("/laporan", data={"period": "2026-01"}).status_code == 303
    again = page.post("/laporan", data={"period": "2026-01"})
    assert again.status_code == 422 and "sudah ada (nomor" in again.text
    assert page.post("/laporan", data={"period": "kapan"}).status_code == 422
    assert world.sign_in(world.evaluator).post("/laporan", data={"period": "2026-01"}).status_code == 403


def test_a_ppk_sees_its_own_reports_alone(world):
    mine, other = report(world, "ID-BB"), report(world, "ID-JT")
    page = world.sign_in(world.ppk("ID-BB"))
    listed = page.get("/laporan?periode=2026-02&ppk=2").text
    assert f"/laporan/{mine.id}" in listed and f'/laporan/{other.id}"' not in listed
    for path in ("", "/ubah", "/langkah/submit"):
        assert page.get(f"/laporan/{other.id}{path}").status_code == 404
    assert page.post(f"/laporan/{other.id}/ubah", data={}).status_code == 404
    assert page.post(f"/laporan/{other.id}/langkah/submit").status_code == 404


def test_moves_on_the_page_judge_like_the_api(world):
    made = report(world, "ID-BB", state="submitted")
    ppk, evaluator = world.sign_in(world.ppk("ID-BB")), world.sign_in(world.evaluator)
    assert ppk.post(f"/laporan/{made.id}/langkah/validate").status_code == 403
    assert ppk.get(f"/laporan/{made.id}/ubah").status_code == 409
    short = evaluator.post(f"/laporan/{made.id}/langkah/return", data={"reason": "salah"})
    assert short.status_code == 422 and "sedikitnya 10" in short.text and "salah" in short.text
    back = evaluator.post(
        f"/laporan/{made.id}/langkah/return", data={"reason": "<i>Angka</i> keuangan belum cocok"}
    )
    assert back.status_code == 303
    assert "&lt;i&gt;Angka&lt;/i&gt;" in ppk.get(f"/laporan/{made.id}").text
    assert (
        evaluator.post(
            f"/laporan/{made.id}/langkah/return", data={"reason": "sekali lagi begitu"}
        ).status_code
        == 409
    )
    text = re.search(r'data-copy="([^"]+)"', evaluator.get(f"/laporan/{made.id}").text)[1]
    assert f"/laporan/{made.id}" in text and "Angka" not in text


def test_who_has_not_reported_is_there_to_be_copied(world):
    report(world, "ID-BB", state="submitted")
    report(world, "ID-JT")
    page = world.sign_in(world.secretariat).get("/laporan").text
    text = re.search(r'data-copy="([^"]+)"', page)[1]
    assert "Jawa Tengah" in text and "Bangka" not in text and "/laporan" in text
    assert world.ppk("ID-JT").name not in text
    assert "1 dari 2 PPK" in page


def test_kawasan_are_kept_on_a_page_of_their_own(world):
    page = world.sign_in(world.secretariat)
    assert page.get("/kawasan").status_code == 200
    wrong = page.post("/kawasan/baru", data={"name": "<b>Contoh</b>", "province": "", "theme": "x"})
    assert wrong.status_code == 422 and "&lt;b&gt;Contoh" in wrong.text and "Wajib diisi." in wrong.text
    assert (
        page.post("/kawasan/baru", data={"name": "Contoh", "province": "ID-BB", "theme": "x"}).status_code
        == 303
    )
    area = db.session.query(Area).one()
    unit = world.unit("ID-BB")
    raw = {"name": "Contoh SPAM", "unit_id": unit.id, "area_id": area.id, "sector": "AM"}
    raw |= {"budget": "1.500.000,50", "active": "true"}
    assert page.post("/kegiatan/baru", data=raw).status_code == 303
    kept = db.session.query(Activity).one()
    assert str(kept.budget) == "1500000.50"
    stale = page.post(f"/kegiatan/{kept.id}/ubah", data=raw | {"version": 0, "name": "Contoh lain"})
    assert stale.status_code == 409 and "Contoh lain" in stale.text and kept.name == "Contoh SPAM"
    raw.pop("active")
    assert page.post(f"/kegiatan/{kept.id}/ubah", data=raw | {"version": 1}).status_code == 303
    assert kept.active is False
    assert "Contoh SPAM" in page.get(f"/kawasan?ppk={unit.id}").text


@pytest.mark.parametrize("role", ["ppk", "ppk_staff", "evaluator", "leader", "auditor"])
def test_others_do_not_keep_kawasan(world, role):
    page = world.sign_in(world.person(role, "ID-BB"))
    assert page.get("/kawasan").status_code == 200 and "Tambah kawasan" not in page.get("/kawasan").text
    assert page.get("/kawasan/baru").status_code == page.get("/kegiatan/baru").status_code == 403
    assert (
        page.post("/kawasan/baru", data={"name": "x", "province": "ID-BB", "theme": "x"}).status_code == 403
    )
    assert db.session.query(Area).count() == 0


def test_the_pages_need_an_account(client):
    for path in ("/laporan", "/laporan/1", "/laporan/1/ubah", "/kawasan", "/kegiatan/baru"):
        assert client.get(path).status_code == 302
