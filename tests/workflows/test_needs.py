"""Each need and each check: refused with a sentence when it fails, allowed when it is met."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

import pytest

from tests.workflows import expected, samples
from tests.workflows.samples import ANOTHER, ME, NOW, REASON, TODAY, thing
from workflows import LIFECYCLES
from workflows.lifecycle import Act, Refused


class Case(NamedTuple):
    lifecycle: str
    move: str
    state: str
    hat: str
    item: dict[str, Any]  # what is spoilt on the item
    given: dict[str, Any]  # what is given instead
    where: str  # the field refused, "" for a need
    sentence: str  # part of what the person reads
    sentences: int = 1


YESTERDAY, TOMORROW = date(2018, 6, 24), date(2018, 6, 26)


def attendance_at(state: str, minutes: str | None = None, today: bool = True) -> dict[str, Any]:
    notes = thing(state=minutes) if minutes else None
    return {"meeting": thing(state=state, minutes=notes, is_check_in_day=lambda now: today)}


def runs(state: str, due: date = date(2018, 6, 30)) -> dict[str, Any]:
    return {"follow_up": thing(state=state, due_on=due, local_today=lambda now: TODAY)}


def sig(state: str, way: str = "local", scan: int | None = None) -> Any:
    return thing(state=state, way=way, scan_file_id=scan)


SCHEDULE = ("meeting", "schedule", "draft", "secretariat")
RESCHEDULE = ("meeting", "reschedule", "scheduled", "secretariat")
REASSIGN = ("meeting", "reassign", "scheduled", "secretariat")
UNINVITE = ("meeting", "uninvite", "scheduled", "secretariat")
RESEND = ("meeting", "resend_mail", "closed", "secretariat")
CLOSE = ("meeting", "close", "in_session", "chair")
ASSIGN = ("follow_up", "assign", "draft", "chair")
VERIFY = ("follow_up", "verify", "submitted", "evaluator")
JUDGE = ("follow_up", "judge_evidence", "submitted", "evaluator")
EVIDENCE = ("follow_up", "add_evidence", "assigned", "unit_staff")
SUBMIT = ("minutes", "submit", "drafting", "minute_taker")
AGREE = ("kendala", "agree_solution", "raised", "evaluator")
GRANT = ("extension", "grant", "requested", "evaluator")
SCAN = ("signature", "sign_on_paper", "ready", "secretariat")
RUNNING = [
    thing(state=s) for s in expected.states("follow_up") if s not in ("verified", "infeasible", "cancelled")
]
MISSING = {
    "unreported": lambda now: ["Contoh PPK A", "Contoh PPK B"],
    "agenda_items": [thing(title="Pembukaan", outcome=None), thing(title="Paparan", outcome="discussed")],
    "objectives": [thing(text="Terpadu", assessment=None), thing(text="Selaras", assessment="met")],
}

CASES = [
    Case(*SCHEDULE, {"starts_at": None}, {}, "", "waktu mulai dan waktu selesai"),
    Case(*SCHEDULE, {"gone": ["Contoh Ketua"]}, {}, "", "Contoh Ketua sudah ditutup"),
    Case(*SCHEDULE, {"ends_at": None}, {}, "", "waktu mulai dan waktu selesai"),
    Case(*SCHEDULE, {"ends_at": datetime(2018, 6, 25, 2, tzinfo=NOW.tzinfo)}, {}, "", "setelah mulai"),
    Case(*SCHEDULE, {"timezone": None}, {}, "", "zona waktu"),
    Case(*SCHEDULE, {"place": None, "link": ""}, {}, "", "tempat atau tautan"),
    Case(*SCHEDULE, {"chair_id": None}, {}, "", "Pimpinan Rapat"),
    Case(*SCHEDULE, {"minute_taker_id": None}, {}, "", "Notulis"),
    Case(*SCHEDULE, {"report_period": None}, {}, "", "periode"),
    Case(*SCHEDULE, {"objectives": []}, {}, "", "sasaran"),
    Case(*SCHEDULE, {"agenda_items": []}, {}, "", "acara"),
    Case(*SCHEDULE, {"invitees": []}, {}, "", "peserta"),
    Case(*UNINVITE, {"invitees": [thing(id=1, state="invited")]}, {}, "", "satu-satunya"),
    Case(*UNINVITE, {}, {"attendance_id": 7}, "attendance_id", "tidak ada pada rapat ini"),
    Case(*UNINVITE, {}, {"attendance_id": 2}, "attendance_id", "sudah dicatat hadir"),
    Case(*RESEND, {}, {"mail_id": 7}, "mail_id", "tidak gagal"),
    Case(*RESEND, {}, {"mail_id": 2}, "mail_id", "tidak lagi ada"),
    Case(*RESEND, {}, {"mail_id": 3}, "mail_id", "rahasia"),
    Case(*SCHEDULE, {"invitees": [], "timezone": None, "starts_at": None}, {}, "", "peserta", 3),
    Case(*RESCHEDULE, {}, {"starts_at": datetime(2018, 6, 25, 12), "ends_at": datetime(2018, 6, 25, 17)}, "starts_at", "sama"),
    Case(*RESCHEDULE, {}, {"starts_at": datetime(2018, 6, 24, 9)}, "starts_at", "lewat"),
    Case(*RESCHEDULE, {}, {"ends_at": datetime(2018, 6, 26, 9)}, "ends_at", "setelah"),
    Case(*REASSIGN, {}, {"chair_id": None, "minute_taker_id": None}, "chair_id", "yang lain"),
    Case(*REASSIGN, {}, {"chair_id": 10, "minute_taker_id": 11}, "chair_id", "yang lain"),
    Case("meeting", "open", "scheduled", "chair", {"local_start_date": date(2018, 6, 26)}, {}, "", "tanggalnya"),
    Case("meeting", "issue_letter", "scheduled", "secretariat", {}, {"number": None}, "number", "nomor surat"),
    Case("meeting", "issue_letter", "scheduled", "secretariat", {}, {"way": "here"}, "way", "kosongkan berkasnya"),
    Case("meeting", "issue_letter", "scheduled", "secretariat", {}, {"file": None}, "way", "Unggah berkas"),
    Case("meeting", "sign_letter", "scheduled", "signer", {"letter_signed_at": NOW}, {}, "", "menunggu tanda tangan"),
    Case("meeting", "decline_letter", "scheduled", "signer", {"letter_way": ""}, {}, "", "menunggu tanda tangan"),
    Case("meeting", "reopen", "closed", "chair", {"all_minutes": [thing(state="in_review")]}, {}, "", "notula"),
    Case("meeting", "reopen", "closed", "chair", {"all_minutes": [thing(state="drafting"), thing(state="signed")]}, {}, "",
         "berita acara"),
    Case(*CLOSE, MISSING, {}, "confirm", "Contoh PPK B", 4),
    Case(*CLOSE, MISSING, {"confirm": False}, "confirm", "«Pembukaan»", 4),
    Case("attendance", "accept", "invited", "invitee", attendance_at("in_session"), {}, "", "terjadwal"),
    Case("attendance", "accept", "invited", "invitee", attendance_at("draft"), {}, "", "terjadwal"),
    Case("attendance", "represent", "invited", "invitee", attendance_at("cancelled"), {}, "", "terjadwal"),
    Case("attendance", "decline", "invited", "invitee", attendance_at("draft"), {}, "", "terjadwal"),
    Case("attendance", "check_in", "invited", "invitee", attendance_at("closed"), {}, "", "tanggal rapat"),
    Case("attendance", "check_in", "invited", "invitee", attendance_at("in_session", today=False), {}, "", "tanggal rapat"),
    Case("attendance", "excuse", "absent", "secretariat", attendance_at("closed", "approved"), {}, "", "Notula"),
    Case("attendance", "send_on_duty", "absent", "secretariat", attendance_at("closed", "signing"), {}, "", "Notula"),
    Case("attendance", "correct_to_present", "absent", "secretariat", attendance_at("closed", "signed"), {}, "", "Notula"),
    Case("attendance", "correct_to_absent", "present", "secretariat", attendance_at("closed", "superseded"), {}, "", "Notula"),
    Case("progress_report", "submit", "draft", "unit_ppk", {"source": None}, {}, "", "sumber"),
    Case("progress_report", "submit", "draft", "unit_ppk", {"as_of": None}, {}, "", "tanggal"),
    Case("progress_report", "submit", "draft", "unit_ppk", {"incomplete_activities": ["SPAM", "IPAL"]}, {}, "", "«IPAL»", 2),
    Case("progress_report", "submit", "draft", "unit_ppk", {"unexplained_figures": ["«SPAM»: turun."]}, {}, "", "penjelasannya"),
    Case("progress_report", "validate", "submitted", "evaluator", {"submitted_by_id": ME}, {}, "", "orang lain"),
    Case("progress_report", "validate", "submitted", "evaluator", {"imported_by_id": ME}, {}, "", "orang lain"),
    Case("finding", "agree", "recorded", "evaluator", {}, {"reason": None}, "reason", "Belum ada tanggapan"),
    Case("finding", "agree", "responded", "evaluator", {"follow_ups": []}, {"reason": " "}, "reason", "Tautkan"),
    *(Case("finding", "close", "agreed", "leader", {"follow_ups": [f]}, {}, "", "belum berakhir") for f in RUNNING),
    Case("finding", "close", "agreed", "evaluator", {"verifier_ids": {ME, ANOTHER}}, {}, "", "memverifikasi"),
    *(Case(*AGREE, {}, {field: None}, field, "Wajib") for field in ("category", "cause", "severity", "solution")),
    Case(*AGREE, {}, {"category": "XYZ"}, "category", "daftar"),
    Case(*AGREE, {}, {"severity": "huge"}, "severity", "daftar"),
    Case(*AGREE, {"follow_ups": []}, {"reason": ""}, "reason", "Tautkan"),
    *(Case("kendala", "resolve", "solution_agreed", "evaluator", {"follow_ups": [f]}, {}, "", "belum berakhir") for f in RUNNING),
    Case("kendala", "resolve", "solution_agreed", "evaluator", {}, {"solution": None}, "solution", "Wajib"),
    Case("kendala", "escalate", "raised", "evaluator", {"level": "ditjen_pemda"}, {}, "", "tertinggi"),
    Case("kendala", "escalate", "raised", "evaluator", {}, {"answer_by": YESTERDAY}, "answer_by", "lewat"),
    Case(*ASSIGN, {"unit_id": None}, {}, "", "satuan kerja"),
    Case(*ASSIGN, {}, {"due_on": YESTERDAY}, "due_on", "lewat"),
    Case(*ASSIGN, {"due_on": YESTERDAY}, {"due_on": None}, "due_on", "lewat"),
    *(Case(*ASSIGN, {}, {field: None}, field, "Wajib") for field in ("due_on", "expected_output", "priority")),
    Case(*ASSIGN, {}, {"priority": "huge"}, "priority", "daftar"),
    Case("follow_up", "submit", "returned", "unit_ppk", {"new_evidence": []}, {}, "", "bukti dukung"),
    Case(*VERIFY, {"submitted_by_id": ME}, {}, "", "orang lain"),
    Case(*VERIFY, {"evidence": [thing(verdict="accepted"), thing(verdict=None)]}, {}, "", "1 belum dinilai"),
    Case(*VERIFY, {"evidence": [thing(verdict="insufficient")]}, {}, "", "Terima"),
    Case(*VERIFY, {"evidence": []}, {}, "", "Terima"),
    Case("follow_up", "propose_infeasible", "assigned", "unit_ppk", {}, {"ground": "lazy"}, "ground", "daftar"),
    *(Case(*GRANT, runs(ended), {}, "", "berakhir") for ended in ("verified", "infeasible", "cancelled")),
    Case(*GRANT, runs("assigned", date(2018, 7, 31)), {}, "new_due_on", "setelah"),
    Case(*GRANT, {}, {"new_due_on": date(2018, 6, 30)}, "new_due_on", "setelah"),
    Case(*GRANT, runs("assigned", date(2018, 5, 1)), {"new_due_on": YESTERDAY}, "new_due_on", "lewat"),
    Case(*GRANT, {"new_due_on": None}, {}, "new_due_on", "Wajib"),
    *(Case(*SUBMIT, {"meeting": thing(state=s)}, {}, "", "Tutup") for s in ("scheduled", "in_session", "concluded")),
    Case(*SUBMIT, {"is_addendum": True, "meeting": thing(state="in_session")}, {}, "", "Tutup"),
    Case(*SUBMIT, {"sections": [thing(title="Penutup", is_empty=True)]}, {}, "", "«Penutup»"),
    Case(*SUBMIT, {"unassessed": ["Terpadu", "Selaras"]}, {}, "", "«Selaras»", 2),
    Case(*SUBMIT, {"draft_follow_ups": [1, 2]}, {}, "", "2 tindak lanjut"),
    Case("minutes", "approve", "in_review", "chair", {"comments": [thing(answer=None)]}, {}, "", "Jawab"),
    Case("minutes", "approve", "in_review", "chair", {"gone_signers": ["Contoh Notulis"]}, {}, "", "sudah ditutup"),
    Case("minutes", "approve", "in_review", "chair", {"signers": []}, {}, "", "penanda tangan"),
    Case("minutes", "request_signatures", "approved", "system", {"document_ready": False}, {}, "", "PDF"),
    Case("minutes", "complete", "signing", "system", {"signatures": []}, {}, "", "Belum semua"),
    Case("minutes", "complete", "signing", "system", {"signatures": [sig("signed"), sig("ready")]}, {}, "", "Belum semua"),
    Case("minutes", "complete", "signing", "system", {"signatures": [sig("signed", "paper")]}, {}, "", "pindaian"),
    Case("minutes", "amend", "signed", "chair", {"open_addendum": thing(state="drafting")}, {}, "", "ralat"),
    Case("signature", "sign", "ready", "signer", {"minutes": thing(state="drafting")}, {}, "", "tanda tangan"),
    Case("signature", "decline", "ready", "signer", {"minutes": thing(state="signed")}, {}, "", "tanda tangan"),
    Case(*SCAN, {"minutes": thing(state="approved")}, {}, "", "tanda tangan"),
    Case(*SCAN, {"scan_by_id": ME}, {}, "", "mengunggah"),
    Case("signature", "sign_on_paper", "ready", "signer", {"scan_by_id": ME}, {}, "", "mengunggah"),
    Case(*SCAN, {"scan_file_id": None, "scan_by_id": None}, {}, "", "Unggah"),
    Case("signature", "hand_over", "ready", "signer", {}, {"user_id": 13}, "user_id", "pejabat lain"),
    Case("signature", "hand_over", "ready", "signer", {}, {"user_id": ANOTHER}, "user_id", "pejabat lain"),
    Case("minutes", "answer_comment", "in_review", "chair", {"comments": []}, {}, "", "Belum ada"),
    Case("minutes", "answer_comment", "in_review", "chair", {}, {"comment_id": 2}, "comment_id", "tidak ada"),
    Case("minutes", "renew", "in_review", "chair", {"changed_parts": []}, {}, "", "tidak berubah"),
    Case("minutes", "agree", "in_review", "unit_ppk", {}, {"sha256": "cd34"}, "sha256", "Baca lagi"),
    Case("minutes", "agree", "in_review", "unit_ppk", {"agreements": [thing(unit_id=None, version_no=1)]}, {}, "", "sudah"),
    Case("attendance", "come_back", "present", "invitee", attendance_at("closed"), {}, "", "pada tanggal rapat"),
    Case(*JUDGE, {"submitted_by_id": ME}, {}, "", "orang lain"),
    Case(*JUDGE, {}, {"evidence_id": 3}, "evidence_id", "dari tindak lanjut ini"),
    Case(*JUDGE, {"evidence": [thing(id=1, verdict=None, added_by_id=ME)]}, {}, "evidence_id", "orang lain"),
    Case(*EVIDENCE, {}, {"dated_on": TOMORROW}, "dated_on", "belum tiba"),
    Case("follow_up", "wait_for", "assigned", "unit_ppk", {}, {"waits_since": TOMORROW}, "waits_since", "belum tiba"),
    Case("follow_up", "wait_no_more", "assigned", "unit_ppk", {"waits_for": ""}, {}, "", "tidak menunggu"),
    Case("follow_up", "write_agreement", "assigned", "unit_ppk", {}, {"dated_on": TOMORROW}, "dated_on", "belum tiba"),
    # Who may make whom able to do what: never alone, never himself, never unknown.
    Case("grant", "grant", "requested", "admin", {"created_by_id": ME}, {}, "", "orang kedua"),
    Case("grant", "grant", "requested", "leader", {"person_id": ME}, {}, "", "wewenangnya sendiri"),
    Case("grant", "grant", "requested", "leader", {"role": "admin"}, {}, "", "Admin Sistem lain"),
    Case("identity", "confirm", "waiting", "leader", {"person": thing(id=ME, sure_from=None)}, {}, "", "orang lain"),
    Case("identity", "confirm", "waiting", "admin", {"link_maker_id": ME}, {}, "", "Anda yang membuat"),
    Case("identity", "prove", "waiting", "owner", {"has_earlier_key": False}, {}, "", "orang kedua"),
    *(Case(*row, {"sure": False}, {}, "", "belum dipastikan") for row in (
        ("grant", "grant", "requested", "admin"), ("grant", "refuse", "requested", "leader"),
        ("identity", "confirm", "waiting", "admin"), ("signature", "sign", "ready", "signer"),
        ("signature", "sign_on_paper", "ready", "signer"), ("meeting", "sign_letter", "scheduled", "signer"))),
    *(Case("meeting", f"change_{part}", "in_session", "secretariat", {}, {field: " "}, field, "Wajib") for part, field in (
        ("session", "title"), ("objective", "text"), ("objective", "kind"), ("agenda_item", "title"), ("directive", "text"),
        ("decision", "text"))),
]  # fmt: skip

BOOK = {"minutes": thing(state="in_review")}
DURING = [  # what it belongs to does not allow it (any more): said as its own state would be
    *(Case("meeting", name, "closed", hat, BOOK, {}, "", "notulanya diajukan") for name, hat in (
        ("assess_objective", "evaluator"), ("note_outcome", "evaluator"), ("add_directive", "chair"),
        ("change_directive", "chair"), ("remove_directive", "chair"), ("add_decision", "chair"),
        ("change_decision", "chair"), ("remove_decision", "chair"))),
    Case("meeting", "remind_invitees", "scheduled", "secretariat", {"starts_at": NOW}, {}, "", "belum dimulai"),
    Case("meeting", "remind_invitees", "scheduled", "secretariat", {"invitees": [thing(state="accepted")]}, {}, "",
         "sudah dijawab"),
    *(Case("meeting", name, "draft", "secretariat", {"starts_at": None}, {}, "", "Isi waktu rapat dahulu")
      for name in ("add_session", "change_session")),
    Case("meeting", "finish_agenda_item", "in_session", "chair",
         {"agenda_items": [thing(id=1, started_at=NOW, ended_at=NOW)]}, {}, "", "tidak sedang berlangsung"),
    Case("attendance", "correct_presence", "present", "secretariat", {"presences": []}, {}, "", "sudah tidak ada"),
    Case("attendance", "leave", "present", "secretariat", attendance_at("closed"), {}, "", "sudah ditutup"),
    Case("attendance", "correct_presence", "present", "secretariat", attendance_at("closed", "approved"), {}, "",
         "sudah disetujui"),
    Case("attendance", "change_link", "invited", "secretariat", attendance_at("closed"), {}, "", "hanya ada selama"),
    Case("attendance", "change_link", "present", "secretariat", {"is_guest": True}, {}, "", "hanya ada selama"),
]  # fmt: skip

MET = [  # what stands on the border and is allowed
    ("meeting", "close", "in_session", "chair", MISSING, {"confirm": True}),
    ("meeting", "close", "in_session", "chair", {}, {}),
    ("meeting", "schedule", "draft", "secretariat", {"place": None, "link": "https://rapat.contoh.example"}, {}),
    (*RESCHEDULE, {}, {"starts_at": datetime(2018, 6, 25, 8), "ends_at": datetime(2018, 6, 25, 17)}),
    (*RESCHEDULE, {}, {"starts_at": datetime(2018, 6, 25, 12), "ends_at": datetime(2018, 6, 25, 16)}),
    (*REASSIGN, {}, {"chair_id": 10, "minute_taker_id": 20}),
    (*REASSIGN, {}, {"chair_id": 20, "minute_taker_id": None}),
    ("meeting", "open", "scheduled", "chair", {"local_start_date": YESTERDAY}, {}),
    ("meeting", "reopen", "closed", "chair", {"all_minutes": []}, {}),
    ("minutes", "submit", "drafting", "writer", {"kind": "report", "meeting": thing(state="concluded")}, {}),
    ("attendance", "represent", "invited", "invitee", attendance_at("in_session"), {}),
    ("attendance", "check_in", "absent", "invitee", attendance_at("in_session"), {}),
    ("attendance", "excuse", "absent", "secretariat", attendance_at("closed", "in_review"), {}),
    ("finding", "agree", "responded", "evaluator", {"follow_ups": []}, {}),
    ("finding", "agree", "responded", "evaluator", {}, {"reason": None}),
    ("finding", "close", "agreed", "leader", {"follow_ups": [], "verifier_ids": set()}, {}),
    (*AGREE, {"category": "LHN", "cause": "x", "severity": "low", "solution": "y"},
     {"category": None, "cause": None, "severity": None, "solution": None, "reason": None}),
    (*AGREE, {"follow_ups": []}, {}),
    (*AGREE, {"follow_ups": [], "no_follow_up_reason": REASON}, {"reason": None}),
    ("kendala", "resolve", "solution_agreed", "evaluator", {"solution": "y", "follow_ups": []}, {"solution": None}),
    ("kendala", "escalate", "raised", "evaluator", {"level": "direktorat"}, {}),
    (*ASSIGN, {"due_on": TODAY, "expected_output": "x", "priority": "low"},
     {"due_on": None, "expected_output": None, "priority": None}),
    (*GRANT, {"new_due_on": None}, {"new_due_on": date(2018, 7, 1)}),
    (*GRANT, runs("submitted"), {"reason": None}),
    (*SUBMIT, {"is_addendum": True, "meeting": thing(state="concluded")}, {}),
    ("signature", "sign_on_paper", "ready", "signer", {}, {}),
]  # fmt: skip


def attempt(
    lifecycle: str, move: str, state: str, hat: str, spoilt: dict[str, Any], given: dict[str, Any]
) -> None:
    relations = {hat} & set(expected.RELATIONS)
    roles = {hat} - relations
    item = samples.item(lifecycle, state, *relations, **spoilt)
    actor = samples.actor(*roles, sure=spoilt.get("sure", True))
    LIFECYCLES[lifecycle].decide(item, move, Act(actor, NOW, samples.given(lifecycle, move, **given)))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.lifecycle}.{c.move}: {c.sentence}")
def test_refused_with_a_sentence(case: Case) -> None:
    with pytest.raises(Refused) as caught:
        attempt(*case[:6])
    refusal = caught.value
    assert refusal.kind == ("field" if case.where else "need")
    assert list(refusal.errors) == [case.where]
    assert len(refusal.errors[case.where]) == case.sentences
    assert case.sentence in refusal.detail
    assert all(s.endswith(".") for s in refusal.errors[case.where])


@pytest.mark.parametrize("case", DURING, ids=lambda c: f"{c.lifecycle}.{c.move}: {c.sentence}")
def test_refused_as_a_state(case: Case) -> None:
    with pytest.raises(Refused) as caught:
        attempt(*case[:6])
    assert caught.value.kind == "state" and case.sentence in caught.value.detail


@pytest.mark.parametrize("case", MET, ids=lambda c: f"{c[0]}.{c[1]}")
def test_allowed_on_the_border(case: tuple[str, str, str, str, dict[str, Any], dict[str, Any]]) -> None:
    attempt(*case)


def test_no_need_and_no_check_goes_untested() -> None:
    refused: set[tuple[str, str, object]] = set()
    for case in (*CASES, *DURING):
        item = samples.item(case.lifecycle, case.state, *({case.hat} & set(expected.RELATIONS)), **case.item)
        actor = samples.actor(case.hat, sure=case.item.get("sure", True))
        act = Act(actor, NOW, samples.given(case.lifecycle, case.move, **case.given))
        for row in LIFECYCLES[case.lifecycle].moves_named(case.move):
            if case.where:
                refused |= {(case.lifecycle, case.move, a.name) for a in row.asks if a.name == case.where}
            else:
                refused |= {
                    (case.lifecycle, case.move, need)
                    for need in (*row.during, *row.of_part, *row.needs)
                    if need(item, act)
                }
    wanted: set[tuple[str, str, object]] = set()
    for name, lifecycle in LIFECYCLES.items():
        for row in lifecycle.moves:
            wanted |= {(name, row.name, need) for need in (*row.during, *row.of_part, *row.needs)}
            wanted |= {(name, row.name, a.name) for a in row.asks if a.check}
    assert not wanted - refused


def test_open_moves_tell_what_blocks_them() -> None:
    item = samples.item("minutes", "drafting", "minute_taker", unassessed=["Terpadu"], draft_follow_ups=[1])
    opened = LIFECYCLES["minutes"].open_to(item, samples.actor(), NOW)
    (submit,) = [o for o in opened if not o.move.deed]
    assert (submit.move.name, submit.hat) == ("submit", "minute_taker")
    assert len(submit.blocked) == 2
    unasked = LIFECYCLES["minutes"].open_to(item, samples.actor())[0]
    assert unasked.blocked == ()  # lists ask state and role only
