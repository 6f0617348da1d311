"""Junk in every form of every page: never a crash, never half done, and what was typed is never run as HTML."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from tests.contract.chain import Chain
from tests.contract.test_bad_input import counted
from tests.contract.test_moves import fields_of

SCRIPT = "<script>alert('x')</script>"
JUNK: dict[str, Any] = {
    "nothing": None,
    "text": "bukan-yang-diminta",
    "html": f'"><img src=x onerror=alert(1)>{SCRIPT}',
    "nul": "a\x00b",
    "huge": "a" * 60_000,
    "gigantic": "9" * 40,
    "negative": "-1",
    "date": "0001-01-01",
}
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


def addresses(app: Any, chain: Chain) -> list[str]:
    """Every page that takes a form, with ids of things that are there, and of things that are not."""
    found = []
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.rule.startswith("/api/") or rule.endpoint in SIGNED_OUT:
            continue
        for number in ("1", "999999", "9" * 12):
            path = re.sub(r"<int:[^>]+>", number, rule.rule)
            path = path.replace("<slug>", "acara").replace("<key>", "penutup")
            if "<move>" in path:
                lifecycle = rule.endpoint.split(".")[-1].removesuffix("_move")
                from workflows import LIFECYCLES

                found += [path.replace("<move>", move) for move in LIFECYCLES[lifecycle].move_names]
            else:
                found.append(re.sub(r"<[^>]+>", "tidak-ada", path))
            if "<int:" not in rule.rule:
                break
            if "<move>" in path and number == "1":
                break
    return found


@pytest.mark.database("postgresql")  # the stricter of the two
@pytest.mark.timeout(900)  # every form of every page, four times: it grows with the house
def test_junk_in_every_form(world, app, chain):
    from randal.core.db import db
    from randal.core.people import Person

    fields = names(chain.admin.get("/openapi.json"))
    people = [world.sign_in(db.session.get_one(Person, who.id)) for who in
              (chain.secretariat, chain.note_taker, chain.ppk("ID-BB"), chain.evaluator, chain.admin)]  # fmt: skip
    faults, asked = [], 0
    for path in addresses(app, chain):
        for turn, (name, value) in enumerate(JUNK.items()):
            data = {} if value is None else dict.fromkeys(fields, value)
            if name == "text":
                data["file"] = (io.BytesIO(b"bukan gambar"), "foto.png")
            before = counted()
            answer = people[turn % len(people)].post(path, data=data, content_type="multipart/form-data")
            asked += 1
            said = f"{path} ({name}): {answer.status_code}"
            if answer.status_code >= 500:
                faults.append(said)
            if answer.status_code >= 400 and counted() != before:
                faults.append(f"half done: {said}")
            if SCRIPT.encode() in answer.data or b"<img src=x" in answer.data:
                faults.append(f"run as HTML: {said}")
    assert asked > 300
    assert not faults, f"{len(faults)} of {asked}:\n" + "\n".join(faults)
