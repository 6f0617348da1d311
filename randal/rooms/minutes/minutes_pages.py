"""/notula: the list, reading one, writing its sections, review, and a draft of the paper."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.documents.richtext import clean
from randal.models.attendance import answer_for
from randal.models.meetings import Meeting
from randal.models.minutes import Minutes, MinutesComment
from randal.models.minutes_kinds import KINDS
from randal.org.people import Person, people_with_role
from randal.rooms.minutes import commands, opening, queries
from randal.rooms.minutes.blueprint import bp
from randal.rooms.minutes.forms import AnswerForm, CommentForm
from randal.rooms.minutes.papers import current
from randal.schemas import forms
from randal.web.attempt import seen
from randal.web.pages import actor, add_moves, me, moves_of, now
from randal.web.timeline import history_of
from workflows.lifecycle import ADMIN, EVALUATOR, LEADER, PPK_STAFF, SECRETARIAT, Refused

PAGE = 30
add_moves(bp, Minutes, "minutes.show", prefix="/notula")


def facts_of(minutes: Minutes) -> dict[str, Any]:
    """What the reader is shown of it now."""
    return current(minutes, now())


@bp.get("/notula")
@login_required
def index() -> ResponseReturnValue:
    page = max(request.args.get("halaman", 1, type=bounded), 1)
    q, state = request.args.get("q", "").strip()[:100], request.args.get("state", "")
    kind = request.args.get("jenis", "")
    rows = queries.listed(actor(), q, state, kind, PAGE, page)
    return render_template(
        "minutes/index.html",
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        page=page,
        q=q,
        state=state,
        states=Minutes.lifecycle().states,
        kind=kind,
        kinds=KINDS,
    )


@bp.get("/notula/<int:id>")
@login_required
def show(id: int) -> ResponseReturnValue:
    return shown(seen(Minutes, id, actor()))


def shown(minutes: Minutes, form: forms.Form | None = None, status: int = 200) -> ResponseReturnValue:
    opened = moves_of(minutes)
    return render_template(
        "minutes/show.html",
        minutes=minutes,
        meeting=minutes.meeting,
        paper=facts_of(minutes),
        moves=opened,
        history=history_of(minutes, me()),
        documents=queries.papers_of(minutes, actor()),
        form=form or forms.Form(CommentForm),
        answer_form=AnswerForm,
        can_write=opened.offers("write"),
        can_comment=opened.offers("comment"),
        can_answer=opened.offers("answer_comment"),
        can_agree=opened.can("agree"),
        can_name=opened.offers("name_signers"),
        agreements=[a for a in minutes.agreements if a.version_no == minutes.version_no],
        waiting={s.id for s in queries.waiting_for(actor())},
        returned=queries.last_return(minutes),
        changed=minutes.changed_parts if minutes.state == "in_review" else [],
        renew=next((one.move for one in opened if one.move.name == "renew"), None),
    ), status


@bp.post("/rapat/<int:id>/naskah")
@login_required
def open_paper(id: int) -> ResponseReturnValue:
    """Open the meeting's berita acara or laporan, and begin to write."""
    minutes = opening.open_paper(seen(Meeting, id, actor()), actor(), request.form, now())
    db.session.commit()
    flash(f"{minutes.what.title} disusun dari catatan rapat. Periksa dan lengkapi tiap bagiannya.", "success")
    return redirect(url_for("minutes.write", id=minutes.id), 303)


# -- writing -----------------------------------------------------------------------------------------


@bp.get("/notula/<int:id>/tulis")
@login_required
def write(id: int) -> ResponseReturnValue:
    minutes = seen(Minutes, id, actor())
    minutes.lifecycle().row_for(minutes, "write", actor())
    return render_template(
        "minutes/write.html", minutes=minutes, meeting=minutes.meeting, paper=facts_of(minutes)
    )


