"""Draws the house from its imports: `python -m ops.drawing` writes docs/house.md, and tests/rules holds it to the code.

Needs the development tools: the graph is grimp's, as the import rules read it.
"""

from __future__ import annotations

import tomllib
from collections import Counter

import grimp

from ops.processes import ROOT
from randal import ROOMS

FILE = ROOT / "docs/house.md"
HEAD = """# The house, drawn

Made by `python -m ops.drawing` from the imports; not to be edited. Doors stand above, what stands on nothing of ours below;
a number says how many files of the upper use the lower. Rooms do not know each other: what they share lies below them.
"""


def floors() -> list[list[str]]:
    """The layers of the import rules, the upper first."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    house = next(each for each in rules["contracts"] if each["id"] == "house")
    return [[name.strip() for name in layer.split("|")] for layer in house["layers"]]


def uses() -> Counter[tuple[str, str]]:
    """(package, package) → how many files of the first import something of the second."""
    graph = grimp.build_graph("randal", cache_dir=None)
    found: Counter[tuple[str, str]] = Counter()
    for file in graph.modules:
        mine = file.split(".")[1:2]
        theirs = {name.split(".")[1] for name in graph.find_modules_directly_imported_by(file) if "." in name}
        found.update((mine[0], other) for other in theirs if mine and other != mine[0])
    return found


def page() -> str:
    counted, lines = uses(), ["```mermaid", "flowchart TD"]
    for number, floor in enumerate(floors()):
        lines += [f"  subgraph f{number}[ ]", "    direction LR", *(f"    {name}" for name in floor), "  end"]
        lines += [f"  f{number - 1} --> f{number}"] if number else []
    lines += ["```", "", "| this | uses (files) |", "| --- | --- |"]
    names = [name for floor in floors() for name in floor]
    for name in names:
        down = [f"{other} {counted[name, other]}" for other in names if counted[name, other]]
        lines.append(f"| `{name}` | {', '.join(down) or '—'} |")
    lines += ["", "Rooms and overviews: " + ", ".join(f"`{room}`" for room in ROOMS) + "."]
    return HEAD + "\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
