"""The first words of each section of a paper (models/minutes_kinds.py), composed from the meeting: HTML by section key."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from sqlalchemy import func, select

from randal.database.base import db
from randal.l10n import formats
from randal.models.findings import Finding
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import Meeting
from randal.rooms.minutes.facts import GONE
from randal.rooms.minutes.phrases import attended, led, named, promised, spelled_days, when_and_where
from workflows.minutes import MINUTES, RECORD, REPORT


def minutes(meeting: Meeting) -> dict[str, str]:
    counts = {model: _count(model, meeting) for model in (Finding, Kendala, FollowUp)}
    return {
        "pembukaan": _opening(meeting),
        "sasaran": _p(
            _there(
                meeting.objectives,
                "Sasaran dan keluaran yang diharapkan dari rapat ini beserta penilaiannya adalah sebagai berikut.",
                "Rapat ini tidak menetapkan sasaran.",
            )
        ),
        "kehadiran": _p(
            _there(
                meeting.attendance,
                f"Rapat mengundang {formats.counted(len(meeting.invitees), 'jabatan')}. "
                "Kehadiran peserta undangan dan tamu adalah sebagai berikut.",
                "Tidak ada peserta yang dicatat.",
            )
        ),
        "acara": _p(
            _there(
                meeting.agenda_items,
                "Acara rapat dan hasilnya adalah sebagai berikut.",
                "Tidak ada acara yang dicatat.",
            )
        ),
        "progres": _p(
            _there(
                _reporting(meeting),
                f"Progres fisik dan keuangan kegiatan tiap PPK pada periode {formats.month(meeting.report_period)} "
                "(kumulatif, dalam persen) adalah sebagai berikut.",
                "Tidak ada PPK yang diundang ke rapat ini.",
            )
        ),
        "temuan": _p(
            _there(
                counts[Finding],
                "Temuan monev yang dicatat dalam rapat beserta tanggapan PPK adalah sebagai berikut.",
                "Tidak ada temuan monev yang dicatat dalam rapat ini.",
            )
        ),
        "kendala": _p(
            _there(
                counts[Kendala],
                "Kendala yang disampaikan beserta penyebab dan solusinya adalah sebagai berikut.",
                "Tidak ada kendala yang dicatat dalam rapat ini.",
            )
        ),
        "arahan": _p(
            _there(
                meeting.directives,
                "Arahan yang disampaikan dalam rapat adalah sebagai berikut.",
                "Tidak ada arahan yang dicatat dalam rapat ini.",
            )
        ),
        "keputusan": _p(
            _there(
                meeting.decisions,
                "Rapat memutuskan hal-hal berikut.",
                "Tidak ada keputusan yang dicatat dalam rapat ini.",
            )
        ),
        "tindak_lanjut": _p(
            _there(
                counts[FollowUp],
                "Rapat menyepakati rencana tindak lanjut berikut, dengan penanggung jawab dan tenggatnya.",
                "Tidak ada rencana tindak lanjut yang disepakati dalam rapat ini.",
            )
        ),
        "penutup": _closing(meeting),
    }


def record(meeting: Meeting) -> dict[str, str]:
    """Berita acara: short, the day in words (domain.md §1.7). Who signs it stands on the paper by itself."""
    owed = _count(FollowUp, meeting)
    return {
        "pembukaan": _p(
            f"Pada hari ini, {spelled_days(meeting)}, {when_and_where(meeting)}, telah diselenggarakan "
            f"{meeting.title}{led(meeting)} dan dihadiri {attended(meeting)}."
        ),
        "keputusan": _p(
            _there(
                meeting.decisions,
                "Rapat memutuskan hal-hal berikut.",
                "Rapat berlangsung tanpa keputusan yang dicatat.",
            )
        ),
        "tindak_lanjut": _p(
            _there(
                owed,
                "Rapat menyepakati rencana tindak lanjut berikut, dengan penanggung jawab dan tenggatnya.",
                "Tidak ada rencana tindak lanjut yang disepakati.",
            )
        ),
        "penutup": _p(
            "Demikian berita acara ini dibuat dengan sebenarnya dalam 1 (satu) naskah asli, untuk dipergunakan "
            "sebagaimana mestinya."
        ),
    }


def report(meeting: Meeting) -> dict[str, str]:
    """Laporan, behind the nota dinas that hands it to the head (domain.md §1.8)."""
    counts = {model: _count(model, meeting) for model in (Finding, Kendala, FollowUp)}
    held = formats.days(meeting.starts_at, meeting.ends_at, meeting.timezone)
    result = (
        f"Rapat mencatat {formats.counted(counts[Finding], 'temuan monev')} dan "
        f"{formats.counted(counts[Kendala], 'kendala')}, serta menyepakati {promised(meeting)}."
    )
    progress = f"progres kegiatan tiap PPK pada periode {formats.month(meeting.report_period)}"
    below = (
        [progress] * _reporting(meeting)
        + ["temuan"] * bool(counts[Finding])
        + ["kendala"] * bool(counts[Kendala])
    )
    told = _and(below)
    basis = [line.strip() for line in meeting.purpose.splitlines() if line.strip()]
    if meeting.letter_number:
        dated = f" tanggal {formats.long_date(meeting.letter_dated_on)}" if meeting.letter_dated_on else ""
        basis.insert(0, f"Surat undangan nomor {meeting.letter_number}{dated}.")
    return {
        "nota_dinas": _p(
            f"Bersama ini kami sampaikan laporan {meeting.title}, yang diselenggarakan pada {held}."
        )
        + _p(
            f"{result} Kami menyarankan agar rencana tindak lanjut itu dilaksanakan dan hasilnya dilaporkan kembali."
        )
        + _p(
            "Laporan selengkapnya terlampir, untuk mendapat persetujuan atau arahan. Atas perhatiannya kami "
            "ucapkan terima kasih."
        ),
        "dasar": "".join(
            map(_p, basis or ["Rapat diselenggarakan menurut rencana kerja satuan kerja penyelenggara."])
        ),
        "maksud": _p(
            _there(
                meeting.objectives,
                "Sasaran dan keluaran yang diharapkan dari rapat beserta penilaiannya adalah sebagai berikut.",
                "Rapat ini tidak menetapkan sasaran.",
            )
        ),
        "kegiatan": _p(
            f"{meeting.title} diselenggarakan pada {held}, {when_and_where(meeting)}{led(meeting)} dan dihadiri "
            f"{attended(meeting)}."
        )
        + _p(
            _there(
                meeting.agenda_items,
                "Acara rapat dan hasilnya adalah sebagai berikut.",
                "Tidak ada acara yang dicatat.",
            )
        ),
        "hasil": _p(result) + (_p(f"{told[0].upper()}{told[1:]} adalah sebagai berikut.") if told else ""),
        "simpulan": _p(
            _there(
                counts[FollowUp] or meeting.decisions,
                "Keputusan rapat dan tindak lanjut yang disarankan adalah sebagai berikut.",
                "Tidak ada keputusan atau tindak lanjut yang dicatat.",
            )
        ),
        "penutup": _p("Demikian laporan ini disampaikan untuk menjadi bahan pertimbangan pimpinan."),
    }


def _opening(meeting: Meeting) -> str:
    zone = meeting.timezone
    when = formats.days(meeting.starts_at, meeting.ends_at, zone)
    where = f" di {meeting.place}" if meeting.place else ""
    where += (" dan" if where else "") + " secara daring" if meeting.link else ""
    text = f"{meeting.title} diselenggarakan pada {when}{where}."
    if meeting.opened_at:
        text += f" Rapat dibuka pukul {formats.clock(meeting.opened_at, zone)}"
        text += f" dan dipimpin oleh {named(meeting.chair, meeting)}." if meeting.chair else "."
    purpose = f"<p>{escape(meeting.purpose.strip())}</p>" if meeting.purpose.strip() else ""
    return _p(text) + purpose


def _closing(meeting: Meeting) -> str:
    closed = formats.clock(meeting.closed_at, meeting.timezone) if meeting.closed_at else ""
    text = f"Rapat ditutup pukul {closed}." if closed else "Rapat ditutup oleh Pimpinan Rapat."
    if meeting.minute_taker:
        text += f" Notula ini dicatat oleh {named(meeting.minute_taker, meeting)}."
    return _p(text)


def _and(parts: list[str]) -> str:
    """a; a dan b; a, b, dan c"""
    return " dan ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])}, dan {parts[-1]}"


def _reporting(meeting: Meeting) -> bool:
    return any(row.unit for row in meeting.invitees)


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _there(found: object, if_so: str, if_not: str) -> str:
    return if_so if found else if_not


def _count(model: type[Finding] | type[Kendala] | type[FollowUp], meeting: Meeting) -> int:
    query = (
        select(func.count())
        .select_from(model)
        .where(model.meeting_id == meeting.id, model.state.not_in(GONE))
    )
    return db.session.scalar(query) or 0


COMPOSE: dict[str, Callable[[Meeting], dict[str, str]]] = {MINUTES: minutes, RECORD: record, REPORT: report}
