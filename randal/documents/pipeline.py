"""How a wanted document becomes a file: a room builds the paper from its rows, a drawer makes the bytes, one
transaction stores them.

    @renders("invitation", draw=pdf("meetings/invitation.pdf.html"), seen_by=invited_readers)
    def build(document, now) -> papers.Invitation: ...

`build` reads the database, `draw` sees the paper alone and runs without a transaction: a page that is drawn for
seconds holds nobody up. What `@ready(kind)` declares runs in the transaction that stores the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app
from jinja2 import UndefinedError
from sqlalchemy import ColumnElement, update

from randal.base.crashes import Died
from randal.database.base import db
from randal.documents import bundle
from randal.documents.model import FAILED, QUEUED, READERS, READY, RENDERING, Document, add_version
from randal.jobs import outbox
from randal.storage import blobs, files
from workflows.lifecycle import Actor, Refused

PDF, XLSX, ZIP = files.TYPES["pdf"], files.TYPES["xlsx"], "application/zip"
ENDINGS = {PDF: "pdf", XLSX: "xlsx", ZIP: "zip"}
Paper = Mapping[str, Any]
ENDED = (
    "Proses yang membuat berkas ini terhenti, mungkin karena memori mesin tidak cukup. Dicoba lagi dengan sendirinya; "
    "bila tetap begitu, persempit isinya (lebih sedikit satker atau periode), atau hubungi Admin Sistem."
)


@dataclass(frozen=True)
class Drawn:
    """The bytes of a paper and the versions of what drew them."""

    data: bytes = field(repr=False)
    mime: str = PDF
    system: dict[str, str] = field(default_factory=dict)


Build = Callable[[Document, datetime], Paper | files.StoredFile]
Draw = Callable[[Paper], Drawn]
React = Callable[[Document, datetime], None]
RENDERERS: dict[str, tuple[Build, Draw]] = {}
WHEN_READY: dict[str, list[React]] = {}


def renders(
    kind: str, *, draw: Draw, seen_by: Callable[[Actor], ColumnElement[bool]]
) -> Callable[[Build], Build]:
    """Declare what a kind of document is built from, drawn by and read by. A `build` that answers a StoredFile
    has nothing to draw: a file made elsewhere is the document."""

    def register(build: Build) -> Build:
        RENDERERS[kind] = build, draw
        READERS[kind] = seen_by
        return build

    return register


def ready(*kinds: str) -> Callable[[React], React]:
    """Declare what follows when a document of these kinds is stored; same transaction, no commit."""

    def register(react: React) -> React:
        for kind in kinds:
            WHEN_READY.setdefault(kind, []).append(react)
        return react

    return register


def pdf(
    template: str, *, signature_fields: bool = False, attach: Callable[[Paper], list[Any]] | None = None
) -> Draw:
    """A drawer that prints this template; `attach` answers the `rendering.Attachment`s that travel inside."""

    def draw(paper: Paper) -> Drawn:
        from randal.documents.rendering import render  # half a second that only a worker spends

        made = render(
            template,
            paper,
            jinja_env=current_app.jinja_env,
            attachments=attach(paper) if attach else (),
            signature_fields=signature_fields,
        )
        return Drawn(made.pdf, PDF, made.versions | {"pages": str(made.pages)})

    return draw


# -- the way of one document, called by outbox.deliver -----------------------------------------------


def draw(document_id: int, now: datetime) -> Callable[[], None]:
    """Build and draw; what is answered stores the file, in the caller's transaction. Commits the stage before."""
    document = db.session.get(Document, document_id, with_for_update=True)
    if document is None or document.versions or document.withdrawn_at:
        db.session.rollback()
        return lambda: None
    build, drawer = RENDERERS[document.kind]
    if (
        document.stage == RENDERING and not document.error
    ):  # begun before, and nobody was left to say how it ended
        document.error = ENDED
    # Why the last try failed stays to be read until one succeeds.
    document.stage, document.updated_at = RENDERING, now
    db.session.commit()
    paper = build(document, now)
    name, by = file_name(document.title), document.created_by_id
    if isinstance(paper, files.StoredFile):
        file_id = paper.id
        db.session.rollback()
        return lambda: store(document_id, db.session.get_one(files.StoredFile, file_id), {}, now)
    db.session.rollback()
    made = drawer(paper)
    sha256 = blobs.keep(made.data)
    size, ending = len(made.data), ENDINGS[made.mime]

    def keep() -> None:
        file = files.StoredFile(
            sha256=sha256, size=size, mime=made.mime, name=f"{name}.{ending}", created_at=now
        )
        file.created_by_id = by
        db.session.add(file)
        db.session.flush()
        store(document_id, file, made.system, now)

    return keep


def store(document_id: int, file: files.StoredFile, system: dict[str, str], now: datetime) -> None:
    document = db.session.get_one(Document, document_id, with_for_update=True)
    if document.versions or document.withdrawn_at:
        return
    add_version(document, file, now=now)
    document.stage, document.error, document.system = READY, "", system
    for react in WHEN_READY.get(document.kind, ()):
        react(document, now)
    if document.bundle_id:
        bundle.part_stored(document, now)


def failed(document_id: int, error: Exception, now: datetime) -> None:
    document = db.session.get(Document, document_id, with_for_update=True)
    if document and document.stage != READY:
        document.stage, document.error, document.updated_at = FAILED, sentence(error), now


def wait_again(document_ids: list[int], now: datetime) -> None:
    """An operator has these drawn again: whoever waits for them reads "menunggu giliran"."""
    mine = Document.id.in_(document_ids), Document.stage != READY, Document.withdrawn_at.is_(None)
    db.session.execute(update(Document).where(*mine).values(stage=QUEUED, error="", updated_at=now))


outbox.KINDS["document_id"] = outbox.Kind(draw, failed, wait_again)


def sentence(error: Exception) -> str:
    """Why, for the person who waits; the particulars are in the log and on the outbox row."""
    if isinstance(error, Refused | blobs.LostFile | files.BadFile):
        return str(error)
    if isinstance(error, MemoryError | Died):
        return ENDED
    if isinstance(error, UndefinedError):
        return "Isi dokumen ini tidak lengkap. Hubungi Admin Sistem."
    return "Sistem gagal membuat berkas ini. Coba lagi; bila tetap gagal, hubungi Admin Sistem."


def file_name(title: str) -> str:
    """`Undangan Rapat …` → `undangan-rapat`: letters, digits and hyphens only, at most 80."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-") or "dokumen"
