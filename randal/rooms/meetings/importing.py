"""Invitees of one meeting from a spreadsheet: PPK by their unit, people by e-mail, who comes in their place, and guests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.engine.transitions import fire
from randal.meeting_facts import invitees
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.org.people import Person
from randal.org.places import Unit
from randal.spreadsheets.importing import CHANGED, NEW, SAME, Column, Deed, Desk, Kind, Line, register
from workflows.attendance import LIFECYCLE
from workflows.lifecycle import SECRETARIAT, Refused
from workflows.meeting_states import UNTIL_CLOSED

WHICH = "Isi salah satu: satuan kerja, surel, atau nama tamu."


@dataclass
class Known:
    desk: Desk
    meeting: Meeting
    units: dict[str, Unit]
    people: dict[str, Person]
    by_unit: dict[int, Attendance]
    by_person: dict[int, Attendance]
    guests: dict[tuple[str, str], Attendance]
    taken: dict[Any, int] = field(default_factory=dict)


def load(desk: Desk) -> Known:
    meeting = db.session.scalar(Meeting.visible_to(desk.actor).where(Meeting.id == desk.meeting_id))
    if meeting is None:
        raise Refused("field", "Pilih rapatnya.", {"meeting_id": ["Pilih rapatnya."]})
    LIFECYCLE.require_make(desk.actor.roles, meeting.state, meeting.state_label)
    units = list(db.session.scalars(select(Unit)).unique())
    known = {u.province.iso.casefold(): u for u in units if u.province}
    known |= {u.name.casefold(): u for u in units} | {u.code.casefold(): u for u in units if u.code}
    people = {p.email: p for p in db.session.scalars(select(Person)).unique()}
    rows = meeting.attendance
    return Known(
        desk, meeting, known, people,
        {r.unit_id: r for r in rows if r.unit_id},
        {r.person_id: r for r in rows if r.person_id},
        {(r.name_attending.casefold(), r.institution.casefold()): r for r in rows if r.is_guest},
    )  # fmt: skip


def judge(known: Known, line: Line) -> Deed | None:
    if sum(bool(line[key]) for key in ("unit", "email", "guest")) != 1:
        line.wrong("unit", WHICH)
        return None
    if line["guest"]:
        return _guest(known, line)
    found: Attendance | None = None
    invited: dict[str, Any] = {}
    if line["unit"]:
        unit = known.units.get(line["unit"].casefold())
        if unit is None:
            line.wrong("unit", "Satuan kerja ini tidak dikenal.")
            return None
        found, invited = known.by_unit.get(unit.id), {"unit_id": unit.id}
    else:
        person = known.people.get(line["email"])
        if person is None or not person.active:
            line.wrong("email", "Tidak ada akun aktif dengan surel ini.")
            return None
        found, invited = known.by_person.get(person.id), {"user_id": person.id}
    if _twice(known, line, tuple(invited.items())):
        return None
    return _invited(known, line, found, invited)


def _twice(known: Known, line: Line, key: Any) -> bool:
    if (row := known.taken.setdefault(key, line.number)) == line.number:
        return False
    line.wrong("unit", f"Data yang sama ada pada baris {row} dan {line.number}.")
    return True


def _invited(known: Known, line: Line, found: Attendance | None, invited: dict[str, Any]) -> Deed | None:
    name, post = line["by_name"], line["by_post"]
    if post and not name:
        line.wrong("by_name", "Tulis nama yang mewakili.")
    elif name and not post:
        line.wrong("by_post", "Tulis jabatan yang mewakili.")
    elif name and known.meeting.state == "draft":
        line.wrong("by_name", "Wakil dicatat setelah undangan dikirim: jadwalkan rapatnya dahulu.")
    if line.errors:
        return None
    desk, meeting = known.desk, known.meeting

    def represent(row: Attendance) -> None:
        if row.state == "represented":  # another comes instead: first the answer is taken back
            fire(row, "accept", desk.actor, now=desk.now)
        fire(row, "represent", desk.actor, now=desk.now, name=name, post=post)

    if found is None:

        def invite() -> None:
            row = invitees.invite(meeting, desk.actor, invited, desk.now)
            if name:
                represent(row)

        return Deed(NEW, {}, invite)
    if not name or (found.name_attending, found.post_attending) == (name, post):
        return Deed(SAME)
    if not LIFECYCLE.can(found, "represent", desk.actor, desk.now):
        line.wrong("by_name", f"Wakil tidak dapat diubah: {found.label} sudah «{found.state_label}».")
        return None
    return Deed(
        CHANGED, {"by_name": found.name_attending, "by_post": found.post_attending}, lambda: represent(found)
    )


def _guest(known: Known, line: Line) -> Deed | None:
    for key in ("by_name",):
        if line[key]:
            line.wrong(key, "Tamu hadir sendiri: kosongkan wakilnya.")
    if not line["guest_post"]:
        line.wrong("guest_post", "Tulis jabatan tamu.")
    if not line["institution"]:
        line.wrong("institution", "Tulis instansi tamu.")
    if line.errors:
        return None
    who = (line["guest"].casefold(), line["institution"].casefold())
    if _twice(known, line, who):
        return None
    if who in known.guests:
        return Deed(SAME)
    if not _open_to_guests(known):
        line.wrong("guest", "Tamu dicatat pada tanggal rapat, sampai rapat ditutup.")
        return None
    raw = {"name": line["guest"], "post": line["guest_post"], "institution": line["institution"]}
    return Deed(NEW, {}, lambda: invitees.add_guest(known.meeting, known.desk.actor, raw, known.desk.now))


def _open_to_guests(known: Known) -> bool:
    meeting = known.meeting
    return meeting.state == "in_session" or (
        meeting.state == "scheduled" and meeting.is_check_in_day(known.desk.now)
    )


register(
    Kind(
        "invitees",
        "Undangan rapat",
        "Siapa yang diundang ke satu rapat: PPK menurut satuan kerja, orang menurut surel; wakil yang datang; dan tamu.",
        columns=(
            Column("unit", "Satuan kerja", also=("kode satuan kerja", "kode satker", "satker", "ppk"),
                   help="Yang diundang PPK-nya. Kode satuan kerja, atau kode ISO provinsinya.", examples=("ID-BB", "", "")),
            Column("email", "Surel", "email", most=254, also=("email", "e-mail"), width=32,
                   help="Untuk orang yang diundang sendiri.", examples=("", "orang.satu@contoh.example", "")),
            Column("by_name", "Diwakili oleh", most=120, also=("nama wakil",), help="Nama yang datang mewakili.",
                   examples=("Contoh Wakil", "", "")),
            Column("by_post", "Jabatan wakil", most=200, examples=("Contoh Staf Teknis", "", "")),
            Column("guest", "Nama tamu", most=120, help="Tamu tanpa akun; dicatat pada tanggal rapat.",
                   examples=("", "", "Contoh Tamu")),
            Column("guest_post", "Jabatan tamu", most=200, examples=("", "", "Contoh Kepala Bidang")),
            Column("institution", "Instansi tamu", most=200, also=("instansi",), examples=("", "", "Contoh Bappeda")),
        ),
        key=lambda line: None,  # three ways to say who: told by the judge
        load=load,
        judge=judge,
        order=40,
        who=(SECRETARIAT,),
        of_meeting=True,
        meeting_states=UNTIL_CLOSED,
        notes=("Setiap baris mengisi salah satu: satuan kerja, surel, atau nama tamu.",),
    )
)  # fmt: skip
