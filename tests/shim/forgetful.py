"""What reached the disk, noted at every fsync of this process: the parts of a directory that a power cut leaves.

Linux promises no more than this: the bytes of a file once fsync of it has answered, and a name once fsync of its folder
has. `watch` notes the content of each file and the names of each folder at that moment; `left` puts together from the
notes what is there after the cut. Names that no folder's fsync has seen are gone, and a file whose name is there but
whose bytes were not synced is empty. Standard library alone: `sitecustomize` brings it into processes of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path


class Notes:
    """Of the directory `root`, kept in `notes`: by inode the synced bytes of a file, or the names in a synced folder."""

    def __init__(self, root: Path, notes: Path):
        self.root, self.notes = root.resolve(), notes
        notes.mkdir(parents=True, exist_ok=True)

    def settle(self) -> None:
        """All that is there now is on the disk."""
        for folder, _folders, names in os.walk(self.root):
            self.note(Path(folder))
            for name in names:
                self.note(Path(folder) / name)

    def note(self, path: Path) -> None:
        """This file or folder was synced."""
        if path != self.root and self.root not in path.parents:
            return
        found = path.stat()
        place = self.notes / str(found.st_ino)
        if stat.S_ISDIR(found.st_mode):
            names = {each.name: [each.inode(), each.is_dir()] for each in os.scandir(path)}
            spare = place.with_suffix(f".{os.getpid()}")
            spare.write_text(json.dumps(names))
            spare.replace(place)
        else:
            shutil.copyfile(path, place)

    def left(self, to: Path) -> Path:
        """What the power cut leaves, as a new directory."""
        self._rebuild(self.root.stat().st_ino, to)
        return to

    def _rebuild(self, number: int, to: Path) -> None:
        to.mkdir()
        place = self.notes / str(number)
        names = json.loads(place.read_text()) if place.exists() else {}
        for name, (inode, is_folder) in names.items():
            if is_folder:
                self._rebuild(inode, to / name)
            elif (self.notes / str(inode)).exists():
                shutil.copyfile(self.notes / str(inode), to / name)
            else:
                (to / name).touch()


def watch(notes: Notes) -> Callable[[], None]:
    """Note every fsync of this process from now on; what is returned ends it."""
    real = os.fsync, os.fdatasync, os.sync

    def watched(call: Callable[[int], None]) -> Callable[[object], None]:
        def sync(file: object) -> None:
            number = file if isinstance(file, int) else file.fileno()  # type: ignore[attr-defined]
            call(number)
            try:
                notes.note(Path(os.readlink(f"/proc/self/fd/{number}")))
            except FileNotFoundError:  # a file without a name
                return

        return sync

    def sync_all() -> None:
        real[2]()
        notes.settle()

    os.fsync, os.fdatasync, os.sync = watched(real[0]), watched(real[1]), sync_all  # type: ignore[assignment]

    def end() -> None:
        os.fsync, os.fdatasync, os.sync = real

    return end
