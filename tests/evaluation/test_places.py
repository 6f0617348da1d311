"""Units, kawasan and kegiatan over the API: kept by admin and secretariat, read by those who may see them."""

import pytest

from tests.evaluation.stories import activity


def test_places_are_kept_by_the_secretariat_and_read_by_all(world):
    api = world.api(world.secretariat)
    made = api.post(
        "/units", json={"name": "Contoh Satker", "province": "ID-BB", "external_ids": {"satker": "498765"}}
    )
    assert made.status_code == 201, made.json
    assert made.json["province"] == "ID-BB" and made.json["external_ids"] == {"satker": "498765"}
    assert api.post("/units", json={"name": "Contoh Pusat"}).json["province"] is None
    area = api.post("/areas", json={"name": "Contoh Kawasan", "province": "ID-BB", "theme": "pariwisata"})
    assert area.status_code == 201, area.json
    work = {
        "unit_id": made.json["id"],
        "area_id": area.json["id"],
        "name": "Contoh SPAM",
        "sector": "AM",
        "budget": "1250000000.50",
    }
    activity = api.post("/activities", json=work)
    assert activity.status_code == 201, activity.json
    assert activity.json["budget"] == "1250000000.50"
    changed = api.patch(
        f"/activities/{activity.json['id']}", json={"active": False}, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == 200 and changed.json["active"] is False and changed.json["version"] == 2
    assert api.patch(f"/areas/{area.json['id']}", json={"theme": "x"}).status_code == 428
    assert (
        api.patch(f"/areas/{area.json['id']}", json={"theme": "x"}, headers={"If-Match": '"9"'}).status_code
        == 409
    )
    ppk = world.api(world.ppk("ID-BB"))
    assert len(ppk.get("/provinces?limit=200").json["items"]) == 38
    assert {u["name"] for u in ppk.get("/units?province=ID-BB").json["items"]} >= {"Contoh Satker"}
    assert [a["name"] for a in ppk.get("/areas").json["items"]] == ["Contoh Kawasan"]
    for path, body in (("/units", {"name": "x"}), ("/areas", {}), ("/activities", {})):
        assert ppk.post(path, json=body).status_code == 403


def test_a_ppk_sees_only_its_own_kawasan_and_kegiatan(world):
    other = activity(world, "ID-JT")
    mine = activity(world, "ID-BB")
    api = world.api(world.ppk("ID-BB"))
    assert [a["id"] for a in api.get("/activities").json["items"]] == [mine.id]
    assert api.get(f"/activities/{other.id}").status_code == 404
    assert api.get(f"/areas/{other.area_id}").status_code == 404


@pytest.mark.parametrize(
    "path, body, field",
    [
        ("/units", {}, "name"),
        ("/units", {"name": "x" * 201}, "name"),
        ("/units", {"name": "Contoh", "province": "ID-XX"}, "province"),
        ("/units", {"name": "Contoh", "external_ids": {"emon": 3}}, "external_ids"),
        ("/units", {"name": "Contoh", "external_ids": None}, "external_ids"),
        ("/units", {"name": ["Contoh"]}, "name"),
        ("/areas", {"name": "Contoh", "province": "ID-BB"}, "theme"),
        ("/areas", {"name": "Contoh", "theme": "x"}, "province"),
        ("/activities", {"name": "Contoh", "sector": "AM", "budget": "1", "unit_id": 999}, "unit_id"),
        ("/activities", {"name": "Contoh", "sector": "ZZ", "budget": "1"}, "sector"),
        ("/activities", {"name": "Contoh", "sector": "AM", "budget": "-1"}, "budget"),
        ("/activities", {"name": "Contoh", "sector": "AM", "budget": "banyak"}, "budget"),
        ("/activities", {"name": "Contoh", "sector": "AM", "budget": "1", "area_id": 999}, "area_id"),
    ],
)
def test_what_is_wrong_with_a_place_is_said_at_its_field(world, path, body, field):
    answer = world.api(world.secretariat).post(path, json=body)
    assert answer.status_code == 422
    assert field in answer.json["errors"], answer.json


def test_the_same_name_twice_is_a_field_error(world):
    api = world.api(world.secretariat)
    unit = world.unit("ID-BB")
    assert api.post("/units", json={"name": unit.name}).status_code == 422
    first = activity(world, "ID-BB", "Contoh SPAM")
    again = {
        "name": "Contoh SPAM",
        "unit_id": unit.id,
        "area_id": first.area_id,
        "sector": "AM",
        "budget": "1",
    }
    assert "name" in api.post("/activities", json=again).json["errors"]


def test_a_kegiatan_lies_in_its_own_province(world):
    far = activity(world, "ID-JT")
    body = {
        "name": "x",
        "unit_id": world.unit("ID-BB").id,
        "area_id": far.area_id,
        "sector": "AM",
        "budget": "1",
    }
    assert "area_id" in world.api(world.secretariat).post("/activities", json=body).json["errors"]
