"""What the letter of invitation says (conventions: `randal.documents.snapshots`)."""

from typing import NotRequired, TypedDict

from randal.documents.snapshots import MeetingHead, Paper, Signatory


class LetterSession(TypedDict):
    starts_at: str  # instant
    ends_at: str
    title: str
    place: str
    is_break: bool


class Invitation(Paper):
    """Surat undangan rapat (domain.md §1.4). More than six addressees go to an annex list, sessions to the next one."""

    number: str  # "" while it has none: a dotted line is printed
    city: str  # of the date line
    dated_on: str  # date, or "" while undecided
    date_at: str  # "right": beside the number; "left": a line of its own
    nature: str  # sifat: "Segera"
    attachment: str  # lampiran beyond the annex list, or ""
    subject: str  # hal
    replaces: str  # number and date of the letter that this one revises, or ""
    addressees: list[str]  # by position
    destination: str  # "Tempat" or a city, printed after "di"
    opening: str  # paragraphs parted by an empty line
    meeting: MeetingHead
    sessions: NotRequired[list[LetterSession]]
    dress: str  # pakaian, or ""
    closing: str
    signatory: Signatory
    signed_here: NotRequired[bool]  # an empty signature field stands in the block
    cc: list[str]  # tembusan
    notes: list[str]  # catatan
