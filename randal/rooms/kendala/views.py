"""Kendala: the list, one kendala with its moves, noting one (also from the live minutes), changing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.items.pages import UnitItemPages
from randal.models import kendala_categories
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.rooms.kendala.commands import edit_kendala, make_kendala
from randal.rooms.kendala.forms import KendalaFields, KendalaForm
from randal.web.pages import MOVE_CHOICES, actor
from workflows.lifecycle import KEEPERS, Refused

bp = Blueprint("kendala", __name__, url_prefix="/kendala")
pages = UnitItemPages(
    bp,
    name="kendala",
    model=Kendala,
    form=KendalaForm,
    fields=KendalaFields,
    make=make_kendala,
    edit=edit_kendala,
    links=FollowUp.kendala,
    offers=lambda item: offered(item.category if item else None, item.subcategory if item else ""),
    nowhere="Belum ada rapat tempat Anda dapat melaporkan kendala.",
)


def offered(category: str | None, cause: str = "") -> dict[str, Mapping[Any, str]]:
    """Classes and causes in use, and those that the item has already."""
    names, causes = kendala_categories.category_names(all=True), kendala_categories.cause_names(all=True)
    mine = {category: names[category]} if category else {}
    return {
        "category": kendala_categories.category_names() | mine,
        "subcategory": kendala_categories.cause_names() | ({cause: causes[cause]} if cause in causes else {}),
    }


MOVE_CHOICES["kendala"] = lambda item: {"category": offered(getattr(item, "category", None))["category"]}


@bp.get("/kategori")
@login_required
def kinds() -> ResponseReturnValue:
    may_edit = actor().has(*KEEPERS)
    return render_template(
        "kendala/kinds.html", tree=kendala_categories.tree(), may_edit=may_edit, errors={}, open=""
    )


@bp.post("/kategori/<code>")
@login_required
def change_kind(code: str) -> ResponseReturnValue:
    if all(kind.code != code for kind in kendala_categories.tree()):
        abort(404)
    try:
        kendala_categories.change_category(code, request.form, actor())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        tree, errors = kendala_categories.tree(), refused.errors
        page = render_template("kendala/kinds.html", tree=tree, may_edit=True, errors=errors, open=code)
        return page, 422
    flash("Kategori tersimpan.", "success")
    return redirect(url_for(".kinds", _anchor=code), 303)
