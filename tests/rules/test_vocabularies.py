"""Vocabularies and sets of states stand once, in workflows/: named there, asked for by that name everywhere else.

A set that is spelled out again is a second rule beside the table. Somebody adds a state, and one of the two is forgotten.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

from ops.processes import ROOT
from tests.rules.test_house import SOURCES, name_of
from workflows import LIFECYCLES

MODULES = [
    importlib.import_module(f"workflows.{path.stem}")
    for path in sorted((ROOT / "workflows").glob("*.py"))
    if path.stem != "__init__"
]
# Dictionaries of workflows/ that are no vocabulary: names of fields and of what the history was told.
FIELDS = {"WORDS", "OLD_EDITS", "OLD_FIELDS", "DEEDS"}
VOCABULARIES: dict[str, frozenset[str]] = {
    name: frozenset(life.states) for name, life in LIFECYCLES.items()
} | {
    f"{module.__name__}.{name}": frozenset(value)
    for module in MODULES
    for name, value in vars(module).items()
    if name.isupper() and name not in FIELDS and isinstance(value, dict) and value
    if all(isinstance(part, str) for pair in value.items() for part in pair)
}
# file: the codes → why they are spelled out there after all
ALLOWED = {
    ("randal/documents/snapshots.py", "keluaran sasaran"): "the type of a paper: mypy reads literals alone",
    ("randal/models/deadlines.py", "evaluator leader ppk secretariat"): "a vocabulary of that room: for whom a deadline is set",
    ("randal/demo/promises.py", "returned submitted"): "the story of the demonstration: how far its promises have come",
}  # fmt: skip


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def vocabulary_of(codes: Iterable[str]) -> str:
    """The vocabulary that holds all of these, at least two; "" if there is none."""
    found = frozenset(codes)
    return next((name for name, all_ in VOCABULARIES.items() if len(found) > 1 and found <= all_), "")


@cache
def constants_of(path: Path) -> dict[str, object]:
    """Names of the file's own level that hold codes, or sets of them: its own, and what it imports from workflows/."""
    found: dict[str, object] = {}
    for node in tree_of(path).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "workflows":
            home = importlib.import_module(node.module)
            for one in node.names:
                if one.name != "*":
                    found[one.asname or one.name] = getattr(home, one.name, None)
        elif isinstance(node, ast.Assign):
            names, values = node.targets[0], node.value
            pairs = (
                zip(names.elts, values.elts, strict=False)
                if isinstance(names, ast.Tuple) and isinstance(values, ast.Tuple)
                else [(names, values)]
            )
            for name, value in pairs:
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                    found[name.id] = value.value
    return found


def meant(node: ast.expr, known: dict[str, object]) -> set[str] | None:
    """The codes that this element stands for; None: it is no code."""
    if isinstance(node, ast.Starred):
        return meant(node.value, known)
    value: object = None
    if isinstance(node, ast.Constant):
        value = node.value
    elif isinstance(node, ast.Name):
        value = known.get(node.id)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        value = getattr(known.get(node.value.id), node.attr, None)
    if isinstance(value, str):
        return {value}
    return set(value) if isinstance(value, tuple | frozenset) and value else None


def together(elements: Iterable[ast.expr], known: dict[str, object]) -> set[str]:
    """All codes of these elements, if every one of them is a code."""
    found: set[str] = set()
    for node in elements:
        if (codes := meant(node, known)) is None:
            return set()
        found |= codes
    return found


def compared(node: ast.expr) -> tuple[str, ast.expr] | None:
    """(what, with which code) of `what == code`."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
        return ast.unparse(node.left), node.comparators[0]
    return None


def alternatives(node: ast.AST) -> list[ast.expr]:
    """The codes of `x == a or x == b`, of `(x == a) | (x == b)`."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        parts = node.values
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        parts = [node.left, node.right]
    by: dict[str, list[ast.expr]] = defaultdict(list)
    for what, code in filter(None, map(compared, parts)):
        by[what].append(code)
    return max(by.values(), key=len, default=[])


