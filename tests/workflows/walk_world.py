"""A tiny world of one meeting and what hangs on it: the rows, who acts, and the `@within` effects as workflows.md has them.

A world is a tuple of words, so that worlds can be counted; `load` makes plain items of it that the real tables judge.
The worker is a person of its own here: it may store the PDF and ask for signatures at any moment, or never.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any, NamedTuple

from tests.workflows import samples
from tests.workflows.samples import NOW, REASON, thing
from workflows import LIFECYCLES
from workflows.finding import LINKED_IN
from workflows.follow_up import RUNNING, SUBMITTED
from workflows.lifecycle import MACHINE, RELATIONS, ROLES, SYSTEM, Act, Actor

NAMES = [hat for hat in [*ROLES, *RELATIONS] if hat != SYSTEM]
PEOPLE = {hat: Actor(id=n, roles=frozenset({hat}) & ROLES.keys()) for n, hat in enumerate(NAMES, start=100)}
PEOPLE["second evaluator"] = Actor(id=99, roles=frozenset({"evaluator"}))
RELATION_OF = {PEOPLE[hat].id: frozenset({hat}) for hat in RELATIONS if hat in PEOPLE}
ENDED = {"verified", "infeasible", "cancelled"}


class World(NamedTuple):
    """`""` where there is no such row yet. Signatures are those of the present version, in order."""

    meeting: str = "draft"
    assessed: bool = False
    attendance: str = "invited"
    follow_up: str = ""
    evidence: str = ""  # "", new, accepted, unsuitable
    linked: bool = False  # the follow-up to the finding
    finding: str = "recorded"
    minutes: str = ""
    pdf: bool = False
    signatures: tuple[str, ...] = ()
    addendum: str = ""
    addendum_pdf: bool = False
    addendum_signatures: tuple[str, ...] = ()


SAMPLES = {kind: make() for kind, make in samples.MAKERS.items()}


class Row:
    """One item: its lifecycle's sample fields, bent to this world."""

    def __init__(self, kind: str, state: str, **more: Any):
        self.__dict__: dict[str, Any] = {**SAMPLES[kind], "kind": kind, "state": state, **more}

    def relations(self, actor: Actor) -> Collection[str]:
        return RELATION_OF.get(actor.id, frozenset())

    def __getattr__(self, name: str) -> Any:  # only for the type checker: fields come from the samples
        raise AttributeError(name)


