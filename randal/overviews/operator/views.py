"""The operator's pages: what runs, what waits, what is stuck, who reacts to what, which rules the clock brings."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from randal.database.base import db
from randal.history.events import ON, WITHIN, Event
from randal.jobs import outbox
from randal.jobs.outbox import Delivery
from randal.notifications import mail_again, mailing
from randal.notifications.notices import Mail
from randal.operations import monitor
from randal.overviews.operator.blueprint import bp
from randal.schedule import scheduler
from randal.web.pages import actor, now
from workflows import LIFECYCLES
from workflows.mailing import may_go_again

SHOWN = 50


@bp.get("/operator")
def index() -> ResponseReturnValue:
    # Since when: the event itself, or the paper's request; the row alone knows only when it is tried again.
    causes = monitor.with_cause(select(Delivery, monitor.SINCE, Event.item_type, Event.item_id))
    stuck = causes.where(*monitor.STUCK).order_by(Delivery.stuck_at.desc(), Delivery.id).limit(SHOWN)
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
    state = monitor.look(now())
    return {"state": state, "troubles": list(monitor.troubles(state)), "age": monitor.age, "at": now()}


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
    return render_template("operator/reactions.html", lines=lines, labels=monitor.NAMES)


@bp.get("/operator/jadwal")
def timetable() -> ResponseReturnValue:
    """The rules that the clock brings: when next, when last, what failed."""
    return render_template(
        "operator/timetable.html", plan=scheduler.plan(now()), ticked=scheduler.last_tick()
    )


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
    ids = list(db.session.scalars(select(Delivery.id).where(*monitor.STUCK, which)))  # type: ignore[arg-type]
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
    count = mail_again.retry_failed(now())
    db.session.commit()
    flash(
        f"{count} surel dikirim lagi satu per satu." if count else "Tidak ada yang dapat dikirim lagi.",
        "success",
    )
    return redirect(url_for(".index"), 303)


@bp.post("/operator/surel/<int:id>")
def resend_one(id: int) -> ResponseReturnValue:
    """The same for one of them."""
    query = select(Mail).where(Mail.id == id, *mailing.failing(now()))
    mail = db.session.scalar(query.with_for_update())
    one = mail_again.lost(mail) if mail else None
    wrong = may_go_again(one) if one else "Surel ini tidak gagal, atau sudah dikirim lagi."
    if one is None or wrong:
        flash(str(wrong), "danger")
    else:
        mail_again.resend(one, now(), actor())
        db.session.commit()
        flash(f"Surel kepada {one.address} dikirim lagi.", "success")
    return redirect(url_for(".index", _anchor="surel"), 303)
