"""What a paper says: the plain, JSON-able content ("snapshot") that a PDF or a spreadsheet is made from.

A room builds one of these from the database (its ``queries.py``) and hands it to `randal.documents.model`; nothing on
the way to the PDF asks the database again, so the same snapshot gives the same bytes on the same machine.
Conventions: dates ``YYYY-MM-DD``; instants ISO 8601 with ``Z``; decimals as strings; zones as IANA names; labels are
the Indonesian words a reader sees, codes beside them where the layout needs one. ``""`` or ``[]``: nothing; no key is left out.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from randal.base.personal import redacted


def canonical(snapshot: Mapping[str, Any]) -> bytes:
    """The one byte form of a snapshot as it leaves the house (`personal.redacted`): sorted keys, no spaces, UTF-8. It is also
    the attachment ``minutes.json``."""
    layout = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":"), "allow_nan": False}
    return json.dumps(redacted(snapshot), **layout).encode()  # type: ignore[arg-type]


def fingerprint(snapshot: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of ``canonical``: anybody can check it with ``sha256sum minutes.json``."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()


class Kop(TypedDict):
    """Letterhead, first page only."""

    lines: list[str]  # ministry first, the unit itself last (set in bold)
    address: list[str]  # street; telephone and fax; one entry a line
    logo: str  # PNG, JPEG or SVG as a data URI made by our own code, or ""


class Verification(TypedDict):
    """How a reader of a print finds the truth about it."""

    code: str  # as printed, such as "K7QM-4XPA-92TD"
    url: str  # full address of /verifikasi/<code>; the QR code holds it


class Paper(TypedDict):
    """What every paper has."""

    title: str  # of the PDF, such as "Notula Rapat Koordinasi …"
    created_at: str  # instant; the only clock in the file (metadata, attachments)
    timezone: str  # of the place; every clock time on the paper is in it
    points: NotRequired[int]  # size of the letters: 11 (also of what was frozen without it) or 12
    kop: Kop
    verification: Verification | None
    contoh: bool  # demonstration: CONTOH across every page
    draft: bool  # DRAF across every page


class Person(TypedDict):
    name: str
    post: str  # jabatan, with "Plt."/"Plh." in front where it applies


class Signatory(TypedDict):
    """One signature block (domain.md §1.9)."""

    field: str  # name of the signature field and id of its box: "tte-1", "tte-2", … in the order of signing
    role: str  # above the post: "Notulis", "Pimpinan Rapat"; "" on letters
    post_lines: list[str]  # one line each: "a.n. Direktur …", "Kepala Satuan Kerja …", "u.b.", …
    name: str
    rank: str  # pangkat, or ""
    nip: str  # or ""
    order: NotRequired[str]  # of the lines under it (stationery.ORDERS)


class AgendaItem(TypedDict):
    title: str
    outcome: str  # label: "Dibahas", "Ditunda", "" before the meeting
    note: str
    points: NotRequired[list[str]]  # under it: what came over from the meeting before


class MeetingHead(TypedDict):
    """The meeting as every paper names it."""

    title: str
    starts_at: str  # instant, as planned (frozen before the real times had keys of their own: as held)
    ends_at: str  # instant, or "" ("s.d. selesai")
    opened_at: NotRequired[str]  # instants, as held; "" where the clock was not pressed in the room
    closed_at: NotRequired[str]
    timezone: str
    place: str
    link: str  # of an online meeting, or ""
    letter_number: str  # of the invitation, or ""
    agenda: list[AgendaItem]
    chair: Person | None
    minute_taker: Person | None
    moderator: Person | None


class AttendanceRow(TypedDict):
    """One invited post, or one guest."""

    name: str  # of the person who came; "" when nobody did
    post: str
    institution: str  # instansi/unit
    on_behalf_of: str  # "mewakili …": the invited post, or ""
    state: str  # workflow code
    label: str  # "Hadir", "Izin", …
    arrived_at: str  # instant, or ""
    signature: str  # drawn signature: PNG data URI made by our own code, or ""
    note: str  # keterangan: reason, way of checking in


class Objective(TypedDict):
    kind: Literal["sasaran", "keluaran"]
    text: str
    assessment: str  # label: "Tercapai", "Tercapai sebagian", "Tidak tercapai", "Belum dinilai"
    note: str


class Progress(TypedDict):
    """One unit's report; figures are cumulative percent as decimal strings, or "" when there is none."""

    unit: str
    label: str  # state of the report: "Tervalidasi", "Tidak melapor", …
    physical_plan: str
    physical_actual: str
    financial_plan: str
    financial_actual: str
    as_of: str  # date, or ""
    source: str  # label: "e-Monitoring", …


