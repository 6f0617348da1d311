"""What the nine tables must say, written down by hand and apart from them: only the grid test compares the two.

One line: move | from (-x: any but x) | to (= stays) | by | fields (with ? where optional).
"""

from __future__ import annotations

from dataclasses import dataclass

TABLES = {
    "meeting": """
        schedule | draft | scheduled | secretariat |
        issue_letter | scheduled | = | secretariat | number? dated_on way? file?
        sign_letter | scheduled | = | signer | passphrase nik?
        decline_letter | scheduled | = | signer | reason
        reschedule | scheduled | = | secretariat | starts_at ends_at reason
        reassign | draft scheduled in_session closed | = | secretariat | chair_id? minute_taker_id? reason
        open | scheduled | in_session | chair secretariat |
        close | in_session | closed | chair secretariat | confirm?
        reopen | closed | in_session | chair | reason
        conclude | closed | concluded | system |
        cancel | draft scheduled | cancelled | chair secretariat | reason
    """,
    "attendance": """
        accept | invited represented declined | accepted | invitee secretariat |
        represent | invited accepted represented declined | represented | invitee secretariat | name post letter?
        decline | invited accepted represented declined | declined | invitee secretariat | reason
        ask_again | accepted represented declined | invited | system |
        check_in | -present | present | invitee secretariat | name? post? signature?
        excuse | -present -excused | excused | secretariat | reason
        send_on_duty | -present -on_duty | on_duty | secretariat | reason
        mark_absent | invited accepted represented | absent | system |
        mark_excused | declined | excused | system |
        correct_to_present | -present | present | secretariat | reason
        correct_to_absent | -absent | absent | secretariat | reason
    """,
    "progress_report": """
        submit | draft returned missing | submitted | unit_ppk |
        return | submitted | returned | evaluator | reason
        validate | submitted | validated | evaluator |
        revise | validated | draft | evaluator | reason
        waive | draft returned | missing | system secretariat | reason
    """,
    "finding": """
        respond | recorded returned | responded | unit_ppk | response
        return | responded | returned | evaluator | reason
        agree | recorded responded | agreed | evaluator | reason?
        close | agreed | closed | evaluator leader | evaluation
        withdraw | recorded responded returned | withdrawn | evaluator | reason
        reopen | closed | agreed | evaluator system | reason
    """,
    "kendala": """
        agree_solution | raised | solution_agreed | chair evaluator | category? cause? severity? solution? reason?
        resolve | solution_agreed | resolved | evaluator | result solution?
        escalate | raised solution_agreed | = | evaluator system | addressee answer_by
        accept | raised solution_agreed | accepted | leader | reason
        withdraw | raised | withdrawn | evaluator | reason
        reopen | resolved | solution_agreed | evaluator system | reason
        reopen | accepted | solution_agreed | leader | reason
    """,
    "follow_up": """
        assign | draft | assigned | chair secretariat | due_on? expected_output? priority?
        note_progress | assigned | in_progress | unit_ppk unit_staff | note
        note_progress | in_progress returned | = | unit_ppk unit_staff | note
        submit | assigned in_progress returned | submitted | unit_ppk | note
        verify | submitted | verified | evaluator | note
        return | submitted | returned | evaluator | reason
        propose_infeasible | assigned in_progress returned | infeasible_proposed | unit_ppk | ground reason
        accept_infeasible | infeasible_proposed | infeasible | leader | reason
        refuse_infeasible | infeasible_proposed | in_progress | leader | reason
        cancel | draft assigned in_progress returned infeasible_proposed | cancelled | chair leader | reason
        reopen | verified | in_progress | evaluator | reason
    """,
    "extension": """
        grant | requested | granted | evaluator | new_due_on? reason?
        refuse | requested | refused | evaluator | reason
        withdraw | requested | withdrawn | unit_ppk system |
    """,
    "minutes": """
        submit | drafting | in_review | minute_taker writer |
        return | in_review | drafting | chair | reason
        approve | in_review | approved | chair | number?
        request_signatures | approved | signing | system |
        complete | signing | signed | system |
        revise | approved signing | drafting | chair system | reason
        amend | signed | = | chair minute_taker writer | reason
        supersede | signed | superseded | system |
    """,
    "signature": """
        call | waiting | ready | system |
        sign | ready | signed | signer | passphrase nik?
        sign_on_paper | ready | signed | signer secretariat |
        decline | ready | declined | signer | reason
        hand_over | ready | = | signer secretariat | user_id
        cancel | waiting ready | void | system |
    """,
}

STATES = {
    "meeting": "draft scheduled in_session closed concluded* cancelled*",
    "attendance": "invited accepted represented declined present excused on_duty absent",
    "progress_report": "draft submitted returned validated missing",
    "finding": "recorded responded returned agreed closed withdrawn*",
    "kendala": "raised solution_agreed resolved accepted withdrawn*",
    "follow_up": "draft assigned in_progress submitted returned verified infeasible_proposed infeasible* cancelled*",
    "extension": "requested granted* refused* withdrawn*",
    "minutes": "drafting in_review approved signing signed superseded*",
    "signature": "waiting ready signed* declined* void*",
}  # * is final

ROLES = "admin secretariat evaluator ppk ppk_staff leader auditor system".split()
RELATIONS = "chair minute_taker writer invitee signer unit_ppk unit_staff".split()

MADE_BY = {
    "meeting": "secretariat",
    "attendance": "secretariat",
    "progress_report": "system unit_ppk unit_staff",
    "finding": "evaluator secretariat minute_taker",
    "kendala": "unit_ppk evaluator secretariat minute_taker",
    "follow_up": "chair secretariat evaluator minute_taker",
    "extension": "unit_ppk",
    "minutes": "system minute_taker secretariat",
    "signature": "system",
}
# (lifecycle, hat) → the states of the parent (meeting, follow-up) in which alone it may make one
MADE_WITHIN = {
    ("finding", "minute_taker"): "in_session closed concluded",
    ("follow_up", "minute_taker"): "in_session closed concluded",
    ("extension", "unit_ppk"): "assigned in_progress returned",
}
EDITED = {  # by, in
    "meeting": ("secretariat", "draft scheduled"),
    "attendance": ("", ""),
    "progress_report": ("unit_ppk unit_staff", "draft returned missing"),
    "finding": ("evaluator secretariat minute_taker", "recorded"),
    "kendala": ("unit_ppk evaluator secretariat minute_taker", "raised"),
    "follow_up": ("chair secretariat evaluator minute_taker", "draft"),
    "extension": ("", ""),
    "minutes": ("minute_taker secretariat", "drafting"),
    "signature": ("", ""),
}


@dataclass(frozen=True)
class Row:
    move: str
    sources: tuple[str, ...]
    target: str | None
    by: frozenset[str]
    fields: tuple[str, ...]

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(f for f in self.fields if not f.endswith("?"))


def rows(lifecycle: str) -> list[Row]:
    found = []
    for line in TABLES[lifecycle].strip().splitlines():
        move, sources, target, by, fields = (cell.strip() for cell in line.split("|"))
        left = tuple(sources.split())
        if sources.startswith("-"):
            left = tuple(state for state in states(lifecycle) if f"-{state}" not in left)
        stays = None if target == "=" else target
        found.append(Row(move, left, stays, frozenset(by.split()), tuple(fields.split())))
    return found


def states(lifecycle: str) -> list[str]:
    return [code.rstrip("*") for code in STATES[lifecycle].split()]


def finals(lifecycle: str) -> set[str]:
    return {code.rstrip("*") for code in STATES[lifecycle].split() if code.endswith("*")}
