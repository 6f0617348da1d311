"""Several papers as one zip: one progress, made of all its parts or not at all, whoever dies and whatever runs twice."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from randal.base.zipping import SUMS
from randal.database.base import db
from randal.documents import bundle as bundles
from randal.documents import pipeline
from randal.documents.model import Document
from randal.jobs import outbox
from randal.jobs.outbox import Delivery
from randal.l10n import clock
from tests.follow_ups.conftest import Story
from tests.world import World

Drain = Callable[..., int]


@pytest.fixture
def story(world: World) -> Story:
    made = Story(world)
    made.assigned(text="Contoh milik Bangka")
    made.assigned(text="Contoh milik Papua", unit_id=world.unit("ID-PA").id)
    return made


def asked(story: Story, who: Any = None, **more: Any) -> dict[str, Any]:
    units = [story.unit.id, story.world.unit("ID-PA").id]
    answer = (who or story.evaluator).post("/tracker/bundles", json={"by": "unit", "ids": units} | more)
    assert answer.status_code == 202, answer.json
    return answer.json


def parts_of(story: Story, bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return story.evaluator.get(f"/documents?bundle_id={bundle['id']}").json["items"]


def test_one_zip_of_all_its_parts(story: Story, drain: Drain) -> None:
    bundle = asked(story)
    assert (bundle["kind"], bundle["state"], len(parts_of(story, bundle))) == ("tracker_bundle", "queued", 2)
    assert asked(story)["id"] == bundle["id"]  # the button pressed twice
    page = story.world.sign_in(story.world.evaluator)
    assert "0 dari 2 berkas siap" in page.get(f"/dokumen/{bundle['id']}/status").text
    drain()
    ready = story.evaluator.get(f"/documents/{bundle['id']}").json
    assert ready["state"] == "ready", ready
    data = story.evaluator.get(f"/documents/{bundle['id']}/file").data
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        names = made.namelist()
        assert names[-1] == SUMS and len(names) == 3 and names[0].startswith("001-pelacak")
        for line in made.read(SUMS).decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(made.read(name)).hexdigest() == digest
        said = [
            " ".join(p.extract_text() for p in PdfReader(io.BytesIO(made.read(n))).pages) for n in names[:2]
        ]
    assert "milik Bangka" in said[0] and "milik Papua" not in said[0]
    assert (
        bundles.pack(bundles.contents(db.session.get_one(Document, bundle["id"]))) == data
    )  # the same bytes again
    assert "Pelacak Tindak Lanjut 2 PPK" in page.get("/dokumen").text
    assert "Pelacak Tindak Lanjut Papua" not in page.get("/dokumen").text  # parts do not crowd the list
    assert asked(story)["id"] != bundle["id"]  # the next is a new one


def test_nothing_half_when_a_part_fails(
    story: Story, drain: Drain, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    bundle = asked(story, format="xlsx")
    _first, second = sorted(part["id"] for part in parts_of(story, bundle))
    build, draw = pipeline.RENDERERS["tracker_sheet"]

    def broken(document: Document, now: datetime) -> Any:
        if document.id == second:
            raise RuntimeError("contoh gangguan")
        return build(document, now)

    monkeypatch.setitem(pipeline.RENDERERS, "tracker_sheet", (broken, draw))
    at = clock.now()  # one instant: on a slow machine the second try of what failed would be due meanwhile
    with pytest.raises(RuntimeError):
        drain(at)
    drain(at)
    assert [p["state"] for p in parts_of(story, bundle)] == ["ready", "failed"]
    assert story.evaluator.get(f"/documents/{bundle['id']}").json["state"] == "queued"
    office = world.sign_in(world.evaluator)
    assert "1 dari 2 berkas siap; 1 gagal dan dicoba lagi" in office.get(f"/dokumen/{bundle['id']}").text
    monkeypatch.setitem(pipeline.RENDERERS, "tracker_sheet", (build, draw))
    assert office.post(f"/dokumen/{bundle['id']}/ulangi").status_code == 303
    drain()
    assert story.evaluator.get(f"/documents/{bundle['id']}").json["state"] == "ready"


def test_a_job_that_runs_twice_makes_one_zip(story: Story, drain: Drain) -> None:
    bundle = asked(story, format="xlsx")
    drain()
    tasks = list(db.session.scalars(select(Delivery.id).where(Delivery.document_id >= bundle["id"])))
    assert len(tasks) == 3
    for task in tasks:
        outbox.deliver(task, story.world.now)
    for part in parts_of(story, bundle):
        bundles.part_stored(db.session.get_one(Document, part["id"]), story.world.now)
    count = select(func.count()).select_from(Delivery).where(Delivery.document_id >= bundle["id"])
    assert db.session.scalar(count) == 3
    assert story.evaluator.get(f"/documents/{bundle['id']}").json["versions"] == 1


def test_who_may_ask_and_read(story: Story, drain: Drain) -> None:
    """A PPK gets his own lines of the meetings he chooses; another's unit is no choice of his."""
    mine = story.ppk.post(
        "/tracker/bundles", json={"by": "meeting", "ids": [story.meeting.id], "format": "xlsx"}
    )
    assert mine.status_code == 202
    drain()
    [part] = list(db.session.scalars(select(Document).where(Document.bundle_id == mine.json["id"])).unique())
    content = part.newest.read()
    with zipfile.ZipFile(io.BytesIO(content)) as sheet:
        text = (
            sheet.read("xl/sharedStrings.xml")
            if "xl/sharedStrings.xml" in sheet.namelist()
            else sheet.read("xl/worksheets/sheet1.xml")
        )
    assert b"milik Bangka" in text and b"milik Papua" not in text
    other = story.world.api(story.world.ppk("ID-PA"))
    assert other.get(f"/documents/{mine.json['id']}").status_code == 404
    refused = story.ppk.post("/tracker/bundles", json={"by": "unit", "ids": [story.world.unit("ID-PA").id]})
    assert refused.status_code == 422 and "tidak dikenal" in str(refused.json)


@pytest.mark.database("sqlite")
def test_what_cannot_be_asked(story: Story) -> None:
    page = story.world.sign_in(story.world.evaluator)
    answer = page.post("/pelacak/sekaligus", data={"by": "unit", "format": "pdf"})
    assert answer.status_code == 422 and "Periksa isian berikut" in answer.text
    late = {"by": "unit", "ids": [story.unit.id], "as_of": "2031-01-01"}
    assert "belum terjadi" in str(story.evaluator.post("/tracker/bundles", json=late).json)
