"""The pages of findings and of kendala, which are made alike: list, one item with its moves, noting one, changing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from randal.base.ids import bounded
from randal.database.base import db
from randal.engine.transitions import Changed, require_version
from randal.items.links import link_choices, place_links, source_choices, source_of
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from randal.models.unit_items import SEVERITIES, UnitItem, listing, may_note, meetings_to_note, units_to_name
from randal.schemas import forms
from randal.schemas.forms import FieldView, Form
from randal.web.attempt import seen
from randal.web.pages import actor, add_moves, me, moves_of, now
from randal.web.timeline import history_of
from workflows.lifecycle import Actor, Refused


@dataclass(frozen=True)
class UnitItemPages:
    """What one kind of item brings to its pages. Its templates lie under the blueprint's name and call it `name`."""

    bp: Blueprint
    name: str  # "finding"
    model: type[Any]
    form: type[forms.Base]  # what a new one asks
    fields: type[forms.Base]  # what may be changed
    make: Callable[[Actor, Mapping[str, Any], datetime], UnitItem]
    edit: Callable[[Any, Actor, Mapping[str, Any], datetime], None]
    links: Any  # FollowUp's relation to this kind
    nowhere: str  # said to who may note none at any meeting
    offers: Callable[[Any], Mapping[str, Mapping[Any, str]]] | None = None

    def __post_init__(self) -> None:
        bp = self.bp
        add_moves(bp, self.model, f"{bp.name}.show")
        bp.add_app_template_global(lambda m: may_note(self.model, m, actor()), f"may_note_{self.name}")
        for rule, name, methods in (
            ("", "index", ["GET"]),
            ("/<int:id>", "show", ["GET"]),
            ("/baru", "new", ["GET"]),
            ("", "create", ["POST"]),
            ("/<int:id>/ubah", "change", ["GET", "POST"]),
            ("/<int:id>/tautan", "links_page", ["GET", "POST"]),
        ):
            bp.add_url_rule(rule, name, login_required(getattr(self, name)), methods=methods)

    def page(self, template: str, **words: Any) -> str:
        return render_template(f"{self.bp.name}/{template}.html", **words)

    def index(self) -> ResponseReturnValue:
        links = selectinload(self.model.follow_ups)
        found = listing(self.model, actor(), request.args, selectinload(self.model.meeting), links)
        asked = request.args.get
        sieves = [
            ("rapat", "Rapat", found.meetings),
            ("ppk", "PPK", found.units),
            ("status", "Status", self.model.lifecycle().states),
            ("tingkat", "Tingkat", SEVERITIES),
        ]
        filters = [FieldView(n, label, "choice", asked(n, ""), choices=listed(c)) for n, label, c in sieves]
        filters = [replace(f, attrs={"empty": "Semua"}) for f in filters if len(f.choices) > 1 or f.value]
        further: dict[str, Any] = {**request.args.to_dict(), "sebelum": found.later}
        later = url_for(".index", **further) if found.later else None
        may_make = bool(meetings_to_note(self.model, actor()))
        return self.page("index", found=found, filters=filters, later=later, may_make=may_make)

    def show(self, id: int) -> ResponseReturnValue:
        item = seen(self.model, id, actor())
        linked = select(FollowUp.id).where(self.links.any(self.model.id == id))
        theirs = FollowUp.visible_to(actor()).where(FollowUp.id.in_(linked)).order_by(FollowUp.id)
        at = Meeting.visible_to(actor()).where(Meeting.id == item.meeting_id)
        opened = moves_of(item)
        return self.page(
            "show",
            **{self.name: item},
            opened=opened.steps,
            follow_ups=list(db.session.scalars(theirs).unique()),
            sees_meeting=db.session.scalar(at) is not None,
            may_edit=item.lifecycle().may_edit(item, actor()),
            may_link=opened.offers("place"),
            source=source_of(item, actor()),
            history=history_of(item, me()),
        )

    def new(self) -> ResponseReturnValue:
        return self.noting(request.args, {}, 200)

    def create(self) -> ResponseReturnValue:
        """Note one. With HX-Request (the live minutes) the answer is its row alone, 201, or what is wrong, 422."""
        live = bool(request.headers.get("HX-Request"))
        try:
            item = self.make(actor(), request.form, now())
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            if live:
                return self.what_is_wrong(refused), 422
            return self.noting(request.form, refused.errors, 422)
        if live:
            return self.page("row", item=item), 201
        flash(f"{self.model.lifecycle().label} dicatat.", "success")
        return redirect(url_for(".show", id=item.id), 303)

    def change(self, id: int) -> ResponseReturnValue:
        item = seen(self.model, id, actor())
        item.lifecycle().require_edit(item, actor())
        errors: Mapping[str, list[str]] = {}
        status = 200
        if request.method == "POST":
            try:
                require_version(item, request.form.get("version", type=bounded))
                self.edit(item, actor(), request.form, now())
                db.session.commit()
                flash("Perubahan disimpan.", "success")
                return redirect(url_for(".show", id=id), 303)
            except Refused as refused:
                db.session.rollback()
                if refused.kind != "field" and not isinstance(refused, Changed):
                    raise
                item = seen(self.model, id, actor())
                stale = isinstance(refused, Changed)
                errors, status = ({"": [str(refused)]}, 409) if stale else (refused.errors, 422)
        given = request.form if request.method == "POST" else item
        form = Form(self.fields, given, errors, choices=self.choices(item))
        return self.page("change", **{self.name: item}, form=form, status=status), status

    def choices(self, item: Any = None) -> dict[str, Mapping[Any, str]]:
        """Lists that are not the form's own: a kind may offer less than it accepts (`offers`)."""
        return dict(self.offers(item) if self.offers else {}) | (link_choices(item.unit) if item else {})

    def links_page(self, id: int) -> ResponseReturnValue:
        at = url_for(".show", id=id)
        return links_answer(seen(self.model, id, actor()), url_for(".links_page", id=id), at)

    def noting(
        self, given: Mapping[str, Any], errors: Mapping[str, list[str]], status: int
    ) -> ResponseReturnValue:
        """The form: first at which meeting, then what and of whom. What was typed is kept."""
        meetings = meetings_to_note(self.model, actor())
        if not meetings:
            raise Refused("role", self.nowhere)
        asked = str(given.get("meeting_id") or given.get("rapat"))
        chosen = next((id for id in meetings if str(id) == asked), None)
        meeting = seen(Meeting, chosen, actor()) if chosen else None
        choices = {"unit_id": units_to_name(self.model, meeting, actor())} if meeting else {}
        if meeting and len(choices["unit_id"]) == 1:  # a PPK names only itself
            given = {**dict(given.items()), "unit_id": next(iter(choices["unit_id"]))}
        form = Form(self.form, given, errors, choices=self.choices() | choices)
        return self.page("new", meetings=listed(meetings), meeting=meeting, form=form), status

    def what_is_wrong(self, refused: Refused) -> str:
        labels = {name: spec.metadata["label"] for name, spec in self.form().fields.items()}
        errors = {
            name: [f"{labels.get(name, name)}: {s}" for s in several]
            for name, several in refused.errors.items()
        }
        return render_template("errors/part.html", code=422, sentence=forms.TOO_MUCH, errors=errors)


def links_answer(item: Any, action: str, back: str) -> ResponseReturnValue:
    """Where it belongs, as a page: kawasan, kegiatan, and a paragraph of the minutes (`source`, "temuan-3")."""
    item.lifecycle().row_for(item, "place", actor())
    errors: Mapping[str, list[str]] = {}
    if request.method == "POST":
        section, _, number = request.form.get("source", "").rpartition("-")
        raw = request.form.to_dict() | {"source_section": section, "source_paragraph": number or None}
        try:
            place_links(item, actor(), raw, now(), request.form.get("version", type=bounded))
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            item, errors = seen(type(item), item.id, actor()), refused.errors
        else:
            flash("Tautan tersimpan.", "success")
            return redirect(back, 303)
    shown = render_template(
        "meetings/item_links.html",
        item=item,
        action=action,
        back=back,
        lists=link_choices(item.unit),
        sources=source_choices(item.meeting, actor()),
        chosen=f"{item.source_section}-{item.source_paragraph}" if item.source_section else "",
        errors=errors,
    )
    return shown, 422 if errors else 200


def listed(choices: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(str(code), label) for code, label in choices.items()]
