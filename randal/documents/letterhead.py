"""What the papers of a unit look like, from when to when: kop, number patterns, city, sifat, signature block, wording.

A paper is dressed by the row that was in force for its unit on its own day; without one by the row for all units; and
without that by the installation's setting. So a letter of 2018 prints in its 2018 form whenever it is drawn.
Everything here is plain text that is filled in, never a template that is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Id, Row, UTCDateTime, db
from randal.l10n.formats import long_date, roman
from randal.org import app_settings
from randal.org.places import Unit
from randal.schemas import forms

DATE_AT = {"right": "Di kanan, sebaris dengan nomor", "left": "Di kiri, di bawah hal"}
ORDERS = {
    "name_rank_nip": "Nama, pangkat, NIP",
    "name_nip_rank": "Nama, NIP, pangkat",
    "name_nip": "Nama dan NIP",
    "name": "Nama saja",
}
SINCE = date(2024, 10, 21)  # the ministry's name of today; before, with "dan Perumahan Rakyat"
BEFORE_THAT = "Kementerian Pekerjaan Umum dan Perumahan Rakyat"
WORDS = ("n", "month", "year")
RECORD_PATTERN, NOTE_PATTERN = "{n}/BA/Randal/{month}/{year}", "{n}/ND/Randal/{year}"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Stationery(Row):
    """One dress: of a unit, or of all (`unit_id` empty), on the days from `valid_from` to `valid_to`."""

    __tablename__ = "stationery"
    __table_args__ = (
        UniqueConstraint("unit_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint(f"date_at IN {tuple(DATE_AT)}", name="date_at"),
        CheckConstraint(f"signature_order IN {tuple(ORDERS)}", name="signature_order"),
    )
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ministry: Mapped[str] = mapped_column(String(200))
    directorate: Mapped[str] = mapped_column(String(200), default="")
    office: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(Text, default="")
    city: Mapped[str] = mapped_column(String(80))
    nature: Mapped[str] = mapped_column(String(40))
    date_at: Mapped[str] = mapped_column(String(8), default="right")
    signature_order: Mapped[str] = mapped_column(String(16), default="name_rank_nip")
    invitation_pattern: Mapped[str] = mapped_column(String(60))
    minutes_pattern: Mapped[str] = mapped_column(String(60))
    record_pattern: Mapped[str] = mapped_column(String(60), server_default=RECORD_PATTERN)
    note_pattern: Mapped[str] = mapped_column(String(60), server_default=NOTE_PATTERN)
    opening: Mapped[str] = mapped_column(Text, default="")
    closing: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    unit: Mapped[Unit | None] = relationship(lazy="joined")


class GivenNumber(Row):
    """A number that a paper has: nobody else's any more, also when that paper was never sent."""

    __tablename__ = "given_numbers"
    __table_args__ = (UniqueConstraint("kind", "unit_key", "number"),)
    kind: Mapped[str] = mapped_column(String(24))
    unit_key: Mapped[int] = mapped_column(Id)  # id of the unit, 0 for the installation
    number: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True)
class Dress:
    """What is in force for a unit on a day."""

    ministry: str
    directorate: str
    office: str
    address: str
    city: str
    nature: str = "Segera"
    date_at: str = "right"
    signature_order: str = "name_rank_nip"
    invitation_pattern: str = "{n}/UND/Randal/{month}/{year}"
    minutes_pattern: str = "{n}/NOT/Randal/{month}/{year}"
    record_pattern: str = RECORD_PATTERN  # berita acara
    note_pattern: str = NOTE_PATTERN  # nota dinas over a report
    opening: str = ""
    closing: str = ""

    @property
    def lines(self) -> list[str]:
        return [line for line in (self.ministry, self.directorate, self.office) if line]


def dress_of(unit_id: int | None, day: date) -> Dress:
    rows = select(Stationery).where(
        Stationery.valid_from <= day, or_(Stationery.valid_to.is_(None), Stationery.valid_to >= day)
    )
    mine = or_(Stationery.unit_id == unit_id, Stationery.unit_id.is_(None))
    found = list(db.session.scalars(rows.where(mine)))
    if found:
        row = min(found, key=lambda r: (r.unit_id is None, -r.valid_from.toordinal()))
        return Dress(**{name: getattr(row, name) for name in Dress.__dataclass_fields__})
    return usual(day)


