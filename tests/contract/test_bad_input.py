"""Bad input at every endpoint that makes or changes something: a sentence in Indonesian with the right status, never a
crash, and nothing half done."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import text

from randal.database.base import db
from tests.contract.chain import Chain
from tests.contract.junk import MALFORMED, bodies
from tests.contract.outsider import Outsider, kept
from tests.contract.test_moves import fields_of, sample

WRITES = ("post", "patch", "put")
UNTOUCHED = {"api_tokens", "alembic_version", "tries"}  # what is refused is counted against guessing


def counted() -> dict[str, int]:
    """Rows by table."""
    names = sorted(t.name for t in db.metadata.sorted_tables if t.name not in UNTOUCHED)
    rows = db.session.execute(text(" UNION ALL ".join(f"SELECT '{n}', count(*) FROM {n}" for n in names)))
    return dict(map(tuple, rows))


class Watched:
    """Tells what came or went since it was last asked."""

    def __init__(self) -> None:
        self.rows = counted()

    def moved(self) -> set[str]:
        """Tables with more or fewer rows than before."""
        before, self.rows = self.rows, counted()
        return {name for name, rows in self.rows.items() if rows != before[name]}


class Fuzz:
    def __init__(self, chain: Chain):
        self.chain = chain
        self.document = chain.admin.get("/openapi.json")
        self.faults: list[str] = []
        self.asked = 0
        self.watched = Watched()

    def operations(self) -> list[tuple[str, str, dict[str, Any]]]:
        return [
            (path.removeprefix("/api/v1"), method, fields_of(self.document, operation))
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if method in WRITES
        ]

    def here(self, path: str, who: Outsider) -> str | None:
        """The path with the ids of something that this person sees."""
        parts = path.split("/")
        for position, part in enumerate(parts):
            if part.startswith("{"):
                answer = who.api.get("/".join(parts[:position]) + "?limit=5")
                rows = (answer.json or {}).get("items") if answer.status_code == 200 else None
                if not rows:
                    return None
                parts[position] = str(rows[0]["id"])
        return "/".join(parts)

    def send(self, who: Outsider, method: str, path: str, name: str, data: bytes) -> None:
        version = ""
        if method != "post":
            found = who.api.get(path)
            version = str(found.json.get("version", 1)) if found.status_code == 200 else "1"
        headers = {"If-Match": f'"{version}"'} if version else {}
        answer = who.api._ask(
            method.upper(), path, data=data, content_type="application/json", headers=headers
        )
        self.asked += 1
        said = f"{method.upper()} {path} ({name}): {answer.status_code} {answer.data[:300]!r}"
        try:
            kept(answer)
        except AssertionError as fault:
            self.faults.append(str(fault)[:400] if str(fault) != "" else said)
        if (moved := self.watched.moved()) and answer.status_code >= 400:
            self.faults.append(f"half done: {said}: {moved}")


def callers(chain: Chain, path: str) -> list[Outsider]:
    """Who may do it, as far as the resource tells, and one who may not."""
    if re.match(r"/(users|units|areas|activities|me)", path):
        return [chain.admin]
    if re.match(r"/(follow-ups|progress-reports|extensions|kendala)", path):
        return [chain.ppk("ID-BB"), chain.evaluator, chain.chair]
    if path.startswith(("/minutes", "/signatures")):
        return [chain.note_taker, chain.chair]
    if path.startswith(("/findings", "/evidence")):
        return [chain.evaluator]
    return [chain.secretariat, chain.chair]


@pytest.fixture
def fuzz(world, drain, app):
    chain = Chain(world, drain).play("closing")
    chain.settled_halfway()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return Fuzz(chain)


def test_every_endpoint_refuses_with_a_sentence(fuzz):
    for path, method, fields in fuzz.operations():
        plausible = {name: sample(spec) for name, spec in fields.items()}
        there = [(who, here) for who in callers(fuzz.chain, path) if (here := fuzz.here(path, who))]
        for turn, (name, body) in enumerate(bodies(fields, plausible) if there else ()):
            who, here = there[turn % len(there)]  # they take turns
            fuzz.send(who, method, here, name, json.dumps(body).encode())
    assert fuzz.asked > 1000
    assert not fuzz.faults, f"{len(fuzz.faults)} of {fuzz.asked}:\n" + "\n".join(fuzz.faults[:60])


def test_what_is_no_json_at_all(fuzz):
    chain = fuzz.chain
    paths = (
        ("post", "/findings"),
        ("post", f"/meetings/{chain.meeting}/moves/close"),
        ("patch", f"/follow-ups/{chain.follow_ups[0]}"),
        ("put", f"/minutes/{chain.minutes}/signers"),
    )
    for sent in MALFORMED:
        for method, path in paths:
            fuzz.send(chain.note_taker, method, path, repr(sent[:9]), sent)
    assert not fuzz.faults, "\n".join(fuzz.faults)
