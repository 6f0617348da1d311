"""The pages beside the editor: drawn by a worker, once per wording that somebody looks at, and gone when all is frozen."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import func, select

from randal.database.base import db
from randal.documents import preview
from randal.documents.model import Document
from randal.documents.pipeline import Drawn
from randal.documents.preview import Trial
from randal.jobs import outbox
from randal.jobs.outbox import Delivery
from randal.models.minutes import Minutes
from randal.rooms.minutes.commands import write_section
from randal.storage.files import StoredFile
from tests.world import World


@pytest.fixture
def minutes(world: World) -> Minutes:
    meeting = world.meeting("closed", units=("ID-BB",))
    return db.session.query(Minutes).filter_by(meeting_id=meeting.id).one()


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was drawn, without WeasyPrint: the words of the closing section."""
    made: list[str] = []
    build, _draw = preview.BUILDERS["minutes"]

    def draw(paper: Any) -> Any:
        made.append(paper["sections"][-1]["html"])
        page = io.BytesIO()
        document = pypdfium2.PdfDocument.new()
        document.new_page(100 + len(made), 100)
        document.save(page)
        return Drawn(page.getvalue())

    monkeypatch.setitem(preview.BUILDERS, "minutes", (build, draw))
    return made


def write(world: World, minutes: Minutes, words: str) -> None:
    write_section(minutes, "penutup", f"<p>{words}</p>", world.actor(world.minute_taker), world.now, None)
    db.session.commit()


def open_rows() -> int:
    query = select(func.count()).select_from(Delivery).where(Delivery.trial_id.is_not(None))
    return db.session.scalar(query.where(Delivery.done_at.is_(None))) or 0


def test_drawn_once_per_wording_that_is_looked_at(world: World, minutes: Minutes, light: list[str]) -> None:
    outbox.drain(world.now)
    kept = [db.session.scalar(select(func.count()).select_from(model)) for model in (Document, StoredFile)]
    taker, here = world.sign_in(world.minute_taker), f"/notula/{minutes.id}/pratinjau"
    write(world, minutes, "Satu.")
    assert taker.get(f"{here}.pdf").status_code == 404
    first = taker.get(here).text
    assert "Sedang digambar" in first and "<img" not in first.split("data-preview-pages")[1]
    assert taker.get(f"{here}/keadaan?ada=drawing-").status_code == 204
    assert open_rows() == 1
    outbox.drain(world.now)
    assert light == ["<p>Satu.</p>"]
    shown = taker.get(f"{here}/keadaan?ada=drawing-").text
    assert "Sesuai dengan yang tersimpan" in shown and f"{here}/1.png?v=" in shown
    assert taker.get(f"{here}/1.png").content_type == "image/png"
    assert taker.get(f"{here}/2.png").status_code == 404
    assert taker.get(f"{here}.pdf").data.startswith(b"%PDF-")

    # saved three times while nobody draws: the old picture stays, the last words are drawn, once
    for words in ("Dua.", "Tiga.", "Empat."):
        write(world, minutes, words)
        again = taker.get(f"{here}/keadaan").text
        assert "Sementara itu tampak yang sebelumnya" in again and f"{here}/1.png?v=" in again
    outbox.drain(world.now)
    assert light == ["<p>Satu.</p>", "<p>Empat.</p>"]
    write(world, minutes, "Tidak dilihat siapa pun.")
    outbox.drain(world.now)
    assert len(light) == 2
    # nothing has piled up: no document, no file, one drawing and one row of the outbox that made it
    assert kept == [
        db.session.scalar(select(func.count()).select_from(model)) for model in (Document, StoredFile)
    ]
    of_trials = select(func.count()).select_from(Delivery).where(Delivery.trial_id.is_not(None))
    assert db.session.query(Trial).count() == db.session.scalar(of_trials) == 1


def test_what_is_saved_while_it_is_drawn_is_drawn_next(
    world: World, minutes: Minutes, light: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taker, here = world.sign_in(world.minute_taker), f"/notula/{minutes.id}/pratinjau"
    write(world, minutes, "Satu.")
    taker.get(here)
    build, draw = preview.BUILDERS["minutes"]

    def slow(paper: Any) -> Any:
        if not light:
            write(world, minutes, "Dua.")
            taker.get(f"{here}/keadaan")
            assert open_rows() == 1  # the one that is being drawn
        return draw(paper)

    monkeypatch.setitem(preview.BUILDERS, "minutes", (build, slow))
    outbox.drain(world.now)
    assert light == ["<p>Satu.</p>", "<p>Dua.</p>"] and open_rows() == 0
    done = db.session.scalars(select(Delivery.id).where(Delivery.trial_id.is_not(None))).all()
    assert not outbox.deliver(done[-1], world.now)  # twice is once
    assert "Sesuai dengan yang tersimpan" in taker.get(here).text


def test_without_a_worker_and_after_a_failure_it_says_so(
    world: World, minutes: Minutes, light: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taker, here = world.sign_in(world.minute_taker), f"/notula/{minutes.id}/pratinjau"
    taker.get(here)
    outbox.drain(world.now)
    write(world, minutes, "Dua.")
    taker.get(here)
    world.now += timedelta(seconds=40)
    late = taker.get(here).text
    assert "Belum digambar sejak" in late and f"{here}.pdf" in late and f"{here}/1.png" in late
    build, draw = preview.BUILDERS["minutes"]
    monkeypatch.setitem(preview.BUILDERS, "minutes", (build, lambda paper: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        outbox.drain(world.now)
    failed = taker.get(f"{here}/keadaan").text
    assert "Gagal digambar" in failed and f"{here}/ulangi" in failed and "ZeroDivision" not in failed
    monkeypatch.setitem(preview.BUILDERS, "minutes", (build, draw))
    assert outbox.drain(world.now) == 0  # it rests
    assert taker.post(f"{here}/ulangi").status_code == 303
    assert "Sedang digambar" in taker.get(here).text
    outbox.drain(world.now)
    assert light[-1] == "<p>Dua.</p>" and "Sesuai" in taker.get(here).text


def test_a_drawing_is_for_readers_of_the_draft_and_goes_when_it_is_frozen(
    world: World, minutes: Minutes, light: list[str]
) -> None:
    here = f"/notula/{minutes.id}/pratinjau"
    stranger = world.sign_in(world.ppk("ID-BB"))
    world.sign_in(world.minute_taker).get(here)
    outbox.drain(world.now)
    for path in ("", "/keadaan", "/1.png", ".pdf"):
        assert stranger.get(here + path).status_code == 404
    assert stranger.post(f"{here}/ulangi").status_code == 404
    minutes.state = "in_review"
    db.session.commit()
    assert stranger.get(f"{here}.pdf").status_code == 200
    world.fire(minutes, "approve", world.chair)
    assert db.session.query(Trial).count() == open_rows() == 0
    assert stranger.get(f"{here}.pdf").status_code == 404


def test_the_drawing_is_the_paper_as_a_draft(world: World, minutes: Minutes) -> None:
    write(world, minutes, "Kata penutup yang dilihat.")
    taker, here = world.sign_in(world.minute_taker), f"/notula/{minutes.id}/pratinjau"
    taker.get(here)
    outbox.drain(world.now)
    text = "".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(taker.get(f"{here}.pdf").data)
    )
    assert "DRAF" in text and "Kata penutup yang dilihat." in text
