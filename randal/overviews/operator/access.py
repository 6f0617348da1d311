"""Who looked at whose NIP or telephone number, for administrators and auditors."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from randal.base.ids import bounded
from randal.database.base import db
from randal.engine import access_log
from randal.org.people import Person
from randal.overviews.operator.blueprint import bp

SHOWN = 50


@bp.get("/operator/akses")
def access() -> ResponseReturnValue:
    before, looker, about = whole("sebelum"), whole("oleh"), whole("tentang")
    found = list(
        db.session.scalars(access_log.newest(SHOWN + 1, before=before, actor_id=looker, about_id=about))
    )
    rows = found[:SHOWN]
    ids = {row.actor_id for row in rows} | {row.about_id for row in rows} | {looker, about}
    known = select(Person.id, Person.name).where(Person.id.in_(ids - {None}))
    names = {row[0]: row[1] for row in db.session.execute(known)}
    later = (
        url_for(".access", sebelum=rows[-1].id, oleh=looker, tentang=about) if len(found) > SHOWN else None
    )
    return render_template(
        "operator/access.html",
        rows=rows,
        names=names,
        later=later,
        earlier=url_for(".access", oleh=looker, tentang=about) if before else None,
        kept=access_log.KEPT_WORDS,
        looker=looker,
        about=about,
    )


def whole(name: str) -> int | None:
    return request.args.get(name, type=bounded) or None
