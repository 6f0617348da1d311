"""/tanda-tangan: what waits for me, reading and signing one; and my key under /profil/kunci-tanda-tangan."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.models.minutes import Signature
from randal.org.people import Person, holders_of
from randal.rooms.minutes import commands, queries
from randal.rooms.minutes.blueprint import bp
from randal.rooms.minutes.forms import AnotherKeyForm, NewKeyForm, ScanForm
from randal.rooms.minutes.minutes_pages import facts_of
from randal.schemas import forms
from randal.signatures import keys, pages
from randal.signatures.held_keys import SigningKey
from randal.signatures.stored import provider_here
from randal.web import pages as web
from randal.web import passwords, timeline
from randal.web.attempt import seen
from randal.web.downloads import given
from randal.web.pages import actor, add_moves, me, moves_of, now
from workflows.lifecycle import SIGNER, Refused

MISSING = "Berkas PDF-nya belum siap."
ENROLLED = "Kunci tanda tangan Anda terdaftar. Ingat frasa sandinya: tidak dapat dipulihkan."
UNCHANGED = "Kunci Anda sudah terbuka dengan frasa sandi itu: tidak ada yang diganti."
add_moves(bp, Signature, "minutes.sign", prefix="/tanda-tangan")


def holders(item: Signature) -> dict[str, dict[int, str]]:
    """Who else holds the signer's post today, for «Serahkan»."""
    found = holders_of(item.signer_post_id, item.minutes.meeting.local_date(now()))
    return {"user_id": {who: name for who, name in found.items() if who != item.signer_id}}


web.MOVE_CHOICES["signature"] = holders  # type: ignore[assignment]


@bp.get("/tanda-tangan")
@login_required
def signing_list() -> ResponseReturnValue:
    return render_template(
        "minutes/signing_list.html",
        waiting=queries.waiting_for(actor()),
        letters=list(db.session.scalars(Meeting.letters_waiting_for(actor()))),
        signed_letters=queries.letters_signed_by(actor()),
        given=queries.given_by(actor()),
        provider=provider_here(),
        key=keys.key_of(me().id),
    )


@bp.get("/tanda-tangan/<int:id>")
@login_required
def sign(id: int) -> ResponseReturnValue:
    signature = seen(Signature, id, actor())
    offered = moves_of(signature)
    opened = {o.move.name: o for o in offered}
    if not holders(signature)["user_id"]:
        opened.pop("hand_over", None)  # nobody else holds the post: an empty list helps nobody
    document = signature.document
    return render_template(
        "minutes/sign.html",
        signature=signature,
        minutes=signature.minutes,
        meeting=signature.minutes.meeting,
        paper=facts_of(signature.minutes),
        document=document,
        ready=bool(document and document.newest),
        sheets=pages.sheets_of(document),
        opened=opened,
        key=keys.key_of(me().id),
        provider=provider_here(),
        can_scan=offered.offers("add_scan"),
        is_signer=SIGNER in signature.relations(actor()),
        scan_form=forms.Form(ScanForm),
        history=timeline.history_of(signature, me()),
    )


@bp.get("/tanda-tangan/<int:id>/berkas")
@login_required
def stored_file(id: int) -> ResponseReturnValue:
    """The very file that would be signed, to read in the browser (and in a frame of our own page only)."""
    signature = seen(Signature, id, actor())
    return pages.stored_file(signature.document, f"{signature.minutes.what.slug}-{id}", MISSING)


@bp.get("/tanda-tangan/<int:id>/halaman/<int:number>.png")
@login_required
def page_picture(id: int, number: int) -> ResponseReturnValue:
    """One page of that file as a picture: every telephone shows it."""
    return pages.page_picture(seen(Signature, id, actor()).document, number, MISSING)


@bp.get("/tanda-tangan/<int:id>/pindaian")
@login_required
def scan(id: int) -> ResponseReturnValue:
    """The scan, always as a download: it was uploaded by somebody."""
    signature = seen(Signature, id, actor())
    if signature.scan is None:
        abort(404)
    ending = signature.scan.name.rpartition(".")[2]
    return given(signature.scan.read(), signature.scan.mime, f"pindaian-{id}.{ending}")


@bp.post("/tanda-tangan/<int:id>/pindaian")
@login_required
def add_scan(id: int) -> ResponseReturnValue:
    signature = seen(Signature, id, actor())
    try:
        commands.add_scan(signature, actor(), request.files, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        flash(" ".join(s for several in refused.errors.values() for s in several), "danger")
        return redirect(url_for("minutes.sign", id=id), 303)
    flash(
        "Pindaian tersimpan dan menunggu konfirmasi orang lain: penanda tangan atau sekretariat.", "success"
    )
    return redirect(url_for("minutes.sign", id=id), 303)


@bp.route("/profil/kunci-tanda-tangan", methods=["GET", "POST"])
@login_required
def signing_key() -> ResponseReturnValue:
    """My key: what it says, and enrolling (anew). The passphrase is never shown again, not even after an error."""
    errors: dict[str, list[str]] = {}
    schema = AnotherKeyForm if keys.key_of(me().id) else NewKeyForm
    if request.method == "POST":
        try:
            _, new = enrolled(schema)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if refused.kind == "role":
                raise
            errors = dict(refused.errors)
        else:
            flash(ENROLLED if new else UNCHANGED, "success")
            back = web.safe_next(request.form.get("next"), url_for("minutes.signing_key"))
            return redirect(back, 303)
    page = render_template(
        "minutes/signing_key.html",
        key=keys.key_of(me().id),
        form=forms.Form(schema, {}, errors),
        may=keys.can_sign(me(), now()),
        sure=actor().sure,
        not_a_signer=keys.NOT_A_SIGNER,
        next=web.safe_next(request.values.get("next"), ""),
    )
    return page, 422 if errors else 200


def enrolled(schema: type[forms.Base]) -> tuple[SigningKey, bool]:
    """What the form asks for, and whether the key is new. Refused: role, need, fields."""
    keys.require_signer(me(), now())
    given = forms.load(schema, request.form)
    if given["passphrase"] != given["again"]:
        raise forms.wrong("again", "Kedua frasa sandi tidak sama.")
    person_id, kept = me().id, me().password_hash
    if "password" in given and kept is not None:
        passwords.require_present("password", person_id, kept, given["password"], now())
    person = db.session.get_one(Person, person_id)
    return keys.enrol(person, given, now(), given.get("why") or "superseded")
