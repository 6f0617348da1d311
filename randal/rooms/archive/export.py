"""The archive of a meeting as one zip: its papers in every version, its data, its history, and how to check all of it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, false, select

from randal.audit import checkpoints, exporting
from randal.audit.bends import Record
from randal.base.personal import MASK, mask, redacted
from randal.base.zipping import SUMS, Zip
from randal.database.base import db
from randal.documents import model
from randal.documents.model import KINDS, Document
from randal.documents.paper_parts import instant
from randal.documents.pipeline import ZIP, Drawn, file_name, renders
from randal.l10n.clock import DEFAULT_ZONE
from randal.l10n.formats import days, moment
from randal.models.meetings import Meeting
from randal.org import app_settings
from randal.org.people import Person
from randal.org.places import Unit
from randal.rooms.archive import contents
from randal.storage import blobs as storage
from randal.storage.files import LostFile, StoredFile
from randal.untrusted.limited import door
from randal.untrusted.limited.errors import Unreadable
from randal.untrusted.limited.limits import PAGES
from randal.verification.registry import manifest_of
from workflows.lifecycle import Act, Actor

MOST = 400 * 1024 * 1024  # bytes of uploads that travel along; what is beyond is named with its hash
TRACES = door.Task("randal.untrusted.readers.traces:kinds", PAGES)
UNREAD = "tidak terbaca oleh mesin"


def order_archive(meeting: Meeting, actor: Actor, *, now: datetime) -> Document:
    """A queued archive of the meeting as it stands when it is made. Refused: role, state."""
    meeting.lifecycle().require(meeting, "archive", Act(actor, now))
    return model.request(
        "meeting_archive",
        "meeting",
        meeting.id,
        title=f"Arsip {meeting.title}",
        now=now,
        meeting_id=meeting.id,
        created_by_id=actor.id,
    )


def readers(actor: Actor) -> ColumnElement[bool]:
    """It holds what every unit handed in: only those who see all read it (`Document.visible_to`)."""
    return false()


def draw(paper: Mapping[str, Any]) -> Drawn:
    """`texts`: path → text; `blobs`: path → SHA-256 in the storage; `at`: the instant that every entry carries."""
    made = Zip(paper["at"])
    for path, text in paper["texts"].items():
        made.put(path, text.encode())
    for path, digest in paper["blobs"].items():
        made.put(path, storage.read(digest))
    listed = made.put_sums()
    if checkpoints.is_ready():
        stamp = checkpoints.witness().stamp(sha256(listed).digest(), datetime.fromisoformat(paper["at"]))
        made.put(f"{SUMS}.tsr", stamp)
    return Drawn(made.close(), ZIP)


@renders("meeting_archive", draw=draw, seen_by=readers)
def build(document: Document, now: datetime) -> dict[str, Any]:
    """What `draw` packs."""
    meeting = db.session.get_one(Meeting, document.subject_id)
    rows = contents.rows_of(meeting)
    papers = contents.documents_of(meeting)
    texts, blobs, listed = {}, {}, []
    for count, paper in enumerate(papers, 1):
        entry, names = described(paper, count)
        listed.append(entry)
        blobs.update(names)
        if known := manifest_of(paper):
            texts[entry["manifest"]] = known.to_json() + "\n"
        entry["prints"] = printed_in(paper)
    uploads, left_out = uploads_of(rows)
    blobs.update(uploads)
    for name, several in rows.items():
        texts[f"data/{name}.json"] = as_json(
            [{k: contents.plain(v) for k, v in row.items()} for row in several]
        )
    texts["data/orang.json"] = as_json(contents.named(rows, Person))
    texts["data/satuan-kerja.json"] = as_json(contents.named(rows, Unit))
    texts["riwayat/riwayat.jsonl"], told = history_of(contents.items_of(rows), now)
    for count, root in enumerate(checkpoints.roots()):
        texts["otoritas/akar.pem" if not count else f"otoritas/akar-{count + 1}.pem"] = root.decode()
    texts["MANIFEST.json"] = as_json(
        redacted({
            "format": "randal-meeting-archive", "version": 1, "made_at": instant(now), "contoh": app_settings.is_demo(),
            "meeting": {"id": meeting.id, "title": meeting.title,
                        "starts_at": instant(meeting.starts_at), "timezone": meeting.timezone},
            "documents": listed, "uploads_left_out": left_out,
        })
    )  # fmt: skip
    readme = current_app.jinja_env.get_template("archive/readme.txt").render(
        meeting=meeting,
        when=days(meeting.starts_at, meeting.ends_at, meeting.timezone),
        made=moment(now, meeting.timezone or DEFAULT_ZONE),
        documents=listed,
        kinds=KINDS,
        left_out=left_out,
        sealed=checkpoints.is_ready(),
        contoh=app_settings.is_demo(),
        public_url=current_app.config["RANDAL"].public_url,
        mask=MASK,
        told=told,
    )
    texts["BACA-SAYA.txt"] = mask(readme)
    return {"at": instant(now), "texts": texts, "blobs": blobs}


def described(paper: Document, count: int) -> tuple[dict[str, Any], dict[str, str]]:
    """A paper for the manifest, and its files: path → SHA-256. The last version is the one that counts."""
    stem = f"dokumen/{count:02}-{file_name(KINDS[paper.kind])}-{paper.code.lower()}"
    names = {}
    for version in paper.versions:
        last = version is paper.versions[-1]
        ending = PurePosixPath(version.file.name).suffix.lower() or ".pdf"
        names[f"{stem}{'' if last else f'-langkah-{version.number}'}{ending}"] = version.file.sha256
    entry = {
        "title": paper.title, "kind": paper.kind, "code": paper.code, "number": paper.params.get("number", ""),
        "revision": paper.revision, "made_at": instant(paper.created_at), "withdrawn": paper.withdrawn_at is not None,
        "superseded": paper.superseded_by_id is not None, "file": next(reversed(names)), "manifest": f"{stem}.manifest.json",
        "earlier_versions": [path for path in names if "-langkah-" in path],
    }  # fmt: skip
    return entry, names


def uploads_of(rows: contents.Rows) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """The uploads that travel (path → SHA-256), and those that do not fit: name, size, hash."""
    query = select(StoredFile).where(StoredFile.id.in_(contents.files_of(rows))).order_by(StoredFile.id)
    here: dict[str, str] = {}
    left, room = [], MOST
    for file in db.session.scalars(query):
        if file.size > room or not storage.exists(file.sha256):
            left.append({"id": file.id, "name": file.name, "size": file.size, "sha256": file.sha256})
            continue
        room -= file.size
        name = PurePosixPath(mask(file.name))
        here[f"berkas/{file.id}-{file_name(name.stem)}{name.suffix.lower()}"] = file.sha256
    return here, left


def printed_in(paper: Document) -> list[str]:
    """What stands of people in its files, which are taken as they are: "NIP", "nomor telepon", …; also "tidak terbaca"."""
    found: list[str] = []
    for version in paper.versions:
        try:
            found += door.ask(TRACES, version.file.read())
        except (Unreadable, LostFile):
            found.append(UNREAD)
    return list(dict.fromkeys(found))


def history_of(items: set[tuple[str, int]], now: datetime) -> tuple[str, dict[str, int]]:
    """The chains of these items and all heads of every checkpoint, so that the checkpoints can be checked as well. And how
    many texts in it are `masked`, and how many `facts` hold what cannot be masked because the chain is made of it."""
    file, told = io.BytesIO(), {"masked": 0, "facts": 0}

    def leaving(record: Record) -> Record:
        record = exporting.masked(record)
        told["masked"] += len(record.get("masked", ()))
        told["facts"] += record["kind"] == "event" and redacted(record["data"]) != record["data"]
        return record

    with exporting.still() as connection:
        found = map(leaving, exporting.records(connection, only=items))
        exporting.write(
            file, found, now=now, root=exporting.fingerprint(checkpoints.roots()), texts=True, excerpt=True
        )
    return file.getvalue().decode(), told


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
