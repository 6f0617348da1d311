"""What is expected of whom, written by hand: the home page shows this and nothing else."""

from __future__ import annotations

import itertools

import pytest

from tests.workflows import expected, samples
from workflows import LIFECYCLES
from workflows.lifecycle import Lifecycle, awaits, deed, move

# lifecycle: move | states | hats
AWAITED = {
    "meeting": """
        schedule | draft | secretariat
        issue_letter | scheduled | secretariat
        open | scheduled | chair secretariat
        close | in_session | chair secretariat
    """,
    "attendance": "accept | invited | invitee",
    "progress_report": """
        submit | draft returned missing | unit_ppk
        edit | draft returned missing | unit_staff
        validate | submitted | evaluator
    """,
    "finding": """
        respond | recorded returned | unit_ppk
        agree | responded | evaluator
        close | agreed | evaluator leader
    """,
    "kendala": """
        agree_solution | raised | chair evaluator
        resolve | solution_agreed | evaluator
    """,
    "follow_up": """
        assign | draft | chair secretariat
        submit | assigned in_progress returned | unit_ppk
        note_progress | assigned in_progress returned | unit_staff
        verify | submitted | evaluator
        accept_infeasible | infeasible_proposed | leader
    """,
    "extension": "grant | requested | evaluator",
    "minutes": """
        submit | drafting | minute_taker writer
        answer_comment | drafting in_review | chair minute_taker secretariat
        approve | in_review | chair
        agree | in_review | unit_ppk
    """,
    "signature": """
        sign | ready | signer
        sign_on_paper | ready | signer secretariat
    """,
}
# What the usual sample is not: a letter not issued, a comment without an answer, a meeting ahead.
AS_NEEDED = {
    "meeting": {"letter_number": None, "letter_way": "", "letter_outdated": False},
    "minutes": {"comments": [samples.thing(id=1, answer="")]},
    "attendance": {"meeting": samples.thing(state="scheduled", starts_at=samples.NOW)},
}
GRID = [
    (name, state, hat)
    for name in AWAITED
    for state, hat in itertools.product(LIFECYCLES[name].states, (*expected.ROLES, *expected.RELATIONS))
    if hat != "system"
]


@pytest.mark.parametrize(("name", "state", "hat"), GRID)
def test_the_grid(name: str, state: str, hat: str) -> None:
    rows = [[part.strip() for part in row.split("|")] for row in AWAITED[name].strip().splitlines()]
    wanted = [move for move, states, by in rows if state in states.split() and hat in by.split()]
    relations = {hat} & set(expected.RELATIONS)
    item = samples.item(name, state, *relations, **AS_NEEDED.get(name, {}))
    found = LIFECYCLES[name].waits_for(item, samples.actor(*({hat} - relations)), samples.NOW)
    assert [one.move for one in found] == wanted


UNMET = [
    ("meeting", "scheduled", "secretariat", "issue_letter", {}),  # issued, and still true
    ("meeting", "scheduled", "secretariat", "open", {"local_start_date": samples.TODAY.replace(year=2019)}),
    ("minutes", "in_review", "chair", "answer_comment", {}),
    (
        "minutes",
        "in_review",
        "unit_ppk",
        "agree",
        {"agreements": [samples.thing(unit_id=None, version_no=1)]},
    ),
    ("progress_report", "draft", "unit_ppk", "submit", {"period": "2010-06", "revision": 1}),
    ("follow_up", "submitted", "evaluator", "verify", {"submitted_by_id": samples.actor().id}),
    ("attendance", "invited", "invitee", "accept", {"meeting": samples.thing(state="concluded")}),
]


@pytest.mark.parametrize(
    ("name", "state", "hat", "move", "changes"), UNMET, ids=lambda v: v if isinstance(v, str) else ""
)
def test_what_waits_for_somebody_else_or_another_day_is_not_expected(
    name: str, state: str, hat: str, move: str, changes: dict[str, object]
) -> None:
    relations = {hat} & set(expected.RELATIONS)
    item = samples.item(name, state, *relations, **changes)
    found = LIFECYCLES[name].waits_for(item, samples.actor(*({hat} - relations)), samples.NOW)
    assert move not in [one.move for one in found]


@pytest.mark.parametrize("state", ["draft", "missing", "returned"])
def test_a_report_sent_back_is_asked_for_however_old_it_is(state: str) -> None:
    item = samples.item("progress_report", state, "unit_ppk", period="2010-06", revision=2)
    found = LIFECYCLES["progress_report"].waits_for(item, samples.actor(), samples.NOW)
    assert [one.move for one in found] == ([] if state == "missing" else ["submit"])


def test_nobody_is_expected_to_do_what_he_cannot() -> None:
    with pytest.raises(ValueError, match="nobody can make"):
        Lifecycle(
            "contoh", "Contoh", {"a": "A", "b": "B"},
            [move("go", "a", "b", by="secretariat", label="", said=""), deed("say", "b", by="secretariat", label="", said="")],
            initial="a", final={"b"}, awaited=[awaits("go", "b", "secretariat", "{n}")],
        )  # fmt: skip
