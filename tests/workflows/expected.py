"""What the tables must say, written down by hand and apart from them: only the grid test compares the two.

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
        close | in_session | closed | chair secretariat | confirm? present? absent?
        reopen | closed | in_session | chair | reason
        conclude | closed | concluded | system |
        cancel | draft | cancelled | chair secretariat | reason
        cancel | scheduled | cancelled | chair secretariat | reason
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
        mark_present | invited accepted represented | present | system |
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
    "grant": """
        grant | requested | granted | admin leader |
        refuse | requested | refused | admin leader | reason
        withdraw | requested | withdrawn | admin secretariat system |
    """,
    "identity": """
        confirm | waiting | confirmed | admin leader | how reason?
        prove | waiting | confirmed | owner | passphrase
        stop | waiting confirmed | stopped | owner admin leader | reason
        replace | waiting confirmed | replaced | system |
    """,
}

# What leaves the state as it is and is done beside the moves, in the same form; a word with @ stands for several.
WORDS = {
    "@makers": "chair secretariat evaluator minute_taker",
    "@unit": "unit_ppk unit_staff",
    "@desk": "secretariat chair minute_taker",
    "@signed": "scheduled in_session closed",  # until the minutes are
    "@called": "scheduled in_session closed concluded",
    "@letter": "nature? attachment? destination? dress? opening? closing? on_behalf_of? through? rank? notes?",
    "@waiting": "draft assigned in_progress submitted returned",
    "@place": "area_id? activity_id? source_section? source_paragraph?",
}
DEEDS = {
    "meeting": """
        add_session | draft scheduled | = | secretariat | title kind? starts_at ends_at place?
        add_session | in_session | = | @desk | title kind? starts_at ends_at place?
        change_session | draft scheduled | = | secretariat | session_id title? kind? starts_at? ends_at? place?
        change_session | in_session | = | @desk | session_id title? kind? starts_at? ends_at? place?
        remove_session | draft scheduled | = | secretariat | session_id
        add_objective | draft scheduled | = | secretariat | text kind
        add_objective | in_session | = | @desk | text kind
        change_objective | draft scheduled | = | secretariat | objective_id text? kind?
        change_objective | in_session | = | @desk | objective_id text? kind?
        remove_objective | draft scheduled | = | secretariat | objective_id
        add_agenda_item | draft scheduled | = | secretariat | title duration? position? session_id?
        add_agenda_item | in_session | = | @desk | title duration? position? session_id?
        change_agenda_item | draft scheduled | = | secretariat | agenda_item_id title? duration? position? session_id?
        change_agenda_item | in_session | = | @desk | agenda_item_id title? duration? position? session_id?
        remove_agenda_item | draft scheduled | = | secretariat | agenda_item_id
        assess_objective | in_session closed | = | @desk evaluator | objective_id assessment? note?
        note_outcome | in_session closed | = | @desk evaluator | agenda_item_id outcome? note?
        start_agenda_item | in_session | = | @desk | agenda_item_id
        finish_agenda_item | in_session | = | @desk | agenda_item_id
        defer_agenda_item | in_session | = | @desk | agenda_item_id reason
        add_directive | in_session closed | = | @desk | text speaker?
        change_directive | in_session closed | = | @desk | directive_id text? speaker?
        remove_directive | in_session closed | = | @desk | directive_id
        add_decision | in_session closed | = | @desk | text speaker?
        change_decision | in_session closed | = | @desk | decision_id text? speaker?
        remove_decision | in_session closed | = | @desk | decision_id
        write_letter | draft scheduled | = | secretariat | @letter
        remind_invitees | scheduled | = | secretariat |
        add_paparan | draft @signed | = | @desk | title speaker? agenda_item_id? file
        add_paparan | concluded | = | secretariat | title speaker? agenda_item_id? file
        add_paparan | @signed | = | @unit | title speaker? agenda_item_id? file
        renew_paparan | draft @signed | = | @desk | paparan_id file
        renew_paparan | concluded | = | secretariat | paparan_id file
        renew_paparan | @signed | = | @unit | paparan_id file
        withdraw_paparan | draft @signed | = | @desk | paparan_id
        withdraw_paparan | concluded | = | secretariat | paparan_id
        withdraw_paparan | @signed | = | @unit | paparan_id
        acknowledge_paparan | @called | = | @unit | paparan_id
        remind_paparan | -cancelled | = | @desk | paparan_id
        add_photos | @signed | = | @desk | file caption?
        add_photos | concluded | = | secretariat | file caption?
        caption_photo | @signed | = | @desk | photo_id caption? on_paper?
        caption_photo | concluded | = | secretariat | photo_id caption? on_paper?
        withdraw_photo | @signed | = | @desk | photo_id
        withdraw_photo | concluded | = | secretariat | photo_id
        accept_proposal | scheduled in_session closed | = | evaluator | unit_id kind subject text? severity?
        dismiss_proposal | scheduled in_session closed | = | evaluator | unit_id kind subject reason
        order_packet | @called | = | @desk |
        draft_summary | closed concluded | = | secretariat chair |
        write_summary | closed concluded | = | secretariat chair | title text
        publish_summary | closed concluded | = | secretariat chair | confirm?
        withdraw_summary | closed concluded | = | secretariat chair |
        destroy_document | -nothing | = | system |
        uninvite | scheduled | = | secretariat | attendance_id reason
        resend_mail | -draft | = | secretariat | mail_id
    """,
    "attendance": """
        come_back | present | = | invitee secretariat |
        leave | present | = | secretariat | at?
        correct_presence | -nothing | = | secretariat | presence_id arrived left? reason
        change_link | -nothing | = | secretariat |
    """,
    "progress_report": """
        bring_figures | draft returned missing | = | system |
    """,
    "finding": """
        place | -withdrawn | = | evaluator secretariat minute_taker | @place
    """,
    "kendala": """
        place | -withdrawn | = | unit_ppk evaluator secretariat minute_taker | @place
    """,
    "follow_up": """
        add_evidence | assigned in_progress returned | = | @unit | file? link? note? dated_on? place? replaces_id? sent_as?
        judge_evidence | submitted | = | evaluator | evidence_id verdict note?
        link | -verified -infeasible -cancelled | = | @makers | finding_ids? kendala_ids?
        place | -infeasible -cancelled | = | @makers | @place
        move_due_date | -draft -verified -infeasible -cancelled | = | system | due_on
        wait_for | @waiting | = | @unit @makers | waits_for waits_post? waits_since?
        wait_no_more | @waiting | = | @unit @makers |
        write_request | @waiting | = | @unit @makers | number? dated_on city office post subject points
        write_agreement | @waiting | = | @unit @makers | number? dated_on city place office post party_name subject points
    """,
    "extension": "",
    "minutes": """
        write | drafting | = | minute_taker secretariat | sections
        comment | in_review | = | invitee chair minute_taker signer secretariat evaluator leader | text
        answer_comment | drafting in_review | = | chair minute_taker secretariat | comment_id answer
        renew | in_review | = | chair minute_taker writer |
        agree | in_review | = | unit_ppk | sha256?
        name_signers | drafting in_review | = | chair minute_taker secretariat | signers
    """,
    "signature": """
        add_scan | ready | = | signer secretariat | file
    """,
    "grant": "",
    "identity": "",
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
    "grant": "requested granted* refused* withdrawn*",
    "identity": "waiting confirmed stopped* replaced*",
}  # * is final

ROLES = "admin secretariat evaluator ppk ppk_staff leader auditor system".split()
RELATIONS = "chair minute_taker writer invitee signer unit_ppk unit_staff owner".split()

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
    "grant": "admin secretariat",
    "identity": "system",
}
# (lifecycle, hat) → the states of the parent (meeting, follow-up) in which alone it may make one
MADE_WITHIN = {
    ("attendance", "secretariat"): "draft scheduled in_session",
    ("finding", "minute_taker"): "in_session closed concluded",
    ("follow_up", "minute_taker"): "in_session closed concluded",
    ("follow_up", "chair"): "draft scheduled in_session closed concluded",
    ("follow_up", "secretariat"): "draft scheduled in_session closed concluded",
    ("follow_up", "evaluator"): "draft scheduled in_session closed concluded",
    ("minutes", "minute_taker"): "closed concluded",
    ("minutes", "secretariat"): "closed concluded",
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
    "minutes": ("", ""),
    "signature": ("", ""),
    "grant": ("", ""),
    "identity": ("", ""),
}

# What may be done besides the moves, one a line: right | in (*: in every state) | by
RIGHTS = {
    "meeting": """
        check_in_address | scheduled in_session | secretariat chair
        check_in_screen | scheduled in_session | secretariat chair
        projector | * | secretariat chair minute_taker
        letter | * | signer chair minute_taker secretariat
        proposals | * | admin secretariat evaluator leader auditor
        archive | closed concluded cancelled | admin secretariat evaluator leader auditor
        follow_on | scheduled in_session closed concluded | secretariat
        copy | cancelled | secretariat
        guest | scheduled in_session closed | secretariat
        open_paper | * | minute_taker secretariat
        bring_follow_ups | in_session closed concluded | secretariat evaluator
    """,
    "attendance": "take_off | * | secretariat",
    "follow_up": "ask_extension | * | unit_ppk",
}
# Fields that an edit changes in these states alone.
SETTLED = {
    "meeting": """
        starts_at ends_at timezone | draft
        report_period | draft
        chair_id minute_taker_id | draft
    """,
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
    return read(lifecycle, TABLES[lifecycle])


def deeds(lifecycle: str) -> list[Row]:
    return read(lifecycle, DEEDS[lifecycle])


def read(lifecycle: str, table: str) -> list[Row]:
    found = []
    for line in filter(None, map(str.strip, table.splitlines())):
        for short, words in WORDS.items():
            line = line.replace(short, words)
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