class Finding(TypedDict):
    """Temuan monev; never called "temuan pemeriksaan", which is an auditor's."""

    code: NotRequired[str]  # TM-7; not in what was frozen before papers had it
    unit: str
    text: str
    severity: str
    response: str
    label: str


class Kendala(TypedDict):
    code: NotRequired[str]
    unit: str
    text: str
    category: str
    cause: str
    severity: str
    solution: str
    label: str


class Directive(TypedDict):
    speaker: str
    text: str


class FollowUp(TypedDict):
    """One line of the minutes' table; a line for all units says so in ``responsible`` ("Semua PPK (14 unit)")."""

    code: NotRequired[str]  # of all that the line stands for
    text: str
    expected_output: str
    responsible: str
    due_on: str
    priority: str
    label: str


Facts = Literal[
    "agenda", "objectives", "attendance", "progress", "findings", "kendala", "directives", "decisions", "follow_ups",
]  # fmt: skip


class Section(TypedDict):
    """One part of the minutes: the note-taker's words, then the tables that the meeting itself filled."""

    key: str
    title: str
    html: str  # sanitised when stored, sanitised again when shown
    facts: list[Facts]  # which tables of the snapshot stand under these words


class Photo(TypedDict):
    """An annexed photo: the paper names it by its content, the picture itself stays in the storage."""

    caption: str
    sha256: str


class Minutes(Paper):
    """Notula (domain.md §1.6), frozen when approved; berita acara (§1.7) and laporan (§1.8) as well, by their `kind`."""

    kind: NotRequired[
        str
    ]  # randal.models.minutes_kinds; what was frozen before there were others is a notula
    addressee: NotRequired[Person]  # of a report, as its nota dinas has it: Yth.,
    sender: NotRequired[Person]  # Dari, and the field of his signature, whose box stands under the nota dinas
    sender_field: NotRequired[str]  # ("": nobody signs there)
    number: str
    version: int
    amends: str  # number of the minutes that this addendum (ralat) corrects, or ""
    city: str  # of the date line over the signatures
    dated_on: str
    meeting: MeetingHead
    sections: list[Section]
    objectives: list[Objective]
    attendance: list[AttendanceRow]
    guests: list[AttendanceRow]
    progress: list[Progress]
    findings: list[Finding]
    kendala: list[Kendala]
    directives: list[Directive]
    decisions: list[str]
    follow_ups: list[FollowUp]
    photos: NotRequired[list[Photo]]  # not in what was frozen before there were photos
    signers: list[Signatory]
    attachments: list[str]  # names of the files that the PDF carries: "minutes.json — isi notula ini"


class TrackerRow(TypedDict):
    number: str  # as people call it: "RTL-12-3"
    text: str
    meeting: str  # where it was agreed: title and date
    origin: str  # finding or kendala it answers, or ""
    expected_output: str
    responsible: str
    waits_for: str  # pihak terkait with the post there, or ""; the two apart:
    waits_office: str
    waits_post: str
    due_on: str
    priority: str
    state: str
    label: str
    progress: str  # the latest note
    days_late: int | None  # past the due date in the unit's own zone; negative: still to go; None once ended


class TrackerGroup(TypedDict):
    unit: str
    province: str
    rows: list[TrackerRow]


class Tracker(Paper):
    """Pelacak tindak lanjut: per unit, as it stood on ``as_of``."""

    as_of: str
    filters: list[str]  # in words: "Keadaan: terlambat"; [] means everything that the reader may see
    groups: list[TrackerGroup]
