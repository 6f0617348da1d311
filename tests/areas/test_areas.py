"""Kawasan in full over the API: theme by year, claims, readiness, promises, benefit, and the index with its formula."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from PIL import Image
from sqlalchemy import event, select

from randal.database.base import db
from randal.models.areas import AreaChange, Criterion, KeptIndex
from randal.models.progress import Area
from randal.org.places import Province, Unit
from randal.rooms.areas import facts
from tests.evaluation.stories import activity, report
from tests.world import World


def area_of(world: World, **more) -> dict:
    raw = {"name": "Contoh Kawasan Pesisir", "province": "ID-BB", "theme": "pariwisata"} | more
    made = world.api(world.secretariat).post("/areas", json=raw)
    assert made.status_code == 201, made.json
    return made.json


def png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4)).save(stream, "PNG")
    return stream.getvalue()


def test_a_kawasan_tells_kind_places_sectors_and_its_theme_of_each_year(world: World) -> None:
    api = world.api(world.secretariat)
    made = area_of(
        world, kind="kspn", districts=["Kabupaten Contoh", "Kota  Contoh"], sectors=["AM", "PLP"],
        latitude="-2,55", longitude="107.65",
    )  # fmt: skip
    assert (made["kind"], made["districts"]) == ("KSPN", ["Kabupaten Contoh", "Kota Contoh"])
    assert (made["latitude"], made["longitude"]) == ("-2.550000", "107.650000") and made[
        "theme"
    ] == "Pariwisata"
    of_year = api.get(f"/area-themes?area_id={made['id']}").json["items"]
    assert [(t["year"], t["theme"]) for t in of_year] == [(2026, "Pariwisata")]
    changed = api.patch(f"/areas/{made['id']}", json={"theme": "Perbatasan"}, headers={"If-Match": '"1"'})
    assert changed.json["theme"] == "Perbatasan"
    next_year = {"area_id": made["id"], "year": 2027, "theme": "Contoh tema baru"}
    assert api.post("/area-themes", json=next_year).status_code == 201
    of_year = api.get(f"/area-themes?area_id={made['id']}").json["items"]
    assert [(t["year"], t["theme"]) for t in of_year] == [(2026, "Perbatasan"), (2027, "Contoh tema baru")]
    assert api.get(f"/areas/{made['id']}").json["theme"] == "Perbatasan"
    assert "Contoh tema baru" in {t["name"] for t in api.get("/themes?limit=200").json["items"]}
    traces = db.session.scalars(select(AreaChange).where(AreaChange.area_id == made["id"])).all()
    assert [t.part for t in traces].count("theme") == 3 and all(
        t.by_id == world.secretariat.id for t in traces
    )


@pytest.mark.parametrize(
    ("said", "iso"),
    [
        ("kep. bangka belitung", "ID-BB"),
        ("19", "ID-BB"),
        ("id-bb", "ID-BB"),
        ("91", None),
        ("Papua Tenggara", None),
    ],
)
def test_a_province_under_another_name_or_code_is_understood_or_refused(world: World, said, iso) -> None:
    raw = {"name": "Contoh Kawasan", "province": said, "theme": "x"}
    answer = world.api(world.secretariat).post("/areas", json=raw)
    if iso:
        assert answer.status_code == 201 and answer.json["province"] == iso
    else:
        assert answer.status_code == 422 and answer.json["errors"]["province"]
    if said == "91":
        assert "Papua menurut Kemendagri" in answer.json["errors"]["province"][0]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "Contoh lain"}, "kind"),
        ({"sectors": ["ZZ"]}, "sectors"),
        ({"districts": [3]}, "districts"),
        ({"latitude": "91", "longitude": "1"}, "latitude"),
        ({"latitude": "1"}, "longitude"),
    ],
)
def test_what_is_wrong_with_a_kawasan_is_said_at_its_field(world: World, more, field) -> None:
    raw = {"name": "Contoh", "province": "ID-BB", "theme": "x"} | more
    answer = world.api(world.secretariat).post("/areas", json=raw)
    assert answer.status_code == 422 and field in answer.json["errors"], answer.json


def test_two_units_do_not_claim_one_kegiatan(world: World) -> None:
    mine = activity(world, "ID-BB", "Contoh SPAM pesisir")
    province = db.session.scalars(select(Province).where(Province.iso == "ID-BB")).one()
    other = Unit(code="CONTOH-LAIN", name="Contoh Satker Lain", province=province)
    db.session.add(other)
    db.session.commit()
    api = world.api(world.secretariat)
    raw = {
        "unit_id": other.id,
        "area_id": mine.area_id,
        "name": "contoh  spam pesisir",
        "sector": "AM",
        "budget": "1",
    }
    answer = api.post("/activities", json=raw)
    assert answer.status_code == 422 and mine.unit.name in answer.json["errors"]["name"][0]
    coded = {"external_ids": {"emon": "4711"}}
    assert api.patch(f"/activities/{mine.id}", json=coded, headers={"If-Match": '"1"'}).status_code == 200
    answer = api.post("/activities", json=raw | {"name": "Contoh lain"} | coded)
    assert answer.status_code == 422 and "4711" in answer.json["errors"]["external_ids"][0]


def test_a_ppk_tells_stage_and_dates_of_its_own_kegiatan_and_nothing_else(world: World) -> None:
    mine, other = activity(world, "ID-BB"), activity(world, "ID-JT")
    api, at = world.api(world.person("ppk_staff", "ID-BB")), {"If-Match": '"1"'}
    said = {"stage": "contracted", "starts_on": "2026-01-05", "ends_on": "2026-11-30"}
    answer = api.patch(f"/activities/{mine.id}", json=said, headers=at)
    assert answer.status_code == 200 and answer.json["stage"] == "contracted", answer.json
    assert (
        api.patch(f"/activities/{mine.id}", json={"budget": "5"}, headers={"If-Match": '"2"'}).status_code
        == 403
    )
    assert api.patch(f"/activities/{other.id}", json=said, headers=at).status_code == 404
    wrong = api.patch(f"/activities/{mine.id}", json={"ends_on": "2025-01-01"}, headers={"If-Match": '"2"'})
    assert wrong.status_code == 422 and "ends_on" in wrong.json["errors"]


def test_readiness_is_filled_by_whose_it_is(world: World) -> None:
    mine, other = activity(world, "ID-BB"), activity(world, "ID-JT")
    criteria = {c.name: c.id for c in db.session.scalars(select(Criterion))}
    api = world.api(world.ppk("ID-BB"))
    raw = {"area_id": mine.area_id, "criterion_id": criteria["Sesuai Perda RTRW"], "status": "there"}
    made = api.post("/readiness-checks", json=raw | {"dated_on": "2026-01-02", "note": "contoh"})
    assert made.status_code == 201, made.json
    again = api.post("/readiness-checks", json=raw | {"status": "in_progress"})
    assert again.json["id"] == made.json["id"] and again.json["status"] == "in_progress"
    of_work = raw | {"activity_id": mine.id, "criterion_id": criteria["DED dengan perkiraan biaya"]}
    data = {k: str(v) for k, v in of_work.items()} | {"file": (io.BytesIO(png()), "contoh.png")}
    file = api.post("/readiness-checks", data=data).json["file_id"]
    assert api.get(f"/area-files/{file}").status_code == 200
    assert world.api(world.ppk("ID-KR")).get(f"/area-files/{file}").status_code == 404
    for wrong, field in (
        (of_work | {"activity_id": None}, "activity_id"),
        (raw | {"activity_id": mine.id}, "activity_id"),
        (raw | {"criterion_id": 999}, "criterion_id"),
        (raw | {"status": "ada"}, "status"),
    ):
        answer = api.post("/readiness-checks", json=wrong)
        assert answer.status_code == 422 and field in answer.json["errors"], answer.json
    theirs = world.api(world.ppk("ID-JT"))
    assert theirs.get(f"/readiness-checks/{made.json['id']}").status_code == 404
    assert theirs.post("/readiness-checks", json=raw).status_code in (403, 422)
    auditor = world.api(world.person("auditor"))
    assert auditor.post("/readiness-checks", json=raw | {"area_id": other.area_id}).status_code == 403
    traces = db.session.scalars(select(AreaChange).where(AreaChange.part == "readiness")).all()
    assert traces[1].fields["status"] == ["there", "in_progress"] and traces[0].fields["note"] is None


def test_promises_of_the_pemda(world: World) -> None:
    mine = activity(world, "ID-BB")
    api = world.api(world.person("ppk_staff", "ID-BB"))
    raw = {"area_id": mine.area_id, "kind": "ddub", "office": "Contoh Dinas PUPR", "post": "Kepala Dinas",
           "status": "written", "amount": "250000000"}  # fmt: skip
    made = api.post("/commitments", json=raw)
    assert made.status_code == 201 and made.json["amount"] == "250000000.00", made.json
    assert api.post("/commitments", json=raw).status_code == 422
    met = api.patch(f"/commitments/{made.json['id']}", json={"status": "met"}, headers={"If-Match": '"1"'})
    assert met.json["status"] == "met" and met.json["version"] == 2
    assert world.api(world.ppk("ID-JT")).get("/commitments").json["items"] == []


def test_benefit_comes_step_by_step(world: World) -> None:
    mine = activity(world, "ID-BB")
    api = world.api(world.ppk("ID-BB"))
    raw = {"activity_id": mine.id, "step": "working", "dated_on": "2026-02-01"}
    answer = api.post("/benefits", json=raw)
    assert answer.status_code == 422 and "Terbangun" in answer.json["errors"]["step"][0]
    built = {k: str(v) for k, v in (raw | {"step": "built", "dated_on": "2026-01-20"}).items()}
    made = api.post("/benefits", data=built | {"after": (io.BytesIO(png()), "sesudah.png")})
    assert made.status_code == 201 and made.json["after_id"], made.json
    early = api.post("/benefits", json=raw | {"dated_on": "2026-01-01"})
    assert early.status_code == 422 and "dated_on" in early.json["errors"]
    working = api.post("/benefits", json=raw | {"people_served": 1200})
    assert working.status_code == 201 and working.json["people_served"] == 1200
    assert (
        api.post("/benefits", json=raw | {"step": "handed_over", "dated_on": "2027-01-01"}).status_code == 422
    )
    assert len(api.get(f"/benefits?area_id={mine.area_id}").json["items"]) == 2
    said = {"activity_id": mine.id, "period": "2026-02", "step": "working"}
    assert api.post("/benefit-answers", json=said | {"step": "used"}).status_code == 422, "what is recorded"
    answered = api.post("/benefit-answers", json=said)
    assert answered.status_code == 201 and answered.json["step"] == "working"
    assert api.post("/benefit-answers", json=said).json["id"] == answered.json["id"], "one answer of a period"
    assert len(api.get(f"/benefit-answers?area_id={mine.area_id}&period=2026-02").json["items"]) == 1
    assert not world.api(world.ppk("ID-KR")).get("/benefit-answers").json["items"]


# -- the index -----------------------------------------------------------------------------------------------


def test_the_index_of_a_kawasan_its_province_and_the_nation(world: World) -> None:
    mine = activity(world, "ID-BB")
    report(world, "ID-BB", period="2026-02", state="submitted")  # plan 50, actual 40: at the threshold
    api = world.api(world.evaluator)
    found = api.get(f"/areas/{mine.area_id}/index?period=2026-02").json
    assert found["version"] == "usulan-1" and found["label"] == "usulan, bobot belum ditetapkan"
    parts = {p["name"]: p for p in found["parts"]}
    assert parts["on_time"]["value"] == "0.00" and parts["coverage"]["value"] is None
    assert found["value"] == "0.00" and 0 < Decimal(found["confidence"]) < 100
    for path in (f"/units/{mine.unit_id}/index", "/index"):
        assert api.get(f"{path}?period=2026-02").json["value"] == "0.00"
    assert api.get(f"/areas/{mine.area_id}/index?period=2025-01").json["value"] is None
    assert api.get("/index?period=Februari").status_code == 400
    assert world.api(world.ppk("ID-JT")).get(f"/areas/{mine.area_id}/index").status_code == 404
    assert world.api(world.ppk("ID-JT")).get("/index?period=2026-02").json["areas"] == 0


def test_a_leader_adopts_a_version_and_a_kept_number_keeps_its_own(world: World) -> None:
    mine = activity(world, "ID-BB")
    report(world, "ID-BB", period="2026-02", state="submitted")
    meeting = world.meeting("in_session", report_period="2026-02")
    world.fire(meeting, "close", world.chair, confirm=True)
    kept = db.session.scalars(select(KeptIndex)).one()
    assert (kept.period, kept.formula.name, kept.value) == ("2026-02", "usulan-1", Decimal(0))
    page = world.sign_in(world.evaluator).get(f"/kawasan/{mine.area_id}?periode=2026-02").text
    assert "1 di bawah rencana" in page and "disimpan saat evaluasi ditutup" in page
    evaluator, leader = world.api(world.evaluator), world.api(world.person("leader"))
    first = evaluator.get("/index-formulas").json["items"][0]
    content = first["content"] | {
        "behind_early": "20",
        "weights": first["content"]["weights"] | {"on_time": 40},
    }
    made = evaluator.post("/index-formulas", json={"name": "2026-1", "content": content})
    assert made.status_code == 201, made.json
    assert evaluator.post(f"/index-formulas/{made.json['id']}/adopt", json={}).status_code == 403
    adopted = leader.post(f"/index-formulas/{made.json['id']}/adopt", json={"note": "contoh surat"})
    assert adopted.status_code == 200 and adopted.json["adopted_at"], adopted.json
    assert leader.post(f"/index-formulas/{made.json['id']}/adopt", json={}).status_code == 409
    old = evaluator.get(f"/areas/{mine.area_id}/index?period=2026-02").json
    assert (old["version"], old["value"], old["kept"]) == ("usulan-1", "0.00", True)
    report(world, "ID-BB", period="2026-01", state="submitted")
    new = evaluator.get(f"/areas/{mine.area_id}/index?period=2026-01").json
    assert (new["version"], new["label"], new["value"], new["kept"]) == ("2026-1", "", "50.00", False)
    for wrong in ({}, content | {"spread": "0"}, content | {"weights": {}}, content | {"spread": "NaN"}):
        assert evaluator.post("/index-formulas", json={"name": "x", "content": wrong}).status_code == 422


def test_statements_do_not_grow_with_the_kawasan(world: World) -> None:
    counted: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: counted.append(a[2]))

    def statements() -> int:
        actor = world.actor(world.evaluator)
        db.session.commit()
        counted.clear()
        facts.by_province(Area.visible_to(actor), "2026-02")
        return len(counted)

    activity(world, "ID-BB")
    few = statements()
    for number, iso in enumerate(("ID-JT", "ID-JI", "ID-KB")):
        activity(world, iso, f"Contoh {number}")
    assert statements() == few <= 9
    assert len(db.session.scalars(select(Area)).unique().all()) == 4
