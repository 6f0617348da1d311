"""Telaah: the page beside the tracker."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.models.kendala import category_names
from randal.rooms.follow_ups import queries
from randal.rooms.follow_ups.blueprint import bp
from randal.rooms.follow_ups.insight import insight
from randal.rooms.follow_ups.insight_charts import charts
from randal.rooms.follow_ups.insight_papers import order_insight
from randal.schemas.forms import FieldView
from randal.web.pages import actor, now


def chosen(units: dict[int, str]) -> int | None:
    """The unit asked for, if this actor may see it; else all that he sees."""
    unit = request.values.get("unit_id", type=bounded)
    return unit if unit in units else None


@bp.get("/pelacak/telaah")
@login_required
def insight_page() -> ResponseReturnValue:
    units = queries.units_followed(actor())
    unit = chosen(units)
    found = insight(actor(), now(), unit)
    listed = [(str(number), name) for number, name in units.items()]
    field = FieldView("unit_id", "PPK", "choice", str(unit or ""), choices=listed, attrs={"empty": "Semua"})
    return render_template(
        "follow_ups/insight.html",
        found=found,
        charts_=charts(found, category_names(all=True)),
        field=field if len(units) > 1 else None,
        unit=unit,
        whose=units[unit] if unit else "",
    )


@bp.post("/pelacak/telaah")
@login_required
def order_insight_paper() -> ResponseReturnValue:
    document = order_insight(actor(), chosen(queries.units_followed(actor())), now=now())
    db.session.commit()
    return redirect(url_for("documents.show", id=document.id), 303)
