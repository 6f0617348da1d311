"""Every file that this house gives out, on every way that it has, under the names that offices give their files."""

from __future__ import annotations

import inspect
import io
import itertools
import re
import types
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.http import parse_options_header

from randal.database.base import db
from randal.models.attendance import Attendance
from randal.org.people import Person
from randal.storage.files import StoredFile
from randal.web import downloads as giving
from tests.contract.chain import Chain
from tests.contract.outsider import picture

STEMS = ("Berita Acara – 12", "Jum’at", "Foto 9.41.00\u202fAM", "“final” 100%", "№ 5", "😀", "محضر", 'a"b;c')
TRIED, FEW = 60, 3  # ids from 1, until one of them gives a file; few where the name is of our own making


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from codes(inner)


def called(function: Any) -> Iterator[Any]:
    """The functions of this house that a function names, by themselves or as `module.function`."""
    for code in codes(function.__code__):
        for name in code.co_names:
            value = function.__globals__.get(name)
            if inspect.isfunction(value):
                yield inspect.unwrap(value)
            elif inspect.ismodule(value) and value.__name__.startswith("randal"):
                found = (vars(value).get(further) for further in code.co_names)
                yield from (inspect.unwrap(one) for one in found if inspect.isfunction(one))


def reaches(function: Any, target: Any, been: set[Any]) -> bool:
    if function is target:
        return True
    if function in been or not function.__module__.startswith("randal"):
        return False
    been.add(function)
    return any(reaches(one, target, been) for one in called(function))


def downloads(app: Any, target: Any) -> dict[str, str]:
    """Endpoint → rule of every GET whose view comes to this function of giving.py."""
    return {
        rule.endpoint: rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and reaches(inspect.unwrap(app.view_functions[rule.endpoint]), target, set())
    }


@pytest.fixture
def chain(world, drain, app):
    made = Chain(world, drain).play()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return made


def more_files(chain: Chain, world: Any) -> None:
    """What the story brings no file of: photo, paparan, proof of a criterion, a mandate, a drawn signature."""
    who, ppk = chain.secretariat, chain.ppk("ID-BB")
    who.upload(f"/meetings/{chain.meeting}/photos", file=picture())
    criterion = who.get("/readiness-criteria")["items"][0]["id"]
    proof = {"area_id": chain.areas["ID-BB"], "criterion_id": criterion, "status": "there"}
    ppk.upload("/readiness-checks", file=picture(), **proof)
    pdf = io.BytesIO(b"%PDF-1.7\n%%EOF")
    who.upload(f"/meetings/{chain.meeting}/paparan", file=(pdf, "paparan.pdf"), title="Contoh")
    answered = db.session.get_one(Attendance, chain.attendance["ID-BB"])
    answered.mandate_file_id = answered.signature_file_id = db.session.scalars(select(StoredFile.id)).first()


def addresses(rule: str, chain: Chain, most: int) -> Iterator[str]:
    kinds = {
        "kind": ("units", "people", "json", "tsr"),
        "code": [d["code"] for d in chain.auditor.all("/documents")],
    }
    names = re.findall(r"<(?:\w+:)?(\w+)>", rule)
    for values in itertools.product(*(kinds.get(name, range(1, most)) for name in names)):
        path = rule
        for value in values:
            path = re.sub(r"<[^>]+>", str(value), path, count=1)
        yield path


@pytest.mark.database("sqlite")  # names of files are read and written as any text
@pytest.mark.timeout(600)
def test_every_file_under_any_name(chain, world, app):
    more_files(chain, world)
    for count, row in enumerate(db.session.scalars(select(StoredFile))):
        row.name = f"{STEMS[count % len(STEMS)]}.{row.name.rpartition('.')[2]}"
    db.session.commit()
    names = set(db.session.scalars(select(StoredFile.name)))
    people = [chain.admin, chain.secretariat, chain.ppk("ID-BB"), chain.evaluator, chain.chair]
    pages = {who: world.sign_in(db.session.get_one(Person, who.id)) for who in people}
    by_name, given = downloads(app, giving.file_answer), {}
    for endpoint, rule in downloads(app, giving.given).items():
        for path, who in itertools.product(
            addresses(rule, chain, TRIED if endpoint in by_name else FEW), people
        ):
            answer = who.api.get(path[7:]) if path.startswith("/api/v1") else pages[who].get(path)
            assert answer.status_code < 500, (path, answer.data[:300])
            if said := answer.headers.get("Content-Disposition"):
                assert said.isascii() and "\n" not in said, said
                given[endpoint] = parse_options_header(said)[1]["filename"]
                assert endpoint not in by_name or given[endpoint] in names, (path, said)
                break
    assert by_name.keys() <= given.keys(), f"no file was given by {by_name.keys() - given.keys()}"
    assert len(given) > 20, sorted(given)
