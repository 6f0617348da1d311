"""The real application under a walk: real rows, real commands and moves, one savepoint per step, and what must hold after
every step. A walk ends with a rollback, so thousands of them share one database."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import literal_column, select, union_all
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import NotFound

from randal.database.base import db
from randal.documents import model as documents
from randal.documents import pipeline
from randal.engine.transitions import ITEMS, fire
from randal.history import chain, events
from randal.history.events import Event, EventText
from randal.models.follow_ups import Evidence
from randal.models.minutes import MinutesComment
from randal.org.people import Person, actor_of
from randal.rooms.meetings.parts import KINDS as PART_KINDS
from randal.storage import files
from randal.web import attempt as moving
from tests.walks.cast import Cast, Who
from tests.walks.model import Model, Part, Thing
from tests.walks.picking import Step
from tests.workflows import expected
from workflows import LIFECYCLES
from workflows.lifecycle import MACHINE, Act, Actor, Refused

DEEDS = {kind: {row.move for row in expected.deeds(kind)} for kind in expected.TABLES}

EVENTS = select(Event.__table__).order_by(Event.__table__.c.id)
SIGNED = (
    "signature.sign",
    "signature.sign_on_paper",
    "meeting.sign_letter",
)  # without the cryptography, which has its own tests
FRESH = 4  # every so many steps all rows are read anew
FACTS = [name for name in chain.FACTS if name != "at"]


@cache
def states() -> Any:
    """Every item: kind, id, state, seq, head. Asked first once all rooms are there."""
    parts = [
        select(literal_column(f"'{kind}'").label("kind"), model.id, model.state, model.seq, model.head)
        for kind, model in ((kind, ITEMS[kind]) for kind in expected.TABLES)
    ]
    return union_all(*parts)


class Broken(AssertionError):
    """Something that must hold does not."""


class Stage:
    """One walk. `tally` counts over all walks: steps, moves, answers, rows of the tables that were fired."""

    def __init__(self, cast: Cast, tally: Counter[Any]):
        db.session.rollback()
        db.session.expunge_all()
        self.cast, self.tally, self.model = cast, tally, Model()
        for who in self.model.people.values():
            who.id = cast.people[who.key]
        self.actors: dict[Any, Actor] = {}
        self.tails: dict[tuple[str, int], tuple[int, str, str]] = {}  # item → last seq, state, hash
        self.last_event = db.session.scalar(select(Event.id).order_by(Event.id.desc()).limit(1)) or 0
        self.story: list[str] = []
        self.whole = True  # nothing failed yet
        self.slow = {name: moving.BEFORE[name] for name in SIGNED}
        moving.BEFORE |= {
            "signature.sign": self.sign_quickly,
            "signature.sign_on_paper": self.sign_on_paper_quickly,
            "meeting.sign_letter": self.sign_letter_quickly,
        }
        self.kept_within = events.WITHIN.pop("meeting.sign_letter")  # it would look into the file

    def leave(self) -> None:
        moving.BEFORE |= self.slow
        events.WITHIN["meeting.sign_letter"] = self.kept_within
        db.session.rollback()
        db.session.expunge_all()

    # -- what steps use -----------------------------------------------------------------------------

    def person(self, who: Who) -> Person:
        return db.session.get_one(Person, who.id)

    def forget(self, who: Who) -> None:
        self.actors = {key: actor for key, actor in self.actors.items() if key[0] != who.key}

    def actor(self, who: Who | None) -> Actor:
        if who is None:
            return MACHINE
        key = who.key, self.model.now.date(), self.model.now.hour // 1
        if key not in self.actors:
            self.actors[key] = actor_of(self.person(who), self.model.now)
        return self.actors[key]

    def row(self, t: Thing, who: Who | None) -> Any:
        """As an entry point finds it: 404 for whom it is not to be seen."""
        model = ITEMS[t.kind]
        return moving.seen(model, t.id or 0, self.actor(who)) if who else db.session.get_one(model, t.id)

    def part(self, part: Part, meeting: Thing) -> Any:
        model: Any = PART_KINDS[part.kind].model
        if part.id is None:  # made with its meeting: in its order
            order = model.position if hasattr(model, "position") else model.number
            rows = db.session.scalars(select(model).where(model.meeting_id == meeting.id).order_by(order))
            for known, row in zip(getattr(meeting, part.kind), rows, strict=True):
                known.id = row.id
        return db.session.get_one(model, part.id)

    def evidence(self, piece: Any) -> Evidence:
        return db.session.get_one(Evidence, piece.id)

    def comment(self, one: Any) -> MinutesComment:
        return db.session.get_one(MinutesComment, one.id)

    def move(self, t: Thing, name: str, who: Who | None, given: dict[str, Any], stale: bool) -> Any:
        if who is None:
            from tests.walks.needs import as_date, blank

            typed = {n: as_date(v) or v for n, v in given.items() if not blank(v)}
            return fire(self.row(t, None), name, MACHINE, now=self.model.now, **typed)
        version = self.row(t, who).version - 1 if stale else None
        return moving.attempt(
            ITEMS[t.kind], t.id or 0, name, given, self.actor(who), now=self.model.now, version=version
        )

    def sign_quickly(self, item: Any, actor: Actor, given: dict[str, Any], now: datetime) -> dict[str, Any]:
        """In place of randal.rooms.minutes.moves.sign_stored_file: everything but the cryptography, which has its own tests."""
        item.lifecycle().decide(item, "sign", Act(actor, now, given))
        key = self.cast.keys[actor.id or 0]
        return {"file_id": self.cast.file, "key_id": key, "signed_version": item.document.versions[-1].number}

    def sign_on_paper_quickly(
        self, item: Any, actor: Actor, given: dict[str, Any], now: datetime
    ) -> dict[str, Any]:
        """Without the seal of the electronic ones before it."""
        item.lifecycle().decide(item, "sign_on_paper", Act(actor, now, given))
        return {}

    def sign_letter_quickly(
        self, item: Any, actor: Actor, given: dict[str, Any], now: datetime
    ) -> dict[str, Any]:
        item.lifecycle().decide(item, "sign_letter", Act(actor, now, given))
        return {}

    def store_paper(self, t: Thing) -> None:
        document = ITEMS["minutes"].document.fget(db.session.get_one(ITEMS["minutes"], t.id))  # type: ignore[attr-defined]
        file = db.session.get_one(files.StoredFile, self.cast.file)
        pipeline.store(document.id, file, {}, self.model.now)

    def fail_paper(self, t: Thing) -> None:
        minutes: Any = db.session.get_one(ITEMS["minutes"], t.id)
        pipeline.failed(minutes.document.id, RuntimeError("contoh"), self.model.now)
        if minutes.document.stage == documents.FAILED:
            documents.retry(minutes.document, self.actor(self.model.people["admin"]), self.model.now)

    # -- a step -------------------------------------------------------------------------------------

    def perform(self, step: Step) -> None:
        model = self.model
        model.expect.clear()
        model.step_fired.clear()
        line = f"{len(self.story) + 1}. {step}"
        self.story.append(line)
        self.tally["steps"] += 1
        self.whole = False
        got, made = self.attempt(step)
        self.story[-1] = f"{line} → {got}"
        if got not in step.expect:
            raise Broken(f"the model expected {sorted(step.expect)}, the application answered {got}")
        self.tally["answer", got] += 1
        if got == "ok":
            step.then(made)
            for kind, number in model.step_fired:
                self.tally["row", kind, number] += 1
        self.check()
        self.whole = True

    def attempt(self, step: Step) -> tuple[str, Any]:
        savepoint = db.session.begin_nested()
        try:
            made = step.do(self)
            db.session.flush()
            savepoint.commit()
            return "ok", made
        except Refused as refused:
            savepoint.rollback()
            if len(refused.detail) < 11:
                raise Broken(f"no sentence for people: {refused.detail!r}") from None
            return refused.kind, None
        except NotFound:
            savepoint.rollback()
            return "hidden", None
        except DBAPIError as error:
            raise Broken(f"the database was the first to notice: {error.orig!r}") from error
        finally:
            if len(self.story) % FRESH == 0:
                db.session.expire_all()

    # -- what holds after it ------------------------------------------------------------------------

    def check(self) -> None:
        rows = db.session.execute(states()).all()
        self.bind(rows)
        real = {(r.kind, r.id): r.state for r in rows}
        wanted = {(t.kind, t.id): t.state for t in self.model.things}
        if real != wanted:
            lost = sorted(set(real.items()) ^ set(wanted.items()), key=str)
            raise Broken(f"states differ: {[(k, real.get(k), wanted.get(k)) for k, _ in lost]}")
        moved = self.read_history()
        if stray := [r for r in rows if self.tails.get((r.kind, r.id), (0,))[::2] != (r.seq, r.head)]:
            raise Broken(f"the row does not name the end of its history: {stray[0]}")
        for t in self.model.things:
            if (t.kind, t.id) in moved:
                self.no_dead_end(t)

    def bind(self, rows: Any) -> None:
        """What the model has just made gets the ids that the database gave, in their order."""
        if all(t.id for t in self.model.things):
            return
        for kind in ITEMS:
            known = {t.id for t in self.model.things if t.kind == kind}
            fresh = sorted(r.id for r in rows if r.kind == kind and r.id not in known)
            nameless = [t for t in self.model.things if t.kind == kind and t.id is None]
            if len(fresh) != len(nameless):
                raise Broken(f"{kind}: {len(fresh)} made, expected {len(nameless)}")
            for t, number in zip(nameless, fresh, strict=True):
                t.id = number

    def read_history(self) -> set[tuple[str, int]]:
        """The events of this step: gapless, each from where the last one led, chained, and those that were expected."""
        found: Counter[Any] = Counter()
        touched = set()
        for e in db.session.execute(EVENTS.where(Event.id > self.last_event)).mappings():
            item, self.last_event = (e["item_type"], e["item_id"]), e["id"]
            seq, state, head = self.tails.get(item, (0, None, chain.NOTHING))
            if item[0] not in expected.TABLES:
                continue
            facts = {name: e[name] for name in FACTS} | {"at": chain.instant(e["at"])}
            if e["seq"] != seq + 1 or e["from_state"] != state or e["prev"] != head:
                raise Broken(f"history of {item}: {dict(e)} after {seq}, {state}")
            if chain.link(head, facts) != e["hash"]:
                raise Broken(f"the chain of {item} does not hold at {e['seq']}")
            self.tails[item] = e["seq"], e["to_state"], e["hash"]
            touched.add(item)
            if e["move"] == "edit" or e["move"] in DEEDS[item[0]]:
                if e["from_state"] != e["to_state"]:
                    raise Broken(f"a deed moved {item}: {dict(e)}")
            else:
                found[(*item, e["move"], e["from_state"], e["to_state"])] += 1
                self.tally["moves"] += e["move"] != "create"
        wanted = Counter((t.kind, t.id, move, was, now) for t, move, was, now in self.model.expect)
        if found != wanted:
            raise Broken(f"history: too much {found - wanted}, missing {wanted - found}")
        return touched

    def no_dead_end(self, t: Thing) -> None:
        if t.final or any(self.can_move(one) for one in (t, *self.model.besides(t))):
            return
        raise Broken(f"nobody can move on from {t}")

    def can_move(self, t: Thing) -> bool:
        """Does the lifecycle offer somebody a move that nothing blocks (or, of a report, its figures)?"""
        lifecycle, row = LIFECYCLES[t.kind], db.session.get_one(ITEMS[t.kind], t.id)
        for who in self.model.people.values():
            actor = self.actor(who)
            if any(not o.blocked for o in lifecycle.open_to(row, actor, self.model.now)):
                return True
            if t.kind == "progress_report" and lifecycle.may_edit(row, actor):
                return True
        return False

    def check_all(self) -> None:
        """At the end of a walk: every item can go on, and every text is what its event sealed."""
        if not self.whole:
            return
        for t in self.model.things:
            self.no_dead_end(t)
        seals = {e.id: e.seals for e in db.session.execute(select(Event.id, Event.seals))}
        for text in db.session.scalars(select(EventText)):
            if text.seal != seals[text.event_id][text.name]:
                raise Broken(f"the text {text.name} of event {text.event_id} is not the one sealed")