@bp.post("/notula/<int:id>/bagian/<key>")
@login_required
def save_section(id: int, key: str) -> ResponseReturnValue:
    """One section saves itself: JSON for the script (components/autosave.html), a page without it."""
    minutes, html = seen(Minutes, id, actor()), request.form.get("html", "")
    by_script = request.headers.get("X-Autosave") == "1"
    try:
        section = commands.write_section(
            minutes, key, html, actor(), now(), request.form.get("version", type=bounded)
        )
        db.session.commit()
    except commands.StaleSection as stale:
        theirs = {
            "version": stale.section.version,
            "value": clean(stale.section.html),
            "by": stale.by,
            "at": stale.at,
        }
        mine, title = clean(html), stale.section.title
        db.session.rollback()
        if by_script:
            return theirs | {"mine": mine}, 409
        page = {"minutes": seen(Minutes, id, actor()), "key": key, "title": title}
        return render_template("minutes/conflict.html", mine=mine, theirs=theirs, **page), 409
    except Refused as refused:
        db.session.rollback()
        if by_script and refused.kind == "field":
            return {"errors": refused.errors, "detail": refused.detail}, 422
        raise
    if by_script:
        return {"version": section.version, "value": clean(section.html)}
    flash("Bagian tersimpan.", "success")
    return redirect(url_for("minutes.write", id=id, _anchor=f"bagian-{key}"), 303)


# -- review ------------------------------------------------------------------------------------------


@bp.post("/notula/<int:id>/tanggapan")
@login_required
def comment(id: int) -> ResponseReturnValue:
    minutes = seen(Minutes, id, actor())
    try:
        commands.add_comment(minutes, actor(), request.form, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        form = forms.Form(CommentForm, request.form, refused.errors)
        return shown(seen(Minutes, id, actor()), form, 422)
    flash("Tanggapan terkirim.", "success")
    return redirect(url_for("minutes.show", id=id, _anchor="tanggapan"), 303)


@bp.post("/notula/<int:id>/tanggapan/<int:comment_id>")
@login_required
def answer(id: int, comment_id: int) -> ResponseReturnValue:
    minutes = seen(Minutes, id, actor())
    row = db.session.get(MinutesComment, comment_id)
    if row is None or row.minutes_id != minutes.id:
        abort(404)
    commands.answer_comment(row, actor(), request.form, now(), request.form.get("version", type=bounded))
    db.session.commit()
    flash("Jawaban tersimpan.", "success")
    return redirect(url_for("minutes.show", id=id, _anchor="tanggapan"), 303)


@bp.post("/notula/<int:id>/setuju")
@login_required
def agree(id: int) -> ResponseReturnValue:
    commands.agree(seen(Minutes, id, actor()), actor(), request.form, now())
    db.session.commit()
    flash("Persetujuan PPK Anda tercatat.", "success")
    return redirect(url_for("minutes.show", id=id, _anchor="persetujuan"), 303)


@bp.route("/notula/<int:id>/penanda-tangan", methods=["GET", "POST"])
@login_required
def signers(id: int) -> ResponseReturnValue:
    """Who signs, in order (the same number: in any sequence): as many rows as there are signers, and some more."""
    minutes = seen(Minutes, id, actor())
    minutes.lifecycle().row_for(minutes, "name_signers", actor())
    errors: dict[str, list[str]] = {}
    chosen = [(str(s.person_id), str(s.position)) for s in minutes.signers]
    if request.method == "POST":
        typed = zip_longest(request.form.getlist("user_id"), request.form.getlist("position"), fillvalue="")
        chosen = [(who, place.strip()) for who, place in typed if who]
        try:
            commands.name_signers(minutes, actor(), commands.in_their_places(chosen), now())
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            minutes, errors = seen(Minutes, id, actor()), refused.errors
        else:
            flash("Urutan penanda tangan tersimpan.", "success")
            return redirect(url_for("minutes.show", id=id), 303)
    page = render_template(
        "minutes/signers.html", minutes=minutes, chosen=chosen, people=candidates(minutes), errors=errors
    )
    return page, 422 if errors else 200


def candidates(minutes: Minutes) -> list[Person]:
    """Who is usually asked to sign: the officers, the invited, heads, secretariat, evaluators; who is named already."""
    named = [
        minutes.meeting.minute_taker,
        minutes.meeting.chair,
        minutes.addressee,
        *(s.person for s in minutes.signers),
    ]
    invited = [p for p in answer_for(minutes.meeting.invitees) if p.role != PPK_STAFF]
    others = [*invited, *people_with_role(LEADER, SECRETARIAT, EVALUATOR, ADMIN)]
    return list({p.id: p for p in [*named, *others] if p}.values())
