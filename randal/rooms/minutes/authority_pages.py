"""/operator/otoritas: the authority in the operator's room, for the administrator; auditors read."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from randal.database.base import db
from randal.models.minutes import SigningKey
from randal.org import app_settings
from randal.rooms.minutes.blueprint import bp
from randal.rooms.minutes.forms import LawForm, RevokeForm
from randal.schemas import forms
from randal.signatures import keys, upkeep
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.held_keys import CertificateAuthority
from randal.signatures.installed import open_authority
from randal.signatures.stored import provider_here
from randal.web.pages import actor, me, now
from randal.web.timeline import history_of
from workflows.lifecycle import ADMIN, AUDITOR, Refused

NAMES = {"root": "Akar", "issuing": "Penerbit", "tsa": "Stempel waktu"}
SHOWN = 200


def only(*roles: str) -> None:
    if not actor().has(*roles):
        raise Refused("role", "Halaman ini untuk Admin Sistem.")


@bp.get("/operator/otoritas", endpoint="authority")
@login_required
def authority_page() -> ResponseReturnValue:
    only(ADMIN, AUDITOR)
    return shown()


def shown(law: forms.Form | None = None, status: int = 200) -> ResponseReturnValue:
    found, trouble = opened()
    row = None
    if found:
        query = select(CertificateAuthority).where(CertificateAuthority.fingerprint == found.fingerprint)
        row = db.session.scalar(query)
    issued = select(SigningKey).order_by(SigningKey.revoked_at.is_not(None), SigningKey.id.desc())
    return render_template(
        "minutes/authority.html",
        authority=found,
        trouble=trouble,
        certificates=[(NAMES[part], getattr(found, part)) for part in NAMES] if found else [],
        root_here=upkeep.has_root_key(found) if found else False,
        keys=list(db.session.scalars(issued.limit(SHOWN))),
        provider=provider_here(),
        tsa_url=current_app.config["RANDAL"].tsa_url,
        law=law or forms.Form(LawForm, {"law": app_settings.setting("law_of_signatures")}),
        history=history_of(row, me()) if row else [],
        may_change=actor().has(ADMIN),
    ), status


def opened() -> tuple[Authority | None, str]:
    try:
        return open_authority(current_app.config["RANDAL"]), ""
    except AuthorityError as error:
        return None, str(error)


@bp.route("/operator/otoritas/kunci/<int:id>", methods=["GET", "POST"], endpoint="authority_revoke")
@login_required
def revoke(id: int) -> ResponseReturnValue:
    """Revoke one signer's certificate, with a reason that stays."""
    only(ADMIN)
    key = db.session.get(SigningKey, id)
    if key is None or key.revoked_at is not None:
        abort(404, "Kunci ini tidak ada atau sudah dicabut.")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            given = forms.load(RevokeForm, request.form)
            keys.revoke(key, given["why"], actor(), now(), given["reason"])
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            errors = dict(refused.errors)
        else:
            flash(
                f"Sertifikat {key.person.name} dicabut. Yang ditandatangani sebelumnya tetap sah.", "success"
            )
            return redirect(url_for("minutes.authority"), 303)
    form = forms.Form(RevokeForm, request.form if errors else {}, errors)
    return render_template("minutes/revoke.html", key=key, form=form), 422 if errors else 200


@bp.post("/operator/otoritas/hukum", endpoint="authority_law")
@login_required
def law() -> ResponseReturnValue:
    """What the verification page says about the law; a person watches when it changes."""
    only(ADMIN)
    try:
        app_settings.change("law_of_signatures", forms.load(LawForm, request.form)["law"])
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        return shown(forms.Form(LawForm, request.form, refused.errors), 422)
    flash("Kalimat hukum tersimpan.", "success")
    return redirect(url_for("minutes.authority"), 303)
