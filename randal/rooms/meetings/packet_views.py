"""Cetak paket rapat."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.rooms.meetings import packet
from randal.web.attempt import seen
from randal.web.pages import actor, now
from workflows.meeting import LIFECYCLE


def add_packet(bp: Blueprint) -> None:
    bp.add_url_rule("/<int:id>/paket", view_func=login_required(print_packet), methods=["POST"])
    bp.app_template_global("may_print_packet")(
        lambda meeting: LIFECYCLE.may(meeting, "order_packet", actor())
    )


def print_packet(id: int) -> ResponseReturnValue:
    document = packet.order(seen(Meeting, id, actor()), actor(), now())
    db.session.commit()
    return redirect(url_for("documents.show", id=document.id), 303)
