"""Giving a stored file out: saved, or shown where that is safe."""

from __future__ import annotations

from flask import Response

from randal.core.files import StoredFile

SHOWN_INLINE = {  # what a browser may show instead of saving, and what it may do meanwhile
    "image/jpeg": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox",
    "image/png": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox",
    "application/pdf": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}


def file_answer(
    file: StoredFile, *, inline: bool = False, data: bytes | None = None, keep_for: int = 0
) -> Response:
    """The bytes of a file. Saved, not shown, unless `inline` is asked for a kind that a browser shows safely.
    `data`: given out in its place; `keep_for`: seconds that this reader's browser may keep it."""
    shown = inline and file.mime in SHOWN_INLINE
    answer = Response(file.read() if data is None else data, content_type=file.mime)
    answer.headers.set("Content-Disposition", "inline" if shown else "attachment", filename=file.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = (
        SHOWN_INLINE[file.mime] if shown else "default-src 'none'; sandbox"
    )
    answer.headers["Cache-Control"] = f"private, max-age={keep_for}" if keep_for else "private, no-store"
    return answer
