"""How long papers are kept, and how they are destroyed: only after their time, by two people, and never without a trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from randal.database.base import db
from randal.documents import model
from randal.documents.model import Document, add_version
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.models.archive import ArchiveClass, Destruction
from randal.rooms.archive.retention import keeping
from randal.schedule import scheduler
from randal.storage import blobs, files
from randal.storage.files import StoredFile
from tests.follow_ups.conftest import png
from tests.world import World

REASON = "Masa simpannya habis menurut jadwal retensi."


@pytest.mark.database("sqlite")
@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 30), st.integers(0, 30))
def test_years_count_from_the_end_of_the_papers_year(of: date, active: int, inactive: int) -> None:
    kept = keeping(of, active, inactive, "destroy")
    assert of <= kept.active_until <= kept.kept_until
    assert kept.stage(of) == "active" and kept.stage(kept.kept_until + timedelta(days=1)) == "due"
    assert (kept.kept_until.year - of.year, kept.kept_until.month) == (active + inactive, 12)


@pytest.mark.database("sqlite")
def test_the_example_of_the_handbook() -> None:
    kept = keeping(date(2018, 6, 25), 2, 3, "permanent")
    assert (kept.active_until, kept.kept_until) == (date(2020, 12, 31), date(2023, 12, 31))


def paper(world: World, kind: str, years_ago: int, number: str, name: str = "contoh.png") -> Document:
    """A stored paper of `years_ago`."""
    then = world.now - timedelta(days=365 * years_ago + 2)
    made = model.request(
        kind, "meeting", None, title=f"Contoh {number}", now=then,
        params={"number": number, "dated_on": local_date(then, DEFAULT_ZONE).isoformat()},
    )  # fmt: skip
    add_version(made, files.keep(files.check(name, png()), by=None, now=then), now=then)
    made.stage, made.created_at = model.READY, then
    db.session.commit()
    return made


@pytest.fixture
def rules(world: World) -> None:
    for kind, fate in (("invitation", "destroy"), ("minutes", "permanent")):
        row = ArchiveClass(
            kind=kind, code="UM 0201", active_years=1, inactive_years=2, fate=fate, updated_at=world.now
        )
        db.session.add(row)
    db.session.commit()


def test_the_register_by_number_and_year(world: World, rules: None) -> None:
    old, new = paper(world, "invitation", 5, "UM 0201-Sj/150"), paper(world, "invitation", 0, "UM 0201-Sj/7")
    unnumbered = paper(world, "attendance_list", 0, "")
    page = world.sign_in(world.secretariat).get("/arsip").text
    assert old.params["number"] in page and new.params["number"] in page and unnumbered.code not in page
    year = old.created_at.year
    only = world.sign_in(world.secretariat).get(f"/arsip?tahun={year}").text
    assert old.params["number"] in only and new.params["number"] not in only
    assert unnumbered.code in world.sign_in(world.secretariat).get("/arsip?semua=1").text
    assert "Masa simpan habis" in only and "lalu musnah" in only
    assert world.sign_in(world.secretariat).get("/arsip?q=sj/7").text.count("Contoh UM") >= 1
    assert world.sign_in(world.secretariat).get("/arsip/register.xlsx").status_code == 200
    for path in ("/arsip", "/arsip/retensi", "/arsip/pemusnahan", "/arsip/register.xlsx"):
        assert world.sign_in(world.ppk()).get(path).status_code == 403, path
        assert world.sign_in(world.person("auditor")).get(path).status_code == 200, path


def test_the_schedule_is_data(world: World, rules: None) -> None:
    office = world.sign_in(world.secretariat)
    given = {
        "code": "PW 0101",
        "active_years": "2",
        "inactive_years": "x",
        "fate": "destroy",
        "basis": "Contoh JRA",
    }
    wrong = office.post("/arsip/retensi/tracker", data=given)
    assert wrong.status_code == 422 and "angka bulat" in wrong.text and "Contoh JRA" in wrong.text
    assert office.post("/arsip/retensi/tracker", data=given | {"inactive_years": "3"}).status_code == 303
    row = db.session.query(ArchiveClass).filter_by(kind="tracker").one()
    assert (row.code, row.active_years, row.inactive_years) == ("PW 0101", 2, 3)
    stale = office.post("/arsip/retensi/tracker", data=given | {"inactive_years": "4", "version": "0"})
    assert stale.status_code == 409
    assert world.sign_in(world.evaluator).post("/arsip/retensi/tracker", data=given).status_code == 403
    assert office.get("/arsip/retensi/none").status_code == 404


def proposed(world: World, *papers: Document, number: str = "BA-01/2026") -> Any:
    data = {"number": number, "reason": REASON, "document_ids": [str(one.id) for one in papers]}
    return world.sign_in(world.secretariat).post("/arsip/pemusnahan", data=data)


def test_destroyed_only_after_its_time_and_by_two(
    world: World, rules: None, drain: Callable[[], int]
) -> None:
    old, young = paper(world, "invitation", 5, "UM/1"), paper(world, "invitation", 1, "UM/2")
    minutes = paper(world, "minutes", 20, "NOT/3")
    early = proposed(world, old, young)
    assert early.status_code == 422 and "belum habis masa simpannya" in early.text
    assert proposed(world, minutes).status_code == 422  # permanent
    assert proposed(world).status_code == 422
    assert proposed(world, old).status_code == 303
    assert proposed(world, old, number="BA-02/2026").status_code == 422  # is proposed already
    row = db.session.query(Destruction).one()
    path = f"/arsip/pemusnahan/{row.id}"
    office, leader = world.sign_in(world.secretariat), world.sign_in(world.chair)
    assert office.post(f"{path}/laksanakan").status_code == 409  # nobody approved it
    assert office.post(f"{path}/setujui").status_code == 403
    assert leader.post(f"{path}/setujui").status_code == 303
    assert leader.post(f"{path}/tolak", data={"reason": REASON}).status_code == 409
    drain()
    record = db.session.query(Document).filter_by(kind="destruction_record").one()
    assert record.stage == "ready" and record.newest.mime == "application/pdf"
    assert office.post(f"{path}/laksanakan").status_code == 303
    assert office.post(f"{path}/laksanakan").status_code == 409
    page = office.get(f"/dokumen/{old.id}").text
    assert "Dimusnahkan" in page
    refused = office.get(f"/dokumen/{old.id}/berkas")
    assert refused.status_code == 409 and "dimusnahkan" in refused.text
    assert "Dimusnahkan" in office.get("/arsip").text and "UM/1" in office.get("/arsip").text


def test_who_proposes_does_not_approve(world: World, rules: None) -> None:
    old = paper(world, "invitation", 5, "UM/1")
    assert proposed(world, old).status_code == 303
    row = db.session.query(Destruction).one()
    row.proposed_by_id = world.chair.id
    db.session.commit()
    answer = world.sign_in(world.chair).post(f"/arsip/pemusnahan/{row.id}/setujui")
    assert answer.status_code == 422 and "usulannya sendiri" in answer.text
    other = world.person("leader")
    assert (
        world.sign_in(other).post(f"/arsip/pemusnahan/{row.id}/tolak", data={"reason": "x"}).status_code
        == 422
    )
    assert (
        world.sign_in(other).post(f"/arsip/pemusnahan/{row.id}/tolak", data={"reason": REASON}).status_code
        == 303
    )
    assert proposed(world, old, number="BA-02/2026").status_code == 303  # a refused one binds nobody


def test_the_bytes_go_when_nobody_else_needs_them(
    world: World, rules: None, drain: Callable[[], int]
) -> None:
    one, twin = paper(world, "invitation", 5, "UM/1"), paper(world, "invitation", 0, "UM/2")  # the same bytes
    sha256 = one.newest.sha256
    for each, lives in ((one, True), (twin, False)):
        each.destroyed_at = world.now
        db.session.commit()
        scheduler.run_due(world.now)
        db.session.expire_all()
        assert each.newest.destroyed_at and blobs.exists(sha256) is lives
        with pytest.raises(blobs.LostFile, match="dimusnahkan"):
            each.newest.read()
    assert scheduler.run_due(world.now) >= 0 and db.session.query(StoredFile).count() == 2
