"""What a bench moves: follow-ups in progress, whose progress is noted again and again by the PPK."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from randal.database.base import db
from randal.engine.transitions import fire, make
from randal.history.events import Event
from randal.l10n import clock
from randal.models.follow_ups import FollowUp
from randal.models.minutes import Minutes
from tests.world import World
from workflows.lifecycle import Actor

MOVED = "follow_up.note_progress"


def follow_ups(app: Flask, count: int) -> tuple[list[int], Actor]:
    """Make so many follow-ups in progress; their ids and who may move them."""
    world = World(app)
    ppk, meeting = world.ppk("ID-BB"), world.meeting("in_session")
    made = []
    for number in range(1, count + 1):
        row = FollowUp(meeting=meeting, unit_id=ppk.unit_id, text="Contoh tindak lanjut", number=number)
        row.due_on, row.expected_output = clock.now().date() + timedelta(days=30), "Contoh keluaran"
        row.priority = "high"
        make(row, world.actor(world.secretariat), now=clock.now())
        fire(row, "assign", world.actor(world.secretariat), now=clock.now(), due_on=row.due_on)
        fire(row, "note_progress", world.actor(ppk), now=clock.now(), note="Contoh: dimulai")
        made.append(row.id)
    db.session.commit()
    return made, world.actor(ppk)


def move(item_id: int, actor: Actor) -> Event:
    """One real move, not yet committed."""
    row = db.session.get_one(FollowUp, item_id)
    return fire(row, "note_progress", actor, now=clock.now(), note="Contoh: penggalian saluran berjalan.")


def notula() -> Minutes:
    """The signed minutes of the demonstration, which has signed other papers, too."""
    signed = select(Minutes).where(Minutes.state == "signed", Minutes.kind == "minutes")
    return db.session.scalars(signed).one()
