"""What the database knows about a stored document, for whoever holds a print or a file of it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import KINDS, Document, DocumentVersion
from randal.l10n import clock
from randal.l10n.formats import long_date
from randal.models.meetings import LetterSignature, Meeting
from randal.models.minutes import Minutes, Signature, SigningKey
from randal.org import app_settings
from randal.signatures.manifest import Expected, Manifest, Version, sums_of_revisions
from randal.storage.files import StoredFile
from workflows.minutes import ISSUED

LOOKED_AT = 40  # revisions of a file in which a stored version is sought


def document_by_code(code: str) -> Document | None:
    """The document with this printed code, however it was typed (case, spaces, missing dashes)."""
    letters = "".join(c for c in code.upper() if c.isalnum()).removeprefix("RDL")[:12]
    clean = f"RDL-{letters[:4]}-{letters[4:8]}-{letters[8:]}"
    return db.session.scalar(select(Document).where(Document.code.in_({clean, code.strip()[:24]})))


def document_of_file(data: bytes) -> Document | None:
    """The document that has these bytes as one of its versions, or that these bytes begin with."""
    sums = [hashlib.sha256(data).hexdigest()]
    sums += sums_of_revisions(data, LOOKED_AT)
    found = db.session.execute(
        select(StoredFile.sha256, DocumentVersion.document_id)
        .join(DocumentVersion, DocumentVersion.file_id == StoredFile.id)
        .where(StoredFile.sha256.in_(sums))
    ).all()
    at = min(found, key=lambda row: sums.index(row.sha256), default=None)
    return db.session.get(Document, at.document_id) if at else None


def manifest_for_file(data: bytes) -> Manifest | None:
    document = document_of_file(data)
    return manifest_of(document) if document else None


def manifest_of(document: Document) -> Manifest | None:
    """None while nothing is stored. Each electronic signature adds a version, so version n holds n - 1 of them;
    a seal over them, when the last one signs in ink, adds a version and no signature."""
    if not document.versions:
        return None
    signers, given = signers_of(document)
    versions = tuple(Version(v.file.sha256, v.file.size, min(v.number - 1, given)) for v in document.versions)
    return Manifest(
        versions,
        tuple(signers),
        code=document.code,
        superseded_by=superseded_by(document),
        withdrawn=document.withdrawn_at is not None,
        contoh=app_settings.is_demo(),
        on_paper=tuple(named(s) for s in in_ink(document)),
    )


def signers_of(document: Document) -> tuple[list[Expected], int]:
    """Who signs this paper in the file, in order, and how many of them have: minutes by their signatures, a letter of
    invitation by who signed it here, or the chair who is to."""
    if document.kind != "invitation":
        rows = electronic(document)
        return [expected(s) for s in rows], sum(s.state == "signed" for s in rows)
    if document.params.get("way") != "here":
        return [], 0
    row = letter_signature(document)
    if row:
        field = row.signed_field or LetterSignature.FIELD
        return [Expected(field, row.signed_by.name, row.signed_as, row.certificate_sha256)], 1
    meeting = db.session.get(Meeting, document.subject_id)
    chair = meeting.chair if meeting else None
    return ([Expected(LetterSignature.FIELD, chair.name, "")] if chair else []), 0


def letter_signature(document: Document) -> LetterSignature | None:
    return db.session.scalar(select(LetterSignature).where(LetterSignature.document_id == document.id))


def in_ink(document: Document) -> list[Signature]:
    """Those who signed a printed sheet, of which the scan is stored."""
    minutes = minutes_of(document)
    rows = minutes.all_signatures if minutes else []
    return [s for s in rows if s.version_no == document.revision and s.way == "paper"]


def named(signature: Signature) -> str:
    """Who signed in ink, as an evidence of it says: the name, and the post of that day."""
    return ", ".join(filter(None, (signature.signer.name, signature.signs_as)))


def electronic(document: Document) -> list[Signature]:
    """Those that sign in the file (ink on a scan is elsewhere), in the order in which they did or will."""
    minutes = minutes_of(document)
    if minutes is None:
        return []
    rows = [s for s in minutes.all_signatures if s.version_no == document.revision and s.way != "paper"]
    return sorted(rows, key=lambda s: (s.signed_at is None, s.signed_at or s.created_at, s.position, s.field))


def expected(signature: Signature) -> Expected:
    who = signature.signed_by or signature.signer
    mark = signature.certificate_sha256 or fingerprint(signature.certificate_serial)
    return Expected(signature.signed_field or signature.field, who.name, signature.signs_as, mark)


def fingerprint(serial: str) -> str:
    pem = (
        db.session.scalar(select(SigningKey.certificate_pem).where(SigningKey.serial == serial))
        if serial
        else None
    )
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex() if pem else ""


def minutes_of(document: Document) -> Minutes | None:
    """The notula, berita acara or laporan that this is the paper of."""
    return db.session.get(Minutes, document.subject_id) if document.subject_type == "minutes" else None


def superseded_by(document: Document) -> str:
    newer = db.session.get(Document, document.superseded_by_id) if document.superseded_by_id else None
    if newer is None:
        return ""
    minutes = minutes_of(newer)
    if minutes and minutes.number:
        return f"{minutes.what.noun} nomor {minutes.number}" + (
            f", versi {minutes.version_no}" if minutes.version_no > 1 else ""
        )
    return f"{KINDS[newer.kind]} tanggal {long_date(newer.created_at.date())}"


def told(document: Document) -> dict[str, Any]:
    """What the public page says about a document: no names beyond the signers', no NIP, no telephone number."""
    minutes, meeting = minutes_of(document), meeting_of(document)
    zone = meeting.timezone if meeting else clock.DEFAULT_ZONE
    letter = letter_signature(document)
    day = clock.local_date(
        minutes.approved_at if minutes and minutes.approved_at else document.created_at, zone
    )
    withdrawn, superseded = document.withdrawn_at is not None, document.superseded_by_id is not None
    pages = str(document.system.get("pages", ""))
    return {
        "kind": document.kind,
        "label": KINDS[document.kind],
        "title": document.title,
        "number": minutes.number if minutes else document.params.get("number") or None,
        "date": document.params.get("dated_on") or day.isoformat(),
        "timezone": zone,
        "pages": int(pages) if pages.isdigit() else None,
        "code": document.code,
        "state": "destroyed"
        if document.destroyed_at
        else "withdrawn"
        if withdrawn
        else "superseded"
        if superseded
        else "valid",
        "complete": minutes.state in ISSUED
        if minutes
        else document.params.get("way") != "here" or letter is not None,
        "sha256": document.newest.sha256 if document.newest else None,
        "signers": _signers(document, letter),
        "on_paper": [
            {
                "name": s.signer.name,
                "post": s.signs_as,
                "at": s.signed_at.isoformat() if s.signed_at else None,
            }
            for s in in_ink(document)
        ],
        "contoh": app_settings.is_demo(),
    }


