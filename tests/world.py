"""The world a test stands in: provinces, units, people and meetings, made through the real commands and moves.

    def test_it(world):
        finding = world.api(world.person("evaluator")).post("/findings", json={…}).json
        world.now += timedelta(days=3)

The test is an entry point: what it did is committed before every request, and what a request did is seen after it.
Everyone is fictitious and named so ("Contoh …", @contoh.example).
"""

from __future__ import annotations

import contextvars
import hashlib
import io
import itertools
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from randal.database.base import db
from randal.engine.transitions import fire
from randal.l10n import clock
from randal.models.accounts import ApiToken
from randal.models.meetings import Meeting
from randal.org.people import Appointment, Person, Post, actor_of
from randal.org.places import Province, Unit, unit_called
from randal.rooms.meetings.commands import make_meeting
from randal.rooms.meetings.forms import NewMeetingForm
from randal.web import sign_ins
from workflows.lifecycle import MACHINE, ROLES, Actor

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday, 09.00 in Jakarta


class Client(FlaskClient):
    """A browser without a screen. Each request has a context of its own, as it has on a server."""

    come_back: Callable[[], None] | None = None  # of somebody who signs in again after a night

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()  # SQLite has one writer: the test must not hold the file while the request wants it
        if self.come_back:
            self.come_back()
        answer: TestResponse = contextvars.Context().run(super().open, *args, **kwargs)
        db.session.expire_all()
        return answer


class Api:
    """`get`, `post`, `patch`, `put`, `delete` on /api/v1 with the person's token."""

    def __init__(self, client: Client, token: str):
        self.client, self.token = client, token

    def _ask(self, method: str, path: str, headers: dict[str, str] | None = None, **kw: Any) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        return self.client.open(f"/api/v1{path}", method=method, headers=sent, **kw)

    def get(self, path: str, **kw: Any) -> TestResponse:
        return self._ask("GET", path, **kw)

    def post(self, path: str, **kw: Any) -> TestResponse:
        return self._ask("POST", path, **kw)

    def patch(self, path: str, **kw: Any) -> TestResponse:
        return self._ask("PATCH", path, **kw)

    def put(self, path: str, **kw: Any) -> TestResponse:
        return self._ask("PUT", path, **kw)

    def delete(self, path: str, **kw: Any) -> TestResponse:
        return self._ask("DELETE", path, **kw)

    def move(self, resource: str, item_id: int, move: str, **given: Any) -> TestResponse:
        """POST /<resource>/<id>/moves/<move> with these fields."""
        return self.post(f"/{resource}/{item_id}/moves/{move}", json=given)


