"""Whole `./run`s under a fault, as `python -m tests.faults NAME` does it: CI's share.

All of them, on both databases: docs/ketahanan.md.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from ops.processes import ROOT
from tests.faults.ills import FAULTS

pytestmark = pytest.mark.xdist_group("run")


@pytest.fixture(scope="module")
def mounts() -> bool:
    """May this machine give us a disk of our own to fill (root, or user namespaces allowed)?"""
    own = ["unshare", "--mount", "--map-root-user", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(own, capture_output=True, check=False).returncode == 0


@pytest.mark.timeout(900)
def test_a_full_disk_and_a_dead_master_under_the_whole_house(mounts: bool) -> None:
    """Pages are read while the disk is full, who writes gets a sentence, nothing ends for good; no port stays deaf. Where
    nothing can be mounted the master dies all the same, and a full disk is that of tests/core/test_full_disk.py."""
    chosen = ["disk_full", "web_killed"] if mounts else ["--plain", "web_killed"]
    command = [sys.executable, "-m", "tests.faults", *chosen, "--database", "sqlite"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=880, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert FAULTS["web_killed"].title in said.stdout
    if not mounts:
        return
    full = next(line for line in said.stdout.splitlines() if FAULTS["disk_full"].title in line)
    read, _, written = full.partition("tulis: ")
    assert "503" not in read and "putus" not in read, "pages are read all the while"
    assert written.startswith("503") and "«Penyimpanan server penuh»" in written, full
    assert "Penyimpanan" in full.split("`check`")[1], full
