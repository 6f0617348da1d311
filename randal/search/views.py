"""/cari: one box for all that was said, decided and promised."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.models.search import KINDS
from randal.search.queries import FEW, address, search
from randal.search.stemming import LONGEST_QUERY
from randal.web.pages import actor

bp = Blueprint("search", __name__)


@bp.get("/cari")
@login_required
def index() -> ResponseReturnValue:
    q = request.args.get("q", "").strip()[:LONGEST_QUERY]
    kind = request.args.get("jenis")
    kind = kind if kind in KINDS else None
    after = request.args.get("sesudah", type=bounded) or None
    found = search(actor(), q, kind, after)
    return render_template(
        "search/index.html",
        q=q,
        found=found,
        kind=kind,
        kinds=[(name, heading) for name, (_model, heading) in KINDS.items()],
        few=FEW,
        url_of=url_of,
    )


def url_of(entry: Any) -> str:
    endpoint, values = address(entry)
    return url_for(endpoint, **values)
