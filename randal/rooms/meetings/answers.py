"""Objectives that data can answer: "progres teridentifikasi" by the reports that came in, "kebijakan tersosialisasi" by who
read the paparan. A person still assesses; the answer and who is missing stand beside the question.

Which objective is meant is read from its words, as the ministry writes them; one that says neither is left to people.
"""

from __future__ import annotations

from dataclasses import dataclass

from randal.models.meeting_reports import units_without_report
from randal.models.meetings import Meeting, Objective
from randal.models.paparan import paparan_of, reach_of
from workflows.agenda import MET, NOT_MET, PARTLY

PROGRESS = ("progres", "kemajuan")
POLICY = ("kebijakan", "sosialisasi", "pedoman")


@dataclass(frozen=True)
class Answer:
    """`suggests` the assessment that the data would give; `missing` names units."""

    sentence: str
    missing: tuple[str, ...]
    suggests: str
    part: str  # of the meeting's room, where it can be seen

    @property
    def whole(self) -> str:
        return f"{self.sentence}; belum: {', '.join(self.missing)}." if self.missing else f"{self.sentence}."


def answers(meeting: Meeting) -> dict[int, Answer]:
    """Objective id → what the data say; only for those that it can answer."""
    found: dict[int, Answer] = {}
    made: dict[str, Answer | None] = {}
    for row in meeting.objectives:
        asks = asked(row)
        if asks and asks not in made:
            made[asks] = progress(meeting) if asks == "progress" else policy(meeting)
        if asks and (answer := made[asks]):
            found[row.id] = answer
    return found


def asked(row: Objective) -> str:
    text = row.text.casefold()
    if row.kind != "sasaran":  # what is expected to come of it is not told by who reported
        return ""
    if any(word in text for word in POLICY):
        return "policy"
    return "progress" if any(word in text for word in PROGRESS) else ""


def progress(meeting: Meeting) -> Answer | None:
    units = [row.unit.short_name for row in meeting.invitees if row.unit]
    if not units:
        return None
    missing = tuple(units_without_report(meeting))
    came = len(units) - len(missing)
    return Answer(
        f"{came} dari {len(units)} PPK sudah melapor", missing, _suggested(came, len(units)), "laporan"
    )


def policy(meeting: Meeting) -> Answer | None:
    rows = paparan_of(meeting)
    reach = reach_of(meeting, rows)
    if not rows:
        return Answer("Belum ada paparan yang diunggah", (), NOT_MET, "paparan")
    if not reach.invited:
        return None
    said = f"{len(reach.read)} dari {reach.invited} PPK menyatakan sudah membaca paparan"
    missing = tuple(unit.short_name for unit in reach.missing)
    return Answer(said, missing, _suggested(len(reach.read), reach.invited), "paparan")


def _suggested(came: int, of: int) -> str:
    return MET if came == of else PARTLY if came else NOT_MET
