"""Housekeeping takes what is old, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from randal.database.base import db
from randal.models.accounts import OneTimeLink
from randal.rooms.accounts import rules
from randal.schedule import scheduler
from randal.web.once import KeptAnswer
from randal.web.sign_ins import Device, SignIn
from randal.web.tries import Try
from tests.world import World


def test_what_is_old_goes(world: World) -> None:
    person = world.evaluator
    for age in (timedelta(hours=1), timedelta(days=600)):
        at = world.now - age
        name = str(age)
        db.session.add(Try(key=name, tried=1, last=at))
        device = Device(person_id=person.id, token_hash=name, created_at=at, last_at=at)
        db.session.add_all([device, SignIn(person_id=person.id, token_hash=name, created_at=at, seen_at=at)])
        answer = KeptAnswer(
            person_id=person.id, key=name, fingerprint="f", status=201, body={}, created_at=at
        )
        link = OneTimeLink(
            person_id=person.id, token_hash=name, created_at=at, expires_at=at + timedelta(days=7)
        )
        db.session.add_all([answer, link])
    db.session.commit()
    before = len(scheduler.RULES)
    assert rules.tidy in [each.run for each in scheduler.RULES.values()]
    scheduler.run_due(world.now)
    for model in (Try, Device, SignIn, KeptAnswer, OneTimeLink):
        assert db.session.scalar(select(func.count()).select_from(model)) == 1, model
    assert before == len(scheduler.RULES)
