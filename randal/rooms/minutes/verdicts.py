"""The check of what was signed, made ahead of whoever asks: a file with sixteen signatures takes seconds of CPU.

The clock judges each signed document once it is complete and again at least weekly, and keeps the report beside it. The page of
verification answers from there as long as nothing changed that the report depends on. A file that no longer is what
was signed is told to the administrators before an auditor finds it.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import exists, select

from randal.database.base import db
from randal.documents.model import READY, Document, DocumentVersion
from randal.models.verifications import Verdict
from randal.notifications.notices import tell
from randal.org.people import people_with_role
from randal.schedule.rules import Due, When, rule
from randal.signatures import judging
from randal.signatures.installed import trusted
from randal.signatures.manifest import Manifest
from randal.signatures.report import Report
from randal.storage.blobs import LostFile
from randal.untrusted.limited.errors import Busy, TooComplex, Unreadable
from randal.untrusted.limited.limits import STORED
from randal.verification.registry import manifest_of
from workflows.lifecycle import ADMIN

FRESH = timedelta(days=7)
AT_ONCE = 3  # documents of one look at the clock: mails go out between two looks
REFUSED = timedelta(hours=1)
PATIENCE = 4.0  # seconds that a stranger waits for his turn with a thread in his hand
KEPT = 200  # reports in the memory of a process

_answers: OrderedDict[str, tuple[datetime, Report | TooComplex]] = OrderedDict()
_guard = threading.Lock()


def judge(data: bytes, manifest: Manifest | None, at: datetime, document_id: int | None = None) -> Report:
    """The report on a file that somebody has sent: from the memory of this process, from what the clock has judged, or
    made now. Holds no transaction while it judges. Raises Unreadable, and TooComplex, Busy, which are such."""
    trust = trusted(current_app.config["RANDAL"], at)
    mark = mark_of(data, manifest, trust)
    with _guard:
        until, report = _answers.get(mark, (at, None))
    if report is None or until <= at:
        kept = db.session.get(Verdict, document_id) if document_id else None
        if kept and kept.mark == mark and kept.fresh_until > at:
            until, report = kept.fresh_until, Report.from_dict(kept.report)
            db.session.rollback()
        else:
            db.session.rollback()
            report, until = judged_now(data, manifest, at, trust)
        with _guard:
            _answers[mark] = until, report
            while len(_answers) > KEPT:
                _answers.popitem(last=False)
    if isinstance(report, TooComplex):
        raise report
    return report


def judged_now(
    data: bytes, manifest: Manifest | None, at: datetime, trust: dict[str, Any]
) -> tuple[Report | TooComplex, datetime]:
    """What costs too much once costs too much again: that is remembered, too."""
    try:
        report = judging.judge(data, manifest=manifest, now=at, trust=trust, public=True, patience=PATIENCE)
    except TooComplex as refused:
        return refused, at + REFUSED
    return report, fresh_until(report, at)


def mark_of(data: bytes, manifest: Manifest | None, trust: dict[str, Any]) -> str:
    """A revocation list is told by its length: it is signed anew each time it is asked for, and only ever grows."""
    lists = tuple(map(len, trust["crls"]))
    known = {name: tuple(pems) for name, pems in trust.items() if name != "crls"}
    told = manifest.to_json() if manifest else ""
    return hashlib.sha256(
        repr((hashlib.sha256(data).hexdigest(), told, lists, sorted(known.items()))).encode()
    ).hexdigest()


def fresh_until(report: Report, at: datetime) -> datetime:
    """A week, or until a certificate in it ends: what is said of it changes then."""
    ends = (seal["certificate_until"] for seal in report.signatures if seal["certificate_until"])
    days = (datetime.combine(datetime.fromisoformat(end), time.min, at.tzinfo) for end in ends)
    return min([at + FRESH, *(day + timedelta(days=1) for day in days if day + timedelta(days=1) > at)])


def unjudged(when: When) -> Iterator[Due]:
    """Signed documents without a report that still holds, the longest waiting first; judged here, outside any
    transaction that writes."""
    signed = exists().where(DocumentVersion.document_id == Document.id, DocumentVersion.number > 1)
    stale = (
        select(Document, Verdict.fresh_until)
        .outerjoin(Verdict, Verdict.document_id == Document.id)
        .where(Document.stage == READY, Document.destroyed_at.is_(None), signed)
        .where(Verdict.fresh_until.is_(None) | (Verdict.fresh_until <= when.now))
        .order_by(Verdict.fresh_until.nulls_first(), Document.id)
        .limit(AT_ONCE)
    )
    found = db.session.execute(stale).all()
    # Whom we trust is asked of the authority's files, and its revocation list is signed anew: not at every look for nothing.
    trust = trusted(current_app.config["RANDAL"], when.now) if found else {}
    for document, until in found:
        file, manifest = document.newest, manifest_of(document)
        if file is None or manifest is None:
            continue
        try:
            data = file.read()
            report = judging.judge(data, manifest=manifest, now=when.now, trust=trust, limits=STORED)
        except Busy:
            continue  # at the next look
        except TooComplex as error:
            report = Report("noted", "", [str(error)])
        except (LostFile, Unreadable) as error:
            data, report = b"", Report("mismatch", "", [str(error)])
        key = until.isoformat(timespec="minutes") if until else "pertama"
        yield Due(document.id, key, (mark_of(data, manifest, trust), report))


@rule(
    "minutes.judge",
    find=unjudged,
    label="Dokumen bertanda tangan diperiksa lagi paling lambat tiap 7 hari; yang tidak cocok diberitahukan.",
)
def keep_verdict(document_id: int, now: datetime, mark: str, report: Report) -> None:
    verdict = db.session.get(Verdict, document_id) or Verdict(document_id=document_id, report={})
    told = {name: value for name, value in report.to_dict().items() if name != "label"}
    news = report.verdict == "mismatch" and verdict.report.get("verdict") != "mismatch"
    verdict.mark, verdict.report = mark, told
    verdict.judged_at, verdict.fresh_until = now, fresh_until(report, now)
    db.session.add(verdict)
    document = db.session.get(Document, document_id)
    if news and document:
        sentence = f"Dokumen tersimpan «{document.title}» tidak cocok lagi dengan yang ditandatangani: {report.reasons[0]}"
        key = f"minutes.judge:{document_id}:{mark[:12]}"
        tell(people_with_role(ADMIN), key, sentence[:500], f"/verifikasi/{document.code}", now=now)
