"""A person's meetings as a calendar to subscribe to, at an address that only this person knows and may change.

Whoever holds the address reads what the person may see, and nothing else; it is never logged (the server keeps no
access log), never cached, never indexed. It is shown on the page that its owner opens.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import or_, select

from randal.database.base import db, will_write
from randal.meeting_facts.calendar import feed_of, mime_of
from randal.models.letters import CalendarFeed
from randal.models.meetings import Meeting, held_office, invited
from randal.org.app_settings import public_url
from randal.org.people import Person, actor_of
from randal.web import pages, sign_ins
from randal.web.pages import error_page, me, now

pages.PUBLIC |= {"meetings.feed_calendar"}
GONE = "Alamat kalender ini tidak berlaku. Buka profil Anda di Randal untuk mendapatkan alamat yang baru."
KEPT = timedelta(days=400)  # how far back the calendar goes
MOST = 500


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="kalender")


def address_of(feed: CalendarFeed) -> str:
    token = _signer().dumps([feed.person_id, feed.number])
    return public_url(url_for("meetings.feed_calendar", token=token))


def owner_of(token: str) -> Person | None:
    """Whose calendar: nobody's when the address is forged, replaced or closed, or its owner has no account any more."""
    try:
        person_id, number = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    feed = db.session.scalar(
        select(CalendarFeed).where(CalendarFeed.person_id == person_id, CalendarFeed.number == number)
    )
    return feed.person if feed and feed.open and feed.person.active else None


def meetings_of(person: Person, at: datetime) -> list[Meeting]:
    """Those to which the person goes (invited, or in office), of what it may see; drafts are nobody's calendar."""
    actor = actor_of(person, at)
    query = (
        Meeting.visible_to(actor)
        .where(Meeting.state != "draft", Meeting.starts_at > at - KEPT)
        .where(or_(held_office(actor), invited(actor)))
        .order_by(Meeting.starts_at.desc(), Meeting.id)
        .limit(MOST)
    )
    return list(db.session.scalars(query).unique())


def change(person: Person, what: str, at: datetime) -> None:
    """Open a calendar, give it a new address, or close it. The address before is worth nothing after any of these."""
    feed = db.session.scalar(
        select(CalendarFeed).where(CalendarFeed.person_id == person.id).with_for_update()
    )
    if feed is None:
        feed = CalendarFeed(person_id=person.id, number=0)
        db.session.add(feed)
    feed.number, feed.open, feed.updated_at = feed.number + 1, what != "close", at
    db.session.flush()


def end(person: Person, at: datetime) -> None:
    """Close the calendar, if there is an open one: its address ends with all else that let somebody in."""
    mine = select(CalendarFeed.id).where(CalendarFeed.person_id == person.id, CalendarFeed.open)
    if db.session.scalar(mine) is not None:
        change(person, "close", at)


sign_ins.ALSO_ENDS.append(end)


def add_feed(bp: Blueprint) -> None:
    bp.add_url_rule("/kalender", "feed", login_required(page), methods=["GET", "POST"])
    bp.add_url_rule("/kalender/<token>.ics", "feed_calendar", calendar)


def page() -> ResponseReturnValue:
    if request.method == "POST":
        will_write()
        what = "close" if request.form.get("langkah") == "tutup" else "open"
        change(me(), what, now())
        db.session.commit()
        flash(
            "Alamat kalender ditutup." if what == "close" else "Alamat kalender yang baru siap disalin.",
            "success",
        )
        return redirect(url_for("meetings.feed"), 303)
    feed = db.session.scalar(select(CalendarFeed).where(CalendarFeed.person_id == me().id, CalendarFeed.open))
    made = Response(render_template("meetings/feed.html", address=address_of(feed) if feed else None))
    made.headers["Cache-Control"] = "private, no-store"
    return made


def calendar(token: str) -> ResponseReturnValue:
    owner = owner_of(token)
    if owner is None:
        return error_page(404, GONE)
    made = Response(feed_of(meetings_of(owner, now()), public_url(), now()))
    made.headers["Content-Type"] = mime_of("PUBLISH")
    made.headers["Cache-Control"] = "private, no-store"
    made.headers["Referrer-Policy"] = "no-referrer"
    made.headers["X-Robots-Tag"] = "noindex, nofollow"
    return made
