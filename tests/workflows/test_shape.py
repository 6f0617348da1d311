"""A malformed table does not import; every table can be drawn."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import workflows
from tests.workflows import expected
from workflows import LIFECYCLES
from workflows.diagram import mermaid
from workflows.lifecycle import SECRETARIAT, Lifecycle, Move, move


def table(*moves: Move, states: str = "a b c", final: str = "c", **more: Any) -> Lifecycle:
    labels = {code: code.upper() for code in states.split()}
    return Lifecycle("sample", "Contoh", labels, moves, initial="a", final=final.split(), **more)


def row(name: str, sources: str | Sequence[str], target: str | None, by: str = SECRETARIAT) -> Move:
    return move(name, sources, target, by=by, label=name, said=name)


GO, END = row("go", "a", "b"), row("end", "b", "c")


def test_a_sound_table() -> None:
    assert table(GO, END).move_names == ("go", "end")


@pytest.mark.parametrize(
    ("why", "make"),
    [
        ("unknown states", lambda: table(GO, END, row("stray", "b", "nowhere"))),
        ("unknown states", lambda: table(GO, END, row("stray", "nowhere", "b"))),
        ("unknown states", lambda: table(GO, END, edited_in={"nowhere"})),
        ("unreachable states", lambda: table(row("end", "a", "c"), row("lost", "b", "c"))),
        ("no way on", lambda: table(GO, row("end", "a", "c"))),
        ("way out of final", lambda: table(GO, END, row("back", "c", "a"))),
        ("unknown hats", lambda: table(GO, row("end", "b", "c", by="director"))),
        ("unknown hats", lambda: table(GO, END, made_by=["director"])),
    ],
)
def test_a_malformed_table_is_refused(why: str, make: Any) -> None:
    with pytest.raises(ValueError, match=why):
        make()


@pytest.mark.parametrize("name", expected.TABLES)
def test_the_diagram_names_every_state_and_marks_the_present_one(name: str) -> None:
    lifecycle = LIFECYCLES[name]
    for present in expected.states(name):
        lines = [line.strip() for line in mermaid(lifecycle, present).splitlines()]
        assert lines[0] == "stateDiagram-v2"
        for code, label in lifecycle.states.items():
            assert f'state "{label}" as {code}' in lines
        assert [line for line in lines if line.startswith("class ")] == [f"class {present} kini"]
        arrows = [line for line in lines if "-->" in line]
        for wanted in expected.rows(name):
            for source in wanted.sources:
                assert any(a.startswith(f"{source} --> {wanted.target or source}: ") for a in arrows)
        assert {a.split()[0] for a in arrows if a.endswith("--> [*]")} == expected.finals(name)
    assert "kini" not in mermaid(lifecycle)


def test_workflows_import_nothing_but_themselves_and_plain_words_of_the_language() -> None:
    allowed = {"__future__", "collections", "dataclasses", "datetime", "typing", "workflows"}
    files = list(Path(workflows.__file__).parent.glob("*.py"))
    # The eleven tables, what they share, who is invited or absent, states of a meeting, how grave, rights, actors, accounts,
    # drawing, sentences and lifecycles.
    assert len(files) == 34
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed, file
            elif isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in allowed, file
