"""People, and the posts they hold, from a spreadsheet. A person is known by e-mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.org.people import Appointment, Person
from randal.org.places import Unit
from randal.rooms.accounts import appointing, commands, granting
from randal.rooms.accounts.forms import KIND_CHOICES, ROLE_CHOICES
from randal.spreadsheets.importing import CHANGED, NEW, SAME, Column, Deed, Desk, Kind, Line, register
from workflows.lifecycle import ADMIN, IN_A_UNIT, LEADER

FIELDS = ("name", "role", "phone", "nip")
WEIGHS = (
    "Peran Sekretariat, Tim Monev, dan Pimpinan, serta jabatan yang mengepalai satuan kerja, memimpin rapat, atau "
    "menandatangani, yang diimpor Sekretariat, baru berlaku setelah disetujui Admin Sistem atau pimpinan (Pengguna › usulan)."
)


@dataclass
class Known:
    desk: Desk
    people: dict[str, Person]
    units: dict[str, Unit]
    taken: dict[Any, int] = field(default_factory=dict)  # an appointment in the file → row


def load(desk: Desk) -> Known:
    people = {p.email: p for p in db.session.scalars(select(Person)).unique()}
    units = list(db.session.scalars(select(Unit)).unique())
    by_place = {u.province.iso.casefold(): u for u in units if u.province}
    known = by_place | {u.name.casefold(): u for u in units} | {u.code.casefold(): u for u in units if u.code}
    return Known(desk, people, known)


def unit_in(known: Known, line: Line) -> Unit | None:
    """The unit by code, name, or ISO code of its province; an unknown one is told at its cell."""
    if not line["unit"]:
        return None
    found = known.units.get(line["unit"].casefold())
    if found is None:
        line.wrong("unit", "Satuan kerja ini tidak dikenal. Pakai kodenya, atau impor satuan kerja dahulu.")
    return found


# -- people ------------------------------------------------------------------------------------------


def judge_person(known: Known, line: Line) -> Deed | None:
    person, unit = known.people.get(line["email"]), unit_in(known, line)
    role = line["role"] or (person.role if person else None)
    held = person.role if person else None
    if ADMIN in (role, held) and role != held and not known.desk.actor.has(ADMIN):
        line.wrong("role", "Hanya Admin Sistem yang membuat atau mengubah Admin Sistem.")
    if role in IN_A_UNIT and unit is None and not (person and person.unit_id) and not line["unit"]:
        line.wrong("unit", "Wajib diisi untuk peran ini.")
    if role == LEADER and held != LEADER and (person or not line["post"]):
        said = "Pimpinan diangkat lewat impor Jabatan." if person else "Wajib diisi untuk Pimpinan."
        line.wrong("role" if person else "post", said)
    elif person and line["post"] and line["post"] not in {a.post.name for a in person.appointments}:
        line.wrong("post", "Orang ini sudah ada: jabatan berikutnya ditambahkan lewat impor Jabatan.")
    if person and person.id == known.desk.actor.id and role != held:
        line.wrong("role", granting.OWN_ROLE)
    if line.errors:
        return None
    given: dict[str, Any] = line.told(*FIELDS) | ({"unit_id": unit.id} if unit else {})
    if person is None:
        given |= line.told("email", "post")
        return Deed(NEW, {}, lambda: commands.make_person(known.desk.actor, given, known.desk.now))
    changes = {key: getattr(person, key) for key in given if getattr(person, key) != given[key]}
    if not changes:
        return Deed(SAME)
    if ADMIN in (role, held) and not known.desk.actor.has(ADMIN):
        line.wrong("email", "Hanya Admin Sistem yang mengubah Admin Sistem.")
        return None
    wanted = {key: given[key] for key in changes}
    shown = {
        "unit" if k == "unit_id" else k: _unit_name(person) if k == "unit_id" else v
        for k, v in changes.items()
    }
    if "role" in shown:
        shown["role"] = commands.role_name(person.role)
    return Deed(
        CHANGED, shown, lambda: commands.edit_person(person, known.desk.actor, wanted, known.desk.now)
    )


def _unit_name(person: Person) -> str:
    return (person.unit.code or person.unit.name) if person.unit else ""


EMAIL = Column("email", "Surel", "email", required=True, most=254, also=("email", "e-mail", "alamat surel"), width=34,
               help="Dari surel ini orang dikenali saat diimpor lagi.",
               examples=("orang.satu@contoh.example", "orang.dua@contoh.example"))  # fmt: skip

register(
    Kind(
        "people",
        "Orang",
        "Akun orang dengan peran dan satuan kerjanya. Dikenali dari surel. Tautan masuk dibuat di halaman Pengguna.",
        columns=(
            EMAIL,
            Column("name", "Nama lengkap dengan gelar", required=True, most=120, also=("nama", "nama lengkap"), width=34,
                   examples=("Contoh Orang Satu, S.T.", "Contoh Orang Dua")),
            Column("role", "Peran", "choice", required=True, choices=ROLE_CHOICES, examples=("PPK", "Tanpa peran")),
            Column("unit", "Satuan kerja", also=("kode satuan kerja", "kode satker", "satker", "unit"),
                   help="Kode satuan kerja, atau kode ISO provinsinya. Wajib untuk PPK, staf PPK, dan pimpinan.",
                   examples=("ID-BB", "")),
            Column("nip", "NIP", "digits", length=18, private=True, help="18 angka; format kolom Teks. Boleh kosong."),
            Column("phone", "Telepon", "phone", most=40, private=True, also=("hp", "no hp", "nomor telepon"),
                   help="Boleh kosong."),
            Column("post", "Jabatan", most=200, width=34, help="Untuk akun baru saja; wajib untuk pimpinan.",
                   examples=("Contoh Pejabat Pembuat Komitmen", "")),
        ),
        key=("email",),
        load=load,
        judge=judge_person,
        order=20,
        notes=("NIP dan nomor telepon adalah data pribadi: isi hanya yang diperlukan untuk surat dan daftar hadir.", WEIGHS),
    )
)  # fmt: skip


# -- posts -------------------------------------------------------------------------------------------


def judge_post(known: Known, line: Line) -> Deed | None:
    person, unit = known.people.get(line["email"]), unit_in(known, line)
    if person is None:
        line.wrong("email", "Tidak ada akun dengan surel ini. Impor orangnya dahulu.")
    if line["to"] and line["to"] < line["from"]:
        line.wrong("to", "Tanggal akhir harus setelah tanggal mulai.")
    elif person and person.id == known.desk.actor.id:
        line.wrong("email", appointing.OWN_POST)
    if line.errors or person is None or unit is None:
        return None
    key = (person.id, unit.id, line["post"].casefold(), line["from"])
    if (row := known.taken.setdefault(key, line.number)) != line.number:
        line.wrong("email", f"Data yang sama ada pada baris {row} dan {line.number}.")
        return None
    raw = {
        "post": line["post"],
        "unit_id": unit.id,
        "kind": line["kind"],
        "from": line["from"],
        "to": line["to"],
    }
    found = next((a for a in person.appointments if _is(a, line, unit)), None)
    heads = bool(line["is_head"])
    if found is None:
        iso = {key: raw[key].isoformat() for key in ("from", "to") if raw[key]}
        given = {k: v for k, v in raw.items() if v is not None} | iso | {"is_head": heads}
        return Deed(
            NEW, {}, lambda: appointing.add_appointment(person, known.desk.actor, given, known.desk.now)
        )
    changes: dict[str, Any] = {}
    if found.kind != line["kind"]:
        changes["kind"] = KIND_CHOICES[found.kind]
    if line["to"] and found.to_date != line["to"]:
        changes["to"] = found.to_date
    if line["is_head"] is not None and found.post.is_head != heads:
        changes["is_head"] = found.post.is_head
    return Deed(CHANGED, changes, lambda: change(known, found, line)) if changes else Deed(SAME)


def _is(row: Appointment, line: Line, unit: Unit) -> bool:
    mine = row.post.unit_id == unit.id and row.post.name.casefold() == line["post"].casefold()
    return mine and row.from_date == line["from"]


def change(known: Known, row: Appointment, line: Line) -> None:
    heads = row.post.is_head if line["is_head"] is None else bool(line["is_head"])
    desk, until = known.desk, line["to"] or row.to_date
    appointing.change_appointment(row, desk.actor, desk.now, kind=line["kind"], to_date=until, is_head=heads)


register(
    Kind(
        "posts",
        "Jabatan",
        "Siapa menjabat apa, sejak dan sampai kapan, definitif atau Plt., Plh., Pj., a.n., u.b. Dikenali dari surel, jabatan, "
        "satuan kerja, dan tanggal mulai.",
        columns=(
            EMAIL,
            Column("post", "Jabatan", required=True, most=200, width=34,
                   examples=("Contoh Pejabat Pembuat Komitmen", "Contoh Kepala Satuan Kerja")),
            Column("unit", "Satuan kerja", required=True, also=("kode satuan kerja", "kode satker", "satker", "unit"),
                   help="Kode satuan kerja, atau kode ISO provinsinya.", examples=("ID-BB", "ID-BB")),
            Column("kind", "Cara menjabat", "choice", required=True, choices=KIND_CHOICES, examples=("Definitif", "Plt.")),
            Column("from", "Sejak", "date", required=True, also=("mulai", "tmt"), help="hh/bb/tttt",
                   examples=("01/01/2018", "01/06/2018")),
            Column("to", "Sampai", "date", help="hh/bb/tttt; kosong bila masih menjabat.", examples=("", "31/12/2018")),
            Column("is_head", "Kepala satuan kerja", "flag", help="ya atau tidak", examples=("tidak", "ya")),
        ),
        key=("email", "post", "unit", "from"),
        load=load,
        judge=judge_post,
        order=30,
        notes=(WEIGHS,),
    )
)  # fmt: skip
