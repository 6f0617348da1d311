"""A paper whose drawing is ended by the machine says so after the first try, and while it is tried again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from randal.database.base import db
from randal.documents import model, pipeline
from randal.documents.model import Document
from randal.jobs import outbox
from tests.world import World

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def paper(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any], Any]], Document]:
    def make(draw: Callable[[Any], Any]) -> Document:
        monkeypatch.setitem(pipeline.RENDERERS, "tracker", (lambda _document, _now: {}, draw))
        unit = world.unit("ID-BB").id
        made = model.request("tracker", "unit", unit, title="Contoh Pelacak", now=world.now)
        db.session.commit()
        return made

    return make


def seen(world: World, document: Document) -> Any:
    return world.api(world.evaluator).get(f"/documents/{document.id}").json


def tried(world: World, document: Document) -> None:
    """One try, as a worker makes it."""
    db.session.commit()
    [claimed] = outbox.claim(world.now)
    db.session.commit()
    outbox.deliver(claimed[0], world.now)


def test_want_of_memory_is_said_at_once(world: World, paper: Any) -> None:
    def draw(_paper: Any) -> Any:
        raise MemoryError

    document = paper(draw)
    with pytest.raises(MemoryError):
        tried(world, document)
    told = seen(world, document)
    assert told["state"] == "failed" and "memori" in told["error"], told
    page = world.sign_in(world.evaluator).get(f"/dokumen/{document.id}/status").text
    assert "Gagal dibuat" in page and "memori" in page


def test_a_child_that_is_killed_is_said_at_once(world: World, paper: Any) -> None:
    document = paper(lambda _paper: os.kill(os.getpid(), signal.SIGKILL))
    db.session.commit()
    [claimed] = outbox.claim(world.now)
    db.session.commit()
    db.engine.dispose()
    pid = os.fork()
    if pid == 0:  # as RQ's worker does
        outbox.deliver(claimed[0], world.now)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    db.session.rollback()
    assert seen(world, document)["state"] == "rendering"
    outbox.died([claimed[0]], "Proses pembuat berkas mati (sinyal 9).", world.now)
    told = seen(world, document)
    assert told["state"] == "failed" and "memori" in told["error"], told


def test_the_reason_stays_while_it_is_tried_again(world: World, paper: Any) -> None:
    """Also where nobody was left to tell how the first try ended."""
    said: list[str] = []

    def draw(_paper: Any) -> Any:
        said.append(world.sign_in(world.evaluator).get(f"/dokumen/{document.id}/status").text)
        return pipeline.Drawn(b"%PDF-1.7\n%%EOF\n")

    document = paper(draw)
    document.stage = model.RENDERING
    tried(world, document)
    assert "Sedang dibuat lagi" in said[0] and "memori" in said[0]
    told = seen(world, document)
    assert (told["state"], told["error"]) == ("ready", ""), "and is gone when one succeeds"
