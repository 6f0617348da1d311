"""Who may do what with an item, and when, stands in its table in workflows/. What is refused by hand beside the tables is
listed here once, each with the reason why it is not about an item; a new one fails until it has a row, or a reason.

Counted: calls of `Refused("role"|"state", …)`, of `abort` and `problem` with 403 or 409, by the function they stand in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.test_house import SOURCES, name_of, tree_of

KINDS = {"role": "role", "state": "state", 403: "role", 409: "state"}

ACCOUNTS = "who keeps accounts, and nobody his own: the rules stand in workflows/account.py"
SETTINGS = "who keeps lists, days, limits and policies of the whole installation"
OPERATOR = "pages of the machine: Admin Sistem, Pemeriksa"
SUMS = "figures and papers over many items: who sees how much of them"
PLACES = "what PPK fill in of kawasan and kegiatan, which have no lifecycle"
ARCHIVE = "the archive's own register: classes, and destruction by its berita acara"
PAPERS = "a stored document: drawn, withdrawn, destroyed; its stages are no lifecycle of people"
DOOR = "a key, link or ticket that no longer opens: what it was made for has changed since, or it was used"
TWICE = "two at once, or again too soon: the other was faster, the hour has not passed"
ROWS = "asked of rows that only the database knows (who is in the room, what was published); the deed itself is in the table"
PART = "whose part of the meeting it is: the table knows the meeting's hats, not the owner of one paparan"
TABLE = "asks the table itself; only the words are its own"

#: file and function → (role or state, why it is no row of a table)
BY_HAND: dict[str, tuple[str, str]] = {
    "rooms/accounts/appointing.add_appointment": ("role", ACCOUNTS),
    "rooms/accounts/appointing.change_appointment": ("role", ACCOUNTS),
    "rooms/accounts/appointing.end_appointment": ("role", ACCOUNTS),
    "rooms/accounts/commands._judged": ("role", ACCOUNTS),
    "rooms/accounts/commands.edit_person": ("role role role", ACCOUNTS),
    "rooms/accounts/granting.require_office": ("role", ACCOUNTS),
    "rooms/accounts/grants_pages.waiting": ("role", ACCOUNTS),
    "rooms/accounts/links.require_maker": ("role role state", ACCOUNTS),
    "signatures/keys.require_signer": ("role", ACCOUNTS),
    "api/furniture.authenticate": ("role", "a token that only reads"),
    "api/reminders.coming": ("role", SETTINGS),
    "rooms/areas/lists.require_keeper": ("role", SETTINGS),
    "rooms/areas/lists.require_proposer": ("role", SETTINGS),
    "rooms/areas/lists.adopt": ("role state", SETTINGS),
    "schedule/policies.begin": ("role", SETTINGS),
    "schedule/workdays._require": ("role", SETTINGS),
    "rooms/deadlines/commands._keep": ("role", SETTINGS),
    "rooms/deadlines/commands.mark_done": ("role", SETTINGS),
    "rooms/deadlines/views.mark": ("role", SETTINGS),
    "rooms/deadlines/views.writing": ("role", SETTINGS),
    "models/thresholds.require_keeper": ("role", SETTINGS),
    "rooms/evaluation/places._read": ("role", SETTINGS),
    "rooms/evaluation/places_views.only_keepers": ("role", SETTINGS),
    "rooms/follow_ups/judging.change_reasons": ("role", SETTINGS),
    "rooms/follow_ups/verifying.return_reasons": ("role", SETTINGS),
    "rooms/follow_ups/saved.forget": ("role", "a filter that a person keeps for himself"),
    "rooms/imports/views.index": ("role", SETTINGS),
    "rooms/imports/writing.kind_for": ("role", SETTINGS),
    "models/kendala_categories.change_category": ("role", SETTINGS),
    "engine/erasure.require_admin": ("role", OPERATOR),
    "engine/erasure.erase_text": ("state", OPERATOR),
    "rooms/minutes/authority_pages.only": ("role", OPERATOR),
    "overviews/operator/blueprint.for_admins": ("role", OPERATOR),
    "overviews/operator/history.refuse_many": ("state", OPERATOR),
    "api/overview.leader_sheet": ("role", SUMS),
    "api/overview.leader_answer": ("role", SUMS),
    "rooms/attendance/register.register_of": ("role", SUMS),
    "rooms/follow_ups/judging.require": ("role", SUMS),
    "overviews/monitoring/answer_views.answer": ("role", SUMS),
    "overviews/monitoring/answer_views.report_card": ("state", SUMS),
    "overviews/monitoring/answering.answer": ("role", SUMS),
    "overviews/monitoring/card.require": ("role", SUMS),
    "overviews/monitoring/papers.order": ("role", SUMS),
    "overviews/monitoring/views.leader_page": ("role", SUMS),
    "rooms/areas/commands.require": ("role", PLACES),
    "rooms/archive/commands.require": ("role", ARCHIVE),
    "rooms/archive/commands.keep_class": ("state", ARCHIVE),
    "rooms/archive/commands.carry_out": ("state", ARCHIVE),
    "rooms/archive/commands.still_open": ("state", ARCHIVE),
    "rooms/archive/views.for_keepers": ("role", ARCHIVE),
    "documents/model.retry": ("role state state", PAPERS),
    "rooms/documents/queries.file_of": ("state state", PAPERS),
    "rooms/minutes/papers.build": ("state", PAPERS),
    "meeting_facts/calendar.calendar_of": ("state", "a meeting without a time has no calendar: nothing to draw"),
    "rooms/attendance/live_code.opens": ("state state state", DOOR),
    "rooms/attendance/live_code._require_fresh": ("state state state", DOOR),
    "meeting_facts/rsvp_links.row_of": ("state state state", DOOR),
    "rooms/attendance/door.sent_before": ("state", DOOR),
    "rooms/attendance/door.require_room": ("state", DOOR),
    "rooms/attendance/answering.answer": ("state", TWICE),
    "rooms/attendance/asking.ask_the_silent": ("state", TWICE),
    "rooms/attendance/table.mark": ("state", TWICE),
    "rooms/attendance/views.come": ("state", TWICE),
    "rooms/paparan/commands.keep_reading": ("state", TWICE),
    "rooms/paparan/commands.remind_units": ("state", TWICE),
    "rooms/attendance/going.note_leaving": ("state", ROWS),
    "rooms/meetings/sessions.let_go": ("state", ROWS),
    "overviews/summaries/commands.there": ("state", ROWS),
    "overviews/summaries/commands.take_back": ("state", ROWS),
    "rooms/paparan/commands.own": ("role", PART),
    "rooms/meetings/live.writing": ("role", TABLE),
    "items/pages.UnitItemPages.noting": ("role", TABLE),
}  # fmt: skip


def refusals(tree: ast.AST, within: str = "") -> Iterator[tuple[str, str]]:
    """(function, role or state) of every refusal in the tree."""
    for node in ast.iter_child_nodes(tree):
        inside = within
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = f"{within}.{node.name}" if within else node.name
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func).split(".")[-1]
            said = KINDS.get(node.args[0].value) if called in ("Refused", "abort", "problem") else None
            if said:
                yield within, said
        yield from refusals(node, inside)


def found_in(path: Path, name: str) -> dict[str, list[str]]:
    by: dict[str, list[str]] = {}
    for function, said in refusals(tree_of(path)):
        by.setdefault(f"{name.removeprefix('randal/').removesuffix('.py')}.{function}", []).append(said)
    return by


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    all_: dict[str, list[str]] = {}
    for path in SOURCES:
        if (name := name_of(path)).startswith("randal/"):
            all_ |= found_in(path, name)
    return {where: " ".join(sorted(several)) for where, several in all_.items()}


def test_nothing_new_is_refused_by_hand(found: dict[str, str]) -> None:
    new = {where: said for where, said in found.items() if said != BY_HAND.get(where, ("", ""))[0]}
    assert new == {}, (
        "make it a row of the item's table (move, need, right, settled field), or say why it is about no item"
    )
    assert {where for where in BY_HAND if where not in found} == set(), "take it off the list"


def test_each_has_its_reason() -> None:
    assert all(reason for _said, reason in BY_HAND.values())


def test_the_rule_finds_each_way_of_refusing() -> None:
    tree = ast.parse(
        "def a():\n    raise Refused('role', 'x')\n"
        "class B:\n    def c(self):\n        abort(403, 'x')\n        return problem(409, 'x')\n"
        "def d():\n    raise Refused('field', 'x')\n    abort(404)\n"
    )
    assert list(refusals(tree)) == [("a", "role"), ("B.c", "role"), ("B.c", "state")]
