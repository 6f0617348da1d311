"""The operator's pages: what runs, what waits, what is stuck, who reacts to what, which rules the clock brings."""

from __future__ import annotations

import importlib
import importlib.util

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from randal.core import mailing, outbox, tick, watching
from randal.core.db import db
from randal.core.events import ON, WITHIN, Event
from randal.core.notices import Mail
from randal.core.outbox import Delivery
from randal.core.web import now
from randal.operator.blueprint import bp
from workflows import LIFECYCLES

for part in ("holidays", "history", "erasure", "access", "stationery", "policy", "coming"):
    if importlib.util.find_spec(f"randal.operator.{part}"):
        importlib.import_module(f"randal.operator.{part}")

SHOWN = 50


@bp.get("/operator")
def index() -> ResponseReturnValue:
    # Since when: the event itself, or the paper's request; the row alone knows only when it is tried again.
    causes = watching.with_cause(select(Delivery, watching.SINCE, Event.item_type, Event.item_id))
    stuck = causes.where(*watching.STUCK).order_by(Delivery.stuck_at.desc(), Delivery.id).limit(SHOWN)
    failing = causes.where(Delivery.done_at.is_(None), Delivery.stuck_at.is_(None), Delivery.error != "")
    lost = select(Mail).where(*mailing.failing(now()))
    return render_template(
        "operator/index.html",
        stuck=db.session.execute(stuck).all(),
        failing=db.session.execute(failing.order_by(Delivery.next_at).limit(SHOWN)).all(),
        refused=db.session.scalars(lost.order_by(Mail.id.desc()).limit(SHOWN)).all(),
        shown=SHOWN,
        **state_now(),
    )


@bp.get("/operator/keadaan")
def index_state() -> ResponseReturnValue:
    """The part of the page that renews itself."""
    return render_template("operator/state.html", **state_now())


def state_now() -> dict[str, object]:
    state = watching.look(now())
    return {"state": state, "troubles": list(watching.troubles(state)), "age": watching.age, "at": now()}


@bp.get("/operator/tanggapan")
def reactions() -> ResponseReturnValue:
    """Who reacts to what: at once in the same transaction, or later in a worker."""
    names = sorted({*ON, *WITHIN}, key=lambda name: (list(LIFECYCLES).index(name.split(".")[0]), name))
    lines = [
        (
            name,
            [f"{f.__module__.removeprefix('randal.')}.{f.__name__}" for f in WITHIN.get(name, ())],
            ON.get(name, ()),
        )
        for name in names
    ]
    return render_template("operator/reactions.html", lines=lines, labels=watching.NAMES)


@bp.get("/operator/jadwal")
def timetable() -> ResponseReturnValue:
    """The rules that the clock brings: when next, when last, what failed."""
    return render_template("operator/timetable.html", plan=tick.plan(now()), ticked=tick.last_tick())


@bp.post("/operator/<int:id>/ulang")
def retry(id: int) -> ResponseReturnValue:
    """Give a stuck row its attempts back."""
    return _retry(Delivery.id == id)


@bp.post("/operator/ulang")
def retry_all() -> ResponseReturnValue:
    """The same for all stuck rows, or for those of one consumer."""
    consumer = request.form.get("consumer", "")
    return _retry(Delivery.consumer == consumer if consumer else Delivery.id.is_not(None))


def _retry(which: object) -> ResponseReturnValue:
    ids = list(db.session.scalars(select(Delivery.id).where(*watching.STUCK, which)))  # type: ignore[arg-type]
    outbox.retry(ids, now())
    db.session.commit()
    if ids:
        flash(f"{len(ids)} pekerjaan dicoba lagi dari awal.", "success")
    else:
        flash("Tidak ada lagi yang macet di sana; tidak ada yang diulang.", "info")
    return redirect(url_for(".index"), 303)


@bp.post("/operator/surel")
def resend() -> ResponseReturnValue:
    """Try mails again that were given up."""
    count = mailing.retry_failed(now())
    db.session.commit()
    flash(f"{count} surel dikirim lagi satu per satu." if count else "Tidak ada surel yang gagal.", "success")
    return redirect(url_for(".index"), 303)
