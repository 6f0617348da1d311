"""What moves need, for the model: written from workflows.md, not from workflows/*.py. A fault is "need" or "field"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from tests.walks.cast import Who
from tests.walks.model import ENDED, Model, Thing, local
from tests.workflows.expected import Row

Check = Callable[[Model, Thing, Who | None, dict[str, Any]], set[str]]
CHECKS: dict[str, Check] = {}
CHOICES = {
    "category": set("LHN IZN DSN PGD KTR PPK ANG PEM SOS CUA SDM KOO".split()),
    "severity": {"low", "medium", "high", "critical"},
    "priority": {"low", "medium", "high"},
    "ground": {"force_majeure", "legal_process", "no_longer_effective"},
    "way": {"here", "elsewhere"},
}
MOST = {"reason": 4000, "number": 80, "name": 120, "post": 200, "addressee": 200}
LINES = {"number", "name", "post", "addressee"}
WORDS = LINES | {"reason", "response", "evaluation", "cause", "solution", "result", "expected_output", "note"}


def faults(model: Model, t: Thing, row: Row, who: Who | None, given: dict[str, Any]) -> set[str]:
    """Empty when the move may happen. With several faults any of them may be told."""
    found: set[str] = set()
    for name in (field.rstrip("?") for field in row.fields):
        found |= wrong(name, given.get(name), name in row.required)
    if check := CHECKS.get(f"{t.kind}.{row.move}"):
        found |= check(model, t, who, given)
    return found


def blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.replace("\x00", "").strip())


def wrong(name: str, value: Any, required: bool) -> set[str]:
    if blank(value):
        return {"field"} if required else set()
    bad = False
    if name in WORDS:
        bad = not isinstance(value, str) or len(value.replace("\x00", "").strip()) > MOST.get(name, 10_000)
        bad = bad or (name == "reason" and len(value.replace("\x00", "").strip()) < 10)
    elif name in CHOICES:
        bad = not isinstance(value, str) or value not in CHOICES[name]
    elif name in ("due_on", "dated_on", "new_due_on", "answer_by"):
        bad = as_date(value) is None
    elif name in ("starts_at", "ends_at"):
        bad = as_time(value) is None
    elif name in ("chair_id", "minute_taker_id", "user_id"):
        bad = not isinstance(value, int)
    elif name == "confirm":
        bad = not isinstance(value, bool)
    elif name in ("file", "signature"):
        bad = isinstance(value, str)
    return {"field"} if bad else set()


def as_date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def as_time(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def check(*names: str) -> Callable[[Check], Check]:
    def keep(function: Check) -> Check:
        for name in names:
            CHECKS[name] = function
        return function

    return keep


def need(bad: Any) -> set[str]:
    return {"need"} if bad else set()


def field(bad: Any) -> set[str]:
    return {"field"} if bad else set()


# -- meeting and attendance --------------------------------------------------------------------------


@check("meeting.schedule")
def can_invite(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    there = t.place and t.chair and t.taker and t.objectives and t.agenda and m.invitees(t)
    return need(not there)


@check("meeting.reschedule")
def new_times(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    starts, ends = as_time(given.get("starts_at")), as_time(given.get("ends_at"))
    if not starts or not ends:
        return set()
    same = (starts, ends) == (local(t, t.starts), local(t, t.ends))
    return field(starts.date() < m.day(t.hours) or same or ends <= starts)


@check("meeting.reassign")
def others(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    ids = [w.id for w in m.people.values()]
    named = [given.get("chair_id"), given.get("minute_taker_id")]
    present = [t.chair and t.chair.id, t.taker and t.taker.id]
    changes = any(new and new != old for new, old in zip(named, present, strict=True))
    return field(not changes or any(not blank(new) and new not in ids for new in named))


@check("meeting.issue_letter")
def way_and_file(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    way, brought = given.get("way"), not blank(given.get("file"))
    return field((way == "here" and brought) or (way == "elsewhere" and not brought))


@check("meeting.sign_letter", "meeting.decline_letter")
def letter_waits(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return need(t.letter != "here")


@check("meeting.open")
def its_day(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return need(m.day(t.hours) < local(t, t.starts).date())


@check("meeting.close")
def confirmed(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    lacks = m.unreported(t) or any(p.mark is None for p in (*t.agenda, *t.objectives))
    return field(lacks and given.get("confirm") is not True)


@check("meeting.reopen")
def still_drafting(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return need(any(paper.state != "drafting" for paper in m.all("minutes", meeting=t)))


@check("attendance.accept")
def before_it(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return need(t.meeting.state != "scheduled")


@check("attendance.represent", "attendance.decline")
def until_closed(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return need(t.meeting.state not in ("scheduled", "in_session"))


@check("attendance.check_in")
def at_the_door(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    today = local(t.meeting, t.meeting.starts).date() == m.day(t.meeting.hours)
    return need(t.meeting.state not in ("scheduled", "in_session") or not today)


@check(*(f"attendance.{m}" for m in ("excuse", "send_on_duty", "correct_to_present", "correct_to_absent")))
def list_not_frozen(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    minutes = m.newest_minutes(t.meeting)
    return need(minutes and minutes.state not in ("drafting", "in_review"))


# -- report, finding, kendala ------------------------------------------------------------------------


@check("progress_report.submit")
def figures_there(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return need(not t.source or not t.as_of or not t.complete)


@check("progress_report.validate")
def other_than_author(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return need(t.submitted_by is who)


@check("finding.agree")
def why_none(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return field(blank(given.get("reason")) and (t.state == "recorded" or not m.linked(t)))


@check("finding.close")
def all_ended(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    linked = m.linked(t)
    return need(any(f.state not in ENDED for f in linked) or any(f.verified_by is who for f in linked))


@check("kendala.agree_solution")
def solution_said(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    said = all(not blank(given.get(n)) or n in t.told for n in ("category", "cause", "severity", "solution"))
    return field(not said or (blank(given.get("reason")) and not t.why_none and not m.linked(t)))


@check("kendala.resolve")
def work_ended(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    running = need(any(f.state not in ENDED for f in m.linked(t)))
    return running | field(blank(given.get("solution")) and "solution" not in t.told)


@check("kendala.escalate")
def one_higher(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    by = as_date(given.get("answer_by"))
    return need(t.level == 2) | field(by and by < m.now.date())


# -- follow-up and its extension ---------------------------------------------------------------------


@check("follow_up.assign")
def a_deal(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    due = as_date(given.get("due_on")) or t.due_on
    return field(due < m.unit_day(t.unit) or not (given.get("priority") or t.priority))


@check("follow_up.submit")
def fresh_evidence(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return need(not any(t.since is None or e.at > t.since for e in t.evidence))


@check("follow_up.verify")
def judged_by_another(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    verdicts = [e.verdict for e in t.evidence]
    return need(t.submitted_by is who or None in verdicts or "accepted" not in verdicts)


@check("extension.grant")
def later(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    new = as_date(given.get("new_due_on")) or t.new_due_on
    early = new <= t.follow_up.due_on or new < m.unit_day(t.follow_up.unit)
    return need(t.follow_up.state in ENDED) | field(early)


# -- minutes and signature ---------------------------------------------------------------------------


@check("minutes.submit")
def complete(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    later = t.replaces is not None or t.code != "minutes"
    over = t.meeting.state == "closed" or (later and t.meeting.state == "concluded")
    drafts = m.all("follow_up", meeting=t.meeting, state="draft")
    return need(
        not over
        or t.empty
        or drafts
        or (t.code != "record" and any(o.mark is None for o in t.meeting.objectives))
    )


@check("minutes.approve")
def answered(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return need(not t.signers or any(not c.answered for c in t.comments))


@check("minutes.request_signatures")
def paper_there(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return need(t.paper != "ready")


@check("minutes.amend")
def one_at_a_time(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return need(any(a.state not in ("signed", "superseded") for a in m.all("minutes", replaces=t)))


def in_signing(t: Thing) -> set[str]:
    return need(t.minutes.state != "signing")


@check("signature.sign", "signature.decline")
def being_signed(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return in_signing(t)


@check("signature.sign_on_paper")
def scanned(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    return in_signing(t) | need(t.scan_by is None) | need(t.scan_by is who)


@check("signature.hand_over")
def other_holder(m: Model, t: Thing, who: Any, given: Any) -> set[str]:
    day = m.day(t.minutes.meeting.hours)
    held = [(w.id, h) for w in m.people.values() for h in w.held]
    holders = [who_id for who_id, h in held if t.post and h.post == t.post and h.in_force(day)]
    return field(given.get("user_id") == t.signer.id or given.get("user_id") not in holders)
