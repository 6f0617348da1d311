"""The matrix as a page; each count leads to the tracker sifted to just that."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.rooms.follow_ups.blueprint import bp
from randal.rooms.follow_ups.matrix import matrix
from randal.web.pages import actor, now


@bp.get("/pelacak/matriks")
@login_required
def matrix_page() -> ResponseReturnValue:
    before = request.args.get("sebelum", type=bounded) or None
    found = matrix(actor(), now(), before)
    return render_template(
        "follow_ups/matrix.html",
        found=found,
        first=url_for(".matrix_page") if before else None,
        later=url_for(".matrix_page", sebelum=found.later) if found.later else None,
    )
