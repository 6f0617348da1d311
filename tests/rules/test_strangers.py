"""A stranger's file is opened in the limited child alone: read from the source, and from a running application."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ops.processes import ROOT
from tests.rules.test_house import SOURCES, name_of, tree_of

# What opens files of others: PDF, pictures, office documents, archives.
PARSERS = {
    "PIL", "pikepdf", "pypdf", "pyhanko", "pyhanko_certvalidator", "pypdfium2", "pdfplumber", "fitz", "openpyxl", "docx", "pptx",
    "zipfile", "tarfile", "puremagic", "magic", "lxml", "defusedxml", "xml.parsers", "xml.etree", "xml.dom", "xml.sax", "cv2",
    "fontTools.ttLib",
}  # fmt: skip
# The child's own modules, imported by nobody else.
READERS = (
    "randal/untrusted/readers/",
    *(
        f"randal/signatures/{name}.py"
        for name in "anchors counting reading seals usages verification".split()
    ),
)
# What the rest of the house opens or makes is its own. Say why; a stranger's file has no place here.
OWN = {
    "randal/base/zipping.py": "writes archives",
    "randal/documents/typefaces.py": "cuts the typefaces of the lock",
    "randal/documents/rendering.py": "pictures that the child has drawn",
    "randal/documents/paper_parts.py": "pictures that the child has drawn",
    "randal/demo/player.py": "draws the demonstration's pictures",
    "randal/signatures/pades.py": "signs a paper of ours",
    "randal/signatures/paths.py": "checks a certificate of ours; opens no file",
    "randal/signatures/signing.py": "signs a paper of ours; what a provider answers, in the child",
    "randal/signatures/stamps.py": "draws the stamp on a paper of ours",
    "randal/signatures/stamping.py": "asks a timestamp authority; opens no file",
    "randal/signatures/remote.py": "a paper of ours; what a provider answers, after the child has checked it",
}


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that the file imports, also inside functions; `from a import b` is a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (one.value for one in node.args if isinstance(one, ast.Constant))


@cache
def names_of(path: Path) -> frozenset[str]:
    return frozenset(imported(tree_of(path)))


def opens(path: Path) -> set[str]:
    return {p for name in names_of(path) for p in PARSERS if f"{name}.".startswith(f"{p}.")}


def is_reader(name: str) -> bool:
    return name.startswith(READERS)


def test_only_the_childs_modules_open_files() -> None:
    found = {name_of(path): sorted(names) for path in SOURCES if (names := opens(path))}
    astray = {name: names for name, names in found.items() if not is_reader(name) and name not in OWN}
    assert astray == {}, "read it in the limited child: randal/untrusted/limited"
    assert set(OWN) <= set(found), "take what opens nothing off the list"
    assert any(map(is_reader, found)), "the rule itself no longer finds what it looks for"


def test_nobody_imports_the_childs_modules() -> None:
    """By name alone (`door.Task`), or they would run in the process that asks."""
    theirs = {
        name_of(path).removesuffix(".py").replace("/", ".") for path in SOURCES if is_reader(name_of(path))
    }
    found = []
    for path in SOURCES:
        if is_reader(name_of(path)) or name_of(path) in OWN:
            continue
        found += [
            f"{name_of(path)}: {m}"
            for m in theirs
            if any(f"{n}.".startswith(f"{m}.") for n in names_of(path))
        ]
    assert found == []


def test_every_task_names_a_reader() -> None:
    from importlib import import_module

    targets = set()
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("door.Task", "Task"):
                assert isinstance(node.args[0], ast.Constant), (
                    "a name that is made up at run time is checked by nobody"
                )
                targets.add(str(node.args[0].value))
    assert len(targets) > 5
    for target in targets:
        module, _, name = target.partition(":")
        assert callable(getattr(import_module(module), name)), target
        file = module.replace(".", "/") + ".py"
        assert is_reader(file) or file in OWN, target


def test_a_web_process_has_not_even_loaded_them(tmp_path: Path) -> None:
    """By whatever way they would come: the application with all its rooms runs without."""
    script = """
import json, sys
from randal import create_app
status = create_app().test_client().get("/healthz").status_code
print(json.dumps([status, [name for name in sys.argv[1:] if name in sys.modules]]))
"""
    heavy = ["PIL", "pyhanko", "pypdfium2", "openpyxl", "puremagic", "pikepdf", "weasyprint"]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("RANDAL_")}
    run = [sys.executable, "-c", script, *heavy]
    said = subprocess.run(
        run, cwd=ROOT, env=ours | {"RANDAL_DATA_DIR": str(tmp_path)}, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout.splitlines()[-1]) == [200, []]
