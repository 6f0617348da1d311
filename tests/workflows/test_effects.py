"""What a move writes on its item: exactly these fields, and no others."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.workflows import samples
from tests.workflows.samples import ME, NOW, REASON, TODAY
from workflows import LIFECYCLES
from workflows.identity import NEVER, WAIT
from workflows.lifecycle import Act, Move

EARLIER = datetime(2018, 6, 1, tzinfo=UTC)

# lifecycle, move, what stood there, what is given besides the sample, what the move writes
WRITES: list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("meeting", "issue_letter", {"letter_dated_on": None}, {},
     {"letter_number": "UM.02/2", "letter_dated_on": TODAY, "letter_file_id": 6, "letter_version": 2,
      "letter_way": "elsewhere"}),
    ("meeting", "issue_letter", {"letter_signed_at": EARLIER}, {"way": None, "file": None},
     {"letter_number": "UM.02/2", "letter_file_id": None, "letter_version": 2, "letter_way": "", "letter_signed_at": None}),
    ("meeting", "sign_letter", {}, {}, {"letter_signed_at": NOW}),
    ("meeting", "decline_letter", {}, {},
     {"letter_number": None, "letter_dated_on": None, "letter_file_id": None, "letter_way": "", "letter_declined_at": NOW}),
    ("meeting", "reschedule", {}, {},
     {"starts_at": datetime(2018, 6, 26, 2, tzinfo=UTC), "ends_at": datetime(2018, 6, 26, 10, tzinfo=UTC),
      "letter_number": None, "letter_dated_on": None, "letter_file_id": None, "letter_way": "", "sequence": 1}),
    ("meeting", "reassign", {"letter_way": ""}, {}, {"chair_id": 20, "minute_taker_id": 21}),
    ("meeting", "reassign", {}, {},
     {"chair_id": 20, "minute_taker_id": 21, "letter_number": None, "letter_dated_on": None, "letter_file_id": None,
      "letter_way": ""}),
    ("meeting", "reassign", {}, {"chair_id": None}, {"minute_taker_id": 21}),
    ("meeting", "open", {}, {}, {"opened_at": NOW}),
    ("meeting", "close", {"closed_at": None}, {}, {"closed_at": NOW}),
    ("meeting", "reopen", {}, {}, {"closed_at": None}),
    ("meeting", "uninvite", {}, {}, {"sequence": 1}),
    ("meeting", "cancel", {}, {}, {"sequence": 1}),
    ("attendance", "represent", {"reason": REASON}, {},
     {"name_attending": "Contoh Wakil", "post_attending": "Kepala Seksi", "reason": None}),
    ("attendance", "accept", {"name_attending": "x", "post_attending": "y", "reason": "z"}, {},
     {"name_attending": None, "post_attending": None, "reason": None}),
    ("attendance", "ask_again", {"name_attending": "x", "reason": "z"}, {}, {"name_attending": None, "reason": None}),
    ("attendance", "decline", {"name_attending": "x"}, {}, {"name_attending": None, "reason": REASON}),
    ("attendance", "excuse", {}, {}, {"reason": REASON}),
    ("attendance", "send_on_duty", {}, {}, {"reason": REASON}),
    ("attendance", "mark_excused", {"reason": REASON}, {}, {}),
    ("attendance", "check_in", {"reason": REASON}, {},
     {"name_attending": "Contoh Wakil", "post_attending": "Kepala Seksi", "signature_file_id": 9, "reason": None,
      "check_in_way": "account", "checked_in_at": NOW}),
    ("attendance", "check_in", {"name_attending": "x"}, {"name": None, "post": None, "signature": None, "way": "qr"},
     {"check_in_way": "qr", "checked_in_at": NOW}),
    ("attendance", "correct_to_absent", {"checked_in_at": NOW, "check_in_way": "qr", "signature_file_id": 9}, {},
     {"checked_in_at": None, "check_in_way": None, "signature_file_id": None}),
    ("attendance", "correct_to_present", {"reason": REASON}, {}, {"reason": None}),
    ("progress_report", "submit", {}, {}, {"submitted_by_id": ME, "submitted_at": NOW, "first_submitted_at": NOW}),
    ("progress_report", "submit", {"first_submitted_at": EARLIER}, {}, {"submitted_by_id": ME, "submitted_at": NOW}),
    ("progress_report", "validate", {}, {}, {"validated_by_id": ME, "validated_at": NOW}),
    ("progress_report", "revise", {"validated_by_id": 5, "validated_at": NOW}, {},
     {"revision": 2, "validated_by_id": None, "validated_at": None}),
    ("finding", "respond", {}, {}, {"response": "Sudah kami perbaiki", "responded_at": NOW}),
    ("finding", "agree", {"follow_ups": []}, {}, {"no_follow_up_reason": REASON}),
    ("finding", "agree", {}, {}, {}),
    ("finding", "close", {}, {}, {"evaluation": "Tuntas", "closed_by_id": ME, "closed_at": NOW}),
    ("finding", "reopen", {"evaluation": "x", "closed_by_id": 5, "closed_at": NOW}, {},
     {"evaluation": None, "closed_by_id": None, "closed_at": None}),
    ("kendala", "agree_solution", {"follow_ups": []}, {},
     {"category": "LHN", "cause": "Belum bebas", "severity": "high", "solution": "Pindah lokasi",
      "no_follow_up_reason": REASON}),
    ("kendala", "agree_solution", {"category": "ANG", "solution": "y"}, {"category": None, "solution": None},
     {"cause": "Belum bebas", "severity": "high"}),
    ("kendala", "resolve", {}, {"solution": None}, {"result": "Selesai"}),
    ("kendala", "escalate", {}, {}, {"level": "direktorat", "addressee": "Direktur", "answer_by": TODAY}),
    ("kendala", "escalate", {"level": "direktorat"}, {},
     {"level": "ditjen_pemda", "addressee": "Direktur", "answer_by": TODAY}),
    ("kendala", "reopen", {"result": "x"}, {}, {"result": None}),
    ("follow_up", "assign", {}, {}, {"due_on": TODAY, "expected_output": "Berita acara", "priority": "high"}),
    ("follow_up", "submit", {"submitted_at": None}, {}, {"submitted_by_id": ME, "submitted_at": NOW}),
    ("follow_up", "verify", {}, {}, {"verified_by_id": ME, "verified_at": NOW}),
    ("follow_up", "return", {}, {}, {"returned_at": NOW, "returned_reason": REASON, "evidence_since": NOW}),
    ("follow_up", "propose_infeasible", {}, {}, {"infeasible_ground": "legal_process"}),
    ("follow_up", "refuse_infeasible", {"infeasible_ground": "legal_process"}, {}, {"infeasible_ground": None}),
    ("follow_up", "reopen", {"verified_by_id": 5, "verified_at": NOW}, {},
     {"verified_by_id": None, "verified_at": None, "submitted_by_id": None, "submitted_at": None, "evidence_since": NOW}),
    ("follow_up", "wait_for", {"waits_since": None, "waits_post": "x"},
     {"waits_for": "Bappeda contoh", "waits_since": None},
     {"waits_for": "Bappeda contoh", "waits_post": "", "waits_since": TODAY}),
    ("follow_up", "wait_for", {"waits_since": EARLIER.date()}, {"waits_since": None}, {}),
    ("follow_up", "wait_no_more", {}, {}, {"waits_for": "", "waits_since": None}),
    ("follow_up", "move_due_date", {}, {}, {"due_on": TODAY}),
    ("extension", "grant", {}, {},
     {"old_due_on": date(2018, 6, 30), "decided_by_id": ME, "decided_at": NOW}),
    ("extension", "grant", {}, {"new_due_on": date(2018, 8, 1)},
     {"old_due_on": date(2018, 6, 30), "new_due_on": date(2018, 8, 1), "decided_by_id": ME, "decided_at": NOW}),
    ("extension", "refuse", {}, {}, {"decided_by_id": ME, "decided_at": NOW}),
    ("minutes", "approve", {"approved_at": None, "approved_by_id": None}, {}, {"approved_at": NOW, "approved_by_id": ME}),
    ("minutes", "revise", {}, {}, {"version_no": 2, "approved_at": None, "approved_by_id": None}),
    ("signature", "sign", {}, {},
     {"signed_at": NOW, "signed_by_id": ME, "way": "local", "signed_field": None, "certificate_sha256": None}),
    ("signature", "sign", {}, {"way": "remote", "signed_field": "psre-1", "certificate_sha256": "ab"},
     {"signed_at": NOW, "signed_by_id": ME, "way": "remote", "signed_field": "psre-1", "certificate_sha256": "ab"}),
    ("signature", "sign_on_paper", {}, {}, {"signed_at": NOW, "signed_by_id": ME, "way": "paper"}),
    ("signature", "hand_over", {}, {}, {"signer_id": 12}),
    ("grant", "grant", {}, {}, {"decided_by_id": ME, "decided_at": NOW}),
    ("grant", "refuse", {}, {}, {"decided_by_id": ME, "decided_at": NOW}),
    ("identity", "confirm", {}, {},
     {"how": "met", "confirmed_by_id": ME, "confirmed_at": NOW, "counts_from": NOW + WAIT}),
    ("identity", "prove", {}, {}, {"how": "key", "confirmed_by_id": ME, "confirmed_at": NOW, "counts_from": NOW}),
    ("identity", "stop", {}, {}, {}),
]  # fmt: skip


def apply(
    row: Move, lifecycle: str, stood: dict[str, Any], given: dict[str, Any], *roles: str
) -> dict[str, Any]:
    item = samples.item(lifecycle, "any", **stood)
    before = dict(vars(item))
    if row.does:
        row.does(item, Act(samples.actor(*roles), NOW, samples.given(lifecycle, **given)))
    return {name: value for name, value in vars(item).items() if name not in before or value != before[name]}


@pytest.mark.parametrize(
    ("name", "move", "stood", "given", "written"), WRITES, ids=lambda v: v if isinstance(v, str) else ""
)
def test_effect(
    name: str, move: str, stood: dict[str, Any], given: dict[str, Any], written: dict[str, Any]
) -> None:
    assert apply(LIFECYCLES[name].moves_named(move)[0], name, stood, given) == written


@pytest.mark.parametrize(("move", "after"), [("confirm", NOW + WAIT), ("prove", NOW), ("stop", NOW + NEVER)])
def test_from_when_somebody_is_known(move: str, after: datetime) -> None:
    item = samples.item("identity", "any")
    row = LIFECYCLES["identity"].moves_named(move)[0]
    assert row.does is not None
    row.does(item, Act(samples.actor("admin"), NOW, samples.given("identity")))
    assert item.person.sure_from == after


def test_no_effect_goes_untested() -> None:
    writing = {
        (name, row.name) for name, lifecycle in LIFECYCLES.items() for row in lifecycle.moves if row.does
    }
    assert not writing - {(name, move) for name, move, *_rest in WRITES}


def test_the_secretariat_checks_in_at_the_table() -> None:
    row = LIFECYCLES["attendance"].moves_named("check_in")[0]
    assert apply(row, "attendance", {}, {}, "secretariat")["check_in_way"] == "table"
