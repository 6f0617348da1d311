"""What runs is in the lock of what runs: a part that only the tests' lock brings would be missing at the first ./run."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.processes import ROOT

OURS = {"bench", "migrations", "ops", "randal", "tests", "workflows", "wsgi"}
RUNS = [
    path
    for part in ("wsgi.py", "randal", "workflows", "migrations", "ops")
    for path in ([ROOT / part] if part.endswith(".py") else sorted((ROOT / part).rglob("*.py")))
    if path
    not in (
        ROOT / "ops/no_skips.py",
        ROOT / "ops/drawing.py",
    )  # a plugin of pytest, and the drawing of the house
]


def imported(path: Path) -> Iterator[str]:
    """Names of the packages of others that the file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name.split(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def plain(name: str) -> str:
    """As PEP 503 compares names of distributions."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def locked() -> set[str]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {plain(line.split("==")[0]) for line in lines if "==" in line and line[0].isalnum()}


def test_what_is_imported_is_in_the_lock(locked: set[str]) -> None:
    brought = importlib.metadata.packages_distributions()
    missing, looked = [], set()
    for path in RUNS:
        for name in set(imported(path)) - OURS - sys.stdlib_module_names:
            looked.add(name)
            if not {plain(found) for found in brought.get(name, [name])} & locked:
                missing.append(f"{path.relative_to(ROOT)}: {name}")
    assert missing == []
    assert {"flask", "sqlalchemy", "weasyprint"} <= looked, "the rule no longer finds what it looks for"