def usual(day: date) -> Dress:
    """By the installation's setting; the ministry under the name that it had that day."""
    kop = app_settings.setting("kop")
    ministry = kop.get("ministry", "")
    if ministry == app_settings.DEFAULTS["kop"]["ministry"] and day < SINCE:
        ministry = BEFORE_THAT
    return Dress(
        ministry,
        kop.get("unit", ""),
        kop.get("office", ""),
        kop.get("address", ""),
        app_settings.setting("city"),
        minutes_pattern=str(app_settings.setting("number_minutes")),
    )


# -- keeping -----------------------------------------------------------------------------------------


def keep(row: Stationery, given: Mapping[str, object], by: int | None, now: datetime) -> Stationery:
    """Write these fields, in words already checked by the form. Refused: days that another row has already."""
    unit_id, first, last = given.get("unit_id"), given["valid_from"], given.get("valid_to")
    assert isinstance(first, date)  # noqa: S101 - the form's own field
    if isinstance(last, date) and last < first:
        raise forms.wrong("valid_to", "Tanggal akhir harus pada atau sesudah tanggal mulai.")
    if unit_id is not None and (not isinstance(unit_id, int) or db.session.get(Unit, unit_id) is None):
        raise forms.wrong("unit_id", "Satuan kerja ini tidak dikenal.")
    same = Stationery.unit_id == unit_id if unit_id is not None else Stationery.unit_id.is_(None)
    for other in db.session.scalars(select(Stationery).where(same).with_for_update(of=Stationery)):
        apart = (other.valid_to and other.valid_to < first) or (
            isinstance(last, date) and other.valid_from > last
        )
        if other is not row and not apart:
            raise forms.wrong(
                "valid_from",
                f"Masa ini bertumpuk dengan tata surat yang berlaku {validity(other)}. "
                "Akhiri dahulu yang lama, atau pilih tanggal lain.",
            )
    for name, value in given.items():
        setattr(row, name, "" if value is None and name not in ("unit_id", "valid_to") else value)
    row.updated_at, row.updated_by_id = now, by
    db.session.add(row)
    db.session.flush()
    return row


def validity(row: Stationery) -> str:
    until = f"sampai {long_date(row.valid_to)}" if row.valid_to else "dan seterusnya"
    return f"sejak {long_date(row.valid_from)} {until}"


# -- numbers -----------------------------------------------------------------------------------------


def wrong_pattern(pattern: str) -> str | None:
    unknown = [word for word in PLACEHOLDER.findall(pattern) if word not in WORDS]
    bare = PLACEHOLDER.sub("", pattern)
    if unknown or "{" in bare or "}" in bare:
        return "Yang dapat diisi sistem hanya {n} (nomor urut), {month} (bulan Romawi), dan {year} (tahun)."
    if "{n}" not in pattern:
        return "Pola nomor harus memuat {n}, nomor urut dalam tahun itu."
    return None


def filled(pattern: str, running: int, day: date) -> str:
    """The pattern with its words filled in; nothing in it is evaluated."""
    words = {"n": str(running), "month": roman(day.month), "year": str(day.year)}
    return PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), pattern)[:80]


def next_number(
    kind: str, pattern: str, unit_id: int | None, day: date, subject_id: int, now: datetime
) -> str:
    """The next free number of the unit in that year; a number typed by hand before is stepped over."""
    counter = f"{kind}:{unit_id}" if unit_id else kind
    while True:
        number = filled(pattern, app_settings.next_number(counter, day.year), day)
        if holder(kind, unit_id, number) is None:
            return take(kind, unit_id, number, subject_id, now)


def take(kind: str, unit_id: int | None, number: str, subject_id: int, now: datetime) -> str:
    """Give this number to the paper of this subject. Refused when another has it; the same paper may keep its own."""
    found = holder(kind, unit_id, number)
    if found is None:
        row = GivenNumber(kind=kind, unit_key=unit_id or 0, number=number, subject_id=subject_id, at=now)
        db.session.add(row)
        db.session.flush()
    elif found.subject_id != subject_id:
        raise forms.wrong(
            "number",
            f"Nomor {number} sudah dipakai naskah lain. Tulis nomor lain, atau kosongkan agar diberi nomor berikutnya.",
        )
    return number


def holder(kind: str, unit_id: int | None, number: str) -> GivenNumber | None:
    query = select(GivenNumber).where(GivenNumber.kind == kind, GivenNumber.unit_key == (unit_id or 0))
    return db.session.scalar(query.where(GivenNumber.number == number))
