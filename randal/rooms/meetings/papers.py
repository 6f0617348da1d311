"""The letter of invitation (surat undangan) from the meeting's rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import ColumnElement, and_, or_, select

from randal.database.base import db
from randal.documents import letterhead
from randal.documents.model import Document
from randal.documents.paper_parts import heading, instant, meeting_head, signatory
from randal.documents.pipeline import Drawn, pdf, renders
from randal.documents.snapshots import Signatory
from randal.l10n import formats
from randal.models.meetings import Meeting, meetings_in_office
from randal.org.people import OWN, Person
from randal.rooms.meetings import packet, series  # noqa: F401 - packet declares its own paper
from randal.rooms.meetings.letter_papers import Invitation, LetterSession
from randal.storage import files
from workflows.lifecycle import Actor

MOST_POINTS = 8  # under one line of the letter's agenda
NOBODY: Signatory = {"field": "tte-1", "role": "", "post_lines": [], "name": "", "rank": "", "nip": ""}


def readers(actor: Actor) -> ColumnElement[bool]:
    """The invited read the letter that was issued; those in office its drafts too."""
    seen = Meeting.visible_to(actor).with_only_columns(Meeting.id)
    return or_(
        Document.meeting_id.in_(meetings_in_office(actor)),
        and_(~Document.restricted, Document.meeting_id.in_(seen)),
    )


TEMPLATE = "meetings/invitation.pdf.html"
plain, to_sign = pdf(TEMPLATE), pdf(TEMPLATE, signature_fields=True)


def draw(paper: Mapping[str, Any]) -> Drawn:
    return (to_sign if paper.get("signed_here") else plain)(paper)


@renders("invitation", draw=draw, seen_by=readers)
def build(document: Document, now: datetime) -> Invitation | files.StoredFile:
    """A letter signed elsewhere and uploaded is the document itself. A draft carries no number and no code."""
    meeting = db.session.get_one(Meeting, document.subject_id)
    if file_id := document.params.get("file_id"):
        return db.session.get_one(files.StoredFile, file_id)
    return letter(document, meeting)


def letter(document: Document, meeting: Meeting) -> Invitation:
    here = document.params.get("way") == "here"
    draft = document.restricted and not here  # while it waits for its signature it is nobody else's to read
    number, dated_on = document.params.get("number", ""), document.params.get("dated_on", "")
    day = formats.as_date(dated_on) if dated_on else meeting.local_date(document.created_at)
    url = f"{current_app.config['RANDAL'].public_url}/rapat/{meeting.id}"
    head = heading(
        document.title,
        document.created_at,
        meeting.timezone,
        code="" if draft else document.code,
        draft=draft,
        unit_id=meeting.organiser_id,
        day=day,
    )
    dress = letterhead.dress_of(meeting.organiser_id, day)
    said = document.params.get("letter") or (meeting.letter.facts if meeting.letter else {})
    told = meeting_head(meeting)
    told["letter_number"] = number
    if over := series.of_agenda(meeting):
        for item, line in zip(meeting.agenda_items, told["agenda"], strict=True):
            line["points"] = over.first(MOST_POINTS) if item.carries_over else []
    if meeting.chair and told["chair"]:
        told["chair"]["post"] = meeting.chair.post_title(day)
    body = {
        "number": number,
        "city": dress.city,
        "dated_on": dated_on,
        "date_at": dress.date_at,
        "nature": said.get("nature") or dress.nature,
        "attachment": said.get("attachment", ""),
        "subject": f"Undangan {meeting.title}",
        "replaces": letter_before(document),
        "addressees": [row.label or (row.person.name if row.person else "") for row in meeting.invitees],
        "destination": said.get("destination") or "Tempat",
        "opening": said.get("opening") or opening(meeting, dress.opening),
        "meeting": told,
        "sessions": sessions(meeting),
        "dress": said.get("dress", ""),
        "closing": said.get("closing") or dress.closing or closing(meeting),
        "signatory": signs(meeting.chair, day, said, dress.signature_order) if meeting.chair else NOBODY,
        "signed_here": here,
        "cc": [copy.name for copy in meeting.copies],
        "notes": [line.strip() for line in said.get("notes", "").splitlines() if line.strip()]
        + [f"Konfirmasi kehadiran dan laporan disampaikan melalui aplikasi Randal: {url}"],
    }
    return cast(Invitation, head | body)


def signs(person: Person, day: date, said: Mapping[str, str], order: str) -> Signatory:
    """The block under the letter (domain.md §1.9): a.n. the post that is spoken for, the post that was told to and u.b.,
    the signer's own post as it was held that day (Plt., Plh., Pj.). What is typed goes before what he was appointed to."""
    made = signatory(person, day, field="tte-1")
    mandate = person.signs_for(day)
    own = [a.title for a in person.held(day) if a.kind in OWN][:1]
    if not own:  # he holds nothing else: his title is the mandate itself
        own, mandate = [line.removeprefix("a.n. ") for line in made["post_lines"]], {}
        if not said.get("on_behalf_of"):
            own = made["post_lines"]
    above, through = said.get("on_behalf_of") or mandate.get("an"), said.get("through") or mandate.get("ub")
    lines = [f"a.n. {above}"] if above else []
    lines += [through, "u.b."] if through else []
    made |= {"post_lines": lines + own, "rank": said.get("rank", ""), "order": order}
    return made


def sessions(meeting: Meeting) -> list[LetterSession]:
    """The annexed timetable of a meeting of several sessions, breaks among them; [] for one that is a session itself."""
    if len(meeting.sessions) < 2:
        return []
    return [
        {
            "starts_at": instant(s.starts_at),
            "ends_at": instant(s.ends_at),
            "title": s.title,
            "place": s.place or meeting.place,
            "is_break": s.kind == "break",
        }
        for s in meeting.sessions
    ]


def opening(meeting: Meeting, invite: str = "") -> str:
    if invite:
        return "\n\n".join(filter(None, [meeting.purpose.strip(), invite]))
    invite = "Sehubungan dengan hal tersebut, dengan hormat kami mengundang Saudara untuk hadir pada:"
    if meeting.purpose.strip():
        return f"{meeting.purpose.strip()}\n\n{invite}"
    return (
        f"Dalam rangka pelaksanaan {meeting.title}, dengan hormat kami mengundang Saudara untuk hadir pada:"
    )


def closing(meeting: Meeting) -> str:
    period = f" periode {formats.month(meeting.report_period)}" if meeting.report_period else ""
    return (
        f"Mengingat pentingnya acara tersebut, Saudara diharapkan hadir tepat waktu dan menyampaikan laporan progres{period} "
        "sebelum rapat dimulai.\n\nAtas perhatian dan kehadiran Saudara, kami ucapkan terima kasih."
    )


def letter_before(document: Document) -> str:
    """Number and date of the issued letter that this one changes, or ""."""
    earlier = (
        select(Document)
        .where(Document.kind == document.kind, Document.subject_type == document.subject_type)
        .where(Document.subject_id == document.subject_id, Document.revision < document.revision)
        .where(~Document.restricted)
        .order_by(Document.revision.desc())
        .limit(20)  # the last one that was issued has a number; many revisions are not read for it
    )
    for one in db.session.scalars(earlier):
        if one.params.get("number"):
            return f"{one.params['number']} tanggal {formats.long_date(one.params.get('dated_on') or None)}"
    return ""
