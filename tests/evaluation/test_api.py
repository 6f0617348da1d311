"""Progress reports over the API: who may, what is refused, what stays."""

import pytest

from tests.evaluation.stories import activity, full_row, report, rows_of


def test_a_report_is_made_filled_submitted_returned_and_validated(world):
    first, second = activity(world, "ID-BB", "Contoh A", 300), activity(world, "ID-BB", "Contoh B", 100)
    ppk, evaluator = world.api(world.ppk("ID-BB")), world.api(world.evaluator)
    body = {"unit_id": world.unit("ID-BB").id, "period": "2026-02", "source": "emon", "as_of": "2026-02-25"}
    made = ppk.post(
        "/progress-reports", json=body | {"figures": [full_row(first, "50", "40.5", "30", "35.25")]}
    )
    assert made.status_code == 201, made.json
    assert made.json["figures"][0]["physical_actual"] == "40.50"
    assert made.json["state"] == "draft" and [m["name"] for m in made.json["moves"]] == []
    at = f"/progress-reports/{made.json['id']}"
    refused = ppk.post(f"{at}/moves/submit", json={})
    assert refused.status_code == 422 and "Contoh B" in refused.json["detail"]
    row = {"activity_id": second.id, "reason": "Kontrak baru ditandatangani"}
    merged = ppk.patch(at, json={"figures": [row]}, headers={"If-Match": made.headers["ETag"]})
    assert merged.status_code == 200, merged.json
    assert [f["activity_id"] for f in merged.json["figures"]] == [first.id, second.id]
    row = full_row(second, "10", "20", "0", "0") | {"reason": None}
    merged = ppk.patch(at, json={"figures": [row]}, headers={"If-Match": merged.headers["ETag"]})
    assert merged.json["totals"]["physical_plan"] == "40.00"  # (300×50 + 100×10) / 400
    assert merged.json["totals"]["weights"] == {str(first.id): "75.00", str(second.id): "25.00"}
    assert ppk.post(f"{at}/moves/submit", json={}).json["state"] == "submitted"
    late = ppk.patch(at, json={"note": "x"}, headers={"If-Match": '"4"'})
    assert late.status_code == 409
    assert ppk.post(f"{at}/moves/validate", json={}).status_code == 403
    assert evaluator.post(f"{at}/moves/return", json={"reason": "pendek"}).status_code == 422
    assert (
        evaluator.post(f"{at}/moves/return", json={"reason": "Angka keuangan belum cocok"}).json["state"]
        == "returned"
    )
    assert ppk.post(f"{at}/moves/submit", json={}).status_code == 200
    assert evaluator.post(f"{at}/moves/validate", json={}).json["state"] == "validated"
    assert evaluator.post(f"{at}/moves/validate", json={}).status_code == 409
    events = evaluator.get(f"{at}/events").json["items"]
    assert [e["move"] for e in events] == ["create", "edit", "edit", "submit", "return", "submit", "validate"]


def test_revising_keeps_the_earlier_figures(world):
    made = report(world, "ID-BB", state="validated")
    api = world.api(world.evaluator)
    answer = api.post(f"/progress-reports/{made.id}/moves/revise", json={"reason": "Angka eMon diperbarui"})
    assert answer.status_code == 200, answer.json
    assert answer.json["state"] == "draft" and answer.json["revision"] == 2
    ppk = world.api(world.ppk("ID-BB"))
    row = {"activity_id": answer.json["figures"][0]["activity_id"], "physical_actual": "77"}
    changed = ppk.patch(
        f"/progress-reports/{made.id}", json={"figures": [row]}, headers={"If-Match": answer.headers["ETag"]}
    )
    assert changed.json["figures"][0]["physical_actual"] == "77.00"
    assert changed.json["figures"][0]["physical_plan"] == "50.00"
    assert {(f.revision, str(f.physical_actual)) for f in made.all_figures} == {(1, "40.00"), (2, "77.00")}


def test_one_report_for_a_unit_and_period(world):
    kept = report(world, "ID-BB", period="2026-02")
    body = {"unit_id": kept.unit_id, "period": "2026-02"}
    answer = world.api(world.ppk("ID-BB")).post("/progress-reports", json=body)
    assert answer.status_code == 422
    assert f"nomor {kept.id}" in answer.json["errors"]["period"][0]
    assert "Februari 2026" in answer.json["errors"]["period"][0]


