"""Several papers asked for at once: one wait, and one zip at the end.

The zip is a document, and so is each of its parts, which names it (`bundle_id`). The parts are drawn like every other
paper, a job each, by as many workers as there are. Whoever stores the last one gives the zip to the workers, in the
same transaction: a worker that dies leaves its part to the next, and a zip is never made of less than all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select

from randal.base.zipping import Zip
from randal.database.base import db
from randal.documents import model
from randal.documents.model import FAILED, QUEUED, READY, RENDERING, Document, DocumentVersion
from randal.jobs.outbox import Delivery
from randal.org.people import sight_of
from randal.storage import blobs
from randal.storage.files import StoredFile
from workflows.lifecycle import Actor, Refused

MOST = 200  # parts of one zip


class Part(NamedTuple):
    """One paper of several, as `documents.request` is told."""

    title: str
    params: Mapping[str, Any]
    unit_id: int | None = None


class Progress(NamedTuple):
    """Of how many parts; `failed` are tried again by themselves until they are stuck."""

    total: int
    ready: int
    failed: int


def order(
    kind: str, part_kind: str, parts: Sequence[Part], actor: Actor, *,
    subject: str, title: str, asked: Mapping[str, Any], now: datetime,
) -> Document:  # fmt: skip
    """The zip, waiting for its parts, which are queued; who asks for the same while it is made gets that one. `asked`:
    what was chosen, in plain values. All of it is read by who asked. Refused: nothing chosen, or too much."""
    if not parts:
        raise Refused("need", "Pilih sedikitnya satu.")
    if len(parts) > MOST:
        raise Refused("need", f"Paling banyak {MOST} berkas sekaligus; Anda memilih {len(parts)}.")
    params = {"parts": len(parts), "asked": dict(asked)}
    query = select(Document).where(Document.kind == kind, Document.created_by_id == actor.id)
    for earlier in db.session.scalars(query.where(Document.stage.in_((QUEUED, RENDERING)))).unique():
        if earlier.params == params:
            return earlier
    bundle = model.request(
        kind, subject, None, title=title, now=now, restricted=True, waits=True, created_by_id=actor.id,
        sight=sight_of(actor), params=params,
    )  # fmt: skip
    made = [
        Document(
            kind=part_kind, subject_type=subject, title=part.title[:250], params=dict(part.params), restricted=True,
            code=model.new_code(), unit_id=part.unit_id, bundle_id=bundle.id, created_by_id=actor.id, sight=bundle.sight,
            created_at=now, updated_at=now,
        )
        for part in parts
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    db.session.add_all(model.task(part, now) for part in made)
    db.session.flush()
    return bundle


def progress(bundle: Document) -> Progress | None:
    """How far its parts are; None for a document that is no zip of others. One statement."""
    if "parts" not in bundle.params:
        return None
    query = select(Document.stage, func.count().label("parts")).where(Document.bundle_id == bundle.id)
    found = {row.stage: row.parts for row in db.session.execute(query.group_by(Document.stage))}
    return Progress(sum(found.values()), found.get(READY, 0), found.get(FAILED, 0))


def part_stored(part: Document, now: datetime) -> None:
    """The last part sends the zip on its way. The zip's row is locked: two workers do not both wait for the other."""
    bundle = db.session.get_one(Document, part.bundle_id, with_for_update=True, populate_existing=True)
    waits = exists().where(Document.bundle_id == bundle.id, Document.stage != READY)
    sent = exists().where(Delivery.document_id == bundle.id)
    if not db.session.scalar(select(waits | sent)):
        db.session.add(model.task(bundle, now))


def retry(bundle: Document, actor: Actor, now: datetime) -> int:
    """Have what failed of it drawn again; how many parts."""
    failed = select(Document).where(Document.bundle_id == bundle.id, Document.stage == FAILED)
    rows = list(db.session.scalars(failed.order_by(Document.id)).unique())
    for part in rows:
        model.retry(part, actor, now)
    return len(rows)


def contents(bundle: Document) -> dict[str, Any]:
    """What `pack` packs: name in the zip → SHA-256 of the stored file, in the order they were asked for."""
    query = (
        select(StoredFile.name, StoredFile.sha256)
        .join(DocumentVersion, DocumentVersion.file_id == StoredFile.id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(Document.bundle_id == bundle.id, DocumentVersion.number == 1)
    )
    rows = db.session.execute(query.order_by(Document.id))
    return {
        "at": bundle.created_at.astimezone(UTC).isoformat(),
        "blobs": {f"{count:03}-{name}": digest for count, (name, digest) in enumerate(rows, 1)},
    }


def pack(paper: Mapping[str, Any]) -> bytes:
    """The zip, with SHA256SUMS; every entry bears the time of asking, so the same parts give the same bytes.
    Raises LostFile."""
    made = Zip(paper["at"])
    for name, digest in paper["blobs"].items():
        made.put(name, blobs.read(digest))
    made.put_sums()
    return made.close()