def _signers(document: Document, letter: LetterSignature | None) -> list[dict[str, Any]]:
    """Who signs it, in order: `name`, `post`, `way` (local, remote, paper; "" before), `at` (ISO 8601 or None)."""
    minutes = minutes_of(document)
    if minutes:
        rows = sorted(
            (s for s in minutes.all_signatures if s.version_no == document.revision),
            key=lambda s: (s.signed_at is None, s.signed_at or s.created_at, s.position),
        )
        return [_signer((s.signed_by or s.signer).name, s.signs_as, s.way, s.signed_at) for s in rows]
    if letter:
        return [_signer(letter.signed_by.name, letter.signed_as, letter.way, letter.signed_at)]
    return [_signer(one.name, one.post, "", None) for one in signers_of(document)[0]]


def _signer(name: str, post: str, way: str, at: datetime | None) -> dict[str, Any]:
    return {
        "name": name,
        "post": post,
        "way": way,
        "at": at.isoformat().replace("+00:00", "Z") if at else None,
    }


def meeting_of(document: Document) -> Meeting | None:
    """The meeting that it belongs to, in whose zone its times are told."""
    minutes = minutes_of(document)
    if minutes:
        return minutes.meeting
    return db.session.get(Meeting, document.meeting_id) if document.meeting_id else None
