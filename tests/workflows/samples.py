"""Plain items that meet every need, and a value for every field: what a test then spoils, one thing at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from workflows.lifecycle import Actor

NOW = datetime(2018, 6, 25, 3, 0, tzinfo=UTC)  # 10.00 WIB on the day of the meeting
TODAY = date(2018, 6, 25)
ZONE = timedelta(hours=7)
ME, ANOTHER = 1, 99
REASON = "Alasan yang cukup panjang"


def actor(*roles: str, id: int = ME, sure: bool = True) -> Actor:
    return Actor(id=id, roles=frozenset(roles), sure=sure)


def thing(**values: Any) -> Any:
    return SimpleNamespace(**values)


def meeting() -> dict[str, Any]:
    return dict(
        starts_at=datetime(2018, 6, 25, 5, tzinfo=UTC),
        ends_at=datetime(2018, 6, 25, 10, tzinfo=UTC),
        timezone="Asia/Jakarta",
        place="Jakarta",
        link=None,
        chair_id=10,
        minute_taker_id=11,
        report_period="2018-06",
        sessions=[],
        objectives=[thing(text="Sasaran contoh", assessment="met")],
        agenda_items=[thing(id=1, title="Acara contoh", outcome="discussed", started_at=NOW, ended_at=None)],
        invitees=[thing(id=1, state="invited"), thing(id=2, state="present")],
        lost_mails=[
            thing(id=1, secret=False, address="contoh@contoh.example"),
            thing(id=2, secret=False, address=""),
            thing(id=3, secret=True, address="contoh@contoh.example"),
        ],
        units_without_report=[],
        unreported=lambda now: [],
        gone=[],
        unconfirmed=[],
        in_office=[],
        all_minutes=[thing(state="drafting", kind="minutes")],
        minutes=thing(state="drafting"),
        letter_number="UM.01/1",
        letter_dated_on=TODAY,
        letter_file_id=5,
        letter_version=1,
        letter_way="here",
        letter_signed_at=None,
        letter_declined_at=None,
        letter_outdated=False,
        sequence=0,
        opened_at=None,
        closed_at=NOW,
        local_start_date=TODAY,
        local_end_date=TODAY,
        is_check_in_day=lambda now: now == NOW,
        local_date=lambda now: (now + ZONE).date(),
        instant=lambda naive: (naive - ZONE).replace(tzinfo=UTC),
    )


def attendance() -> dict[str, Any]:
    return dict(
        is_guest=False,
        name_attending=None,
        post_attending=None,
        reason=None,
        checked_in_at=None,
        check_in_way=None,
        signature_file_id=None,
        mandate_file_id=None,
        presences=[thing(id=1)],
        meeting=thing(state="scheduled", minutes=None, is_check_in_day=lambda now: now == NOW),
    )


def progress_report() -> dict[str, Any]:
    return dict(
        period="2018-06",
        source="emon",
        as_of=TODAY,
        incomplete_activities=[],
        unexplained_figures=[],
        imported_by_id=None,
        revision=1,
        submitted_by_id=ANOTHER,
        submitted_at=None,
        first_submitted_at=None,
        validated_by_id=None,
        validated_at=None,
    )


def finding() -> dict[str, Any]:
    return dict(
        response=None,
        responded_at=None,
        follow_ups=[thing(state="verified"), thing(state="infeasible"), thing(state="cancelled")],
        verifier_ids={ANOTHER},
        no_follow_up_reason=None,
        evaluation=None,
        closed_by_id=None,
        closed_at=None,
    )


def kendala() -> dict[str, Any]:
    return dict(
        category=None,
        cause=None,
        severity=None,
        solution=None,
        follow_ups=[thing(state="verified")],
        no_follow_up_reason=None,
        result=None,
        level="satker",
        addressee=None,
        answer_by=None,
    )


def follow_up() -> dict[str, Any]:
    evidence = [
        thing(id=n, verdict=said, added_by_id=ANOTHER) for n, said in ((1, "accepted"), (2, "unsuitable"))
    ]
    return dict(
        unit_id=7,
        due_on=None,
        expected_output=None,
        priority=None,
        evidence=evidence,
        new_evidence=evidence,
        submitted_by_id=ANOTHER,
        submitted_at=NOW,
        verified_by_id=None,
        verified_at=None,
        returned_at=None,
        returned_reason=None,
        infeasible_ground=None,
        evidence_since=None,
        extensions=[thing(state="granted")],
        waits_for="Dinas PUPR contoh",
        waits_post="",
        waits_since=TODAY,
        local_today=lambda now: (now + ZONE).date(),
    )


def extension() -> dict[str, Any]:
    return dict(
        old_due_on=None,
        new_due_on=date(2018, 7, 31),
        decided_by_id=None,
        decided_at=None,
        follow_up=thing(
            state="assigned", due_on=date(2018, 6, 30), local_today=lambda now: (now + ZONE).date()
        ),
    )


def minutes() -> dict[str, Any]:
    return dict(
        kind="minutes",
        version_no=1,
        approved_at=NOW,
        approved_by_id=ANOTHER,
        meeting=thing(state="closed"),
        is_addendum=False,
        sections=[thing(title="Pembukaan", is_empty=False)],
        unassessed=[],
        draft_follow_ups=[],
        comments=[thing(id=1, answer="Sudah diperbaiki")],
        agreements=[thing(unit_id=7, version_no=1)],
        signers=[11, 10],
        gone_signers=[],
        signatures=[
            thing(state="signed", way="local", scan_file_id=None),
            thing(state="signed", way="paper", scan_file_id=8),
        ],
        document_ready=True,
        open_addendum=None,
        wording_sha256="ab12",
        changed_parts=["Kehadiran"],
    )


def signature() -> dict[str, Any]:
    return dict(
        signer_id=ANOTHER,
        scan_file_id=8,
        scan_by_id=ANOTHER,
        signed_at=None,
        signed_by_id=None,
        way=None,
        minutes=thing(state="signing"),
        may_take_over=lambda user_id, now: user_id in (12, ANOTHER),
    )


def grant() -> dict[str, Any]:
    return dict(role="evaluator", person_id=ANOTHER, created_by_id=98, decided_by_id=None, decided_at=None)


def identity() -> dict[str, Any]:
    return dict(
        person=thing(id=ANOTHER, sure_from=None),
        link_maker_id=98,
        has_earlier_key=True,
        how=None,
        confirmed_by_id=None,
        confirmed_at=None,
        counts_from=None,
    )


MAKERS = {
    f.__name__: f
    for f in (
        meeting,
        attendance,
        progress_report,
        finding,
        kendala,
        follow_up,
        extension,
        minutes,
        signature,
        grant,
        identity,
    )
}

GIVEN: dict[str, dict[str, Any]] = {
    "meeting": dict(
        title="Contoh",
        kind="sasaran",
        text="Contoh",
        session_id=1,
        objective_id=1,
        agenda_item_id=1,
        directive_id=1,
        decision_id=1,
        paparan_id=1,
        photo_id=1,
        unit_id=7,
        subject="report",
        number="UM.02/2",
        dated_on=TODAY,
        way="elsewhere",
        file=6,
        passphrase="rahasia contoh",
        starts_at=datetime(2018, 6, 26, 9),
        ends_at=datetime(2018, 6, 26, 17),
        chair_id=20,
        minute_taker_id=21,
        attendance_id=1,
        mail_id=1,
    ),
    "attendance": dict(name="Contoh Wakil", post="Kepala Seksi", signature=9, presence_id=1, arrived="09.00"),
    "progress_report": {},
    "finding": dict(response="Sudah kami perbaiki", evaluation="Tuntas"),
    "kendala": dict(
        category="LHN",
        cause="Belum bebas",
        severity="high",
        solution="Pindah lokasi",
        result="Selesai",
        addressee="Direktur",
        answer_by=TODAY,
    ),
    "follow_up": dict(
        due_on=TODAY,
        expected_output="Berita acara",
        priority="high",
        note="Sudah dikerjakan",
        ground="legal_process",
        evidence_id=1,
        verdict="accepted",
        dated_on=TODAY,
        waits_for="Dinas PUPR contoh",
        waits_since=TODAY,
        city="Contoh",
        place="Contoh",
        office="Dinas PUPR contoh",
        post="Kepala Dinas",
        party_name="Contoh Kepala",
        subject="Contoh",
        points="Satu hal",
    ),
    "extension": {},
    "minutes": dict(
        number="NOT.1/2",
        sections={"penutup": "<p>Contoh</p>"},
        text="Contoh",
        comment_id=1,
        answer="Ya",
        signers=[1],
        sha256="ab12",
    ),
    "signature": dict(passphrase="rahasia contoh", user_id=12, file=3),
    "grant": {},
    "identity": dict(how="met", passphrase="rahasia contoh"),
}


def item(lifecycle: str, state: str, *relations: str, **changes: Any) -> Any:
    """An item in this state that meets every need of every move; whoever asks has these relations to it."""
    values = MAKERS[lifecycle]() | changes
    return SimpleNamespace(state=state, relations=lambda actor: frozenset(relations), **values)


# One name, another meaning.
OF_MOVE: dict[str, dict[str, Any]] = {
    "add_session": {"kind": "session"},
    "change_session": {"kind": "session"},
}


def given(lifecycle: str, move: str = "", /, **changes: Any) -> dict[str, Any]:
    return {"reason": REASON} | GIVEN[lifecycle] | OF_MOVE.get(move, {}) | changes
