"""A hand that plays the story through the API: each step by the account that would make it, at its own instant."""

from __future__ import annotations

import contextvars
import io
from datetime import datetime, timedelta
from typing import Any

from apiflask import APIFlask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from sqlalchemy import select, update

from randal.database.base import db
from randal.documents.model import Document
from randal.jobs import outbox
from randal.jobs.outbox import Delivery
from randal.l10n import clock
from randal.models.accounts import ApiToken
from randal.org.people import Person
from randal.rooms.accounts.tokens import make_token

STORY = timedelta(days=36500)  # it goes from 2018 to today


class StoryBroke(RuntimeError):
    """A step of the demonstration was refused: the sentence says which and why."""


class Player:
    """Plays as people: `player.as_("sekretariat").post("/meetings", {...})`."""

    def __init__(self, app: APIFlask):
        self.app, self.who = app, ""
        self.client: FlaskClient = app.test_client()
        self.tokens: dict[str, str] = {}

    def at(self, instant: datetime) -> Player:
        """Let the story's clock stand at this instant (it runs on from there)."""
        clock.start_at(instant)
        return self

    def enrol(self, box: str, person: Person) -> None:
        self.tokens[box] = make_token(person, write=True, now=clock.now(), lives=STORY)

    def leave(self) -> None:
        """The story is told: the tokens it was played with open nothing any more."""
        end = update(ApiToken).where(ApiToken.revoked_at.is_(None)).values(revoked_at=clock.now())
        db.session.execute(end)

    def as_(self, box: str) -> Player:
        self.who = box
        return self

    def post(self, path: str, json: dict[str, Any] | None = None) -> Any:
        return self._send("POST", path, json=json or {})

    def get(self, path: str) -> Any:
        return self._send("GET", path)

    def patch(self, path: str, json: dict[str, Any]) -> Any:
        """Change one row in its present version."""
        version = self.get(path)["version"]
        return self._send("PATCH", path, json=json, headers={"If-Match": f'"{version}"'})

    def move(self, path: str, name: str, /, **given: Any) -> Any:
        return self.post(f"{path}/moves/{name}", given)

    def hand_in(self, path: str, name: str, note: str, dated_on: str) -> Any:
        """Upload an example picture as evidence."""
        data = {"file": (io.BytesIO(example_photo(name)), f"{name}.png"), "note": note, "dated_on": dated_on}
        return self._send("POST", f"{path}/evidence", data=data, content_type="multipart/form-data")

    def show(self, path: str, name: str, caption: str) -> Any:
        """Add an example picture to the photos of a meeting."""
        data = {"file": (io.BytesIO(example_photo(name)), f"{name}.png"), "caption": caption}
        return self._send("POST", f"{path}/photos", data=data, content_type="multipart/form-data")

    def drain(self, *kinds: str) -> None:
        """Let everything that was set in motion happen, in this process, but for papers that the story does not wait
        for (it does for those of minutes, and for these kinds): the document worker draws those after the start."""
        while True:
            later = select(Delivery.id).join(Document, Document.id == Delivery.document_id)
            later = later.where(Delivery.done_at.is_(None), Document.subject_type != "minutes")
            later = later.where(Document.kind.not_in(kinds))
            claimed = outbox.claim(clock.now(), leave=list(db.session.scalars(later)))
            db.session.commit()
            if not claimed:
                return
            for delivery_id, _attempt, _queue in claimed:
                outbox.deliver(delivery_id, clock.now())

    def _send(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[self.who]}"} | more.pop("headers", {})
        db.session.commit()  # SQLite has one writer: this hand must not hold the file while the request wants it
        # A context of its own, as on a server: nothing of this one (its clock, its session) reaches the request.
        answer = contextvars.Context().run(
            self.client.open, f"/api/v1{path}", method=method, headers=headers, **more
        )
        db.session.expire_all()
        if answer.status_code >= 400:
            raise StoryBroke(
                f"{self.who}: {method} {path}: {answer.status_code} {answer.get_data(as_text=True)}"
            )
        return answer.get_json()


def example_photo(name: str) -> bytes:
    """A drawn picture that says CONTOH: nothing that could be taken for a real place."""
    picture = Image.new("RGB", (960, 640), "#dfe7e6")
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 640), (0, 430), (260, 330), (520, 440), (960, 300), (960, 640)], fill="#9db8ae")
    draw.rectangle((330, 380, 620, 560), fill="#f4f1e8", outline="#355c58", width=6)
    draw.polygon([(310, 380), (475, 270), (640, 380)], fill="#355c58")
    draw.text((40, 40), "CONTOH", fill="#a3261d", font_size=72)
    draw.text((40, 130), name.replace("-", " "), fill="#223", font_size=30)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
