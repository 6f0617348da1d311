"""Junk in every form of every page: never a crash, never half done, and what was typed is never run as HTML."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.chain import Chain
from tests.contract.test_bad_input import Watched
from tests.contract.test_moves import fields_of
from workflows import LIFECYCLES

SCRIPT = "<script>alert('x')</script>"
JUNK: dict[str, Any] = {
    "nothing": None,
    "text": "bukan-yang-diminta",
    "html": f'"><img src=x onerror=alert(1)>{SCRIPT}',
    "nul": "a\x00b",
    "huge": "a" * 9_000,  # in every field: a form may bring 4 MiB
    "gigantic": "9" * 40,
    "negative": "-1",
    "date": "0001-01-01",
}
NOT_THERE = ("999999", "9" * 12)  # ids
SIGNED_OUT = ("accounts.sign_out", "accounts.sign_in")


def names(document: Any) -> list[str]:
    """Every field that any form of this house may ask for."""
    found = {
        "version",
        "next",
        "siapa",
        "confirm",
        "then",
        "answer",
        "html",
        "unit_ids",
        "again",
        "kode",
        "submit",
    }
    for methods in document["paths"].values():
        for method, operation in methods.items():
            if method in ("post", "patch", "put"):
                found |= set(fields_of(document, operation))
    return sorted(found - {"file", "scan"})


@pytest.fixture
def chain(world, drain, app):
    made = Chain(world, drain).play("closing")
    made.settled_halfway()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return made


def addresses(app: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every page that takes a form, and the kinds of junk it is sent: all of them where the ids are of things that are
    there, two of them where they are of nothing."""
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.rule.startswith("/api/") or rule.endpoint in SIGNED_OUT:
            continue
        path = rule.rule.replace("<slug>", "acara").replace("<key>", "penutup")
        moves = [""]
        if "<move>" in path:
            moves = LIFECYCLES[rule.endpoint.split(".")[-1].removesuffix("_move")].move_names
        for move in moves:
            page = re.sub(r"<(?!int:)[^>]+>", "tidak-ada", path.replace("<move>", move))
            yield re.sub(r"<int:[^>]+>", "1", page), tuple(JUNK)
            for number in NOT_THERE if "<int:" in page and not move else ():
                yield re.sub(r"<int:[^>]+>", number, page), ("nothing", "html")


@pytest.mark.database("postgresql")  # the stricter of the two
@pytest.mark.timeout(900)  # it grows with the house
def test_junk_in_every_form(world, app, chain):
    from randal.database.base import db
    from randal.org.people import Person

    fields = names(chain.admin.get("/openapi.json"))
    people = [world.sign_in(db.session.get_one(Person, who.id)) for who in
              (chain.secretariat, chain.note_taker, chain.ppk("ID-BB"), chain.evaluator, chain.admin)]  # fmt: skip
    faults, asked, turns, watched = [], 0, itertools.cycle(people), Watched()
    for path, kinds in addresses(app):
        for name in kinds:
            data = {} if JUNK[name] is None else dict.fromkeys(fields, JUNK[name])
            if name == "text":
                data["file"] = (io.BytesIO(b"bukan gambar"), "foto.png")
            answer = next(turns).post(path, data=data)
            asked += 1
            said = f"{path} ({name}): {answer.status_code}"
            if answer.status_code >= 500:
                faults.append(said)
            if (moved := watched.moved()) and answer.status_code >= 400:
                faults.append(f"half done: {said}: {moved}")
            if SCRIPT.encode() in answer.data or b"<img src=x" in answer.data:
                faults.append(f"run as HTML: {said}")
    assert asked > 300
    assert not faults, f"{len(faults)} of {asked}:\n" + "\n".join(faults)
