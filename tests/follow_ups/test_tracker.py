"""The tracker: filters, lateness by the province's day, as it stood on a day, pages, papers, visibility."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from randal.database.base import db
from randal.engine.transitions import make
from randal.l10n.formats import long_date
from randal.models.follow_ups import FollowUp
from randal.org.people import actor_of
from randal.rooms.follow_ups import sifting
from tests.follow_ups.conftest import Story
from tests.world import World

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ids(who: Any, query: str = "") -> list[int]:
    answer = who.get(f"/tracker{query}")
    assert answer.status_code == 200, answer.json
    return [row["id"] for row in answer.json["items"]]


def due(story: Story, number: int) -> str:
    return (story.today() + timedelta(days=number)).isoformat()


def test_by_due_date_with_each_filter(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    east = story.world.unit("ID-PA").id
    late = story.assigned(due_on=due(story, 9), text="Contoh serah terima aset")
    soon = story.assigned(due_on=due(story, 2), unit_id=east)
    draft = story.draft(due_on=due(story, 30))
    assert ids(story.evaluator) == [soon["id"], late["id"], draft["id"]]
    assert ids(story.evaluator, f"?unit_id={east}") == [soon["id"]]
    assert ids(story.evaluator, f"?meeting_id={story.meeting.id + 99}") == []
    assert ids(story.evaluator, "?state=draft") == [draft["id"]]
    assert ids(story.evaluator, "?q=SERAH+aset") == [late["id"]]
    assert ids(story.evaluator, "?q=papua") == [soon["id"]]
    monkeypatch.setattr(
        sifting, "LOOKED_AT", 1
    )  # as if the word were common: found on the way through the list
    assert ids(story.evaluator, "?q=SERAH+aset") == [late["id"]]
    assert ids(story.evaluator, "?q=papua") == [soon["id"]]
    assert ids(story.evaluator, "?q=RTL-3") == [draft["id"]]
    assert ids(story.evaluator, "?q=%25") == []
    assert ids(story.evaluator, "?overdue=true") == []
    story.world.now += timedelta(days=5)
    assert ids(story.evaluator, "?overdue=true") == [soon["id"]]
    assert ids(story.evaluator, "?overdue=false") == [late["id"], draft["id"]]
    rows = story.evaluator.get("/tracker").json["items"]
    assert [row["days_late"] for row in rows] == [3, 0, 0]
    assert [row["due_soon"] for row in rows] == [False, True, False]


@pytest.mark.parametrize(
    "query", ["?state=selesai", "?unit_id=x", "?as_of=kemarin", "?overdue=mungkin", "?limit=0", "?cursor=x"]
)
def test_a_filter_that_cannot_be_read(story: Story, query: str) -> None:
    assert story.evaluator.get(f"/tracker{query}").status_code == 400


def test_a_day_to_come_has_no_history(story: Story) -> None:
    assert story.evaluator.get(f"/tracker?as_of={due(story, 3)}").status_code == 400


def test_late_by_the_day_of_the_province(world: World) -> None:
    """At 15.30 UTC it is the 10th in Jayapura and still the 9th in Jakarta."""
    story = Story(world, ("ID-PA", "ID-BB"))
    west = world.unit("ID-BB").id
    one = story.assigned(due_on="2026-03-09")
    two = story.assigned(due_on="2026-03-09", unit_id=west)
    world.now = datetime(2026, 3, 9, 15, 30, tzinfo=UTC)
    rows = {row["id"]: row["days_late"] for row in story.evaluator.get("/tracker").json["items"]}
    assert rows == {one["id"]: 1, two["id"]: 0}
    assert ids(story.evaluator, "?overdue=true") == [one["id"]]
    assert story.evaluator.get(f"/follow-ups/{one['id']}").json["days_late"] == 1


def test_as_it_stood_that_day(story: Story) -> None:
    start = story.today()
    item = story.assigned(due_on=due(story, 3))
    first_due = item["due_on"]
    story.world.now += timedelta(days=5)
    given = {"new_due_on": due(story, 10), "reason": "contoh menunggu hujan reda"}
    asked = story.ppk.post(f"/follow-ups/{item['id']}/extensions", json=given).json
    story.evaluator.move("extensions", asked["id"], "grant")
    story.world.now += timedelta(days=2)
    story.evidence(item)
    story.move(story.ppk, item, "submit", note="Contoh selesai")
    story.judge(story.ppk.get(f"/follow-ups/{item['id']}/evidence").json["items"][0])
    story.move(story.evaluator, item, "verify", note="Contoh sesuai")

    def on(day: int, more: str = "") -> list[tuple[str, str, int]]:
        when = (start + timedelta(days=day)).isoformat()
        rows = story.evaluator.get(f"/tracker?as_of={when}{more}").json["items"]
        return [(row["state"], row["due_on"], row["days_late"]) for row in rows]

    assert on(-1) == []
    assert on(1) == [("assigned", first_due, 0)]
    assert on(4) == [("assigned", first_due, 1)]
    assert on(4, "&overdue=true") == [("assigned", first_due, 1)]
    assert on(6) == [("assigned", given["new_due_on"], 0)]
    assert on(7) == [("verified", given["new_due_on"], 0)]
    assert on(4, "&state=verified") == []


def test_a_date_moved_later_is_not_read_back(story: Story) -> None:
    """An item whose making told no date (of before dates were kept): its due date of that day, not the one of today."""
    actor = actor_of(story.world.secretariat, story.world.now)
    given = {"meeting_id": story.meeting.id, "unit_id": story.unit.id, "number": 1, "text": "Contoh"}
    row = FollowUp(
        **given, due_on=story.today() + timedelta(days=3), expected_output="Contoh", priority="low"
    )
    make(row, actor, now=story.world.now)
    db.session.commit()
    start, first_due, item = story.today(), row.due_on.isoformat(), {"id": row.id}
    story.move(story.chair, item, "assign")
    story.world.now += timedelta(days=2)
    given = {"new_due_on": due(story, 10), "reason": "contoh menunggu hujan reda"}
    extension = story.ppk.post(f"/follow-ups/{row.id}/extensions", json=given).json
    story.evaluator.move("extensions", extension["id"], "grant")
    stood = story.evaluator.get(f"/tracker?as_of={start}").json["items"]
    assert [line["due_on"] for line in stood] == [first_due]
    assert [line["due_on"] for line in story.evaluator.get("/tracker").json["items"]] == [given["new_due_on"]]


def test_what_is_owed_and_what_ended(story: Story) -> None:
    running, ended = story.assigned(), story.assigned()
    story.draft()
    story.move(story.chair, ended, "cancel", reason="contoh sudah tidak relevan lagi")
    assert ids(story.evaluator, "?ended=false") == ids(story.evaluator, f"?ended=false&as_of={story.today()}")
    assert ids(story.evaluator, "?ended=false") == [running["id"]]
    assert ids(story.evaluator, f"?ended=true&as_of={story.today()}") == [ended["id"]]


def test_pages_follow_each_other(story: Story) -> None:
    made = [story.draft(due_on=due(story, n % 3 + 1))["id"] for n in range(7)]
    seen: list[int] = []
    cursor = ""
    while True:
        page = story.evaluator.get(f"/tracker?limit=2&cursor={cursor}").json
        seen += [row["id"] for row in page["items"]]
        if not (cursor := page["next"]):
            break
    assert sorted(seen) == made
    assert len(seen) == 7
    stood = story.evaluator.get(f"/tracker?limit=4&as_of={story.today()}").json
    rest = story.evaluator.get(f"/tracker?limit=4&as_of={story.today()}&cursor={stood['next']}").json
    assert [row["id"] for row in stood["items"] + rest["items"]] == seen


def test_a_unit_sees_its_own_on_every_representation(story: Story, drain: Callable[[], int]) -> None:
    world = story.world
    mine = story.assigned(text="Contoh milik Bangka")
    story.assigned(text="Contoh milik Papua", unit_id=world.unit("ID-PA").id)
    assert ids(story.ppk) == [mine["id"]]
    assert ids(story.ppk, f"?unit_id={world.unit('ID-PA').id}") == []
    assert ids(story.ppk, f"?as_of={story.today()}") == [mine["id"]]
    page = world.sign_in(world.ppk("ID-BB")).get("/pelacak").text
    assert "milik Bangka" in page
    assert "milik Papua" not in page
    for kind, mime in (("tracker", "application/pdf"), ("tracker_sheet", XLSX)):
        answer = story.ppk.get("/tracker", headers={"Accept": mime})
        assert answer.status_code == 202, answer.json
        assert (answer.json["kind"], answer.json["state"]) == (kind, "queued")
        assert answer.headers["Location"] == f"/api/v1/documents/{answer.json['id']}"
        drain()
        ready = story.ppk.get(f"/documents/{answer.json['id']}").json
        assert ready["state"] == "ready", ready
        text = read_text(story.ppk.get(f"/documents/{answer.json['id']}/file").data, mime)
        assert "milik Bangka" in text
        assert "milik Papua" not in text
        foreign = world.api(world.ppk("ID-PA"))
        assert foreign.get(f"/documents/{answer.json['id']}").status_code == 404
        assert foreign.get(f"/documents/{answer.json['id']}/file").status_code == 404


def read_text(data: bytes, mime: str) -> str:
    import io

    if mime == XLSX:
        from openpyxl import load_workbook

        sheet = load_workbook(io.BytesIO(data)).active
        return " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    from pypdf import PdfReader

    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def test_the_paper_stands_as_of_its_day(story: Story, drain: Callable[[], int]) -> None:
    item = story.assigned()
    day = story.today()
    story.world.now += timedelta(days=2)
    story.move(story.chair, item, "cancel", reason="contoh tidak perlu lagi")
    answer = story.evaluator.get(f"/tracker?as_of={day}", headers={"Accept": "application/pdf"})
    drain()
    text = read_text(story.evaluator.get(f"/documents/{answer.json['id']}/file").data, "application/pdf")
    assert f"Posisi per {long_date(day)}" in text
    assert "Belum mulai" in text
    assert "Dibatalkan" not in text


def test_the_pdf_carries_its_table_and_is_the_same_twice(story: Story, drain: Callable[[], int]) -> None:
    """The XLSX inside is dated with the paper, related as data (PDF/A-3), and says =SUM as text."""
    import io

    from openpyxl import load_workbook
    from pypdf import PdfReader

    from randal.documents import pipeline
    from randal.documents.model import Document

    story.assigned(text='=SUM(1;2) "Contoh" <b>')
    answer = story.evaluator.get("/tracker", headers={"Accept": "application/pdf"})
    drain()
    stored = story.evaluator.get(f"/documents/{answer.json['id']}/file").data
    reader = PdfReader(io.BytesIO(stored))
    [(name, [content])] = reader.attachments.items()
    assert name == "pelacak-tindak-lanjut.xlsx"
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:P2"
    assert sheet["D2"].value == '=SUM(1;2) "Contoh" <b>' and sheet["D2"].data_type == "s"
    embedded = reader.root_object["/AF"][0].get_object()
    assert embedded["/AFRelationship"] == "/Data"
    dated = embedded["/EF"]["/F"]["/Params"]["/ModDate"]
    build, draw = pipeline.RENDERERS["tracker"]
    with story.world.app.test_request_context():
        document = db.session.get_one(Document, answer.json["id"])
        again = draw(build(document, document.created_at)).data
    assert f"{story.world.now:%Y%m%d%H%M}" in dated
    assert again == stored
