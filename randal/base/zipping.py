"""A zip that is the same each time, and that `sha256sum -c` checks: every entry bears one instant, SHA256SUMS names them."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath

SUMS = "SHA256SUMS"
PACKED = (
    ".pdf",
    ".jpg",
    ".jpeg",
    ".png",
    ".heic",
    ".xlsx",
    ".docx",
    ".pptx",
)  # packed already: not worth a second time


class Zip:
    """`put` the entries, then `put_sums`, then `close`. `at` (ISO 8601) is the instant that every entry bears."""

    def __init__(self, at: str):
        self._at = datetime.fromisoformat(at).timetuple()[:6]
        self._buffer, self._sums = io.BytesIO(), dict[str, str]()
        self._made = zipfile.ZipFile(self._buffer, "w", zipfile.ZIP_DEFLATED)

    def put(self, path: str, data: bytes) -> None:
        self._sums[path] = sha256(data).hexdigest()
        entry = zipfile.ZipInfo(path, self._at)
        packed = PurePosixPath(path).suffix in PACKED
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        self._made.writestr(entry, data)

    def put_sums(self) -> bytes:
        """Name what was put so far, by path; the bytes of that list."""
        listed = "".join(f"{digest}  {path}\n" for path, digest in sorted(self._sums.items())).encode()
        self.put(SUMS, listed)
        return listed

    def close(self) -> bytes:
        """The whole zip."""
        self._made.close()
        return self._buffer.getvalue()
