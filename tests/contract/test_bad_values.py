"""What fits its type and is wrong all the same: each is refused at its field, and the good rest is not kept."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from tests.contract.chain import Chain
from tests.contract.outsider import picture


@pytest.fixture
def chain(world, drain):
    return Chain(world, drain).play("session")


def test_times_people_and_places(chain):
    who, good = chain.secretariat, {
        "title": "Contoh", "starts_at": f"{chain.day(5)}T09:00", "ends_at": f"{chain.day(5)}T12:00",
        "timezone": "Asia/Jakarta", "place": "Contoh", "chair_id": chain.chair.id, "minute_taker_id": chain.note_taker.id,
    }  # fmt: skip
    for wrong, field in (
        ({"ends_at": f"{chain.day(5)}T08:00"}, "ends_at"),
        ({"ends_at": f"{chain.day(5)}T09:00"}, "ends_at"),
        ({"starts_at": f"{chain.day(-1)}T09:00"}, "starts_at"),
        ({"starts_at": f"{chain.day(5)}T09:00+99:00"}, "starts_at"),
        ({"starts_at": chain.day(5)}, "starts_at"),  # a day alone
        ({"starts_at": f"{chain.day(5)}T13:00Z"}, "ends_at"),  # 20.00 in Jakarta
        ({"starts_at": "9999-12-31T09:00"}, "starts_at"),
        ({"ends_at": "0001-01-01T00:00+07:00"}, "ends_at"),
        ({"timezone": "Mars/Utara"}, "timezone"),
        ({"report_period": "2026-13"}, "report_period"),
        ({"chair_id": 999999}, "chair_id"),
        ({"minute_taker_id": 999999}, "minute_taker_id"),
        ({"organiser_id": 999999}, "organiser_id"),
        ({"title": ""}, "title"),
        ({"title": "x" * 1000}, "title"),
        ({"link": "javascript:alert(1)"}, "link"),
    ):
        said = who.post("/meetings", good | wrong, 422)
        assert field in said["errors"], (wrong, said)
    several = who.post("/meetings", {"title": "", "timezone": "Mars/Utara", "starts_at": "besok"}, 422)
    assert {"title", "timezone", "starts_at", "ends_at"} <= set(several["errors"]), (
        "all that is wrong at once"
    )
    assert len(who.all("/meetings")) == 1


def test_promises(chain):
    who, good = chain.secretariat, {
        "meeting_id": chain.meeting, "unit_id": chain.units["ID-BB"], "text": "Contoh.", "due_on": chain.day(5),
        "expected_output": "Contoh.",
    }  # fmt: skip
    before = len(who.all("/follow-ups"))
    for wrong, field in (
        ({"due_on": chain.day(-1)}, "due_on"),
        ({"due_on": "2026-02-30"}, "due_on"),
        ({"unit_id": 999999}, "unit_id"),
        ({"meeting_id": 999999}, "meeting_id"),
        ({"finding_ids": [999999]}, "finding_ids"),
        ({"finding_ids": [chain.findings[1]]}, "finding_ids"),  # of another unit
        ({"unit_id": None}, "unit_id"),
    ):
        said = who.post("/follow-ups", good | wrong, 422)
        assert field in said["errors"], (wrong, said)
    for_all = {k: v for k, v in good.items() if k != "unit_id"} | {"unit_ids": [chain.units["ID-BB"], 999999]}
    assert "unit_ids" in who.post("/follow-ups", for_all, 422)["errors"]
    assert len(who.all("/follow-ups")) == before, "none for the good unit either"


def test_figures(chain):
    ppk, unit = chain.ppk("ID-PA"), chain.units["ID-PA"]
    here = f"/progress-reports/{ppk.all(f'/progress-reports?unit_id={unit}')[0]['id']}"
    mine, other = chain.activities["ID-PA"][0], chain.activities["ID-BB"][0]
    for row in (
        {"activity_id": mine, "physical_actual": "banyak"},
        {"activity_id": mine, "physical_actual": "-1"},
        {"activity_id": mine, "physical_actual": "1e9"},
        {"activity_id": mine, "physical_actual": "NaN"},
        {"activity_id": other, "physical_actual": "10.00"},
        {"physical_actual": "10.00"},
    ):
        said = ppk.patch(here, {"figures": [row]}, 422)
        assert any(name.startswith("figures") for name in said["errors"]), said
    ppk.patch(here, {"source": "kira-kira"}, 422)
    ppk.patch(here, {"as_of": "31-12-2026"}, 422)
    assert ppk.get(here)["figures"] == []


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, b"0" * 1000)
    return out.getvalue()


def test_files(chain):
    ppk, here = chain.ppk("ID-BB"), f"/follow-ups/{chain.follow_ups[0]}/evidence"
    png = picture()[0].read()
    files: dict[str, Any] = {
        "kosong.pdf": b"",
        "foto.pdf": png,  # not what its name says
        "foto.jpg": png,
        "program.exe": b"MZ" + b"0" * 200,
        "halaman.html": b"<script>alert(1)</script>",
        "gambar.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "arsip.docx": zipped("bukan-dokumen.txt"),
        "rusak.png": png[:40],
        "tanpa-akhiran": png,
    }
    for name, content in files.items():
        said = ppk.upload(here, 422, file=(io.BytesIO(content), name), note="Contoh.", dated_on=chain.today)
        assert "file" in said["errors"], (name, said)
    ppk.upload(here, 422, note="Contoh.", dated_on=chain.today)  # neither file nor link
    for link in ("javascript:alert(1)", "file:///etc/passwd", "bukan tautan", "//evil.example/x"):
        said = ppk.post(here, {"link": link, "note": "Contoh.", "dated_on": chain.today}, 422)
        assert "link" in said["errors"], (link, said)
    ppk.post(here, {"link": "https://contoh.example", "dated_on": "2199-01-01"}, 422)
    assert ppk.all(here) == []
    too_much = {
        "file": (io.BytesIO(b"%PDF-1.7\n" + b"0" * (20 * 1024 * 1024 + 1)), "besar.pdf"),
        "note": "Contoh.",
    }
    ppk.ask("POST", here, (413, 422), data=too_much, content_type="multipart/form-data")
    assert ppk.all(here) == []
    told = ppk.upload(
        here, 201, file=(io.BytesIO(png), "../../etc/foto bukti.png"), note="Contoh.", dated_on=chain.today
    )
    assert "/" not in str(told.get("name", ""))


def test_accounts(chain):
    good = {
        "name": "Contoh Baru",
        "email": "baru@contoh.example",
        "role": "ppk",
        "unit_id": chain.units["ID-BB"],
    }
    for wrong, field in (
        ({"email": "bukan surel"}, "email"),
        ({"email": "chair@contoh.example"}, "email"),  # taken
        ({"role": "raja"}, "role"),
        ({"unit_id": 999999}, "unit_id"),
        ({"unit_id": None}, "unit_id"),  # a PPK of no unit
    ):
        assert field in chain.admin.post("/users", good | wrong, 422)["errors"], wrong
    chain.ppk("ID-BB").ask("POST", "/users", 403, json=good)
    chain.ppk("ID-BB").ask("GET", f"/users/{chain.admin.id}", (403, 404))
    assert "passphrase" in chain.chair.post("/me/signing-key", {"passphrase": "1"}, 422)["errors"]