@pytest.mark.parametrize(
    "change, field, said",
    [
        ({"unit_id": None}, "unit_id", "tidak dikenal"),
        ({"unit_id": 1e300}, "unit_id", ""),
        ({"unit_id": "x"}, "unit_id", "tidak dikenal"),
        ({"period": "2026-13"}, "period", "periode"),
        ({"period": None}, "period", "Wajib"),
        ({"source": "koran"}, "source", "daftar"),
        ({"as_of": "2026-02-30"}, "as_of", "tanggal"),
        ({"as_of": "2026-04-01"}, "as_of", "belum tiba"),
        ({"note": "x" * 10001}, "note", "10000"),
        ({"figures": "banyak"}, "figures", "daftar angka"),
        ({"figures": ["x"]}, "figures", "Baris 1"),
        ({"figures": [{}]}, "figures", "Baris 1"),
        ({"figures": [{"activity_id": 987}]}, "figures", "Baris 1: kegiatan 987"),
    ],
)
def test_what_is_wrong_with_a_report_is_said_at_its_field(world, change, field, said):
    body = {"unit_id": world.unit("ID-BB").id, "period": "2026-02"} | change
    answer = world.api(world.ppk("ID-BB")).post("/progress-reports", json=body)
    assert answer.status_code == 422, answer.json
    assert any(said in sentence for sentence in answer.json["errors"][field]), answer.json


@pytest.mark.parametrize(
    "value, said",
    [
        ("999.01", "0 sampai 999"),
        ("-1", "0 sampai 999"),
        ("1.234", "dua angka"),
        ("tiga", "angka"),
        ([], "angka"),
        ("NaN", "angka"),
    ],
)
def test_a_wrong_figure_names_its_row(world, value, said):
    right, wrong = activity(world, "ID-BB", "Contoh A"), activity(world, "ID-BB", "Contoh B")
    body = {"unit_id": right.unit_id, "period": "2026-02"}
    body["figures"] = [
        {"activity_id": right.id, "physical_plan": "51,74"},
        {"activity_id": wrong.id, "physical_plan": value},
    ]
    answer = world.api(world.ppk("ID-BB")).post("/progress-reports", json=body)
    assert answer.status_code == 422
    [sentence] = answer.json["errors"]["figures"]
    assert sentence.startswith("Baris 2 («Contoh B»), Fisik rencana: ") and said in sentence


def test_a_foreign_activity_is_as_unknown_as_none_and_none_counts_twice(world):
    mine, foreign = activity(world, "ID-BB"), activity(world, "ID-JT")
    body = {"unit_id": mine.unit_id, "period": "2026-02", "figures": rows_of(mine, foreign, mine)}
    answer = world.api(world.ppk("ID-BB")).post("/progress-reports", json=body)
    assert answer.status_code == 422
    sentences = answer.json["errors"]["figures"]
    assert sentences[0] == f"Baris 2: kegiatan {foreign.id} tidak dikenal pada PPK ini."
    assert "sudah diisi di baris 1" in sentences[1]


def test_a_report_is_made_by_its_own_unit_alone(world):
    unit = world.unit("ID-JT")
    body = {"unit_id": unit.id, "period": "2026-02"}
    assert world.api(world.ppk("ID-BB")).post("/progress-reports", json=body).status_code == 403
    assert world.api(world.evaluator).post("/progress-reports", json=body).status_code == 403
    staff = world.person("ppk_staff", "ID-JT")
    made = world.api(staff).post("/progress-reports", json=body)
    assert made.status_code == 201
    assert (
        world.api(staff).post(f"/progress-reports/{made.json['id']}/moves/submit", json={}).status_code == 403
    )


def test_a_ppk_sees_its_own_reports_alone(world):
    mine, other = report(world, "ID-BB"), report(world, "ID-JT")
    api = world.api(world.ppk("ID-BB"))
    assert [r["id"] for r in api.get("/progress-reports").json["items"]] == [mine.id]
    for path in ("", "/events"):
        assert api.get(f"/progress-reports/{other.id}{path}").status_code == 404
    assert api.patch(f"/progress-reports/{other.id}", json={}, headers={"If-Match": '"1"'}).status_code == 404
    assert api.post(f"/progress-reports/{other.id}/moves/submit", json={}).status_code == 404
    assert len(world.api(world.evaluator).get("/progress-reports?period=2026-02").json["items"]) == 2


def test_a_stale_report_is_refused(world):
    made = report(world, "ID-BB")
    api = world.api(world.ppk("ID-BB"))
    at = f"/progress-reports/{made.id}"
    assert api.patch(at, json={"note": "satu"}).status_code == 428
    assert api.patch(at, json={"note": "satu"}, headers={"If-Match": f'"{made.version}"'}).status_code == 200
    stale = api.patch(at, json={"note": "dua"}, headers={"If-Match": f'"{made.version - 1}"'})
    assert stale.status_code == 409 and "Sudah diubah oleh" in stale.json["detail"]
    assert api.get(at).json["note"] == "satu"


def test_choices_know_every_coded_field(world):
    found = world.api(world.ppk("ID-BB")).get("/choices").json
    assert found["kendala"]["category"]["LHN"] == "Lahan"
    assert found["findings"]["severity"]["critical"] == "Kritis"
    assert found["progress-reports"]["source"] == {"emon": "eMon", "satker": "Satker", "lapangan": "Lapangan"}
    assert found["meetings"]["state"]["draft"] == "Draf"
