"""What a meeting is made of: sessions, objectives, agenda, directives and decisions.

Planned by the secretariat before the meeting; in the session by the minute-taker and the chair too. Assessed, and arahan and
keputusan recorded, from the session on until the minutes are submitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from workflows.lifecycle import (
    CHAIR,
    EVALUATOR,
    MINUTE_TAKER,
    SECRETARIAT,
    Act,
    Ask,
    Complaint,
    Move,
    Need,
    _,
    deed,
    reason,
)
from workflows.meeting_states import AHEAD, BOOK, IN_SESSION

OBJECTIVE_KINDS = {"sasaran": _("Sasaran"), "keluaran": _("Keluaran yang diharapkan")}
MET, PARTLY, NOT_MET = "met", "partly", "not_met"
ASSESSMENTS = {MET: _("Tercapai"), PARTLY: _("Tercapai sebagian"), NOT_MET: _("Tidak tercapai")}
UNMET = (PARTLY, NOT_MET)
OUTCOMES = {"discussed": _("Dibahas"), "deferred": _("Ditunda")}
SESSION_KINDS = {"session": _("Sesi"), "break": _("Rehat")}

WRITERS = (SECRETARIAT, CHAIR, MINUTE_TAKER)
ASSESSORS = (*WRITERS, EVALUATOR)
DRAFTING = "drafting"


class Minutes(Protocol):
    state: str


class AgendaItem(Protocol):
    id: int
    started_at: datetime | None
    ended_at: datetime | None


class Booked(Protocol):
    starts_at: datetime | None
    ends_at: datetime | None

    @property
    def minutes(self) -> Minutes | None: ...
    @property
    def agenda_items(self) -> Sequence[AgendaItem]: ...


def book_open(item: Booked, act: Act) -> Complaint:
    if item.minutes is None or item.minutes.state == DRAFTING:
        return None
    return _("Ini dicatat sejak rapat dimulai sampai notulanya diajukan.")


def meeting_has_times(item: Booked, act: Act) -> Complaint:
    if item.starts_at and item.ends_at:
        return None
    return _("Isi waktu rapat dahulu; sesi dan rehat terletak di dalamnya.")


def item_runs(item: Booked, act: Act) -> Complaint:
    taken_up = (each for each in item.agenda_items if each.id == act.get("agenda_item_id"))
    if all(each.started_at and not each.ended_at for each in taken_up):
        return None
    return _("Acara ini tidak sedang berlangsung.")


def row(name: str, label: str) -> Ask:
    return Ask(name, label, "row")


def optional(asks: Iterable[Ask]) -> list[Ask]:
    """For a change: what is not named stays, as does a time left blank; other things that are due are not emptied."""
    return [replace(ask, required=False, check=not_emptied(ask)) for ask in asks]


def not_emptied(ask: Ask) -> Need | None:
    if not ask.required or ask.kind == "datetime":
        return ask.check
    return lambda _item, act: _("Wajib diisi.") if ask.name in act.given and not act.get(ask.name) else None


SESSION = [
    Ask("title", _("Nama sesi"), most=120),
    Ask("kind", _("Jenis"), "choice", required=False, choices=SESSION_KINDS),
    Ask("starts_at", _("Mulai"), "datetime", help=_("Waktu setempat rapat.")),
    Ask("ends_at", _("Selesai"), "datetime"),
    Ask("place", _("Tempat"), required=False, kept=False, help=_("Bila lain dari tempat rapat.")),
]
OBJECTIVE = [
    Ask("text", _("Sasaran atau keluaran"), "prose", most=2000, kept=False),
    Ask("kind", _("Jenis"), "choice", choices=OBJECTIVE_KINDS),
]
ITEM = [
    Ask("title", _("Acara")),
    Ask("duration", _("Lama (menit)"), "integer", required=False, least=1, most=1440),
    Ask("position", _("Urutan"), "integer", required=False, least=1, most=1000),
    Ask("session_id", _("Sesi"), "row", required=False),
]
STATEMENT = [
    Ask("text", _("Isi"), "prose", most=4000, kept=False),
    Ask("speaker", _("Disampaikan oleh"), required=False, most=120, kept=False),
]
NOTED = Ask("note", _("Catatan"), "prose", required=False, kept=False)
ASSESSMENT = [Ask("assessment", _("Penilaian"), "choice", required=False, choices=ASSESSMENTS), NOTED]
OUTCOME = [Ask("outcome", _("Hasil"), "choice", required=False, choices=OUTCOMES), NOTED]
ONE_SITTING = timedelta(minutes=15)


def planned(
    part: str, what: str, asks: Sequence[Ask], said: str = "", during: Sequence[Need] = ()
) -> list[Move]:
    """Add, change, remove: by the secretariat beforehand; in the session all who write there add and change."""
    one = row(f"{part}_id", what)
    low = what.lower()
    found = []
    for states, by in ((AHEAD, [SECRETARIAT]), ([IN_SESSION], [*WRITERS])):
        found += [
            deed(f"add_{part}", states, by=by, during=during, asks=asks, label=_("Tambah {what}").format(what=low),
                 said=_("{what} ditambahkan").format(what=what) + f"{said}."),
            deed(f"change_{part}", states, by=by, during=during, asks=[one, *optional(asks)],
                 label=_("Ubah {what}").format(what=low), said=_("{what} diubah.").format(what=what)),
        ]  # fmt: skip
    found.append(
        deed(f"remove_{part}", AHEAD, by=SECRETARIAT, asks=[one], label=_("Hapus {what}").format(what=low),
             said=_("{what} dihapus.").format(what=what))
    )  # fmt: skip
    return found


def recorded(part: str, what: str) -> list[Move]:
    """From the session on, until the minutes are submitted."""
    one, low = row(f"{part}_id", what), what.lower()
    book: dict[str, Any] = {"by": WRITERS, "during": [book_open]}
    return [
        deed(f"add_{part}", BOOK, **book, asks=STATEMENT, label=_("Catat {what}").format(what=low),
             said=_("{what} dicatat.").format(what=what)),
        deed(f"change_{part}", BOOK, **book, asks=[one, *optional(STATEMENT)], sitting=ONE_SITTING,
             label=_("Ubah {what}").format(what=low), said=_("{what} diubah.").format(what=what)),
        deed(f"remove_{part}", BOOK, **book, asks=[one], label=_("Hapus {what}").format(what=low),
             said=_("{what} dihapus.").format(what=what)),
    ]  # fmt: skip


AGENDA_ITEM = row("agenda_item_id", _("Acara"))
PARTS = [
    *planned("session", _("Sesi"), SESSION, ": {title}", [meeting_has_times]),
    *planned("objective", _("Sasaran atau keluaran"), OBJECTIVE),
    *planned("agenda_item", _("Acara"), ITEM, ": {title}"),
    deed("assess_objective", BOOK, by=ASSESSORS, during=[book_open], asks=[row("objective_id", _("Sasaran")), *ASSESSMENT],
         sitting=ONE_SITTING, label=_("Nilai sasaran"), said=_("Sasaran dinilai; {assessment}.")),
    deed("note_outcome", BOOK, by=ASSESSORS, during=[book_open], asks=[AGENDA_ITEM, *OUTCOME], sitting=ONE_SITTING,
         label=_("Catat hasil acara"), said=_("Hasil acara dicatat; {outcome}.")),
    deed("start_agenda_item", IN_SESSION, by=WRITERS, asks=[AGENDA_ITEM], label=_("Mulai acara"), said=_("Acara dimulai.")),
    deed("finish_agenda_item", IN_SESSION, by=WRITERS, of_part=[item_runs], asks=[AGENDA_ITEM],
         label=_("Selesai acara"), said=_("Acara selesai.")),
    deed("defer_agenda_item", IN_SESSION, by=WRITERS, asks=[AGENDA_ITEM, reason()], label=_("Tunda acara"),
         said=_("Acara ditunda ke rapat berikutnya.")),
    *recorded("directive", _("Arahan")),
    *recorded("decision", _("Keputusan")),
]  # fmt: skip
