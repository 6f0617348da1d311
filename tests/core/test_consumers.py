"""An outbox row names its consumer by a key that outlives every move of the code: rows wait while a new version is installed."""

from __future__ import annotations

import pytest

from randal.history.events import ON, reaction

#: event and consumer as rows of the first versions name them; what is retired here must have drained everywhere
PINNED = """
attendance.create meetings.reactions.call_latecomer
extension.create follow_ups.reactions.tell_evaluators
extension.grant follow_ups.reactions.tell_unit
extension.refuse follow_ups.reactions.tell_unit
finding.agree findings.reactions.tell_unit
finding.close findings.reactions.tell_unit
finding.create findings.reactions.tell_unit
finding.reopen findings.reactions.tell_unit
finding.respond findings.reactions.tell_evaluators
finding.return findings.reactions.tell_unit
finding.withdraw findings.reactions.tell_unit
follow_up.accept_infeasible follow_ups.reactions.tell_unit
follow_up.add_evidence follow_ups.reactions.draw_evidence
follow_up.assign follow_ups.reactions.tell_unit
follow_up.cancel follow_ups.reactions.tell_unit
follow_up.create follow_ups.drafts.tell_assigners
follow_up.edit follow_ups.reactions.draw_evidence
follow_up.propose_infeasible follow_ups.reactions.tell_leaders
follow_up.refuse_infeasible follow_ups.reactions.tell_unit
follow_up.reopen follow_ups.reactions.tell_unit
follow_up.return follow_ups.reactions.tell_unit
follow_up.submit follow_ups.reactions.tell_evaluators
follow_up.verify follow_ups.reactions.tell_unit
kendala.accept kendala.reactions.tell_unit
kendala.agree_solution kendala.reactions.tell_unit
kendala.create kendala.reactions.tell_who_must_know
kendala.escalate kendala.reactions.tell_higher_up
kendala.reopen kendala.reactions.tell_unit
kendala.resolve kendala.reactions.tell_unit
kendala.withdraw kendala.reactions.tell_unit
meeting.add_session meetings.reactions.tell_of_place
meeting.cancel meetings.reactions.call_everybody
meeting.cancel meetings.reactions.call_off_copies
meeting.change_session meetings.reactions.tell_of_place
meeting.decline_letter meetings.letter_signing.tell_secretariat
meeting.edit meetings.reactions.tell_of_place
meeting.issue_letter meetings.reactions.send_letter
meeting.reassign meetings.reactions.tell_new_officers
meeting.remove_session meetings.reactions.tell_of_place
meeting.reschedule meetings.reactions.call_everybody
meeting.schedule meetings.reactions.call_everybody
meeting.sign_letter meetings.letter_signing.send_signed
meeting.uninvite meetings.reactions.call_back
minutes.amend minutes.telling.tell_of_addendum
minutes.answer_comment minutes.telling.tell_of_answer
minutes.comment minutes.telling.tell_of_comment
minutes.complete minutes.telling.send_published
minutes.renew minutes.telling.tell_of_renewal
minutes.return minutes.telling.tell_writer
minutes.revise minutes.telling.tell_writer
minutes.submit minutes.telling.tell_reviewers
progress_report.return evaluation.reactions.tell_unit
progress_report.revise evaluation.reactions.tell_unit
progress_report.submit evaluation.reactions.tell_evaluators
progress_report.validate evaluation.reactions.tell_unit
progress_report.waive evaluation.reactions.tell_unit
signature.call minutes.telling.tell_signer
signature.decline minutes.telling.tell_of_decline
signature.hand_over minutes.telling.tell_signer
""".split("\n")[1:-1]


@pytest.mark.parametrize("row", PINNED)
def test_a_row_written_before_is_still_delivered(row: str) -> None:
    event, key = row.split()
    assert reaction(event, key) is not None


def test_every_key_is_pinned() -> None:
    """A new reaction is one line above: from then on its key is kept."""
    keys = {f"{name} {each.key}" for name, found in ON.items() for each in found}
    assert sorted(key for key in keys if key not in PINNED and not key.split()[1].startswith("tests.")) == []
