"""Giving bytes out as a file: the one place that names a file in a header (tests/rules holds the house to it).

A header is ASCII, names are not: a name of other letters travels as `filename*` (RFC 6266, RFC 8187), beside an ASCII one for
old programs.
"""

from __future__ import annotations

import unicodedata
from typing import IO
from urllib.parse import quote

from flask import Response, request
from werkzeug.wsgi import wrap_file

from randal.storage import photos
from randal.storage.files import TYPES, StoredFile, clean_name

PDF, XLSX = TYPES["pdf"], TYPES["xlsx"]
PICTURES = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
SHOWN_INLINE = {  # what a browser may show instead of saving, and what it may do meanwhile
    "image/jpeg": PICTURES,
    "image/png": PICTURES,
    PDF: "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
}
SPELLED = str.maketrans(
    {"‘": "'", "’": "'", "“": "'", "”": "'", "–": "-", "—": "-", "−": "-", "…": "...", "№": "No"}
)
UNSAFE = str.maketrans(dict.fromkeys('"\\%;/', "_"))  # what some reader of headers takes for a sign


def file_answer(
    file: StoredFile, *, inline: bool = False, bare: bool = False, keep_for: int = 0
) -> Response:  # fmt: skip
    """A stored file. `bare`: a photo without its position and all else that its camera wrote. What a browser cannot show (HEIC)
    it is shown as JPEG, and so it is given bare; saved it is the original. See `given`."""
    data, mime, name = file.read(), file.mime, file.name
    if mime == photos.HEIC and (inline or bare):
        data, mime, name = photos.stripped(data, mime), photos.JPEG, f"{name.rpartition('.')[0]}.jpg"
    elif bare and mime in photos.KINDS:
        data = photos.stripped(data, mime)
    return given(data, mime, name, inline=inline, keep_for=keep_for)


def given(
    data: bytes | IO[bytes], mime: str, name: str, *, inline: bool = False, framed: bool = False, keep_for: int = 0
) -> Response:  # fmt: skip
    """Bytes, or an open file, under a name. Saved, not shown, unless `inline` is asked for a kind that a browser shows
    safely; `framed`: also inside a page of ours. `keep_for`: seconds that this reader's browser may keep it."""
    shown = inline and mime in SHOWN_INLINE
    body = data if isinstance(data, bytes) else wrap_file(request.environ, data)
    answer = Response(body, content_type=mime, direct_passthrough=not isinstance(data, bytes))
    answer.headers["Content-Disposition"] = disposition("inline" if shown else "attachment", name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    policy = SHOWN_INLINE[mime] if shown else "default-src 'none'; sandbox"
    if framed:
        policy = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    answer.headers["Content-Security-Policy"] = policy
    answer.headers["Cache-Control"] = f"private, max-age={keep_for}" if keep_for else "private, no-store"
    return answer


def disposition(how: str, name: str) -> str:
    """`attachment; filename="Jum'at.pdf"; filename*=UTF-8''Jum%E2%80%99at.pdf`"""
    name = clean_name(name)
    plain = ascii_name(name)
    said = f'{how}; filename="{plain}"'
    return said if plain == name else f"{said}; filename*=UTF-8''{quote(name, safe='')}"


def ascii_name(name: str) -> str:
    """The name in ASCII as far as its letters have such a form; never empty, with its ending."""
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    plain = _ascii(stem)
    return (plain if any(map(str.isalnum, plain)) else "berkas") + dot + _ascii(ending)


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(SPELLED)).encode("ascii", "ignore").decode()
    return " ".join(plain.translate(UNSAFE).split())
