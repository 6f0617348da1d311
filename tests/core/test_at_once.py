"""Fifty at one instant over real HTTP, against several processes: one wins, nobody else is left without a reason.

The rest hear 409 with a sentence that names who was faster and when; nothing is there twice, nothing half.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from randal.database.base import db
from randal.documents import pipeline
from randal.history.events import Event
from randal.models.findings import Finding
from randal.models.kendala import Kendala
from randal.models.meetings import AgendaItem, Meeting, Objective
from randal.models.minutes import Minutes, Signature
from randal.org.people import Person
from randal.rooms.minutes import commands
from randal.storage import files
from tests import items
from tests.core.crowd import CROWD, Answer, Ask, Crowd, serving
from tests.world import World

REASON = "Contoh alasan yang cukup"
WHEN = r"pada \d{1,2} \w+ 2026 \d\d\.\d\d WI[BT]"


@pytest.fixture
def crowd(app: Flask, world: World, environment: dict[str, str], tmp_path: Path) -> Iterator[Crowd]:
    with serving(app, world, environment, tmp_path / "gunicorn.log") as made:
        yield made


def moving(path: str, item: Any, move: str, token: str, version: int | None = None, **given: Any) -> Ask:
    headers = {"If-Match": f'"{version}"'} if version else {}
    return Ask("POST", f"/api/v1/{path}/{item.id}/moves/{move}", token, given, headers=headers)


def one_won(answers: list[Answer], *who: Person, good: int = 200) -> Answer:
    """Exactly one; the others 409, each told who was faster (one of these people) and when."""
    assert Counter(a.status for a in answers) == {good: 1, 409: len(answers) - 1}, [a.text for a in answers][
        :3
    ]
    names = "|".join(re.escape(person.name) for person in who)
    for answer in (a for a in answers if a.status == 409):
        assert answer.kind == "application/problem+json"
        assert re.search(rf"Sudah diubah oleh ({names}) {WHEN}", answer.json["detail"]), answer.text
    return next(a for a in answers if a.status == good)


def moves_of(item: Any) -> list[str]:
    mine = select(Event).where(Event.item_type == item.__lifecycle__, Event.item_id == item.id)
    events = list(db.session.scalars(mine.order_by(Event.seq)))
    assert [e.seq for e in events] == list(range(1, len(events) + 1))
    return [e.move for e in events]


def test_fifty_identical_moves(crowd: Crowd, world: World) -> None:
    """Of one person, then of two, then under If-Match: a state that changes, and moves that keep it."""
    sek, other = world.secretariat, world.person("secretariat")
    tokens = [world.token(sek), world.token(other)]
    draft = world.meeting("draft")
    one_won(crowd.at_once(*[moving("meetings", draft, "schedule", tokens[0])] * CROWD), sek)
    assert moves_of(draft) == ["create", "schedule"]
    both = [moving("meetings", draft, "open", tokens[n % 2]) for n in range(CROWD)]
    one_won(crowd.at_once(*both), sek, other)
    assert moves_of(draft) == ["create", "schedule", "open"]

    kendala = items.kendala(world, draft)
    higher = {"addressee": "Contoh Direktur", "answer_by": (world.now.date() + timedelta(days=9)).isoformat()}
    evaluator, version = world.token(world.evaluator), kendala.version
    one_won(
        crowd.at_once(*[moving("kendala", kendala, "escalate", evaluator, version, **higher)] * CROWD),
        world.evaluator,
    )
    assert db.session.get_one(Kendala, kendala.id).level == "direktorat"
    assert moves_of(kendala) == ["create", "escalate"]


def test_a_move_that_keeps_the_state_loses_nothing(crowd: Crowd, world: World) -> None:
    """Without If-Match each of ten notes of progress is a move of its own: all stand, in a history without gaps."""
    meeting = world.meeting("in_session")
    follow_up = items.linked_follow_up(world, items.finding(world, meeting))
    world.fire(follow_up, "reopen", world.evaluator, reason=REASON)
    token = world.token(world.ppk())
    asks = [
        moving("follow-ups", follow_up, "note_progress", token, note=f"Contoh catatan {n}") for n in range(10)
    ]
    answers = crowd.at_once(*asks)
    assert {a.status for a in answers} == {200}, Counter(a.text for a in answers)
    assert moves_of(follow_up)[-10:] == ["note_progress"] * 10
    mine = select(Event).where(Event.item_type == "follow_up", Event.item_id == follow_up.id)
    said = [t.text for e in db.session.scalars(mine.where(Event.move == "note_progress")) for t in e.texts]
    assert sorted(said) == sorted(f"Contoh catatan {n}" for n in range(10))


def test_one_made_for_one_key_and_one_edit_of_one_version(crowd: Crowd, world: World) -> None:
    meeting, token = world.meeting("in_session"), world.token(world.evaluator)
    body = items.body(world, meeting, severity="high")
    key = {"Idempotency-Key": "contoh-kunci-yang-sama"}
    answers = crowd.at_once(*[Ask("POST", "/api/v1/findings", token, body, headers=key)] * CROWD)
    assert {a.status for a in answers} == {201}, Counter(a.text for a in answers)
    assert len({a.json["id"] for a in answers}) == 1
    assert db.session.scalar(select(func.count()).select_from(Finding)) == 1

    finding = db.session.scalars(select(Finding)).one()
    present = {"If-Match": f'"{finding.version}"'}
    edits = [
        Ask("PATCH", f"/api/v1/findings/{finding.id}", token, {"text": f"Contoh uraian {n}"}, headers=present)
        for n in range(CROWD)
    ]
    won = one_won(crowd.at_once(*edits), world.evaluator)
    assert db.session.get_one(Finding, finding.id).text == won.json["text"]
    assert moves_of(finding) == ["create", "edit"]


def test_fifty_on_the_page(crowd: Crowd, world: World, app: Flask) -> None:
    """The same button pressed by fifty: one goes on, the others read who was faster."""
    meeting = world.meeting("draft")
    signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    kept = signer.dumps({"_user_id": world.session(world.secretariat), "_fresh": True})
    name, path = app.config["SESSION_COOKIE_NAME"], f"/rapat/{meeting.id}/langkah/schedule"
    db.session.commit()
    form = crowd.ask(Ask("GET", path, headers={"Cookie": f"{name}={kept}"}))
    csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.text)
    assert form.status == 200 and csrf
    cookie = form.cookie or f"{name}={kept}"
    fields = {"csrf_token": csrf.group(1), "version": str(meeting.version)}
    answers = crowd.at_once(*[Ask("POST", path, fields=fields, headers={"Cookie": cookie})] * CROWD)
    assert Counter(a.status for a in answers) == {303: 1, 409: CROWD - 1}
    for answer in (a for a in answers if a.status == 409):
        assert re.search(rf"Sudah diubah oleh {re.escape(world.secretariat.name)} {WHEN}", answer.text)
    assert moves_of(meeting) == ["create", "schedule"]


def test_a_meeting_closes_while_its_agenda_grows(crowd: Crowd, world: World) -> None:
    """Whatever comes first: no agenda item of a closed meeting is left without an outcome."""
    token = world.token(world.secretariat)
    for _round in range(3):
        meeting = world.meeting("in_session")
        adding = [
            Ask("POST", f"/api/v1/meetings/{meeting.id}/agenda", token, {"title": f"Contoh acara {n}"})
            for n in range(10)
        ]
        closing = [moving("meetings", meeting, "close", token, confirm=True)] * 10
        mixed = [ask for pair in zip(adding, closing, strict=True) for ask in pair]
        answers = crowd.at_once(*mixed)
        one_won(answers[1::2], world.secretariat)
        made = answers[0::2]
        assert {a.status for a in made} <= {201, 409}, [a.text for a in made]
        rows = list(db.session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)))
        assert len(rows) == 1 + sum(a.status == 201 for a in made)
        assert {row.outcome for row in rows} == {"deferred"}
        assert sorted(row.position for row in rows) == list(range(1, len(rows) + 1))


# -- signatures ----------------------------------------------------------------------------------------


def in_signing(world: World, *signers: Person) -> Minutes:
    """Minutes that wait for the ink of all of these at once."""
    meeting = world.meeting("closed")
    for objective in db.session.scalars(select(Objective).where(Objective.meeting_id == meeting.id)):
        objective.assessment = "met"
    db.session.commit()
    minutes = db.session.scalars(select(Minutes).where(Minutes.meeting_id == meeting.id)).one()
    wanted = [{"user_id": person.id, "position": 1} for person in signers]
    commands.name_signers(minutes, world.actor(world.secretariat), wanted, world.now)
    world.fire(minutes, "submit", world.minute_taker)
    world.fire(minutes, "approve", world.chair)
    pdf = files.keep(
        files.Checked("notula.pdf", "application/pdf", b"%PDF-contoh", "0"), by=None, now=world.now
    )
    assert minutes.document is not None
    pipeline.store(minutes.document.id, pdf, {}, world.now)
    db.session.commit()
    db.session.expire_all()
    assert minutes.state == "signing"
    for signature in minutes.signatures:
        given = {"file": FileStorage(io.BytesIO(sheet()), "pindaian.png")}
        commands.add_scan(signature, world.actor(world.secretariat), given, world.now)
    db.session.commit()
    return minutes


def sheet() -> bytes:
    kept = io.BytesIO()
    Image.new("L", (2, 2)).save(kept, "PNG")
    return kept.getvalue()


def signing(signature: Signature, token: str) -> Ask:
    return Ask("POST", f"/api/v1/signatures/{signature.id}/moves/sign_on_paper", token)


def test_the_last_two_signers_at_once(crowd: Crowd, world: World) -> None:
    """Both sign, and the minutes are published once."""
    tokens = {p.id: world.token(p) for p in (world.chair, world.minute_taker)}
    for _round in range(3):
        minutes = in_signing(world, world.chair, world.minute_taker)
        asks = [signing(s, tokens[s.signer_id]) for s in minutes.signatures]
        answers = crowd.at_once(*asks * 5)
        assert Counter(a.status for a in answers) == {200: 2, 409: 8}, [a.text for a in answers]
        assert db.session.get_one(Minutes, minutes.id).state == "signed"
        assert db.session.get_one(Meeting, minutes.meeting_id).state == "concluded"
        assert moves_of(minutes).count("complete") == moves_of(minutes.meeting).count("conclude") == 1


def test_a_signature_against_a_revision(crowd: Crowd, world: World) -> None:
    """Either the minutes are published as they were signed, or taken back with the signature void: never both."""
    chair = world.token(world.chair)
    taker = world.token(world.minute_taker)
    for _round in range(4):
        minutes = in_signing(world, world.minute_taker)
        (signature,) = minutes.signatures
        sign = signing(signature, taker)
        revise = moving("minutes", minutes, "revise", chair, reason=REASON)
        signed, revised = crowd.at_once(sign, revise)
        now, state = (
            db.session.get_one(Minutes, minutes.id),
            db.session.get_one(Signature, signature.id).state,
        )
        assert sorted((signed.status, revised.status)) in ([200, 409], [200, 422]), (
            signed.text,
            revised.text,
        )
        assert (now.state, state) == (("signed", "signed") if signed.status == 200 else ("drafting", "void"))
        if revised.status == 409:
            assert re.search(rf"Sudah diubah oleh (Sistem|.*) {WHEN}", revised.json["detail"])
