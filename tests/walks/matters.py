"""Steps that are no moves: reports, findings, kendala, follow-ups with evidence and extensions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.walks.cast import UNITS, Who
from tests.walks.deeds import DEEDS, a_meeting, anybody, deed, judged
from tests.walks.effects import make
from tests.walks.model import ENDED, Model, Thing
from tests.walks.picking import Picker, Step
from tests.workflows import expected

LINKED_IN = {
    "finding": {"recorded", "responded", "returned", "agreed"},
    "kendala": {"raised", "solution_agreed"},
}


def may_make(kind: str, hats: set[str], parent: str) -> str:
    """ "ok", or "role" or "state"."""
    makers = hats & set(expected.MADE_BY[kind].split())
    fit = {h for h in makers if parent in expected.MADE_WITHIN.get((kind, h), parent).split()}
    return "role" if not makers else "ok" if fit else "state"


@deed
def make_item(m: Model, pick: Picker) -> Step:
    kind = pick.of(["follow_up", "finding", "kendala", "follow_up"])
    t, unit = a_meeting(m, pick), pick.of(list(UNITS))
    who = anybody(m, pick, "monev", "sekretariat", "notulis", "ppk A", "direktur")
    return new_item(m, kind, t, unit, who, pick)


def new_item(m: Model, kind: str, t: Thing, unit: str, who: Who, pick: Picker) -> Step:
    sees, no_text = m.sees(who, t), pick.rarely(9)
    due = m.unit_day(unit) + timedelta(days=pick.of([7, 1, 0, -1]))
    told = {"solution": "Contoh solusi", "cause": "Contoh sebab", "category": "LHN"} if pick.rarely(3) else {}
    links = [i for k in LINKED_IN for i in m.all(k, meeting=t, unit=unit)][: pick.number() % 3]
    hats = who.roles(m.now) | m.unit_hats(unit, who) | (m.office(t, who) if sees else set())
    said = may_make(kind, hats, t.state if sees else "in_session")
    unread = no_text or not sees or unit not in m.invited_units(t)
    checks = [(said != "ok", said), (unread, "field")]
    if kind == "follow_up":
        wrong = due < m.unit_day(unit) or bad_links(m, who, t, unit, links, [])
        checks += [(t.state == "cancelled", "state"), (wrong, "field")]

    def do(stage: Any) -> Any:
        from randal.rooms.findings.commands import make_finding
        from randal.rooms.follow_ups.commands import make_follow_up
        from randal.rooms.kendala.commands import make_kendala

        raw = {
            "meeting_id": t.id,
            "unit_id": stage.cast.units[unit],
            "text": "" if no_text else "Contoh uraian",
        }
        if kind == "finding":
            return make_finding(stage.actor(who), raw | {"severity": "high"}, m.now)
        if kind == "kendala":
            return make_kendala(stage.actor(who), raw | told, m.now)
        ids = {f"{k}_ids": [i.id for i in links if i.kind == k] for k in LINKED_IN}
        deal = {"due_on": due.isoformat(), "expected_output": "Contoh keluaran"}
        return make_follow_up(stage.actor(who), raw | deal | ids, m.now)

    def then(_made: Any) -> None:
        m.add(fresh(kind, t, unit, told, due, links))

    return Step(who, f"makes {kind} of {unit} at {t}", judged(False, *checks), do, then)


def fresh(kind: str, meeting: Thing, unit: str, told: Any = (), due: Any = None, links: Any = ()) -> Thing:
    if kind == "finding":
        return Thing("finding", "recorded", meeting=meeting, unit=unit)
    if kind == "kendala":
        return Thing("kendala", "raised", meeting=meeting, unit=unit, told=set(told), why_none=False, level=0)
    facts = {"due_on": due, "priority": None, "links": list(links), "evidence": [], "since": None}
    return Thing(
        "follow_up", "draft", meeting=meeting, unit=unit, submitted_by=None, verified_by=None, **facts
    )


def bad_links(m: Model, who: Who, meeting: Thing, unit: str, wanted: list[Thing], had: list[Thing]) -> bool:
    changed = [i for i in {*wanted, *had} if (i in wanted) != (i in had)]
    strange = any(i.meeting is not meeting or i.unit != unit for i in changed if i in wanted)
    return (
        strange
        or any(not m.sees(who, i) for i in wanted)
        or any(i.state not in LINKED_IN[i.kind] for i in changed)
    )


@deed
def for_all(m: Model, pick: Picker) -> Step | None:
    """ "Untuk semua PPK": one for each invited unit."""
    t, who = a_meeting(m, pick), anybody(m, pick, "sekretariat", "direktur", "monev")
    units = m.invited_units(t)
    if not units or not m.sees(who, t):
        return None
    due = max(m.unit_day(unit) for unit in units) + timedelta(days=3)
    said = may_make("follow_up", who.roles(m.now) | m.office(t, who) | m.unit_hats(units[0], who), t.state)

    def do(stage: Any) -> Any:
        from randal.rooms.follow_ups.commands import make_follow_ups

        raw = {
            "meeting_id": t.id,
            "unit_ids": [stage.cast.units[u] for u in units],
            "text": "Contoh",
            "priority": "low",
        }
        deal = {"due_on": due.isoformat(), "expected_output": "Contoh keluaran"}
        return make_follow_ups(stage.actor(who), raw | deal, m.now)

    def then(_made: Any) -> None:
        for unit in units:
            m.add(fresh("follow_up", t, unit, due=due)).priority = "low"

    checks = (said != "ok", said), (t.state == "cancelled", "state")
    return Step(who, f"makes one follow-up for each of {units} at {t}", judged(False, *checks), do, then)


@deed
def edit_item(m: Model, pick: Picker) -> Step | None:
    items = [*m.all("finding"), *m.all("kendala"), *m.all("follow_up")]
    if not items:
        return None
    t, who = pick.of(items), anybody(m, pick, "monev", "notulis", "sekretariat", "ppk A")
    by, within = (set(words.split()) for words in expected.EDITED[t.kind])
    text = pick.of(["Contoh uraian lain", "Contoh lagi", ""])

    def do(stage: Any) -> Any:
        from randal.rooms.findings.commands import edit_finding
        from randal.rooms.follow_ups.commands import edit_follow_up
        from randal.rooms.kendala.commands import edit_kendala

        command: Any = {"finding": edit_finding, "kendala": edit_kendala, "follow_up": edit_follow_up}[t.kind]
        return command(stage.row(t, who), stage.actor(who), {"text": text}, m.now)

    checks = (not m.hats(t, who) & by, "role"), (t.state not in within, "state"), (not text, "field")
    return Step(who, f"edits {t}", judged(not m.sees(who, t), *checks), do)


DEEDS += [make_item, make_item]  # as often as they are worth


@deed
def link(m: Model, pick: Picker) -> Step | None:
    """Tie a finding or kendala to a follow-up, or let it go."""
    rows, items = m.all("follow_up"), [*m.all("finding"), *m.all("kendala")]
    if not rows or not items:
        return None
    t = pick.of(rows)
    near = [i for i in items if i.meeting is t.meeting and i.unit == t.unit]
    item = pick.of(items if pick.rarely(5) or not near else near)
    who = anybody(m, pick, "monev", "sekretariat", "notulis")
    had = [i for i in t.links if i.kind == item.kind]
    wanted = [i for i in had if i is not item] + ([item] if item not in had else [])

    def do(stage: Any) -> Any:
        from randal.rooms.follow_ups.commands import edit_follow_up

        raw = {f"{item.kind}_ids": [i.id for i in wanted]}
        return edit_follow_up(stage.row(t, who), stage.actor(who), raw, m.now)

    def then(_made: Any) -> None:
        t.links = [i for i in t.links if i.kind != item.kind] + wanted

    by = set(expected.EDITED["follow_up"][0].split())
    wrong = bad_links(m, who, t.meeting, t.unit, wanted, had)
    checks = (not m.hats(t, who) & by, "role"), (t.state in ENDED, "state"), (wrong, "field")
    return Step(who, f"ties {item} to {t} or lets it go", judged(not m.sees(who, t), *checks), do, then)


@deed
def assign_all(m: Model, pick: Picker) -> Step | None:
    t, who = a_meeting(m, pick), anybody(m, pick, "direktur", "sekretariat")
    drafts = m.all("follow_up", meeting=t, state="draft")
    if not m.sees(who, t) or not drafts:
        return None
    mine = [f for f in drafts if m.sees(who, f)]
    expect = {"ok"}
    given: dict[int, dict[str, Any]] = {id(f): ({} if f.priority else {"priority": "high"}) for f in mine}
    for follow_up in mine:
        expect = m.answer(follow_up, "assign", who, given[id(follow_up)] | {"expected_output": "Contoh"})
        if expect != {"ok"}:
            break

    def do(stage: Any) -> Any:
        from randal.rooms.follow_ups.commands import assign_all

        return assign_all(stage.row(t, who), stage.actor(who), {"priority": "high"}, m.now)

    def then(_made: Any) -> None:
        for follow_up in mine:
            make(m, follow_up, "assign", who, given[id(follow_up)])

    return Step(who, f"assigns all drafts of {t}", expect, do, then)
