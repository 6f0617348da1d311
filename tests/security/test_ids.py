"""Whatever stands where a number belongs, in a path or behind a question mark, is answered: never a crash."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import pytest
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from ops.processes import ROOT
from randal.database.base import is_sqlite
from tests.security.routes import READS, WRITES, Route, routes
from tests.world import World

ODD = {
    "huge": str(2**70),
    "beyond 64 bit": str(2**63),
    "beyond 32 bit": str(2**31),
    "long": "9" * 5000,
    "negative": "-1",
    "empty": "",
    "non-ASCII": "١٢٣",
    "superscript": "²",
    "fraction": "1.5",
    "exponent": "1e9",
    "nul": "1\x00",
}


class Noting(ImmutableMultiDict):  # type: ignore[type-arg]
    """What is asked of the address is noted: the names that a page reads."""

    asked: set[str] = set()

    def __getitem__(self, name: Any) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: Any, *args: Any, **more: Any) -> Any:
        self.asked.add(name)
        return super().get(name, *args, **more)

    def getlist(self, name: Any, *args: Any, **more: Any) -> Any:
        self.asked.add(name)
        return super().getlist(name, *args, **more)


@pytest.fixture
def ask(world: World, app: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`ask(route, path)`: the status, asked by the secretariat, by page or API; the names that were read in `ask.names`."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Noting)
    world.meeting("in_session")
    page, api = world.sign_in(world.secretariat), world.api(world.secretariat)

    def asking(route: Route, path: str) -> int:
        Noting.asked = set()
        client, headers = page, {}
        if route.is_api:
            client, headers = api.client, {"Authorization": f"Bearer {api.token}"}
        return client.open(path, method=route.method, headers=headers).status_code

    return asking


@pytest.mark.database("sqlite")
def test_in_a_path(ask: Any, app: Any) -> None:
    """No such number names anything: it meets no rule, or another (a list, a key to the door); one of them is asked."""
    tried, wrong, match = 0, [], app.url_map.bind("").match
    for route in routes(app, *READS, *WRITES):
        for name in route.numbers():
            values = dict.fromkeys(route.rule.arguments, 1) | {"what": "tema", "kind": "minutes"}
            for kind, odd in ODD.items():
                tried += 1
                path = route.address(values | {name: odd})
                with suppress(HTTPException):
                    rule, _ = match(unquote(path), route.method, return_rule=True)
                    if rule is route.rule and "." not in odd:
                        wrong.append(f"{route.name} {name}={kind} is taken for a number")
            if (status := ask(route, route.address(values | {name: ODD["huge"]}))) not in (404, 410):
                wrong.append(f"{route.name} {name}=huge: {status}")
    assert tried > 3000
    assert not wrong, "\n".join(wrong[:60])


def test_behind_a_question_mark(ask: Any, app: Any) -> None:
    """Each name that a page reads of its address, by itself."""
    tried, wrong = 0, []
    for route in routes(app, *READS):
        if route.endpoint in ("aset", "health.ready", "health.works"):  # without workers they say so
            continue
        path = route.address(dict.fromkeys(route.rule.arguments, 1) | {"kind": "units", "what": "tema"})
        if (status := ask(route, path)) >= 500:
            wrong.append(f"{route.name}: {status}")
        for name in sorted(Noting.asked - {"_"}):
            for kind in ("huge", "non-ASCII") if is_sqlite() else ("huge",):
                tried += 1
                status = ask(route, f"{path}?{name}={ODD[kind]}")
                if status >= 500:
                    wrong.append(f"{route.name} ?{name}={kind}: {status}")
        status = ask(
            route,
            f"{path}?{'&'.join(f'{name}={ODD[kind]}' for kind in ('long', 'negative') for name in Noting.asked)}",
        )
        if status >= 500:
            wrong.append(f"{route.name} ?{sorted(Noting.asked)}: {status}")
    assert tried > 200
    assert not wrong, "\n".join(wrong)


def test_one_place_bounds_them() -> None:
    """A view that reads a number by itself would forget one of these."""
    found = []
    for path in sorted((ROOT / "randal").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        asks = any(
            isinstance(n, ast.ImportFrom)
            and n.module == "flask"
            and any(a.name == "request" for a in n.names)
            for n in ast.walk(tree)
        )
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not asks:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            plain = any(k.arg == "type" and getattr(k.value, "id", "") == "int" for k in node.keywords)
            third = called == "get" and any(getattr(a, "id", "") == "int" for a in node.args)
            if plain or third or called in ("isdigit", "isdecimal", "isnumeric"):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []
