"""What a move changes in the model besides its own state: on the item, and on others in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from tests.walks.cast import Who
from tests.walks.model import ENDED, Model, Part, Thing, local
from tests.walks.needs import blank

Effect = Callable[[Model, Thing, Who | None, dict[str, Any]], None]
EFFECTS: dict[str, Effect] = {}
MACHINE = {"system"}


def make(model: Model, t: Thing, move: str, who: Who | None, given: dict[str, Any]) -> None:
    """The move happens, with all that goes with it."""
    model.note(t, move, model.hats(t, who) if who else MACHINE)
    if effect := EFFECTS.get(f"{t.kind}.{move}"):
        effect(model, t, who, given)


def by_system(model: Model, t: Thing, move: str) -> None:
    make(model, t, move, None, {})


def effect(*names: str) -> Callable[[Effect], Effect]:
    def keep(function: Effect) -> Effect:
        for name in names:
            EFFECTS[name] = function
        return function

    return keep


# -- meeting -----------------------------------------------------------------------------------------


def name_chair(meeting: Thing) -> None:
    meeting.chair_post = (
        meeting.chair.post_on(local(meeting, meeting.starts).date()) if meeting.chair else None
    )


def ask_for_reports(m: Model, period: str, units: list[str]) -> None:
    for unit in units:
        if m.report(unit, period) is None:
            facts = {"source": False, "as_of": False, "complete": unit == "C", "submitted_by": None}
            m.add(Thing("progress_report", "draft", unit=unit, period=period, **facts))


@effect("meeting.schedule")
def schedule(m: Model, t: Thing, who: Any, given: Any) -> None:
    units = m.invited_units(t)
    ask_for_reports(m, t.period, units)
    owed = [
        f
        for f in m.all("follow_up")
        if f.unit in units and f.meeting is not t and f.state not in {*ENDED, "draft"}
    ]
    if owed and not any(p.carries for p in t.agenda):
        t.agenda.insert(0, Part("agenda", carries=True))


@effect("meeting.reschedule")
def reschedule(m: Model, t: Thing, who: Any, given: Any) -> None:
    starts, ends = (datetime.fromisoformat(given[n]) for n in ("starts_at", "ends_at"))
    t.starts, t.ends = (at.replace(tzinfo=m.now.tzinfo) - timedelta(hours=t.hours) for at in (starts, ends))
    t.letter = ""
    name_chair(t)
    for row in m.invitees(t):
        if row.state in ("accepted", "represented", "declined"):
            by_system(m, row, "ask_again")


@effect("meeting.issue_letter")
def issue_letter(m: Model, t: Thing, who: Any, given: Any) -> None:
    t.letter = given.get("way") or ""


@effect("meeting.sign_letter", "meeting.decline_letter")
def letter_answered(m: Model, t: Thing, who: Any, given: Any) -> None:
    t.letter = ""


@effect("meeting.reassign")
def reassign(m: Model, t: Thing, who: Any, given: Any) -> None:
    by_id, before = {w.id: w for w in m.people.values()}, t.chair
    t.chair = by_id.get(given.get("chair_id"), t.chair)
    if t.chair is not before:
        t.letter = ""  # it waited under the name of the one before
    t.taker = by_id.get(given.get("minute_taker_id"), t.taker)
    name_chair(t)
    for minutes in m.all("minutes", meeting=t):
        if minutes.state in ("drafting", "in_review") and not minutes.chosen:
            default_signers(minutes)


def default_signers(minutes: Thing) -> None:
    wanted = [w for w in (minutes.meeting.taker, minutes.addressee or minutes.meeting.chair) if w]
    minutes.signers = [(w, n) for n, w in enumerate(dict.fromkeys(wanted), 1)]


@effect("meeting.close")
def close(m: Model, t: Thing, who: Any, given: Any) -> None:
    for item in t.agenda:
        item.mark = item.mark or "deferred"
    for row in m.invitees(t):
        if row.state in ("invited", "accepted") and row.person and row.person in (t.chair, t.taker):
            by_system(m, row, "mark_present")
        elif row.state in ("invited", "accepted", "represented"):
            by_system(m, row, "mark_absent")
        elif row.state == "declined":
            by_system(m, row, "mark_excused")
    ask_for_reports(m, t.period, m.invited_units(t))
    for unit in m.invited_units(t):
        report = m.report(unit, t.period)
        if report and report.state in ("draft", "returned"):
            by_system(m, report, "waive")
    if m.newest_minutes(t) is None:
        default_signers(m.add(new_minutes(t, None)))


def new_minutes(meeting: Thing, replaces: Thing | None, **of: Any) -> Thing:
    of = {"code": "minutes", "maker": None, "addressee": None} | of
    facts = {"signers": [], "chosen": False, "empty": set(), "comments": [], "paper": None, "version": 1}
    return Thing("minutes", "drafting", meeting=meeting, replaces=replaces, **facts, **of)


# -- report, finding, kendala ------------------------------------------------------------------------


@effect("progress_report.submit", "follow_up.submit")
def hand_in(m: Model, t: Thing, who: Any, given: Any) -> None:
    t.submitted_by = who


@effect("kendala.agree_solution")
def agree_solution(m: Model, t: Thing, who: Any, given: Any) -> None:
    tell(t, given)
    if m.linked(t):
        t.why_none = False
    elif not blank(given.get("reason")):
        t.why_none = True


@effect("kendala.resolve")
def tell_result(m: Model, t: Thing, who: Any, given: Any) -> None:
    tell(t, given)


def tell(t: Thing, given: dict[str, Any]) -> None:
    t.told |= {n for n in ("category", "cause", "severity", "solution") if not blank(given.get(n))}


@effect("kendala.escalate")
def escalate(m: Model, t: Thing, who: Any, given: Any) -> None:
    t.level += 1


# -- follow-up and extension -------------------------------------------------------------------------


@effect("follow_up.assign")
def assign(m: Model, t: Thing, who: Any, given: Any) -> None:
    if not blank(given.get("due_on")):
        t.due_on = date.fromisoformat(given["due_on"])
    t.priority = given.get("priority") or t.priority


@effect("follow_up.return")
def send_back(m: Model, t: Thing, who: Any, given: Any) -> None:
    t.since = m.now


@effect("follow_up.verify")
def verify(m: Model, t: Thing, who: Any, given: Any) -> None:
    t.verified_by = who
    end_requests(m, t, who, given)


@effect("follow_up.accept_infeasible", "follow_up.cancel")
def end_requests(m: Model, t: Thing, who: Any, given: Any) -> None:
    if asked := m.open_request(t):
        by_system(m, asked, "withdraw")


@effect("follow_up.reopen")
def reopen(m: Model, t: Thing, who: Any, given: Any) -> None:
    t.verified_by = t.submitted_by = None
    t.since = m.now
    for item in t.links:
        if item.state == {"finding": "closed", "kendala": "resolved"}[item.kind]:
            by_system(m, item, "reopen")


@effect("extension.grant")
def move_date(m: Model, t: Thing, who: Any, given: Any) -> None:
    new = given.get("new_due_on")
    t.follow_up.due_on = t.new_due_on if blank(new) else date.fromisoformat(new)


# -- minutes and signature ---------------------------------------------------------------------------


@effect("minutes.approve")
def approve(m: Model, t: Thing, who: Any, given: Any) -> None:
    t.paper = "queued"
    day = m.day(t.meeting.hours)
    for signer, position in t.signers:
        facts = {"signer": signer, "post": signer.post_on(day), "position": position, "scan_by": None}
        m.add(Thing("signature", "waiting", minutes=t, version=t.version, **facts))


@effect("minutes.request_signatures")
def call_next(m: Model, t: Thing, who: Any, given: Any) -> None:
    waiting = [s for s in m.signatures(t) if s.state in ("waiting", "ready")]
    lowest = min((s.position for s in waiting), default=0)
    for signature in waiting:
        if signature.position == lowest and signature.state == "waiting":
            by_system(m, signature, "call")


@effect("signature.sign", "signature.sign_on_paper")
def go_on(m: Model, t: Thing, who: Any, given: Any) -> None:
    if all(s.state == "signed" for s in m.signatures(t.minutes)):
        by_system(m, t.minutes, "complete")
    else:
        call_next(m, t.minutes, None, {})


@effect("signature.decline")
def take_back(m: Model, t: Thing, who: Any, given: Any) -> None:
    by_system(m, t.minutes, "revise")


@effect("signature.hand_over")
def other_signer(m: Model, t: Thing, who: Any, given: Any) -> None:
    t.signer = next(w for w in m.people.values() if w.id == given["user_id"])


@effect("minutes.revise")
def next_version(m: Model, t: Thing, who: Any, given: Any) -> None:
    old = m.signatures(t)
    t.version, t.paper = t.version + 1, None
    for signature in old:
        if signature.state in ("waiting", "ready"):
            by_system(m, signature, "cancel")


@effect("minutes.complete")
def publish(m: Model, t: Thing, who: Any, given: Any) -> None:
    if t.replaces and t.replaces.state == "signed":
        by_system(m, t.replaces, "supersede")
    if t.code == "minutes" and t.meeting.state == "closed":
        by_system(m, t.meeting, "conclude")


@effect("minutes.amend")
def addendum(m: Model, t: Thing, who: Any, given: Any) -> None:
    of = {"code": t.code, "maker": t.maker, "addressee": t.addressee}
    m.add(new_minutes(t.meeting, t, **of)).signers = list(t.signers)