class Scene:
    """The rows of one world, wired to each other as the models are."""

    def __init__(self, world: World, parallel: bool, fired: set[tuple[str, str, str]]):
        self.parallel = parallel
        self.fired = fired  # which rows of the tables ever ran
        self.assessed = world.assessed
        self.meeting = Row("meeting", world.meeting)
        self.attendance = Row("attendance", world.attendance, meeting=self.meeting)
        self.follow_up = Row("follow_up", world.follow_up) if world.follow_up else None
        self.finding = Row("finding", world.finding, follow_ups=[self.follow_up] if world.linked else [])
        self.minutes = (
            self.notes(world.minutes, world.pdf, world.signatures, False) if world.minutes else None
        )
        self.addendum = (
            self.notes(world.addendum, world.addendum_pdf, world.addendum_signatures, True)
            if world.addendum
            else None
        )
        if self.minutes:
            open_one = self.addendum if self.addendum and self.addendum.state != "signed" else None
            self.minutes.open_addendum = open_one
        self.meeting.minutes = self.addendum or self.minutes  # the newest
        self.meeting.all_minutes = [notes for notes in (self.minutes, self.addendum) if notes]
        self.meeting.is_check_in_day = lambda now: True
        if self.follow_up:
            self.set_evidence(world.evidence)
            verified = world.linked and world.follow_up == "verified"
            self.finding.verifier_ids = {PEOPLE["evaluator"].id} if verified else set()

    def notes(self, state: str, pdf: bool, signatures: tuple[str, ...], is_addendum: bool) -> Any:
        drafts = [1] if self.follow_up and self.follow_up.state == "draft" else []
        notes = Row(
            "minutes", state, meeting=self.meeting, is_addendum=is_addendum, document_ready=pdf,
            unassessed=[] if self.assessed else ["Terpadu"], draft_follow_ups=drafts,
        )  # fmt: skip
        notes.signatures = [Row("signature", s, minutes=notes, way="local") for s in signatures]
        return notes

    def set_evidence(self, evidence: str) -> None:
        pieces = [thing(verdict=None if evidence == "new" else evidence)] if evidence else []
        self.follow_up.evidence = self.follow_up.new_evidence = pieces
        self.follow_up.evidence_since = None

    def items(self) -> list[tuple[str, Any]]:
        rows = [
            (name, getattr(self, name))
            for name in ("meeting", "attendance", "follow_up", "finding", "minutes", "addendum")
        ]
        for notes in (self.minutes, self.addendum):
            rows += [(f"signature {n}", s) for n, s in enumerate(notes.signatures)] if notes else []
        return [(name, row) for name, row in rows if row is not None]

    def world(self) -> World:
        m, a, f = self.minutes, self.addendum, self.follow_up
        evidence = ""
        if f and f.evidence and f.evidence_since is None:
            evidence = f.evidence[0].verdict or "new"
        return World(
            self.meeting.state, self.assessed, self.attendance.state, f.state if f else "", evidence,
            bool(self.finding.follow_ups), self.finding.state,
            m.state if m else "", bool(m and m.document_ready), tuple(s.state for s in m.signatures) if m else (),
            a.state if a else "", bool(a and a.document_ready), tuple(s.state for s in a.signatures) if a else (),
        )  # fmt: skip

    # -- moves, and what happens with them in the same transaction ---------------------------------------

    def fire(self, item: Any, move: str, actor: Actor, given: dict[str, Any]) -> None:
        act = Act(actor, NOW, given)
        row, _hat = LIFECYCLES[item.kind].decide(item, move, act)
        self.fired.add((item.kind, move, item.state))
        if row.does:
            row.does(item, act)
        item.state = row.target or item.state
        if within := getattr(self, f"{item.kind}_{move}", None):
            within(item)

    def by_system(self, item: Any, move: str) -> None:
        """A reaction: where its move is not open any more, it is done, not stuck. A need that fails is a fault."""
        if any(item.state in row.sources for row in LIFECYCLES[item.kind].moves_named(move)):
            self.fire(item, move, MACHINE, {"reason": REASON})

    def meeting_reschedule(self, meeting: Any) -> None:
        self.by_system(self.attendance, "ask_again")

    def meeting_close(self, meeting: Any) -> None:
        self.by_system(self.attendance, "mark_excused")
        if (
            self.assessed
        ):  # who closes has the list in order, in one half of the worlds: he was there all the same
            self.by_system(self.attendance, "mark_present")
        self.by_system(self.attendance, "mark_absent")
        if self.minutes is None:
            self.minutes = self.notes("drafting", False, (), False)

    def follow_up_reopen(self, follow_up: Any) -> None:
        if self.finding.follow_ups:
            self.by_system(self.finding, "reopen")

    def minutes_approve(self, notes: Any) -> None:
        notes.document_ready = False
        notes.signatures = [Row("signature", "waiting", minutes=notes) for _signer in range(2)]

    def minutes_request_signatures(self, notes: Any) -> None:
        self.call_next(notes)

    def call_next(self, notes: Any) -> None:
        for signature in [s for s in notes.signatures if s.state == "waiting"][: 2 if self.parallel else 1]:
            self.by_system(signature, "call")

    def signature_sign(self, signature: Any) -> None:
        signatures = signature.minutes.signatures
        if all(s.state == "signed" for s in signatures):
            self.by_system(signature.minutes, "complete")
        elif not any(s.state == "ready" for s in signatures):
            self.call_next(signature.minutes)

    signature_sign_on_paper = signature_sign

    def signature_decline(self, signature: Any) -> None:
        self.by_system(signature.minutes, "revise")

    def minutes_revise(self, notes: Any) -> None:
        for signature in notes.signatures:
            self.by_system(signature, "cancel")
        if any(s.state not in ("signed", "declined", "void") for s in notes.signatures):
            raise AssertionError("a withdrawn version still waits for a signature")
        notes.signatures, notes.document_ready = [], False

    def minutes_complete(self, notes: Any) -> None:
        if notes.is_addendum:
            self.by_system(self.minutes, "supersede")
        self.by_system(self.meeting, "conclude")

    def minutes_amend(self, notes: Any) -> None:
        if not notes.is_addendum:  # one addendum is enough: an addendum to an addendum repeats the same shape
            self.addendum = self.notes("drafting", False, (), True)

    # -- what people and the worker do besides moves ------------------------------------------------------

    def edits(self) -> list[Callable[[Any], None]]:
        found: list[Callable[[Any], None]] = []
        notes = self.minutes
        if (
            not self.assessed
            and self.meeting.state in ("in_session", "closed")
            and (not notes or notes.state == "drafting")
        ):
            found.append(lambda s: setattr(s, "assessed", True))
        if self.follow_up is None and LIFECYCLES["follow_up"].may_make({"minute_taker"}, self.meeting.state):
            found.append(lambda s: setattr(s, "follow_up", Row("follow_up", "draft", evidence=[])))
        if self.follow_up and not self.finding.follow_ups and self.finding.state in LINKED_IN:
            found.append(lambda s: s.finding.follow_ups.append(s.follow_up))
        if self.follow_up and self.follow_up.state in RUNNING and not self.follow_up.evidence:
            found.append(lambda s: s.set_evidence("new"))
        if self.follow_up and self.follow_up.state == SUBMITTED:
            found.append(lambda s: s.set_evidence("accepted"))
            found.append(lambda s: s.set_evidence("unsuitable"))
        for name in ("minutes", "addendum"):
            notes = getattr(self, name)
            if notes and notes.state == "approved":
                if not notes.document_ready:
                    found.append(lambda s, n=name: setattr(getattr(s, n), "document_ready", True))
                else:
                    found.append(lambda s, n=name: s.by_system(getattr(s, n), "request_signatures"))
        return found


GIVEN = {kind: given | {"reason": REASON} for kind, given in samples.GIVEN.items()}
GIVEN["meeting"] |= {"confirm": True}
GIVEN["follow_up"] |= {"due_on": (NOW + timedelta(days=30)).date()}
