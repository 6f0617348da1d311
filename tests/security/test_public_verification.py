"""/verifikasi as strangers meet it: a code proves no paper, a queue holds no thread, and nothing there is a 500."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from randal.database.base import db
from randal.documents import model
from randal.documents.model import Document
from randal.models.verifications import Turn
from randal.rooms.minutes import turns, verdicts
from randal.schedule import scheduler
from randal.storage import blobs, files
from randal.untrusted.limited import limits
from randal.untrusted.limited.errors import Busy
from randal.untrusted.readers import pages
from tests.imports.books import UNITS, book
from tests.security import pdfs
from tests.world import World

pytestmark = pytest.mark.database("sqlite")
JSON = {"Accept": "application/json"}
ZIP = b"PK\x05\x06" + b"\0" * 18


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    verdicts._answers.clear()


def paper(world: World, data: bytes = b"", mime: str = "application/pdf", **more: Any) -> Document:
    """A stored paper of ours, without drawing one."""
    row = model.request(
        "tracker", "unit", world.unit("ID-BB").id, title="Contoh Pelacak", now=world.now, **more
    )
    if data:
        kept = files.StoredFile(
            sha256=blobs.keep(data), size=len(data), mime=mime, name="contoh", created_at=world.now
        )
        model.add_version(row, kept, now=world.now)
        row.stage = model.READY
    db.session.commit()
    return row


def drop(world: World, data: bytes, *, html: bool = False, address: str = "192.0.2.1", **more: str) -> Any:
    sent = more | {"file": (io.BytesIO(data), "berkas.pdf")}
    where = {"REMOTE_ADDR": address}
    return world.client().post("/verifikasi", data=sent, headers={} if html else JSON, environ_base=where)


def test_a_code_alone_never_proves_a_paper(world: World) -> None:
    """Whatever is stored under it, in whichever state."""
    ours = pdfs.written((50, 700, "Contoh"))
    made = [
        paper(world, ours), paper(world, book(UNITS), files.TYPES["xlsx"]), paper(world, ZIP, "application/zip"),
        paper(world, b"rusak"), paper(world), paper(world, ours, restricted=True),
    ]  # fmt: skip
    for document in made:
        told = world.client().get(f"/verifikasi/{document.code}", headers=JSON)
        assert told.status_code == 200 and told.json["verdict"] == "listed", told.json
        facts = ("title", "kind", "number", "date", "pages", "signers")
        assert {name: told.json[name] for name in facts} == {
            "title": "Contoh Pelacak", "kind": "tracker", "number": None, "date": "2026-03-02", "pages": None, "signers": [],
        }  # fmt: skip
        page = world.client().get(f"/verifikasi/{document.code.lower()}")
        assert page.status_code == 200 and "Tercatat" in page.text and "bandingkan" in page.text
        assert not any(word in page.text for word in ("Utuh dan cocok", "sama persis"))
        assert f'value="{document.code}"' in page.text, "there is a place to drop the file"


@pytest.mark.parametrize(("data", "mime"), [(book(UNITS), files.TYPES["xlsx"]), (ZIP, "application/zip")])
def test_a_workbook_or_archive_is_compared_by_its_bytes(world: World, data: bytes, mime: str) -> None:
    code = paper(world, data, mime).code
    assert drop(world, data, code=code).json["verdict"] == "intact"
    assert drop(world, data).json["verdict"] == "intact", "known by its bytes, without the code"
    assert drop(world, data + b"x", code=code).json["verdict"] == "mismatch"
    assert drop(world, data + b"x").status_code == 422


def test_a_locked_file_is_called_locked(world: World) -> None:
    locked = pdfs.pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 0/Kids[]>>",
        b"<</Filter/Standard/V 4/R 4/Length 128/P -4/O<%s>/U<%s>/CF<</StdCF<</CFM/AESV2/Length 16>>>>/StmF/StdCF/StrF/StdCF>>"
        % (b"00" * 32, b"11" * 32),
        trailer=b"/Encrypt 3 0 R/ID[<00><00>]",
    )  # fmt: skip
    said = drop(world, locked)
    assert said.status_code == 422 and "terkunci dengan kata sandi" in said.json["detail"], said.json
    page = drop(world, locked, html=True)
    assert "terkunci dengan kata sandi" in page.text and "Tidak cocok" not in page.text
    assert drop(world, pdfs.page()[:-40]).json["verdict"] == "mismatch", "broken is something else"


def test_what_costs_too_much_is_told_honestly_and_remembered(world: World, monkeypatch: Any) -> None:
    """Without a verdict: nothing is known of it."""
    monkeypatch.setattr(verdicts.judging, "JUDGED", verdicts.judging.door.Task(
        "tests.security.odd_readers:hoards_all", limits.SIGNED))  # fmt: skip
    nasty = pdfs.page()
    said = drop(world, nasty)
    assert said.status_code == 422 and "flask randal verify" in said.json["detail"]
    monkeypatch.setattr(verdicts.judging, "judge", lambda *_a, **_k: 1 / 0)
    assert drop(world, nasty, html=True).status_code == 422, "it is not tried again"


# -- the queue ------------------------------------------------------------------------------------------


@pytest.fixture
def slots(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """While it holds a True, every slot is taken."""
    taken, judge = [True], verdicts.judging.judge

    def busy(*args: Any, **more: Any) -> Any:
        if taken[0]:
            raise Busy
        return judge(*args, **more)

    monkeypatch.setattr(verdicts.judging, "judge", busy)
    return taken


def test_who_must_wait_gets_a_number_and_then_his_answer(world: World, slots: list[bool]) -> None:
    ours = pdfs.written((50, 700, "Contoh"))
    code = paper(world, ours).code
    first, second = drop(world, ours, code=code), drop(world, pdfs.page(), html=True)
    assert first.status_code == 202 and (first.json["state"], first.json["place"]) == ("waiting", 1)
    assert first.headers["Location"] == first.json["url"]
    assert second.status_code == 303
    page = world.client().get(second.location)
    assert (
        page.status_code == 200
        and "Nomor antrean 2" in page.text
        and "no-store" in page.headers["Cache-Control"]
    )
    assert world.client().get(first.headers["Location"], headers=JSON).json["place"] == 1
    slots[0] = False
    done = world.client().get(first.headers["Location"], headers=JSON)
    assert (
        done.status_code == 200 and done.json["verdict"] == "intact" and done.json["document"]["code"] == code
    )
    part = world.client().get(second.location, headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true"
    slots[0] = True
    again = world.client().get(first.headers["Location"], headers=JSON)
    assert again.json == done.json, "looked at once more, it is not judged once more"
    assert "tidak ditandatangani" in world.client().get(second.location).text
    assert db.session.scalar(select(func.count(Turn.id)).where(Turn.file.is_not(None))) == 0
    world.now += turns.KEPT + timedelta(seconds=1)
    assert world.client().get(first.headers["Location"], headers=JSON).status_code == 404


def test_a_queue_has_an_end_and_one_address_does_not_fill_it(
    world: World, slots: list[bool], monkeypatch: Any
) -> None:
    for _ in range(turns.MOST_EACH):
        assert drop(world, pdfs.page()).status_code == 202
    refused = drop(world, pdfs.page())
    assert refused.status_code == 503 and refused.json["detail"] == turns.FULL
    assert drop(world, pdfs.page(), address="192.0.2.2").status_code == 202
    monkeypatch.setattr(turns, "MOST", turns.MOST_EACH + 1)
    assert drop(world, pdfs.page(), address="192.0.2.3", html=True).status_code == 503
    world.now += turns.KEPT + timedelta(seconds=1)
    scheduler.run_due(world.now)
    assert db.session.scalar(select(func.count(Turn.id))) == 0, "the clock takes them away"
    assert drop(world, pdfs.page(), address="192.0.2.3").status_code == 202


def test_who_went_away_holds_nobody_up(world: World, slots: list[bool]) -> None:
    for number in range(turns.FIRST + 1):
        last = drop(world, pdfs.page(), address=f"192.0.2.{number}")
    slots[0] = False
    assert world.client().get(last.headers["Location"], headers=JSON).status_code == 202, "not yet his turn"
    world.now += turns.PASSED_OVER + timedelta(seconds=1)
    assert world.client().get(last.headers["Location"], headers=JSON).json["verdict"] == "mismatch"


def test_no_file_of_a_turn_is_anybody_elses(world: World, slots: list[bool]) -> None:
    made = drop(world, pdfs.page())
    assert len(made.headers["Location"].rsplit("/", 1)[1]) >= 43
    for token in ("", "x", made.headers["Location"].rsplit("/", 1)[1][:-1], "é" * 60):
        assert world.client().get(f"/verifikasi/antrean/{token}", headers=JSON).status_code == 404, token


# -- the picture ----------------------------------------------------------------------------------------

SECRET = "NIP 196001011985031001"


def ink(data: bytes, x: int, y: int, wide: int = 200) -> set[Any]:
    """The colours around the line at x, y (points) of a page 595 x 842."""
    image, scale = Image.open(io.BytesIO(data)).convert("RGB"), pages.OUTLINE / 595
    box = (x * scale, (842 - y - 11) * scale, (x + wide) * scale, (842 - y + 3) * scale)
    return {colour for _count, colour in image.crop(tuple(map(round, box))).getcolors(10_000)}


def test_on_the_picture_stands_what_the_page_says_and_nothing_else() -> None:
    data = pdfs.written(
        (50, 700, "Contoh Pelacak"), (50, 600, SECRET), (50, 500, "Contoh Pelacak 081234567890")
    )
    drawn = pages.outline(data, ["Contoh", "pelacak"])
    assert min(min(colour) for colour in ink(drawn, 50, 700)) < 60, "black letters"
    for y in (600, 500):
        assert min(min(colour) for colour in ink(drawn, 50, y)) > 150, "no letter of it"


def test_a_picture_in_it_is_hidden_and_a_scan_has_none() -> None:
    dark = pdfs.stream(
        b"\0" * 3, b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceRGB/BitsPerComponent 8"
    )
    for size, hidden in ((100, True), (600, False)):
        data = pdfs.page(
            dark,
            contents=b"q %d 0 0 %d 50 500 cm /I Do Q" % (size, size),
            resources=b"<</XObject<</I 5 0 R>>>>",
        )
        if hidden:
            assert min(min(colour) for colour in ink(pages.outline(data, []), 60, 520, 60)) > 150
        else:
            with pytest.raises(pages.Unreadable):
                pages.outline(data, [])


def test_who_may_see_the_picture(world: World) -> None:
    ours = pdfs.written((50, 700, "Contoh Pelacak"), (50, 600, SECRET))
    shown = world.client().get(f"/verifikasi/{paper(world, ours).code}/halaman-1.png")
    assert shown.status_code == 200 and shown.content_type == "image/png"
    assert min(min(colour) for colour in ink(shown.data, 50, 600)) > 150
    draft, broken = paper(world, ours, restricted=True), paper(world, b"rusak")
    for hidden in (draft, broken, paper(world, ZIP, "application/zip"), paper(world)):
        assert world.client().get(f"/verifikasi/{hidden.code}/halaman-1.png").status_code == 404
    assert world.client().get("/verifikasi/RDL-2222-2222-2222/halaman-1.png").status_code == 404


def test_times_are_those_of_the_meeting(world: World) -> None:
    meeting = world.meeting("draft", timezone="Asia/Jayapura")
    document = paper(world, pdfs.page(), meeting_id=meeting.id)
    document.created_at = world.now.replace(hour=16)  # the next day in Jayapura
    db.session.commit()
    told = world.client().get(f"/verifikasi/{document.code}", headers=JSON).json
    assert (told["document"]["timezone"], told["date"]) == ("Asia/Jayapura", "2026-03-03")
