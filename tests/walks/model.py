"""The model that the real application is held against: things with states, who wears which hat, what is refused and why.

States, moves and hats come from the table written by hand from workflows.md (tests/workflows/expected.py); what a move
needs stands here, once more and in other words than in workflows/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from tests.walks.cast import SEES_ALL, START, ZONES, Who, people
from tests.workflows import expected

ROWS = {kind: expected.rows(kind) for kind in expected.TABLES}
FINAL = {kind: expected.finals(kind) for kind in expected.TABLES}
ENDED = {"verified", "infeasible", "cancelled"}
RUNNING = {"assigned", "in_progress", "returned"}


class Thing:
    """One item: kind, state, id (once the database gave one), and whatever its kind holds."""

    id: int | None

    def __init__(self, kind: str, state: str, **facts: Any):
        self.kind, self.state, self.id = kind, state, None
        self.__dict__.update(facts)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"{self.kind} {self.id} ({self.state})"

    @property
    def final(self) -> bool:
        return self.state in FINAL[self.kind]


class Part:
    """An objective, agenda item, directive or decision; `mark` is its assessment or outcome."""

    def __init__(self, kind: str, carries: bool = False):
        self.kind, self.carries = kind, carries
        self.mark: str | None = None
        self.id: int | None = None


class Model:
    def __init__(self) -> None:
        self.now = START
        self.people = {who.key: who for who in people()}
        self.things: list[Thing] = []
        self.expect: list[tuple[Thing, str, str | None, str]] = []  # moves of the present step
        self.fired: dict[tuple[str, int], int] = {}  # (kind, number of the table row) → how often
        self.step_fired: list[tuple[str, int]] = []

    # -- finding ------------------------------------------------------------------------------------

    def all(self, kind: str, **facts: Any) -> list[Thing]:
        return [
            t for t in self.things if t.kind == kind and all(getattr(t, n) == v for n, v in facts.items())
        ]

    def attendance(self, meeting: Thing) -> list[Thing]:
        return self.all("attendance", meeting=meeting)

    def invitees(self, meeting: Thing) -> list[Thing]:
        return [a for a in self.attendance(meeting) if not a.guest]

    def invited_units(self, meeting: Thing) -> list[str]:
        return sorted(a.unit for a in self.invitees(meeting) if a.unit)

    def newest_minutes(self, meeting: Thing) -> Thing | None:
        found = self.all("minutes", meeting=meeting, code="minutes")
        return found[-1] if found else None

    def signatures(self, minutes: Thing) -> list[Thing]:
        return self.all("signature", minutes=minutes, version=minutes.version)

    def report(self, unit: str, period: str) -> Thing | None:
        return next(iter(self.all("progress_report", unit=unit, period=period)), None)

    def open_request(self, follow_up: Thing) -> Thing | None:
        return next(iter(self.all("extension", follow_up=follow_up, state="requested")), None)

    def linked(self, item: Thing) -> list[Thing]:
        """The follow-ups that answer this finding or kendala."""
        return [f for f in self.all("follow_up") if item in f.links]

    def unreported(self, meeting: Thing) -> list[str]:
        def handed_in(unit: str) -> bool:
            report = self.report(unit, meeting.period)
            return report is not None and report.state in ("submitted", "validated")

        return [unit for unit in self.invited_units(meeting) if not handed_in(unit)]

    def meeting_of(self, thing: Thing) -> Thing | None:
        if thing.kind == "meeting":
            return thing
        for name in ("meeting", "minutes", "follow_up"):
            if name in thing.__dict__:
                return self.meeting_of(getattr(thing, name))
        return None

    # -- days ---------------------------------------------------------------------------------------

    def day(self, hours: int) -> date:
        return (self.now + timedelta(hours=hours)).date()

    def unit_day(self, unit: str) -> date:
        return self.day(ZONES[unit])

    # -- who is what --------------------------------------------------------------------------------

    def office(self, meeting: Thing, who: Who) -> set[str]:
        found = set()
        leads = who is meeting.chair or meeting.chair_post in who.posts(self.now)
        if leads or meeting.organiser in who.heads(self.now):
            found.add("chair")
        if who is meeting.taker:
            found.add("minute_taker")
        return found

    def is_for(self, row: Thing, who: Who) -> bool:
        if row.guest:
            return False
        return row.person is who or (row.unit is not None and row.unit == who.unit and who.role == "ppk")

    def unit_hats(self, unit: str | None, who: Who) -> set[str]:
        if unit is None or who.unit != unit:
            return set()
        return {hat for role, hat in (("ppk", "unit_ppk"), ("ppk_staff", "unit_staff")) if who.role == role}

    def relations(self, t: Thing, who: Who) -> set[str]:
        if t.kind == "meeting":
            invited = any(self.is_for(row, who) for row in self.attendance(t))
            of_unit = who.unit is not None and any(row.unit == who.unit for row in self.attendance(t))
            unit_hats = self.unit_hats(who.unit, who) if of_unit else set()
            office = self.office(t, who)
            leads = who is t.chair or t.chair_post in who.posts(self.now)
            signs = {"signer"} if t.letter == "here" and leads else set()
            return office | signs | ({"invitee"} if invited else set()) | unit_hats
        if t.kind == "attendance":
            return self.office(t.meeting, who) | ({"invitee"} if self.is_for(t, who) else set())
        if t.kind == "progress_report":
            return self.unit_hats(t.unit, who)
        if t.kind == "extension":
            return self.relations(t.follow_up, who)
        if t.kind == "minutes":
            found = self.relations(t.meeting, who) | (
                {"signer"} if any(s is who for s, _ in t.signers) else set()
            )
            if t.code == "report":  # its head decides, whoever chaired
                decides = who is t.addressee or t.meeting.organiser in who.heads(self.now)
                found = found - {"chair"} | ({"chair"} if decides else set())
            return found | ({"writer"} if who is t.maker else set())
        if t.kind == "signature":
            signs = t.signer is who or t.post in who.posts(self.now)
            return self.office(t.minutes.meeting, who) | ({"signer"} if signs else set())
        return self.unit_hats(t.unit, who) | self.office(t.meeting, who)

    def hats(self, t: Thing, who: Who) -> set[str]:
        return who.roles(self.now) | self.relations(t, who)

    def sees(self, who: Who, t: Thing) -> bool:
        if who.roles(self.now) & SEES_ALL:
            return True
        if t.kind == "meeting":
            on_list = any(
                row.person is who or (who.unit is not None and row.unit == who.unit)
                for row in self.attendance(t)
            )
            return bool(self.office(t, who)) or (t.state != "draft" and on_list)
        if t.kind == "attendance":
            return self.sees(who, t.meeting)
        if t.kind == "progress_report":
            read_at = (a.meeting for a in self.all("attendance", unit=t.unit) if a.meeting.period == t.period)
            return who.unit == t.unit or any(self.office(m, who) for m in read_at)
        if t.kind == "extension":
            return self.sees(who, t.follow_up)
        if t.kind == "minutes":
            reads = t.code != "report" and self.sees(who, t.meeting)
            reads = reads or who is t.addressee or any(signer is who for signer, _ in t.signers)
            return bool(self.office(t.meeting, who)) or (reads and t.state != "drafting")
        if t.kind == "signature":
            return self.sees(who, t.minutes) or t.signer is who or t.post in who.posts(self.now)
        return who.unit == t.unit or bool(self.office(t.meeting, who))

    # -- what a move is answered with ---------------------------------------------------------------

    def row_of(self, t: Thing, move: str, hats: set[str]) -> tuple[str, int]:
        """("ok", number of the row) or ("role" | "state", 0)."""
        rows = [(n, row) for n, row in enumerate(ROWS[t.kind]) if row.move == move]
        if not any(row.by & hats for _, row in rows):
            return "role", 0
        here = [(n, row) for n, row in rows if t.state in row.sources]
        if not here:
            return "state", 0
        return next((("ok", n) for n, row in here if row.by & hats), ("role", 0))

    def answer(
        self, t: Thing, move: str, who: Who | None, given: dict[str, Any], stale: bool = False
    ) -> set[str]:
        """What the application may answer: "ok", or how it refuses. `who` None is the machine."""
        from tests.walks.needs import faults

        if who and not self.sees(who, t):
            return {"hidden"}
        said, number = self.row_of(t, move, self.hats(t, who) if who else {"system"})
        if said != "ok":
            return {said}
        if stale:
            return {"state"}
        return faults(self, t, ROWS[t.kind][number], who, given) or {"ok"}

    def may(self, t: Thing, move: str) -> list[Who]:
        """Everybody who could make the move now, needs aside."""
        found = (w for w in self.people.values() if self.sees(w, t))
        return [w for w in found if self.row_of(t, move, self.hats(t, w))[0] == "ok"]

    # -- what happens -------------------------------------------------------------------------------

    def add(self, thing: Thing) -> Thing:
        self.things.append(thing)
        self.expect.append((thing, "create", None, thing.state))
        return thing

    def note(self, t: Thing, move: str, hats: Iterable[str]) -> None:
        """The move of the table: the state changes, the history grows by one."""
        said, number = self.row_of(t, move, set(hats))
        if said != "ok":
            raise AssertionError(f"the model itself may not {move} {t}: {said}")
        before, t.state = t.state, ROWS[t.kind][number].target or t.state
        self.step_fired.append((t.kind, number))
        self.expect.append((t, move, before, t.state))

    def besides(self, t: Thing) -> Iterator[Thing]:
        """What an item belongs to, and where its unmet needs send people."""
        if meeting := self.meeting_of(t):
            yield meeting
            yield from self.all("minutes", meeting=meeting)
            if t.kind == "minutes":
                yield from self.all("follow_up", meeting=meeting)
        if t.kind in ("finding", "kendala"):
            yield from self.linked(t)
        if t.kind == "extension":
            yield t.follow_up


def local(meeting: Thing, moment: datetime) -> datetime:
    """An instant as the wall clock of the meeting's place shows it."""
    return (moment + timedelta(hours=meeting.hours)).replace(tzinfo=None)
