"""Kendala: the list, one kendala with its moves, noting one (also from the live minutes), changing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.core.db import db
from randal.core.web import MOVE_CHOICES, actor
from randal.follow_ups.models import FollowUp
from randal.kendala import categories
from randal.kendala.commands import edit_kendala, make_kendala
from randal.kendala.forms import KendalaFields, KendalaForm
from randal.kendala.models import Kendala
from randal.meetings.unit_item_pages import UnitItemPages
from workflows.lifecycle import Refused

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
    names, causes = categories.category_names(all=True), categories.cause_names(all=True)
    mine = {category: names[category]} if category else {}
    return {
        "category": categories.category_names() | mine,
        "subcategory": categories.cause_names() | ({cause: causes[cause]} if cause in causes else {}),
    }


MOVE_CHOICES["kendala"] = lambda item: {"category": offered(getattr(item, "category", None))["category"]}


@bp.get("/kategori")
@login_required
def kinds() -> ResponseReturnValue:
    may_edit = actor().has(*categories.MAY_EDIT)
    return render_template(
        "kendala/kinds.html", tree=categories.tree(), may_edit=may_edit, errors={}, open=""
    )


@bp.post("/kategori/<code>")
@login_required
def change_kind(code: str) -> ResponseReturnValue:
    if all(kind.code != code for kind in categories.tree()):
        abort(404)
    try:
        categories.change_category(code, request.form, actor())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        tree, errors = categories.tree(), refused.errors
        page = render_template("kendala/kinds.html", tree=tree, may_edit=True, errors=errors, open=code)
        return page, 422
    flash("Kategori tersimpan.", "success")
    return redirect(url_for(".kinds", _anchor=code), 303)
