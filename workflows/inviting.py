"""Who was asked by mistake: off the list of a meeting that was announced, and told so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from workflows.lifecycle import SECRETARIAT, Act, Ask, Complaint, Move, _, deed, reason


class Invitee(Protocol):
    id: int
    state: str


class Inviting(Protocol):
    sequence: int

    @property
    def invitees(self) -> Sequence[Invitee]: ...


def on_the_list(item: Inviting, act: Act) -> Complaint:
    wanted = act.get("attendance_id")
    row = next((row for row in item.invitees if row.id == wanted), None)
    if wanted is not None and row is None:
        return _("Undangan ini tidak ada pada rapat ini.")
    if row and row.state == "present":
        return _("Ia sudah dicatat hadir; betulkan dahulu kehadirannya.")
    return None


def others_are_invited(item: Inviting, act: Act) -> Complaint:
    if len(item.invitees) > 1:
        return None
    return _("Undangan satu-satunya tidak dapat dicabut; batalkan rapatnya.")


def invite_no_more(item: Inviting, act: Act) -> None:
    item.sequence += 1  # a CANCEL that the calendar of who was asked believes


UNINVITE = [Ask("attendance_id", _("Undangan yang dicabut"), "row", check=on_the_list), reason()]


def inviting_deeds(announced: str) -> list[Move]:
    return [
        deed("uninvite", announced, by=SECRETARIAT, needs=[others_are_invited], asks=UNINVITE, does=invite_no_more,
             label=_("Cabut undangan"), tone="bad",
             said=_("Undangan dicabut; pencabutan dikirim kepada yang bersangkutan."),
             first=_("Pencabutan dikirim kepada yang bersangkutan; jawaban kehadirannya hilang.")),
    ]  # fmt: skip
