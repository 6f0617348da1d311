"""Backups that are kept: old ones go when a newer one is whole, and the last good one never does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from randal.backup import last_backup
from randal.database.base import db
from randal.storage.files import StoredFile
from tests.backup.conftest import Run
from tests.items import finding
from tests.world import World

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def night(modest: Flask, world: World, run: Run, tmp_path: Path) -> Callable[..., int]:
    """Make the backup of so many nights later beside the others, keeping three days; its exit code."""
    first = world.now

    def make(number: int) -> int:
        world.now = first + timedelta(days=number * 0.9)  # so long a backup may take
        db.session.commit()
        return run(modest, "backup", tmp_path / f"malam-{number:02}", "--keep-days", 3).exit_code

    return make


def there(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_older_goes_with_a_whole_one(night: Callable[..., int], tmp_path: Path) -> None:
    (tmp_path / "bukan-cadangan").mkdir()
    (tmp_path / "catatan.txt").write_text("milik orang lain")
    (tmp_path / "terputus" / "cadangan.partial").mkdir(parents=True)
    for number in range(6):
        assert night(number) == 0
    kept = ["malam-02", "malam-03", "malam-04", "malam-05"]
    assert there(tmp_path) == ["bukan-cadangan", "catatan.txt", *kept, "terputus"]


def test_nights_that_fail_take_nothing_away(
    night: Callable[..., int], modest: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month of failing backups, or of one that lacks a file: the last good one stays, however old."""
    assert night(0) == 0
    blob = next(p for p in (modest.config["RANDAL"].data_dir / "files").rglob("*") if p.is_file())
    kept = blob.read_bytes()
    blob.write_bytes(b"rusak")
    assert night(30) == 1 and there(tmp_path) == ["malam-00", "malam-30"]
    (tmp_path / "malam-31").write_text("di sini tidak dapat dibuat folder")
    assert night(31) == 1 and "malam-00" in there(tmp_path)
    blob.write_bytes(kept)
    assert night(32) == 0 and there(tmp_path) == ["malam-30", "malam-31", "malam-32"]


def test_check_says_what_is_in_no_backup(
    night: Callable[..., int], modest: Flask, world: World, run: Run
) -> None:
    def line() -> str:
        db.session.commit()
        said = run(modest, "check").output
        return next(line for line in said.splitlines() if "Cadangan" in line)

    assert "belum pernah" in line()
    assert night(0) == 0
    assert "detik lalu" in line() and "semua sudah tercadangkan" in line()
    world.now += timedelta(hours=5)
    finding(world)
    db.session.add(StoredFile(sha256="0" * 64, size=1, mime="x/y", name="contoh", created_at=world.now))
    db.session.commit()
    last = last_backup.look()
    assert last and last.files == 1 and last.events > 0 and last.lost == 0
    assert f"{last.events} peristiwa dan 1 berkas" in line()
    world.now += timedelta(days=3)
    assert line().startswith("RUSAK")
