"""The next step of the day itself: what brings a meeting, its minutes and its follow-ups to their end.

Without it random steps would seldom come as far as a signed addendum.
"""

from __future__ import annotations

from tests.walks.besides import days_pass, draw_paper
from tests.walks.deeds import assess_part
from tests.walks.evidence import ask_time, bring_evidence, judge_piece
from tests.walks.matters import new_item
from tests.walks.model import ROWS, Model, Thing, local
from tests.walks.moves import fill, step
from tests.walks.papers import answer_comment, hand_in_scan, write_section
from tests.walks.picking import Picker, Step
from tests.walks.reports import fill_report

NOTHING = Picker(())


def plain_move(m: Model, t: Thing, name: str, pick: Picker = NOTHING) -> Step | None:
    """The move by one who may, with what is required and nothing else; None when nobody may."""
    able = m.may(t, name)
    if not able:
        return None
    who = pick.of(able)
    said, number = m.row_of(t, name, m.hats(t, who))
    row = ROWS[t.kind][number]
    given = fill(m, t, row, NOTHING, plain=True)
    if name != "sign_on_paper":
        given.pop("file", None)
    return step(m, t, row, who, given) if said == "ok" else None


def onward(m: Model, t: Thing, pick: Picker) -> Step | None:
    """What the meeting `t` waits for."""
    if t.state == "draft":
        return plain_move(m, t, "schedule")
    if t.state == "scheduled":
        if t.letter == "here":
            return plain_move(m, t, pick.of(["sign_letter", "decline_letter"]))
        if pick.rarely(4):
            return letter_to_sign(m, t)
        ahead = m.day(t.hours) < local(t, t.starts).date()
        return days_pass(m, NOTHING) if ahead else plain_move(m, t, "open")
    if t.state == "in_session":
        return plain_move(m, t, "close")
    minutes = [n for n in m.all("minutes", meeting=t) if not n.final]
    return next((step for n in reversed(minutes) if (step := write_on(m, n, pick))), None)


def letter_to_sign(m: Model, t: Thing) -> Step:
    row = next(r for r in ROWS["meeting"] if r.move == "issue_letter")
    given = fill(m, t, row, NOTHING, plain=True) | {"way": "here"}
    given.pop("file", None)
    return step(m, t, row, m.people["sekretariat"], given)


def write_on(m: Model, t: Thing, pick: Picker) -> Step | None:
    taker = t.meeting.taker or m.people["sekretariat"]
    if t.state == "drafting":
        unknown = [p for p in t.meeting.objectives if p.mark is None]
        if unknown and t.code != "record":
            if m.newest_minutes(t.meeting) is t and t.meeting.state == "closed":
                return assess_part(m, t.meeting, unknown[0], taker, NOTHING)
            return None
        if t.empty:
            return write_section(m, t, taker, min(t.empty), "<p>Contoh</p>")
        if drafts := m.all("follow_up", meeting=t.meeting, state="draft"):
            return plain_move(m, drafts[0], pick.of(["assign", "assign", "cancel"]))
        return plain_move(m, t, "submit")
    if t.state == "in_review":
        open_comments = [c for c in t.comments if not c.answered]
        return (
            answer_comment(m, t, open_comments[0], taker, "Contoh")
            if open_comments
            else plain_move(m, t, "approve")
        )
    if t.state == "approved":
        return draw_paper(m, t) if t.paper == "queued" else None
    if t.state == "signing":
        ready = [s for s in m.signatures(t) if s.state == "ready"]
        return sign_on(m, ready[0], pick.of(["sign", "sign", "sign_on_paper"])) if ready else None
    return plain_move(m, t, "amend")


def sign_on(m: Model, t: Thing, way: str) -> Step | None:
    """Ink is vouched for by two: the last who may hands in the scan, the first says that it is so."""
    able = m.may(t, "sign_on_paper")
    if way == "sign_on_paper" and t.scan_by is None and able:
        return hand_in_scan(m, t, able[-1])
    return plain_move(m, t, way)


def chase(m: Model, pick: Picker) -> Step | None:
    """What one report, finding, kendala or follow-up waits for."""
    kind = pick.of(["follow_up", "kendala", "finding", "progress_report", "extension", "follow_up"])
    running = [t for t in m.all(kind) if not t.final]
    if not running and kind not in ("progress_report", "extension"):
        sessions = [t for t in m.all("meeting") if t.state in ("in_session", "closed") and m.invited_units(t)]
        if not sessions:
            return None
        return matter(m, kind, pick.of(sessions))
    if not running:
        return None
    t = pick.of(running)
    unit = t.follow_up.unit if t.kind == "extension" else t.unit
    ppk = next((w for w in m.people.values() if w.unit == unit and w.role == "ppk"), None)
    if t.kind == "progress_report" and t.state in ("draft", "returned", "missing") and ppk:
        return plain_move(m, t, "submit") if t.source and t.complete else fill_report(m, t, ppk, NOTHING)
    if t.kind == "follow_up" and t.state in ("assigned", "in_progress", "returned") and ppk:
        if pick.rarely(3) and m.open_request(t) is None:
            return ask_time(m, t, ppk, NOTHING)
        fresh = any(t.since is None or e.at > t.since for e in t.evidence)
        return plain_move(m, t, "submit") if fresh else bring_evidence(m, t, ppk, NOTHING)
    if t.kind == "follow_up" and t.state == "submitted":
        unknown = [e for e in t.evidence if e.verdict is None]
        judges = [
            w
            for w in m.people.values()
            if w.role == "evaluator" and w not in (t.submitted_by, *(e.by for e in unknown))
        ]
        if unknown:
            return judge_piece(m, t, unknown[0], pick.of(judges), "accepted")
    names = [r.move for r in ROWS[t.kind] if t.state in r.sources]
    return plain_move(m, t, pick.of(names), pick) if names else None


def matter(m: Model, kind: str, meeting: Thing | None = None) -> Step | None:
    """A finding, kendala or follow-up (of what there is already) at this meeting."""
    t = meeting or m.things[0]
    units = m.invited_units(t)
    return new_item(m, kind, t, units[0], m.people["monev"], Picker((0, 0, 0, 1))) if units else None
