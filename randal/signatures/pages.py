"""Reading what is to be signed: the very file, its pages as pictures, for whichever room's paper it is."""

from __future__ import annotations

from flask import Response, abort, request

from randal.database.base import db
from randal.documents import page_images
from randal.documents.model import Document
from randal.untrusted.limited.errors import Busy, Unreadable
from randal.web.downloads import PDF, given


def sheets_of(document: Document | None) -> list[page_images.Sheet]:
    """The pages of the newest file; none while there is none, or it cannot be drawn (the file is one press away)."""
    if document is None or document.newest is None:
        return []
    try:
        return page_images.sheets(document.newest.read())
    except Unreadable:
        return []


def stored_file(document: Document | None, name: str, missing: str) -> Response:
    """The very file that would be signed, to read in the browser (and in a frame of our own page only)."""
    if document is None or document.newest is None:
        abort(404, missing)
    return given(document.newest.read(), PDF, f"{name}.pdf", inline=True, framed=True)


def page_picture(document: Document | None, number: int, missing: str) -> Response:
    """One page of that file as a picture: every telephone shows it. Ends the transaction."""
    if document is None or document.newest is None:
        abort(404, missing)
    return picture_of(document.newest.read(), document.newest.sha256, number)


def picture_of(pdf: bytes, sha256: str, number: int) -> Response:
    """One page of a PDF of ours. Ends the transaction."""
    db.session.rollback()  # drawing takes its time: not inside a transaction
    try:
        drawn = page_images.picture(pdf, sha256, number)
    except Busy as busy:
        abort(503, str(busy))
    except Unreadable as unreadable:
        abort(404, str(unreadable))
    answer = Response(drawn, content_type="image/png")
    # The address names the content: it never changes. Private: what waits for a signature is not for a shared cache.
    asked = request.args.get("v") == sha256[:12]
    answer.headers["Cache-Control"] = "private, max-age=604800, immutable" if asked else "private, no-cache"
    return answer
