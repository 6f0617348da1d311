"""Kinds of kendala in two levels: a cause names its class; renamed, added, retired, never deleted."""

from __future__ import annotations

import pytest

from tests import items


def test_a_cause_names_its_class(world):
    api = world.api(world.evaluator)
    made = items.kendala(world, subcategory="LHN-3")
    assert (made.category, made.subcategory, made.category_label) == ("LHN", "LHN-3", "Lahan: sengketa")
    meeting = made.meeting
    wrong = api.post("/kendala", json=items.body(world, meeting, category="PGD", subcategory="LHN-3"))
    assert "bukan dari kategori" in wrong.json["errors"]["subcategory"][0]
    odd = api.post("/kendala", json=items.body(world, meeting, subcategory="LHN-99"))
    assert odd.status_code == 422
    tag = {"If-Match": api.get(f"/kendala/{made.id}").headers["ETag"]}
    changed = api.patch(f"/kendala/{made.id}", json={"category": "PGD"}, headers=tag).json
    assert (changed["category"], changed["subcategory"]) == ("PGD", "")
    assert api.get("/choices").json["kendala"]["subcategory"]["LHN-3"] == "Lahan: sengketa"


@pytest.mark.database("sqlite")
def test_kinds_are_kept_by_people(world):
    old = items.kendala(world, subcategory="LHN-3")
    client = world.sign_in(world.secretariat)
    names = {f"name-LHN-{n}": f"Contoh sebab {n}" for n in range(1, 5)}
    given = {"name": "Lahan dan aset", "new": "Tanah ulayat", "retired-LHN-3": "true"} | names
    assert client.post("/kendala/kategori/LHN", data=given | {"new": "x"}).status_code == 422
    assert client.post("/kendala/kategori/LHN", data=given | {"new": "contoh sebab 1"}).status_code == 422
    assert client.post("/kendala/kategori/LHN", data=given).status_code == 303
    page = client.get("/kendala/kategori").text
    assert "Tanah ulayat" in page
    assert "<s>Contoh sebab 3</s>" in page
    api = world.api(world.evaluator)
    assert api.post("/kendala", json=items.body(world, old.meeting, subcategory="LHN-3")).status_code == 422
    fresh = api.post("/kendala", json=items.body(world, old.meeting, subcategory="LHN-5"))
    assert fresh.json["category"] == "LHN"
    assert "Lahan dan aset: contoh sebab 3" in client.get(f"/kendala/{old.id}").text
    assert client.get(f"/kendala/{old.id}/ubah").text.count("LHN-3") >= 1  # what it has, it keeps
    assert world.sign_in(world.ppk("ID-BB")).post("/kendala/kategori/LHN", data=given).status_code == 403


@pytest.mark.database("sqlite")
def test_a_class_out_of_use_is_not_chosen_anew(world):
    old = items.kendala(world, category="LHN")
    client = world.sign_in(world.secretariat)
    names = {f"name-LHN-{n}": f"Contoh sebab {n}" for n in range(1, 5)}
    assert (
        client.post("/kendala/kategori/LHN", data=names | {"name": "Lahan", "retired": "true"}).status_code
        == 303
    )
    api = world.api(world.evaluator)
    refused = api.post("/kendala", json=items.body(world, old.meeting, category="LHN"))
    assert "tidak dipakai lagi" in refused.json["errors"]["category"][0]
    other = api.post("/kendala", json=items.body(world, old.meeting)).json
    agreed = {
        "category": "LHN",
        "cause": "Contoh",
        "severity": "low",
        "solution": "Contoh",
        "reason": "contoh tidak perlu",
    }
    answer = api.move("kendala", other["id"], "agree_solution", **agreed)
    assert "tidak dipakai lagi" in answer.json["errors"]["category"][0]
    assert api.move("kendala", old.id, "agree_solution", **agreed).status_code == 200  # what it has, it keeps
