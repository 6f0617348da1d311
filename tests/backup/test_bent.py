"""A backup of which one byte is not what it was is refused, by name, before anything is written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.backup import facts
from tests.backup.conftest import Elsewhere, Run


@pytest.mark.database("postgresql")
def test_a_byte_flipped_in_any_file(saved: Path, run: Run, elsewhere: Elsewhere) -> None:
    place = elsewhere.place("sqlite")
    names = [path for path in sorted(saved.rglob("*")) if path.is_file()]
    listed = {entry["path"] for entry in json.loads((saved / "manifest.json").read_text())["entries"]}
    assert {path.relative_to(saved).as_posix() for path in names} == listed | {
        "manifest.json",
        "manifest.json.sha256",
    }
    assert {"randal.db.gz", "randal.dump"} <= listed
    for path in names:
        kept = path.read_bytes()
        at = len(kept) // 2
        path.write_bytes(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :])
        result = run(place, "restore", saved)
        assert result.exit_code == 1, path
        assert path.relative_to(saved).as_posix() in result.output, result.output
        assert len(result.output.splitlines()) == 1
        path.write_bytes(kept)
    assert facts.is_empty(place)
    assert run(place, "restore", saved).exit_code == 0


@pytest.mark.database("sqlite")
def test_a_file_missing_cut_or_longer(saved: Path, run: Run, elsewhere: Elsewhere) -> None:
    place = elsewhere.place("sqlite")
    path = next((saved / "files").rglob("*/*"))
    kept = path.read_bytes()
    for bent, said in ((kept[:-1], "isinya berubah"), (kept + b"\n", "isinya berubah"), (None, "tidak ada")):
        path.unlink(missing_ok=True)
        if bent is not None:
            path.write_bytes(bent)
        result = run(place, "restore", saved)
        assert result.exit_code == 1 and f"{path.name} ({said})" in result.output
    for name in ("manifest.json", "manifest.json.sha256"):
        (saved / name).rename(saved / "aside")
        result = run(place, "restore", saved)
        assert result.exit_code == 1 and f"{name} tidak ada" in result.output
        (saved / "aside").rename(saved / name)
    assert "tidak ada" in run(place, "restore", saved / "lain").output
    assert facts.is_empty(place)


@pytest.mark.database("sqlite")
def test_a_manifest_that_points_outside_is_none(saved: Path, run: Run, elsewhere: Elsewhere) -> None:
    """Whoever can write the folder can write its hash as well; what he names must still lie inside."""
    manifest = json.loads((saved / "manifest.json").read_text())
    manifest["entries"][-1]["path"] = "ca/../../keluar"
    data = json.dumps(manifest).encode()
    (saved / "manifest.json").write_bytes(data)
    (saved / "manifest.json.sha256").write_text(f"{hashlib.sha256(data).hexdigest()}  manifest.json\n")
    result = run(elsewhere.place("sqlite"), "restore", saved)
    assert result.exit_code == 1 and "manifest.json tidak dapat dibaca" in result.output
