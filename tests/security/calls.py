"""Calls made up from the OpenAPI document by schemathesis, whole and broken ones; none may end in a server error.

    python -m tests.security.calls --examples 200 [--seed N]      # the long run

Ids of paths mostly become those of things that are there, or nothing but "not there" would be answered.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.transport.wsgi import WSGI_TRANSPORT

from randal.org.people import Person
from tests.world import World

BASE = "/api/v1"
WHO = ("secretariat", "evaluator", "admin", "chair", "minute-taker", "ppk here")


@dataclass
class Found:
    """What came of the calls: how many, their answers, the server errors with what was sent."""

    calls: int = 0
    operations: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def operations(world: World) -> Iterator[Any]:
    document = world.client().get(f"{BASE}/openapi.json").json
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url="http://localhost")
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    for result in schema.get_all_operations():
        yield result.ok()


def sent(case: Any, turn: int) -> dict[str, Any]:
    """The call as werkzeug's client takes it, with most ids of its path among the first ones there are."""
    if turn % 4:
        for name, value in (case.path_parameters or {}).items():
            if isinstance(value, int) and not isinstance(value, bool):
                case.path_parameters[name] = 1 + abs(value) % 3
    given = WSGI_TRANSPORT.serialize_case(case)
    return {key: value for key, value in given.items() if value is not NOT_SET}


def run(world: World, people: Iterable[Person], examples: int, seed: int) -> Found:
    """So many calls of every operation, by these people in turn."""
    found, who, turns = Found(), [world.api(person) for person in people], count()
    for operation in operations(world):
        found.operations += 1

        @seeded(seed)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            turn = next(turns)
            api = who[turn % len(who)]
            try:
                asked = sent(case, turn)
            except (UnicodeError, ValueError):  # what no client could put on the wire
                return
            headers = dict(asked.pop("headers", None) or {}) | {"Authorization": f"Bearer {api.token}"}
            answer = api.client.open(headers=headers, **asked)
            found.calls += 1
            found.statuses[answer.status_code] += 1
            if answer.status_code >= 500:
                what = {
                    k: v for k, v in asked.items() if k in ("method", "path", "query_string", "json", "data")
                }
                found.faults.append(f"{answer.status_code} {json.dumps(what, default=repr)[:600]}")

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call()
    return found


def main() -> int:
    from tests.security.stage import alone

    ask = argparse.ArgumentParser(prog="python -m tests.security.calls")
    ask.add_argument("--examples", type=int, default=200)
    ask.add_argument("--seed", type=int, default=1)
    wanted = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder, alone(Path(folder)) as (world, stage, _file):
        found = run(world, map(stage.people.__getitem__, WHO), wanted.examples, wanted.seed)
    print(f"{found.calls} calls of {found.operations} operations: {dict(sorted(found.statuses.items()))}")
    print("\n".join(found.faults))
    return 1 if found.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
