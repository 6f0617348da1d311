"""What each move asks for, and the order in which an attempt is refused."""

from __future__ import annotations

import pytest

from tests.workflows import expected, samples
from tests.workflows.expected import Row
from tests.workflows.samples import NOW
from workflows import LIFECYCLES
from workflows.lifecycle import Act, Refused

ROWS = [(name, row) for name in expected.TABLES for row in [*expected.rows(name), *expected.deeds(name)]]
KINDS = {
    "reason": "reason", "response": "prose", "evaluation": "prose", "cause": "prose", "solution": "prose",
    "result": "prose", "expected_output": "prose", "note": "prose", "number": "text", "name": "text", "post": "text",
    "addressee": "text", "dated_on": "date", "answer_by": "date", "due_on": "date", "new_due_on": "date",
    "starts_at": "datetime", "ends_at": "datetime", "chair_id": "person", "minute_taker_id": "person",
    "user_id": "person", "confirm": "flag", "file": "file", "letter": "file", "signature": "file", "passphrase": "password",
    "nik": "password",
    "category": "choice", "severity": "choice", "priority": "choice", "ground": "choice",
    "sections": "map", "text": "prose", "answer": "prose", "comment_id": "row", "signers": "list",
    "title": "text", "duration": "integer", "position": "integer", "session_id": "row", "objective_id": "row",
    "agenda_item_id": "row", "directive_id": "row", "decision_id": "row", "assessment": "choice", "outcome": "choice",
    "speaker": "text", "paparan_id": "row", "photo_id": "row", "caption": "text", "on_paper": "flag", "unit_id": "row",
    "nature": "text", "attachment": "text", "destination": "text", "dress": "text", "opening": "prose", "closing": "prose",
    "on_behalf_of": "text", "through": "text", "rank": "text", "notes": "prose", "at": "text", "presence_id": "row",
    "arrived": "text", "left": "text",
    "way": "choice", "how": "choice", "verdict": "choice", "link": "link", "place": "text", "sent_as": "text",
    "waits_for": "text", "waits_post": "text", "waits_since": "date", "city": "text", "office": "text", "party_name": "text",
    "subject": "text",
    "points": "prose", "source_section": "text", "source_paragraph": "integer", "finding_ids": "many", "kendala_ids": "many",
    "area_id": "row", "activity_id": "row", "replaces_id": "row", "evidence_id": "row", "sha256": "text",
    "attendance_id": "row", "mail_id": "row",
    "present": "many", "absent": "many",
}  # fmt: skip
KINDS_OF = {
    ("add_photos", "file"): "files",
    **{
        (f"{verb}_{part}", "kind"): "choice"
        for verb in ("add", "change")
        for part in ("session", "objective")
    },
    **{(f"{verb}_proposal", "kind"): "text" for verb in ("accept", "dismiss")},
}


def refusal(lifecycle: str, row: Row, /, **given: object) -> Refused | None:
    hat = next(iter(row.by))
    relations = {hat} & set(expected.RELATIONS)
    item = samples.item(lifecycle, row.sources[0], *relations)
    act = Act(samples.actor(*({hat} - relations)), NOW, samples.given(lifecycle, row.move, **given))
    try:
        LIFECYCLES[lifecycle].decide(item, row.move, act)
    except Refused as refused:
        return refused
    return None


@pytest.mark.parametrize(
    ("name", "row"), ROWS, ids=lambda v: v if isinstance(v, str) else f"{v.move}-{v.sources[0]}"
)
def test_fields_asked(name: str, row: Row) -> None:
    moves = [m for m in LIFECYCLES[name].moves_named(row.move) if m.sources == set(row.sources)]
    assert len(moves) == 1
    asks = moves[0].asks
    assert [a.name + ("" if a.required else "?") for a in asks] == list(row.fields)
    assert [a.kind for a in asks] == [KINDS_OF.get((row.move, a.name)) or KINDS[a.name] for a in asks]
    assert all(bool(a.choices) == (a.kind == "choice") for a in asks)


@pytest.mark.parametrize(
    ("name", "row", "field"),
    [(n, r, f) for n, r in ROWS for f in r.required],
    ids=lambda v: getattr(v, "move", v),
)
def test_a_required_field_is_required(name: str, row: Row, field: str) -> None:
    assert refusal(name, row) is None
    for nothing in (None, "", "   ", []):
        refused = refusal(name, row, **{field: nothing})
        assert refused is not None and refused.kind == "field"
        assert refused.errors == {field: ["Wajib diisi."]}


@pytest.mark.parametrize(
    ("name", "row"),
    [(n, r) for n, r in ROWS if any("reason" in f for f in r.fields)],
    ids=lambda v: getattr(v, "move", v),
)
def test_a_reason_has_ten_characters(name: str, row: Row) -> None:
    refused = refusal(name, row, reason="  pendek    ")
    assert refused is not None and refused.kind == "field"
    assert list(refused.errors) == ["reason"]
    assert "10" in refused.detail
    assert refusal(name, row, reason="sepuluh ab") is None


def test_refusals_come_in_the_order_role_state_need_field() -> None:
    lifecycle = LIFECYCLES["finding"]
    wrong = dict(follow_ups=[samples.thing(state="assigned")])

    def kind(role: str, state: str, spoilt: dict[str, object], given: dict[str, object]) -> str:
        item = samples.item("finding", state, **spoilt)
        with pytest.raises(Refused) as caught:
            lifecycle.decide(item, "close", Act(samples.actor(role), NOW, given))
        return caught.value.kind

    assert kind("secretariat", "recorded", wrong, {}) == "role"
    assert kind("evaluator", "recorded", wrong, {}) == "state"
    assert kind("evaluator", "agreed", wrong, {}) == "need"
    assert kind("evaluator", "agreed", {}, {}) == "field"
    act = Act(samples.actor("evaluator"), NOW, {"evaluation": "Tuntas"})
    assert lifecycle.decide(samples.item("finding", "agreed"), "close", act)[1] == "evaluator"


def test_all_wrong_fields_are_named_at_once() -> None:
    refused = refusal("kendala", expected.rows("kendala")[2], addressee="", answer_by=None)
    assert refused is not None
    assert refused.errors == {"addressee": ["Wajib diisi."], "answer_by": ["Wajib diisi."]}


def test_an_unknown_move_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        LIFECYCLES["finding"].decide(samples.item("finding", "agreed"), "vanish", Act(samples.actor(), NOW))