class World:
    """Makes what a test needs. `now` is the clock, which runs on from where it is set."""

    def __init__(self, app: Flask):
        self.app = app
        self._count = itertools.count(1)
        self._known: dict[str, Person] = {}

    @property
    def now(self) -> datetime:
        return clock.now()

    @now.setter
    def now(self, instant: datetime) -> None:
        clock.start_at(instant)

    # -- places and people ---------------------------------------------------------------------------

    def unit(self, iso: str = "ID-BB") -> Unit:
        """The satuan kerja of this province, made at the first call."""
        if found := unit_called(iso):
            return found
        province = db.session.scalars(select(Province).where(Province.iso == iso)).one()
        return self._keep(
            Unit(code=f"CONTOH-{iso}", name=f"Contoh Satker {province.name}", province=province)
        )

    @property
    def centre(self) -> Unit:
        """The organising unit, of no province."""
        return unit_called("CONTOH-PUSAT") or self._keep(Unit(code="CONTOH-PUSAT", name="Contoh Direktorat"))

    def person(
        self,
        role: str,
        unit: Unit | str | None = None,
        *,
        name: str | None = None,
        email: str | None = None,
        password: str | None = None,
    ) -> Person:
        """A new account. A leader gets the dated appointment (head of `unit`, default the centre) that makes one."""
        number = next(self._count)
        place = self.unit(unit) if isinstance(unit, str) else unit
        person = Person(
            name=name or f"Contoh {ROLES.get(role, 'Tanpa Peran')} {number}",
            email=email or f"{role.replace('_', '-')}.{number}@contoh.example",
            role=role,
            unit=place,
            created_at=self.now,
        )
        if password:
            from argon2 import PasswordHasher

            person.password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(password)
        self._keep(person)
        if role == "leader":
            self.appoint(person, place or self.centre, is_head=True)
        return person

    def appoint(
        self,
        person: Person,
        unit: Unit,
        title: str = "Contoh Direktur",
        *,
        kind: str = "definitive",
        is_head: bool = False,
        since: date | None = None,
        until: date | None = None,
    ) -> Appointment:
        """Give the person a post, which is made when the unit does not have it yet."""
        post = db.session.scalar(select(Post).where(Post.name == title, Post.unit_id == unit.id))
        if post is None:
            post = self._keep(Post(name=title, unit_id=unit.id, is_head=is_head))
        made = Appointment(person_id=person.id, post_id=post.id, kind=kind, to_date=until)
        made.from_date = since or clock.local_date(self.now, unit.timezone) - timedelta(days=30)
        self._keep(made)
        db.session.expire(person)
        return made

    def known(self, role: str) -> Person:
        """The one person of this role that a story needs: made once, then the same."""
        if role not in self._known:
            self._known[role] = self.person(role)
        return self._known[role]

    @property
    def secretariat(self) -> Person:
        return self.known("secretariat")

    @property
    def evaluator(self) -> Person:
        return self.known("evaluator")

    @property
    def chair(self) -> Person:
        return self.known("leader")

    @property
    def minute_taker(self) -> Person:
        """Somebody without a role: the hat comes from the meeting."""
        return self.known("none")

    def ppk(self, iso: str = "ID-BB") -> Person:
        """The PPK of this province's unit, made once."""
        key = f"ppk {iso}"
        if key not in self._known:
            self._known[key] = self.person("ppk", iso)
        return self._known[key]

    def actor(self, person: Person) -> Actor:
        return actor_of(person, self.now)

    # -- meetings ------------------------------------------------------------------------------------

    def meeting(
        self, state: str = "scheduled", units: Iterable[Unit | str] = ("ID-BB",), **fields: Any
    ) -> Meeting:
        """A meeting of today with one objective, one agenda item and the PPK of these units, moved on to `state`
        (draft, scheduled, in_session, closed, cancelled) by those who may."""
        now = self.now
        places = [self.unit(unit) if isinstance(unit, str) else unit for unit in units]
        given: dict[str, Any] = {
            "title": f"Contoh Rapat {next(self._count)}",
            "starts_at": now + timedelta(hours=1),
            "ends_at": now + timedelta(hours=4),
            "timezone": "Asia/Jakarta",
            "place": "Contoh Ruang Rapat",
            "organiser_id": self.centre.id,
            "chair_id": self.chair.id,
            "minute_taker_id": self.minute_taker.id,
            "objectives": "Contoh sasaran",
            "agenda": "Contoh acara (30)",
            "unit_ids": [place.id for place in places],
        } | fields
        for name in ("starts_at", "ends_at"):
            given[name] = clock.to_local(given[name], given["timezone"]).replace(tzinfo=None).isoformat()
        secretariat, chair = self.actor(self.secretariat), self.actor(self.chair)
        meeting = make_meeting(secretariat, {k: v for k, v in given.items() if v is not None}, now)
        for name, value in fields.items():
            if value is None or name not in NewMeetingForm().fields:
                setattr(meeting, name, value)  # what no form gives
        db.session.commit()
        steps = {
            "draft": (),
            "scheduled": ("schedule",),
            "in_session": ("schedule", "open"),
            "closed": ("schedule", "open", "close"),
            "cancelled": ("cancel",),
        }
        for step in steps[state]:
            who = secretariat if step in ("schedule", "cancel") else chair
            asked = {"close": {"confirm": True}, "cancel": {"reason": "contoh alasan pembatalan"}}.get(
                step, {}
            )
            fire(meeting, step, who, now=self.now, **asked)
            db.session.commit()
        db.session.expire_all()
        return meeting

    def fire(self, item: Any, move: str, person: Person | None = None, **given: Any) -> Any:
        """One real move by this person (None: the machine), committed; the item is returned."""
        who = self.actor(person) if person else MACHINE
        try:
            fire(item, move, who, now=self.now, **given)
        except Exception:
            db.session.rollback()
            raise
        db.session.commit()
        return item

    # -- ways in -------------------------------------------------------------------------------------

    def client(self) -> Client:
        """A visitor's page client."""
        self.app.test_client_class = Client
        made: Client = self.app.test_client()
        return made

    def dropped(self, code: str, *, accept: str = "application/json") -> TestResponse:
        """What /verifikasi says to a visitor who drops the stored file of this code on its page."""
        from randal.verification.registry import document_by_code

        document = document_by_code(code)
        data = document.newest.read() if document and document.newest else b""
        sent = {"code": code, "file": (io.BytesIO(data), "berkas.pdf")}
        return self.client().post("/verifikasi", data=sent, headers={"Accept": accept})

    def sign_in(self, person: Person, *, again: bool = True) -> Client:
        """A page client with this person's session; `again`: once it ended by time, the person signs in anew."""
        client, person_id = self.client(), person.id
        begun = seen = self.now

        def enter(who: Person) -> None:
            secret = self.session(who)
            with client.session_transaction() as kept:
                kept["_user_id"], kept["_fresh"] = secret, True

        def come_back() -> None:
            nonlocal begun, seen
            if self.now - seen > sign_ins.IDLE or self.now - begun > sign_ins.LONGEST:
                enter(db.session.get_one(Person, person_id))
                begun = self.now
            seen = self.now

        enter(person)
        client.come_back = come_back if again else None
        return client

    def session(self, person: Person) -> str:
        """The secret of a new session of this person, as its cookie holds it."""
        secret = sign_ins.begin(person, self.now)
        db.session.commit()
        return secret

    def api(self, person: Person, *, write: bool = True) -> Api:
        return Api(self.client(), self.token(person, write=write))

    def token(self, person: Person, *, write: bool = True) -> str:
        token = secrets.token_urlsafe(24)
        digest = hashlib.sha256(token.encode()).hexdigest()
        self._keep(ApiToken(person_id=person.id, token_hash=digest, write=write, created_at=self.now))
        return token

    def _keep(self, row: Any) -> Any:
        db.session.add(row)
        db.session.commit()
        return row
