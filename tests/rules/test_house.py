"""The house rules, read from the source itself: who may write a state, who may commit, how long a file may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

from ops import drawing
from ops.processes import ROOT

SOURCES = sorted(path for folder in ("randal", "workflows") for path in (ROOT / folder).rglob("*.py"))
# Beside views, API and shell, which are ways in, these end a transaction: they are the machine's own ways in.
COMMITTERS = {
    "randal/jobs/outbox.py",
    "randal/jobs/relay.py",
    "randal/schedule/scheduler.py",
    "randal/notifications/mailing.py",
    "randal/web/pages.py",  # the one page for every move
    "randal/web/once.py",  # where the first of two led
    "randal/documents/pipeline.py",  # "sedang dibuat" is seen while a worker draws
    "randal/org/bootstrap.py",  # migrations
}
# Signs of life, what ends by itself, and the clock itself.
CLOCKS = {
    f"randal/{name}.py"
    for name in (
        "l10n/clock",
        "jobs/worker",
        "jobs/queues",
        "web/sessions",
        "jobs/presence",
        "operations/checks/parts",
    )
}
LONGEST = 400


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), name_of(path))


def state_writers(tree: ast.Module) -> Iterator[int]:
    """Lines that write an attribute `state`: by assignment, by setattr, by an UPDATE's values."""
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        flat = [e for t in targets for e in (t.elts if isinstance(t, ast.Tuple | ast.List) else [t])]
        if any(isinstance(t, ast.Attribute) and t.attr == "state" for t in flat):
            yield node.lineno  # type: ignore[attr-defined]
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            constants = [a.value for a in node.args if isinstance(a, ast.Constant)]
            if called == "setattr" and "state" in constants:
                yield node.lineno
            if called == "values" and any(k.arg == "state" for k in node.keywords):
                yield node.lineno


def test_only_transitions_writes_a_state() -> None:
    found = [f"{name_of(p)}:{line}" for p in SOURCES for line in state_writers(tree_of(p))]
    assert [f for f in found if not f.startswith("randal/engine/transitions.py:")] == []
    assert found, "the rule itself no longer finds what it looks for"


def declares_routes(tree: ast.Module) -> bool:
    """Does the file hang functions on a blueprint (`@bp.get(…)`, `@api.post(…)`, `bp.add_url_rule(…)`)?"""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    owners = (ast.unparse(f.value) for f in calls if isinstance(f, ast.Attribute))
    return bool({"bp", "api"} & set(owners))


def commits(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
            yield node.lineno


def test_one_place_names_a_file_in_a_header() -> None:
    """A name in a raw header is a download that fails for ever once it holds a letter that is not Latin 1."""
    named = ("content-disposition", "send_file", "send_from_directory", "download_name")
    found = []
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            said = (
                node.value
                if isinstance(node, ast.Constant)
                else getattr(node, "id", getattr(node, "attr", ""))
            )
            if isinstance(said, str) and said.lower() in named:
                found.append(f"{name_of(path)}:{getattr(node, 'lineno', 0)}")
    assert [f for f in found if not f.startswith("randal/web/downloads.py:")] == []
    assert found, "the rule itself no longer finds what it looks for"


def test_nobody_below_the_ways_in_commits() -> None:
    found = []
    for path in SOURCES:
        name, tree = name_of(path), tree_of(path)
        way_in = name.startswith(("randal/api/", "randal/cli/", "randal/demo/")) or declares_routes(tree)
        if not way_in and name not in COMMITTERS:
            found += [f"{name}:{line}" for line in commits(tree)]
    assert found == []


def test_only_ways_in_ask_the_clock() -> None:
    """Below them the instant is an argument."""
    found = []
    for path in SOURCES:
        name, tree = name_of(path), tree_of(path)
        way_in = name.startswith(("randal/api/", "randal/cli/", "randal/demo/")) or declares_routes(tree)
        if way_in or name in COMMITTERS | CLOCKS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "clock.now",
                "clock.real",
                "clock.machine",
                "datetime.now",
                "datetime.utcnow",
                "date.today",
                "datetime.today",
                "time.time",
            ):
                found.append(f"{name}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_fits_on_a_few_screens(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, "split it by what its parts are for"


def test_the_tables_of_the_rooms_stand_in_one_layer() -> None:
    """Rooms share their tables and nothing else, so none keeps one for itself."""
    kept = [
        name_of(path)
        for folder in ("rooms", "overviews", "items", "meeting_facts", "search", "verification", "api")
        for path in sorted((ROOT / "randal" / folder).rglob("*.py"))
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__tablename__"
    ]
    assert not kept, kept


def test_no_files_import_each_other_in_a_circle() -> None:
    """But for the tables, whose relationships name each other."""
    graph = grimp.build_graph("randal", cache_dir=None, exclude_type_checking_imports=True)
    order = TopologicalSorter[str]()
    for file in graph.modules:
        for used in graph.find_modules_directly_imported_by(file):
            if not (file.startswith("randal.models.") and used.startswith("randal.models.")):
                order.add(file, used)
    order.prepare()  # raises CycleError, which names one


def test_the_drawing_of_the_house_is_as_it_stands() -> None:
    assert drawing.FILE.read_text(encoding="utf-8") == drawing.page(), "python -m ops.drawing"


def test_imports_run_one_way() -> None:
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    result = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr


def test_the_pure_core_reads_no_clock_and_no_environment() -> None:
    for path in (ROOT / "workflows").rglob("*.py"):
        calls = {ast.unparse(n.func) for n in ast.walk(tree_of(path)) if isinstance(n, ast.Call)}
        assert not calls & {"open", "print", "input", "datetime.now", "date.today", "time.time"}, path
