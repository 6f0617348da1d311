"""Surat undangan before it is issued: what it says of itself, and the real PDF of what stands there now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db, will_write
from randal.documents import letterhead
from randal.documents.model import Document
from randal.engine.deeds import doing
from randal.engine.transitions import lock
from randal.models.letters import FIELDS, Letter
from randal.models.meetings import Meeting
from randal.rooms.meetings import clashes, letter_signing_pages, papers
from randal.schemas import forms
from randal.schemas.moves import ask_schema
from randal.web.attempt import carry_out, seen
from randal.web.downloads import PDF, given
from randal.web.pages import actor, moves_of, now
from workflows.letter import letter_waits
from workflows.lifecycle import Act, Actor, Refused
from workflows.material import LETTER_WORDS
from workflows.meeting import LIFECYCLE

STALE = "Surat ini sudah diubah orang lain sejak halaman dibuka. Isian Anda masih di bawah; muat ulang untuk yang terakhir."


LetterForm = ask_schema(LETTER_WORDS, "LetterForm")


class ExportForm(forms.Base):
    number = forms.text(
        "Nomor surat", required=False, max=80, help="Kosongkan bila nomornya diberikan di tempat lain."
    )
    dated_on = forms.day("Tanggal surat", required=False)


def keep(
    meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None
) -> Letter:
    """Write what the letter says. Refused: role or state, a field, or changed meanwhile by somebody else."""
    LIFECYCLE.row_for(meeting, "write_letter", actor, now)
    lock(meeting)
    if version is not None and version != (meeting.letter.version if meeting.letter else 0):
        raise Refused("field", STALE, {"": [STALE]})
    made: Letter = carry_out(meeting, "write_letter", raw, actor, now=now).made
    return made


@doing("meeting.write_letter")
def keep_words(meeting: Meeting, act: Act) -> Letter:
    row = meeting.letter or Letter(meeting_id=meeting.id)
    for name in FIELDS:
        setattr(row, name, act.get(name) or "")
    row.updated_at, row.updated_by_id = act.now, act.actor.id
    db.session.add(row)
    db.session.flush()
    return row


def draft_of(meeting: Meeting, now: datetime) -> Document:
    """A document that is never stored: the letter as it would be drawn now."""
    return Document(
        kind="invitation",
        subject_type="meeting",
        subject_id=meeting.id,
        title=f"Draf undangan {meeting.title}",
        restricted=True,
        revision=2**30,
        params={},
        created_at=now,
    )


def usual(meeting: Meeting, day: date) -> dict[str, str]:
    """What is printed where nothing is typed."""
    dress = letterhead.dress_of(meeting.organiser_id, day)
    return {
        "nature": dress.nature,
        "destination": "Tempat",
        "opening": papers.opening(meeting, dress.opening),
        "closing": dress.closing or papers.closing(meeting),
    }


def add_letter(bp: Blueprint) -> None:
    bp.add_url_rule("/<int:id>/surat", "letter", login_required(page), methods=["GET", "POST"])
    bp.add_url_rule("/<int:id>/surat/pratinjau.pdf", "letter_preview", login_required(preview))
    bp.add_url_rule("/<int:id>/surat/naskah.pdf", "letter_export", login_required(export))
    letter_signing_pages.add_letter_signing(bp)


def page(id: int) -> ResponseReturnValue:
    if request.method == "POST":
        will_write()
    meeting = seen(Meeting, id, actor())
    LIFECYCLE.row_for(meeting, "write_letter", actor())
    errors: Mapping[str, list[str]] = {}
    if request.method == "POST":
        try:
            keep(meeting, actor(), request.form, now(), request.form.get("version", type=bounded))
            db.session.commit()
            flash("Isi surat disimpan. Periksa pratinjaunya sebelum diterbitkan.", "success")
            return redirect(url_for("meetings.letter", id=id), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            meeting, errors = seen(Meeting, id, actor()), refused.errors
    given: Any = request.form if errors else meeting.letter or {}
    form = forms.Form(LetterForm, given, errors)
    day = meeting.local_date(now())
    shown = render_template(
        "meetings/letter.html",
        meeting=meeting,
        form=form,
        usual=usual(meeting, day),
        pattern=letterhead.dress_of(meeting.organiser_id, day).invitation_pattern,
        letter_version=meeting.letter.version if meeting.letter else 0,
        issue=[o for o in moves_of(meeting) if o.move.name == "issue_letter"],
        waits=letter_waits(meeting),
        declined=letter_signing_pages.declined(meeting),
        clashes=clashes.told_to(actor(), meeting),
        outside=forms.Form(ExportForm, request.args if not errors else {}),
    )
    return shown, 422 if errors else 200


def preview(id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, id, actor())
    LIFECYCLE.row_for(meeting, "write_letter", actor())
    return drawn(draft_of(meeting, now()), meeting, f"draf-undangan-{id}.pdf")


def export(id: int) -> ResponseReturnValue:
    """The letter as it is to be signed elsewhere: no mark of a draft, the number and date that are asked for."""
    meeting = seen(Meeting, id, actor())
    LIFECYCLE.row_for(meeting, "write_letter", actor())
    try:
        given = forms.load(ExportForm, request.args)
    except Refused as refused:
        flash(" ".join(said for several in refused.errors.values() for said in several), "warning")
        typed: dict[str, Any] = {name: request.args.get(name) for name in ("number", "dated_on")}
        return redirect(url_for("meetings.letter", id=id, _anchor="luar", **typed), 303)
    paper = draft_of(meeting, now())
    paper.restricted, paper.title = False, f"Undangan {meeting.title}"
    day = given.get("dated_on")
    paper.params = {"number": given.get("number") or "", "dated_on": day.isoformat() if day else ""}
    return drawn(paper, meeting, f"undangan-{id}.pdf")


def drawn(document: Document, meeting: Meeting, name: str) -> Response:
    with db.session.no_autoflush:
        paper = papers.letter(document, meeting)
    db.session.rollback()  # a page is drawn for a while: not inside a transaction
    return given(papers.plain(paper).data, PDF, name, inline=True)
