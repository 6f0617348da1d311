"""An existing list of follow-ups from a spreadsheet, as people keep it today: drafts of one meeting, made by the same
command as by hand. What was promised before keeps its date, and is late at once where that is over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from randal.base import codes
from randal.database.base import db
from randal.l10n.formats import long_date
from randal.models.follow_ups import PRIORITIES, FollowUp
from randal.models.meetings import Meeting
from randal.org.places import Unit
from randal.rooms.follow_ups.commands import make_follow_up
from randal.schedule import workdays
from randal.spreadsheets.importing import NEW, SAME, Column, Deed, Desk, Kind, Line, register
from randal.web import timeline
from workflows import follow_up as life
from workflows.follow_up import IMPORTERS
from workflows.lifecycle import Act, Refused
from workflows.meeting_states import SESSION_ON

timeline.WAYS |= {"imported": "dari impor"}
ENDED = re.compile(r"(?:sudah )?(?:selesai|tuntas|terverifikasi|done|100 ?%)[ .]*", re.IGNORECASE)
ENDED_LABELS = {
    life.LIFECYCLE.states[code].casefold() for code in life.ENDED
}  # as our own tracker writes them
ALIKE = 0.7  # of the words of both, so many are the same


@dataclass
class Before:
    """One that is there already: where, and its words."""

    code: str
    meeting_id: int
    text: str
    words: frozenset[str]


@dataclass
class Known:
    desk: Desk
    meeting: Meeting
    units: dict[str, set[int]]
    by_id: dict[int, Unit]
    invited: set[int]
    days: workdays.Calendar
    there: dict[int, list[Before]]
    in_file: dict[int, list[tuple[int, frozenset[str]]]] = field(default_factory=lambda: defaultdict(list))


def folded(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))


def called(name: str) -> str:
    """A unit without what people write before it."""
    return re.sub(r"^(?:ppk|satker|provinsi|prov) ", "", folded(name))


def words_of(text: str) -> frozenset[str]:
    return frozenset(word for word in folded(text).split() if len(word) > 2)


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other) if one and other else False


def load(desk: Desk) -> Known:
    meeting = db.session.scalar(Meeting.visible_to(desk.actor).where(Meeting.id == desk.meeting_id))
    if meeting is None:
        raise Refused("field", "Pilih rapatnya.", {"meeting_id": ["Pilih rapatnya."]})
    meeting.lifecycle().require(meeting, "bring_follow_ups", Act(desk.actor, desk.now))
    units = {unit.id: unit for unit in db.session.scalars(select(Unit)).unique()}
    names: dict[str, set[int]] = defaultdict(set)
    for unit in units.values():
        iso = unit.province.iso if unit.province else ""
        for name in {unit.code or "", unit.name, unit.short_name, iso, *unit.external_ids.values()} - {""}:
            names[called(name)].add(unit.id)
    there: dict[int, list[Before]] = defaultdict(list)
    columns = FollowUp.unit_id, FollowUp.number, FollowUp.meeting_id, FollowUp.text
    query = FollowUp.visible_to(desk.actor).with_only_columns(*columns).where(FollowUp.state != "cancelled")
    for unit_id, number, meeting_id, text in db.session.execute(query.order_by(FollowUp.id)):
        there[unit_id].append(
            Before(codes.follow_up(meeting_id, number), meeting_id, folded(text), words_of(text))
        )
    invited = {a.unit_id for a in meeting.invitees if a.unit_id}
    return Known(desk, meeting, names, units, invited, workdays.calendar(), there)


def judge(known: Known, line: Line) -> Deed | None:
    unit = unit_of(known, line)
    if unit is None:
        return None
    asks: dict[str, str] = {}
    status = (line["status"] or "").casefold()
    if ENDED.fullmatch(status) or status in ENDED_LABELS:
        return Deed(SAME, asks={"status": "Sudah selesai menurut daftar ini: tidak dibuat."})
    text, said = folded(line["text"]), words_of(line["text"])
    for before in known.there[unit.id]:
        if before.text == text and before.meeting_id == known.meeting.id:
            return Deed(
                SAME, asks={"text": f"Sudah ada di rapat ini sebagai {before.code}: tidak dibuat lagi."}
            )
        if before.text == text or alike(before.words, said):
            where = "di rapat ini" if before.meeting_id == known.meeting.id else "dari rapat lain"
            asks["text"] = f"Mirip {before.code} {where}. Hapus baris ini dari berkas bila maksudnya sama."
    if twin := next((number for number, other in known.in_file[unit.id] if alike(other, said)), None):
        asks.setdefault(
            "text", f"Mirip baris {twin} untuk PPK yang sama. Hapus salah satu bila maksudnya sama."
        )
    known.in_file[unit.id].append((line.number, said))
    if day := said_of_day(known, unit, line["due_on"]):
        asks["due_on"] = day
    given: dict[str, Any] = line.told("text", "expected_output", "priority", "waits_for", "waits_post")
    given |= {"meeting_id": known.meeting.id, "unit_id": unit.id, "due_on": line["due_on"].isoformat()}
    desk = known.desk
    return Deed(NEW, {}, lambda: make_follow_up(desk.actor, given, desk.now, imported=True), asks)


def unit_of(known: Known, line: Line) -> Unit | None:
    found = known.units.get(called(line["unit"]), set())
    if not found:
        line.wrong(
            "unit", "PPK ini tidak dikenal. Tulis nama provinsi, kode ISO (misalnya ID-BB), atau kode satker."
        )
    elif len(found) > 1:
        line.wrong("unit", "Nama ini dimiliki lebih dari satu PPK. Tulis kode satuan kerjanya.")
    elif not found & known.invited:
        line.wrong("unit", "PPK ini tidak diundang ke rapat yang dipilih.")
    else:
        return known.by_id[next(iter(found))]
    return None


def said_of_day(known: Known, unit: Unit, day: Any) -> str:
    today = unit.local_today(known.desk.now)
    if day < today:
        return f"Sudah lewat (hari ini {long_date(today)}): tercatat terlambat begitu ditugaskan."
    look = known.days.look(day)
    return "" if look.working else f"Bukan hari kerja: {look.reason}."


KIND = register(
    Kind(
        "follow_ups",
        "Daftar tindak lanjut",
        "Daftar tindak lanjut satu rapat yang sudah ada di Excel. Semuanya masuk sebagai draf; yang sudah selesai dilewati.",
        columns=(
            Column("unit", "PPK", required=True, spreads=True, help="Nama provinsi, kode ISO, atau kode satuan kerja.",
                   also=("satuan kerja", "satker", "unit", "unit kerja", "ppk provinsi"),
                   perhaps=("provinsi", "penanggung jawab", "pic"),
                   examples=("Kepulauan Bangka Belitung", "ID-KR")),
            Column("text", "Tindak lanjut", required=True, most=4000, width=48,
                   also=("uraian", "uraian tindak lanjut", "rencana tindak lanjut", "rtl", "rekomendasi", "kesepakatan", "aksi"),
                   help="Yang harus dikerjakan.", examples=("Contoh menyelesaikan pembebasan lahan", "Contoh serah terima aset")),
            Column("expected_output", "Keluaran", required=True, most=2000, width=30,
                   also=("output", "keluaran yang diharapkan", "hasil", "hasil yang diharapkan", "indikator", "bukti"),
                   examples=("Contoh berita acara", "Contoh naskah serah terima")),
            Column("due_on", "Tenggat", "date", required=True, width=14,
                   also=("batas waktu", "target waktu", "target selesai", "waktu", "target", "deadline", "jatuh tempo"),
                   help="Tanggal lengkap. Yang sudah lewat tetap dicatat apa adanya.", examples=("30/09/2026", "15/10/2026")),
            Column("priority", "Prioritas", "choice", choices=PRIORITIES, width=12, examples=("Tinggi", "")),
            Column("waits_for", "Pihak terkait", most=250, also=("menunggu", "instansi terkait", "pemda", "stakeholder"),
                   help="Kantor yang ditunggu, misalnya Dinas PUPR kabupaten.", examples=("", "Contoh Dinas PUPR")),
            Column("waits_post", "Jabatan pihak terkait", most=150, examples=("", "Kepala Dinas")),
            Column("code", "Kode", most=40, help="Kode di pelacak, bila berasal dari sana: dua yang berkode lain bukan satu."),
            Column("status", "Status", also=("status tindak lanjut", "progres"),
                   help="Baris yang statusnya selesai tidak dibuat: tidak ada bukti yang dapat diperiksa.",
                   examples=("Belum", "Proses")),
        ),
        key=lambda line: (called(line["unit"]), folded(line["text"]), line["code"]),
        load=load,
        judge=judge,
        who=IMPORTERS,
        of_meeting=True,
        order=45,
        mapped=True,
        meeting_states=SESSION_ON,
        asks_label="Perlu dilihat",
        asks_said="baris perlu Anda lihat: mirip dengan yang sudah ada, tenggatnya lewat atau hari libur, atau sudah selesai.",
        notes=("Judul kolom boleh lain dari templat: pada berkas pertama Anda ditanya artinya, lalu jawabannya diingat.",),
    )
)  # fmt: skip