def spelled(path: Path) -> Iterator[tuple[int, frozenset[str]]]:
    """(line, codes) of every set that this file spells out: a collection, a chain of comparisons, SQL, a second vocabulary."""
    known = constants_of(path)
    for node in ast.walk(tree_of(path)):
        line, codes = getattr(node, "lineno", 0), set[str]()
        if isinstance(node, ast.Tuple | ast.List | ast.Set) and len(node.elts) > 1:
            codes = together(node.elts, known)
        elif isinstance(node, ast.Dict):
            keys = together(filter(None, node.keys), known)
            whole = keys in (set(all_) for all_ in VOCABULARIES.values())
            words = all(isinstance(value, ast.Constant) for value in node.values)
            codes = keys if whole and words else set()
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            for listed in re.findall(r"\bIN \(([^()]*)\)", node.value):
                codes = set(re.findall(r"'(\w+)'", listed))
        elif several := alternatives(node):
            codes = together(several, known)
        if vocabulary_of(codes):
            yield line, frozenset(codes)


def test_sets_of_codes_are_named_in_workflows() -> None:
    found, used = [], set()
    for path in SOURCES:
        if (name := name_of(path)).startswith("randal/"):
            for line, codes in spelled(path):
                key = (name, " ".join(sorted(codes)))
                used.add(key)
                if key not in ALLOWED:
                    found.append(f"{name}:{line}: {key[1]} ({vocabulary_of(codes)})")
    assert found == [], "name it in workflows/ (there may be a name already) and import it"
    assert set(ALLOWED) <= used, "take what is not spelled out any more off the list"


def test_templates_spell_out_none_either() -> None:
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"])
    found, read = [], 0
    for path in sorted((ROOT / "templates").rglob("*")):
        if not path.is_file():
            continue
        read += 1
        for node in environment.parse(path.read_text(encoding="utf-8")).find_all(
            (nodes.Tuple, nodes.List, nodes.Or)
        ):
            if isinstance(node, nodes.Or):
                sides = [
                    s for s in (node.left, node.right) if isinstance(s, nodes.Compare) and len(s.ops) == 1
                ]
                same = (
                    len(sides) == 2
                    and sides[0].expr == sides[1].expr
                    and {s.ops[0].op for s in sides} == {"eq"}
                )
                items = [s.ops[0].expr for s in sides] if same else []
            else:
                items = node.items
            codes = {
                item.value for item in items if isinstance(item, nodes.Const) and isinstance(item.value, str)
            }
            if len(codes) == len(items) and vocabulary_of(codes):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {' '.join(sorted(codes))}")
    assert found == [], "let the view say it: a set named in workflows/"
    assert read > 100, "the rule no longer finds what it reads"


def test_a_set_has_one_name() -> None:
    """In workflows/ itself, too: two names for one set, or for one vocabulary, drift apart as two spellings do."""
    named: dict[object, set[str]] = defaultdict(set)
    for module in MODULES:
        for node in tree_of(Path(str(module.__file__))).body:
            if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
                continue
            name = node.targets[0].id
            value, full = getattr(module, name), f"{module.__name__}.{name}"
            if full in VOCABULARIES:
                named[frozenset(value.items())].add(full)
            elif isinstance(value, tuple | frozenset):  # of states; who may do two things is two decisions
                of = [
                    life for life in LIFECYCLES.values() if len(value) > 1 and set(value) <= set(life.states)
                ]
                if len(of) == 1:
                    named[frozenset(value)].add(full)
    assert len(named) > 40, "the rule no longer finds what it looks for"
    assert [sorted(names) for names in named.values() if len(names) > 1] == []


def test_the_rule_finds_what_it_looks_for(tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(
        "from workflows.follow_up import ENDED, DRAFT\n"
        "HERE = 'draft'\n"
        "a = ('verified', 'cancelled')\n"
        "b = (*ENDED, 'draft')\n"
        "c = x.state == DRAFT or x.state == 'verified'\n"
        "d = (X.state == DRAFT) | (X.state == 'verified')\n"
        "e = \"state IN ('draft', 'verified')\"\n"
        "f = {'low': 'Rendah', 'medium': 'Sedang', 'high': 'Tinggi'}\n"
        "g = [HERE, 'verified']\n"
        "fine = ['draft'], ENDED, ('draft', 'something else'), {'low': 1}\n"
    )  # fmt: skip
    assert {line for line, _ in spelled(file)} == {3, 4, 5, 6, 7, 8, 9}
