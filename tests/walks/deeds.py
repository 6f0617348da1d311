"""Steps that are no moves: making and editing a meeting and its parts. Other deeds stand in other files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.walks.cast import Who
from tests.walks.effects import ask_for_reports, name_chair
from tests.walks.model import Model, Part, Thing, local
from tests.walks.picking import Picker, Step

Deed = Callable[[Model, Picker], "Step | None"]
DEEDS: list[Deed] = []
WRITERS = {"secretariat", "chair", "minute_taker"}


def deed(function: Deed) -> Deed:
    DEEDS.append(function)
    return function


def some_deed(m: Model, pick: Picker) -> Step | None:
    """One that can be done now, if there is; the first that comes from a place in the list on."""
    first = pick.number() % len(DEEDS)
    for deed in DEEDS[first:] + DEEDS[:first]:
        if step := deed(m, pick):
            return step
    return None


def anybody(m: Model, pick: Picker, *likely: str) -> Who:
    """Mostly one of these, sometimes whoever comes."""
    return pick.of(list(m.people.values())) if not likely or pick.rarely(6) else m.people[pick.of(likely)]


def ppk_of(unit: str | None) -> tuple[str, ...]:
    return {"A": ("ppk A", "staf A", "ppk A 2"), "B": ("ppk B", "staf B"), "C": ("ppk C",)}[unit or "A"]


def judged(hidden: bool, *checks: tuple[bool, str]) -> set[str]:
    """The first that is wrong is told; "ok" when nothing is."""
    if hidden:
        return {"hidden"}
    return {next((said for bad, said in checks if bad), "ok")}


# -- a meeting and what it holds ---------------------------------------------------------------------


@deed
def make_meeting(m: Model, pick: Picker) -> Step | None:
    if len(m.all("meeting")) >= 3:
        return None
    who = anybody(m, pick, "sekretariat")
    chair = pick.of(["direktur", "direktur", "kasubdit", "notulis 2", ""])
    return new_meeting(m, who, pick, chair=chair, taker=pick.of(["notulis", "notulis 2", ""]))


def new_meeting(m: Model, who: Who, pick: Picker, chair: str = "direktur", taker: str = "notulis") -> Step:
    hours, zone = pick.of([(7, "Asia/Jakarta"), (9, "Asia/Jayapura")])
    starts = m.now.replace(microsecond=0) + timedelta(days=pick.of([0, 0, 0, 1]), hours=1)
    organiser = pick.of(["pusat", "pusat", "C"])
    units = pick.of([("A", "B"), ("A",), ("B", "C"), ("A", "B", "C"), ()])
    objectives, agenda = pick.of([(1, 1), (2, 2), (0, 1), (1, 0)])
    titled = not pick.rarely(12)
    facts = {"hours": hours, "starts": starts, "ends": starts + timedelta(hours=3), "organiser": organiser}
    t = Thing(
        "meeting",
        "draft",
        **facts,
        letter="",
        place=not pick.rarely(8),
        period=f"{starts + timedelta(hours=hours):%Y-%m}",
    )
    t.chair, t.taker = m.people.get(chair), m.people.get(taker)
    t.objectives, t.agenda = (
        [Part("objectives") for _ in range(objectives)],
        [Part("agenda") for _ in range(agenda)],
    )
    t.directives, t.decisions = [], []
    name_chair(t)

    def do(stage: Any) -> Any:
        from randal.rooms.meetings.commands import make_meeting

        raw = {
            "title": "Contoh rapat" if titled else "",
            "starts_at": local(t, t.starts).isoformat(),
            "ends_at": local(t, t.ends).isoformat(),
            "timezone": zone,
            "place": "Contoh ruang" if t.place else "",
            "organiser_id": stage.cast.units[organiser],
            "chair_id": t.chair and t.chair.id,
            "minute_taker_id": t.taker and t.taker.id,
            "objectives": "\n".join(f"Contoh sasaran {n}" for n in range(objectives)),
            "agenda": "\n".join(f"Contoh acara {n} (15)" for n in range(agenda)),
            "unit_ids": [stage.cast.units[u] for u in units],
        }
        return make_meeting(stage.actor(who), raw, m.now)

    def then(_made: Any) -> None:
        m.add(t)
        for unit in units:
            invited(m, t, unit=unit)

    expect = judged(False, ("secretariat" not in who.roles(m.now), "role"), (not titled, "field"))
    return Step(who, f"makes a meeting for {units}", expect, do, then)


def invited(m: Model, meeting: Thing, unit: str | None = None, person: Who | None = None) -> None:
    m.add(Thing("attendance", "invited", meeting=meeting, unit=unit, person=person, guest=False))
    if unit and meeting.state == "scheduled":
        ask_for_reports(m, meeting.period, [unit])


def taken_off(m: Model, row: Thing) -> None:
    m.expect.append((row, "remove", row.state, row.state))
    m.things.remove(row)


def a_meeting(m: Model, pick: Picker) -> Thing:
    return pick.of(m.all("meeting"))


@deed
def edit_meeting(m: Model, pick: Picker) -> Step:
    t, who = a_meeting(m, pick), anybody(m, pick, "sekretariat", "sekretariat 2")
    what = pick.of(["title", "place", "chair_id", "times", "period", "units", "bad title"])
    planned = t.state == "draft"
    raw: dict[str, Any] = {}
    wrong = bad_state = False
    chair = pick.of([m.people["direktur"], m.people["kasubdit"], None])
    units = pick.of([["A", "B"], ["A"], ["C"], ["A", "B", "C"]])
    starts = t.starts + timedelta(days=pick.of([1, 0, -30]))
    if what == "title":
        raw = {"title": "Contoh judul lain"}
    elif what == "bad title":
        raw, wrong = {"title": pick.of(["", "x" * 251, 7])}, True
    elif what == "place":
        raw = {"place": "" if t.place else "Contoh ruang lain"}
    elif what == "chair_id":
        raw, bad_state = {"chair_id": chair and chair.id}, not planned and chair is not t.chair
    elif what == "period":
        raw, bad_state = {"report_period": "2026-01"}, not planned and t.period != "2026-01"
    elif what == "times":
        raw = {
            "starts_at": local(t, starts).isoformat(),
            "ends_at": local(t, starts + (t.ends - t.starts)).isoformat(),
        }
        bad_state = not planned and starts != t.starts
        wrong = starts != t.starts and local(t, starts).date() < m.day(t.hours)

    def do(stage: Any) -> Any:
        from randal.rooms.meetings.commands import edit_meeting

        given = {"unit_ids": [stage.cast.units[u] for u in units]} if what == "units" else raw
        return edit_meeting(stage.row(t, who), stage.actor(who), given, m.now)

    def then(_made: Any) -> None:
        if what == "place":
            t.place = not t.place
        elif what == "chair_id":
            t.chair = chair
            name_chair(t)
        elif what == "period":
            t.period = "2026-01"
        elif what == "times" and starts != t.starts:
            t.starts, t.ends = starts, starts + (t.ends - t.starts)
            name_chair(t)
        elif what == "units":
            have = {a.unit for a in m.invitees(t) if a.unit}
            if planned:
                for row in [a for a in m.invitees(t) if a.unit and a.unit not in units]:
                    taken_off(m, row)
            for unit in (u for u in units if u not in have):
                invited(m, t, unit=unit)

    editable = t.state in ("draft", "scheduled")
    expect = judged(
        not m.sees(who, t),
        ("secretariat" not in who.roles(m.now), "role"),
        (not editable or bad_state, "state"),
        (wrong, "field"),
    )
    return Step(who, f"edits {what} of {t}", expect, do, then, raw)


def open_book(m: Model, t: Thing) -> bool:
    minutes = m.newest_minutes(t)
    return t.state in ("in_session", "closed") and (minutes is None or minutes.state == "drafting")


@deed
def add_part(m: Model, pick: Picker) -> Step:
    t, kind = a_meeting(m, pick), pick.of(["agenda", "objectives", "directives", "decisions"])
    who = anybody(m, pick, "sekretariat", "notulis", "direktur")
    empty = pick.rarely(7)
    hats = who.roles(m.now) | m.office(t, who)
    recorded = kind in ("directives", "decisions")
    writers = {"secretariat"} if not recorded and t.state in ("draft", "scheduled") else WRITERS
    in_time = open_book(m, t) if recorded else t.state in ("draft", "scheduled", "in_session")

    def do(stage: Any) -> Any:
        from randal.rooms.meetings.parts import make_part

        text = "" if empty else "Contoh isi"
        raw = {"text": text, "title": text, "kind": "sasaran", "speaker": "Contoh"}
        return make_part(kind, stage.row(t, who), stage.actor(who), raw, m.now)

    def then(made: Any) -> None:
        part = Part(kind)
        part.id = made.id
        getattr(t, kind).append(part)

    expect = judged(
        not m.sees(who, t), (not hats & writers, "role"), (not in_time, "state"), (empty, "field")
    )
    return Step(who, f"adds one to {kind} of {t}", expect, do, then)


@deed
def assess(m: Model, pick: Picker) -> Step | None:
    t = a_meeting(m, pick)
    if not (parts := [p for p in (*t.objectives, *t.agenda) if p.mark is None] or [*t.objectives, *t.agenda]):
        return None
    return assess_part(
        m, t, pick.of(parts), anybody(m, pick, "notulis", "direktur", "monev", "sekretariat"), pick
    )


def assess_part(m: Model, t: Thing, part: Part, who: Who, pick: Picker) -> Step:
    field, values = {
        "objectives": ("assessment", ["met", "partly"]),
        "agenda": ("outcome", ["discussed", "deferred"]),
    }[part.kind]
    value = pick.of([*values, "mimpi"])
    hats = who.roles(m.now) | m.office(t, who)

    def do(stage: Any) -> Any:
        from randal.rooms.meetings.parts import edit_part

        stage.row(t, who)
        return edit_part(stage.part(part, t), stage.actor(who), {field: value, "note": "Contoh"}, m.now)

    def then(_made: Any) -> None:
        part.mark = value

    expect = judged(
        not m.sees(who, t),
        (not hats & {*WRITERS, "evaluator"}, "role"),
        (not open_book(m, t), "state"),
        (value == "mimpi", "field"),
    )
    return Step(who, f"assesses one of {part.kind} of {t} as {value}", expect, do, then)


@deed
def remove_part(m: Model, pick: Picker) -> Step | None:
    t, kind = a_meeting(m, pick), pick.of(["agenda", "objectives", "directives", "decisions"])
    if not (parts := getattr(t, kind)):
        return None
    part, who = pick.of(parts), anybody(m, pick, "sekretariat", "notulis")
    hats = who.roles(m.now) | m.office(t, who)
    recorded = kind in ("directives", "decisions")
    writers = (
        WRITERS if recorded else {"secretariat"}
    )  # what was announced is taken off before the session alone
    in_time = open_book(m, t) if recorded else t.state in ("draft", "scheduled")

    def do(stage: Any) -> Any:
        from randal.rooms.meetings.parts import remove_part

        stage.row(t, who)
        return remove_part(stage.part(part, t), stage.actor(who), m.now)

    expect = judged(not m.sees(who, t), (not hats & writers, "role"), (not in_time, "state"))
    return Step(who, f"removes one of {kind} of {t}", expect, do, lambda _made: parts.remove(part))
