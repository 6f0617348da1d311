"""The minutes (notula, berita acara, laporan) as a snapshot of rows, and as the paper drawn from the snapshot alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, and_

from randal.database.base import db
from randal.documents import letterhead, snapshots
from randal.documents.model import Document, new_code, request
from randal.documents.paper_parts import heading, iso, meeting_head, named, signatory
from randal.documents.pipeline import Drawn, Paper, pdf, renders
from randal.history.events import Event
from randal.models import minutes_wordings
from randal.models.minutes import Minutes
from randal.models.minutes_kinds import KINDS
from randal.rooms.minutes.drafting import standing
from randal.rooms.minutes.facts import facts
from randal.rooms.minutes.spreadsheet import follow_ups_workbook
from workflows.lifecycle import Actor, Refused
from workflows.minutes import BEFORE_APPROVAL, MINUTES

SHEET_NAME = "tindak-lanjut.xlsx"


def minutes_paper(minutes: Minutes, now: datetime, draft: bool = False) -> snapshots.Minutes:
    """Everything the minutes say at this instant. Frozen at approval; a draft has no code and says DRAF."""
    meeting = minutes.meeting
    day = meeting.local_date(now)
    title = minutes.label
    code = "" if draft else new_code()
    head = heading(title, now, meeting.timezone, code=code, draft=draft, unit_id=meeting.organiser_id)
    dress = letterhead.dress_of(meeting.organiser_id, day)
    signing = signers(minutes, now)
    body = {
        "kind": minutes.kind,
        "number": minutes.number or "",
        "version": minutes.version_no,
        "amends": (minutes.replaces.number or "") if minutes.replaces else "",
        "city": dress.city,
        "dated_on": iso(day),
        "meeting": meeting_head(meeting, real_times=True),
        "sections": [
            {"key": s.key, "title": s.title, "html": s.html, "facts": list(s.facts)} for s in minutes.sections
        ],
        **facts(meeting),
        "signers": [signer | {"order": dress.signature_order} for signer in signing],
        "attachments": [
            f"{minutes.kind}.json (isi {minutes.what.noun} ini)",
            f"{SHEET_NAME} (tabel rencana tindak lanjut)",
        ],
    }
    return cast(snapshots.Minutes, head | body | from_and_to(minutes, signing, day))


def current(minutes: Minutes, now: datetime) -> dict[str, Any]:
    """What the minutes say to whoever reads them now: frozen, as handed in for review, or as the meeting fills them."""
    if minutes.state not in BEFORE_APPROVAL and minutes.snapshot:
        return minutes.snapshot
    kept = minutes_wordings.of(minutes)
    return dict(minutes_paper(minutes, now, draft=True)) | (kept.body if kept else {})


def from_and_to(minutes: Minutes, signing: list[snapshots.Signatory], day: date) -> dict[str, Any]:
    """Of a report's nota dinas, which is from the first who signs and is not the one it is for; without such a one,
    from the note-taker, unsigned."""
    if minutes.addressee is None:
        return {}
    to, wrote = named(minutes.addressee, day), named(minutes.meeting.minute_taker, day)
    for signer in signing:
        if signer["name"] != minutes.addressee.name:
            sender = {"name": signer["name"], "post": ", ".join(signer["post_lines"])}
            return {"addressee": to, "sender": sender, "sender_field": signer["field"]}
    return {"addressee": to, "sender": wrote or {"name": "Sekretariat", "post": ""}, "sender_field": ""}


def signers(minutes: Minutes, now: datetime) -> list[snapshots.Signatory]:
    """By the signatures that are called for; before approval by those who are named to sign."""
    meeting = minutes.meeting
    day = meeting.local_date(now)
    roles = roles_of(minutes)
    if minutes.signatures:
        return [
            signatory(s.signer, day, field=s.field, role=roles.get(s.signer_id, ""), post=s.signer_title)
            for s in sorted(minutes.signatures, key=lambda s: int(s.field.rpartition("-")[2]))
        ]
    return [
        signatory(
            s.person, day, field=f"tte-{count}", role=roles.get(s.person_id, ""), post=standing(s.person, day)
        )
        for count, s in enumerate(minutes.signers, 1)
    ]


def roles_of(minutes: Minutes) -> dict[int | None, str]:
    """What stands above the post of a signer, by person."""
    if minutes.addressee_id:
        return {minutes.addressee_id: "Menyetujui"}
    return {minutes.meeting.minute_taker_id: "Notulis", minutes.meeting.chair_id: "Pimpinan Rapat"}


def ask_for_paper(minutes: Minutes, event: Event) -> Document:
    """The document of this version, under the code that its snapshot names."""
    assert minutes.snapshot is not None  # noqa: S101 - frozen just before
    return request(
        minutes.what.document,
        "minutes",
        minutes.id,
        title=minutes.label,
        now=event.at,
        revision=minutes.version_no,
        code=minutes.snapshot["verification"]["code"],
        meeting_id=minutes.meeting_id,
        created_by_id=event.actor_id,
        params={"number": minutes.number, "dated_on": minutes.snapshot["dated_on"]},
    )


def attached(paper: Paper) -> list[object]:
    """What travels inside the PDF, without what is personal: the snapshot as data, and its follow-ups as a spreadsheet."""
    from randal.documents.rendering import Attachment

    kind = KINDS[paper.get("kind", MINUTES)]
    return [
        Attachment(f"{kind.code}.json", snapshots.canonical(paper), f"Isi {kind.noun} dalam bentuk data"),
        Attachment(SHEET_NAME, follow_ups_workbook(paper), "Tabel rencana tindak lanjut"),
    ]


def readers(actor: Actor) -> ColumnElement[bool]:
    """Whoever sees the minutes sees their paper; one that was withdrawn only those who see all."""
    seen = Minutes.visible_to(actor).with_only_columns(Minutes.id)
    return and_(Document.subject_id.in_(seen), Document.withdrawn_at.is_(None))


def build(document: Document, now: datetime) -> snapshots.Minutes:
    """The frozen snapshot of this version. Refused when the minutes were taken back meanwhile."""
    minutes = db.session.get_one(Minutes, document.subject_id)
    snapshot = minutes.snapshot
    if snapshot is None or snapshot["version"] != document.revision or document.withdrawn_at:
        raise Refused(
            "state", "Naskah ini sudah ditarik untuk diperbaiki: berkas versi ini tidak dibuat lagi."
        )
    return cast(snapshots.Minutes, snapshot)


def draft(paper: Paper) -> Drawn:
    """The pages without fields and attachments, by the form of the paper's kind: what a preview draws."""
    return pdf(KINDS[paper["kind"]].template)(paper)


for _kind in KINDS.values():
    _draw = pdf(_kind.template, signature_fields=True, attach=attached)
    renders(_kind.document, draw=_draw, seen_by=readers)(build)


minutes_wordings.PAPER["draft"] = lambda minutes, now: dict(minutes_paper(minutes, now, draft=True))
