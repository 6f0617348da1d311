"""A figure with its own source and day; one that falls, jumps or passes 100 is taken, and asked about before it is read."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from randal.database.base import db
from randal.models.progress import ProgressReport
from randal.models.thresholds import Limits, Threshold, limits
from randal.models.unusual_figures import Earlier, unusual
from tests.evaluation.stories import full_row, report
from tests.world import World

NAMES = ("physical_plan", "physical_actual", "financial_plan", "financial_actual")


def numbers(*values: Any) -> Any:
    return SimpleNamespace(
        **dict(zip(NAMES, [None if v is None else Decimal(v) for v in values], strict=True))
    )


@pytest.mark.parametrize(
    "row, before, asked",
    [
        (("50", "40", "30", "20"), None, {}),
        (("50", "40", "30", "20"), ("50", "40", "30", "20"), {}),
        (
            ("50", "39.99", "30", "20"),
            ("50", "40", "30", "20"),
            {"physical_actual": "turun dari 40,00% (Mei 2018)"},
        ),
        (("50", "70.01", "30", "20"), ("50", "40", "30", "20"), {"physical_actual": "melonjak"}),
        (("90", "70", "30", "20"), ("50", "40", "30", "20"), {}),  # a plan may be made anew upwards
        (("40", "40", "30", "20"), ("50", "40", "30", "20"), {"physical_plan": "turun"}),
        (("50", "40", "30", "100.01"), None, {"financial_actual": "melewati 100%"}),
        (("100", "100", "100", "100"), None, {}),
        ((None, None, None, None), ("50", "40", "30", "20"), {}),
        (("10", "10", "99", "99"), None, {}),  # paid ahead of the work: never held against each other
    ],
)
def test_what_asks_for_a_reason(row: Any, before: Any, asked: dict[str, str]) -> None:
    known = numbers(*before) if before else None
    earlier = Earlier(**vars(known), since=dict.fromkeys(NAMES, "2018-05")) if known else None
    found = unusual(numbers(*row), earlier, Limits())
    assert set(found) == set(asked)
    assert all(said in found[name] for name, said in asked.items())


def test_it_is_taken_and_asked_about_before_it_is_read(world: World) -> None:
    report(world, "ID-BB", period="2026-01", state="submitted")
    made = report(world, "ID-BB", period="2026-02")
    api, at = world.api(world.ppk("ID-BB")), f"/progress-reports/{made.id}"
    row = full_row(made.figures[0].activity, "50", "39", "30", "120")
    taken = api.patch(at, json={"figures": [row]}, headers={"If-Match": f'"{made.version}"'})
    assert taken.status_code == 200 and taken.json["figures"][0]["financial_actual"] == "120.00"
    asked = api.post(f"{at}/moves/submit", json={})
    assert asked.status_code == 422 and "penjelasan" in asked.json["detail"]
    assert "turun dari 40,00% (Januari 2026) menjadi 39,00%" in asked.json["detail"]
    assert "120,00% melewati 100%" in asked.json["detail"]
    why = {"activity_id": row["activity_id"], "explanation": "Contoh: volume dihitung ulang"}
    told = api.patch(at, json={"figures": [why]}, headers={"If-Match": taken.headers["ETag"]})
    assert told.status_code == 200, told.json
    assert api.post(f"{at}/moves/submit", json={}).json["state"] == "submitted"
    shown = world.sign_in(world.evaluator).get(f"/laporan/{made.id}").text
    assert "Penjelasan: Contoh: volume dihitung ulang" in shown and "melewati 100%" in shown


@pytest.mark.database("sqlite")
def test_it_is_asked_on_every_path_and_shown_to_who_validates(world: World) -> None:
    """Saved on the phone, handed in by API, brought by a sheet; also when the month between says nothing of the activity, and
    however much is written where it is not asked."""
    first = report(world, "ID-BB", period="2026-01", state="validated")
    work = first.figures[0].activity
    gap = {"activity_id": work.id, "reason": "Contoh: belum ada angka bulan ini"}
    api, unit = world.api(world.ppk("ID-BB")), work.unit_id
    between = {
        "unit_id": unit,
        "period": "2026-02",
        "source": "emon",
        "as_of": "2026-02-20",
        "figures": [gap],
    }
    assert api.post("/progress-reports", json=between).status_code == 201
    world.now = world.now.replace(month=4)
    body = between | {"period": "2026-03", "as_of": "2026-03-20"}
    made = api.post("/progress-reports", json=body | {"figures": [full_row(work, "95", "93", "60", "50")]})
    said = "Fisik realisasi melonjak dari 40,00% (Januari 2026) menjadi 93,00%."
    assert said in made.json["warnings"][0] and "Belum dijelaskan." in made.json["warnings"][0]
    here, at = f"/laporan/{made.json['id']}/ubah", f"/progress-reports/{made.json['id']}"
    for text in ("", "-", "ya"):
        row = {"activity_id": work.id, "explanation": text, "reason": "Contoh alasan di tempat yang lain"}
        put = api.patch(at, json={"figures": [row]}, headers={"If-Match": f'"{api.get(at).json["version"]}"'})
        assert (
            put.status_code == 200
            and api.move("progress-reports", made.json["id"], "submit").status_code == 422
        )
    page = world.sign_in(world.ppk("ID-BB"))
    saved = page.post(
        here, data={"version": api.get(at).json["version"], f"f{work.id}-physical_actual": "93"}
    )
    assert said in page.get(saved.location).text
    why = {
        "version": api.get(at).json["version"],
        f"f{work.id}-explanation": "Contoh: paket kedua selesai",
        "submit": "1",
    }
    assert page.post(here, data=why).location == f"/laporan/{made.json['id']}"
    judge = world.sign_in(world.evaluator).get(f"/laporan/{made.json['id']}").text
    assert said in judge and "Penjelasan: Contoh: paket kedua selesai" in judge
    assert "40,00% (Januari 2026)</span>" in judge, "beside the figure itself"
    told = world.api(world.evaluator).get(at).json
    assert "Penjelasan: Contoh: paket kedua selesai" in told["warnings"][0] and "validate" in [
        m["name"] for m in told["moves"]
    ]


def test_a_new_year_begins_anew(world: World) -> None:
    world.now = world.now.replace(year=2027)
    report(world, "ID-BB", period="2026-12", state="submitted")
    made = report(world, "ID-BB", period="2027-01")
    api, at = world.api(world.ppk("ID-BB")), f"/progress-reports/{made.id}"
    row = full_row(made.figures[0].activity, "5", "4", "3", "2")
    api.patch(at, json={"figures": [row]}, headers={"If-Match": f'"{made.version}"'})
    assert api.post(f"{at}/moves/submit", json={}).status_code == 200


def test_a_figure_has_its_own_source_and_day(world: World) -> None:
    made = report(world, "ID-BB")
    api, at = world.api(world.ppk("ID-BB")), f"/progress-reports/{made.id}"
    row = full_row(made.figures[0].activity) | {
        "source": "lapangan", "as_of": "2026-02-27", "physical_forecast": "98,5", "financial_forecast": "97",
    }  # fmt: skip
    body = {"figures": [row], "critical": "Contoh hal kritis", "help_wanted": "Contoh bantuan"}
    kept = api.patch(at, json=body, headers={"If-Match": f'"{made.version}"'})
    assert kept.status_code == 200, kept.json
    figure = kept.json["figures"][0]
    assert (figure["source"], figure["as_of"], figure["physical_forecast"]) == (
        "lapangan",
        "2026-02-27",
        "98.50",
    )
    assert (kept.json["critical"], kept.json["help_wanted"]) == ("Contoh hal kritis", "Contoh bantuan")
    page = world.sign_in(world.ppk("ID-BB")).get(f"/laporan/{made.id}").text
    assert "Lapangan, posisi 27 Februari 2026" in page and "fisik 98,50%, keuangan 97,00%" in page
    assert "Bantuan yang diminta" in page
    tomorrow = api.patch(
        at, json={"figures": [row | {"as_of": "2026-03-09"}]}, headers={"If-Match": kept.headers["ETag"]}
    )
    assert tomorrow.status_code == 422 and "belum tiba" in tomorrow.json["errors"]["figures"][0]
    wrong = api.patch(
        at, json={"figures": [row | {"source": "koran"}]}, headers={"If-Match": kept.headers["ETag"]}
    )
    assert wrong.status_code == 422 and "daftar" in wrong.json["errors"]["figures"][0]


def test_thresholds_are_data_with_a_history(world: World) -> None:
    page = world.sign_in(world.secretariat)
    given = {
        "behind_early": "15",
        "behind_late": "5",
        "early_until": "70",
        "jump": "12,5",
        "stale": "31",
        "apart": "10",
        "overlap": "30",
        "note": "Contoh surat",
    }
    assert page.post("/ambang", data=given).status_code == 303
    assert page.post("/ambang", data=given).status_code == 303  # nothing changes, nothing is written
    assert {row.name for row in db.session.query(Threshold)} == {"behind_early", "jump"}
    assert limits().jump == Decimal("12.50") and limits().behind_late == 5
    made = report(world, "ID-BB")
    made.figures[0].physical_actual = Decimal(36)  # 14 behind
    db.session.commit()
    assert "Kritis</" not in page.get(f"/laporan/{made.id}").text
    assert "−15 poin" in page.get(f"/laporan/{made.id}").text
    assert page.post("/ambang", data=given | {"jump": "banyak"}).status_code == 422
    ppk = world.sign_in(world.ppk("ID-BB"))
    assert "15,00 poin" in ppk.get("/ambang").text
    assert ppk.post("/ambang", data=given).status_code == 403


@pytest.mark.database("sqlite")
def test_where_the_explanation_can_be_written(world: World) -> None:
    report(world, "ID-BB", period="2026-01", state="submitted")
    made = report(world, "ID-BB", period="2026-02")
    [figure] = made.figures
    page = world.sign_in(world.ppk("ID-BB"))
    typed = {f"f{figure.activity_id}-{name}": "30" for name in NAMES}
    typed |= {"version": made.version, "source": "emon", "as_of": "2026-02-20", "submit": "1"}
    answer = page.post(f"/laporan/{made.id}/ubah", data=typed)
    assert answer.status_code == 303 and answer.location.endswith("/ubah")
    form = page.get(answer.location).text
    assert f'name="f{figure.activity_id}-explanation"' in form and "turun dari" in form
    typed |= {"version": made.version, f"f{figure.activity_id}-explanation": "Contoh: dihitung ulang"}
    assert page.post(f"/laporan/{made.id}/ubah", data=typed).location.endswith(f"/laporan/{made.id}")
    assert db.session.get_one(ProgressReport, made.id).state == "submitted"
