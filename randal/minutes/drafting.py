"""The sections of new minutes, each with a sentence or two composed from the meeting.

A section that a person has edited is never composed again; the others follow the meeting until it is submitted.
"""

from __future__ import annotations

from datetime import date, datetime
from html import escape

from sqlalchemy import func, select

from randal.core import words
from randal.core.db import db
from randal.core.people import Person
from randal.findings.models import Finding
from randal.follow_ups.models import FollowUp
from randal.kendala.models import Kendala
from randal.meetings.models import Meeting
from randal.minutes import texts
from randal.minutes.models import Minutes, MinutesSection, MinutesSigner

TITLES = {
    "pembukaan": "Pembukaan",
    "sasaran": "Sasaran dan keluaran rapat",
    "kehadiran": "Kehadiran",
    "acara": "Acara dan pembahasan",
    "progres": "Progres per PPK",
    "temuan": "Temuan monev",
    "kendala": "Kendala dan solusi",
    "arahan": "Arahan",
    "keputusan": "Keputusan",
    "tindak_lanjut": "Rencana tindak lanjut",
    "penutup": "Penutup",
}


def add_sections(minutes: Minutes, now: datetime) -> None:
    composed = compose(minutes.meeting)
    for position, (key, title) in enumerate(TITLES.items(), 1):
        minutes.sections.append(
            MinutesSection(key=key, title=title, position=position, html=composed[key], updated_at=now)
        )
    keep_all(minutes, now)


def keep_all(minutes: Minutes, now: datetime) -> None:
    """The wordings as they stand, by nobody: composed from the meeting, or taken over by an addendum."""
    db.session.flush()
    for section in minutes.sections:
        texts.keep(minutes.id, section.key, section.title, section.html, None, now)


def compose_again(minutes: Minutes, now: datetime) -> None:
    """Let the sections nobody has touched follow the meeting as it stands now."""
    composed = compose(minutes.meeting)
    for section in minutes.sections:
        if not section.edited and section.html != composed.get(section.key, section.html):
            section.html, section.updated_at = composed[section.key], now
            texts.keep(minutes.id, section.key, section.title, section.html, None, now)


def default_signers(minutes: Minutes) -> None:
    """The minute-taker, then the chair: one of them twice is one signer."""
    meeting = minutes.meeting
    wanted = list(dict.fromkeys(i for i in (meeting.minute_taker_id, meeting.chair_id) if i))
    set_signers(minutes, [(person_id, position) for position, person_id in enumerate(wanted, 1)])


def set_signers(minutes: Minutes, wanted: list[tuple[int, int]]) -> None:
    """Replace the signers by these (person, position)."""
    minutes.signers.clear()
    db.session.flush()  # a person who stays would otherwise be there twice for a moment
    minutes.signers.extend(MinutesSigner(person_id=who, position=at) for who, at in wanted)
    db.session.flush()


def standing(person: Person, day: date) -> str:
    """What a person signs as that day: the post held; whoever holds none as what he is, and of which unit. "PPK" alone
    would be fourteen people."""
    title, unit = person.post_title(day), person.unit
    if unit is None or unit.province is None or not title or person.held(day):
        return title
    return f"{title} {unit.short_name}"


def compose(meeting: Meeting) -> dict[str, str]:
    """HTML by section key."""
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
            f"Rapat mengundang {words.counted(len(meeting.invitees), 'jabatan')}. "
            "Kehadiran peserta undangan dan tamu adalah sebagai berikut."
        ),
        "acara": _p(
            _there(
                meeting.agenda_items,
                "Acara rapat dan hasilnya adalah sebagai berikut.",
                "Tidak ada acara yang dicatat.",
            )
        ),
        "progres": _p(
            f"Progres fisik dan keuangan kegiatan tiap PPK pada periode {words.month(meeting.report_period)} "
            "(kumulatif, dalam persen) adalah sebagai berikut."
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


def _opening(meeting: Meeting) -> str:
    zone = meeting.timezone
    when = words.days(meeting.starts_at, meeting.ends_at, zone)
    where = f" di {meeting.place}" if meeting.place else ""
    where += (" dan" if where else "") + " secara daring" if meeting.link else ""
    text = f"{meeting.title} diselenggarakan pada {when}{where}."
    if meeting.opened_at:
        text += f" Rapat dibuka pukul {words.clock(meeting.opened_at, zone)}"
        text += f" dan dipimpin oleh {_named(meeting.chair, meeting)}." if meeting.chair else "."
    purpose = f"<p>{escape(meeting.purpose.strip())}</p>" if meeting.purpose.strip() else ""
    return _p(text) + purpose


def _closing(meeting: Meeting) -> str:
    closed = words.clock(meeting.closed_at, meeting.timezone) if meeting.closed_at else ""
    text = f"Rapat ditutup pukul {closed}." if closed else "Rapat ditutup oleh Pimpinan Rapat."
    if meeting.minute_taker:
        text += f" Notula ini dicatat oleh {_named(meeting.minute_taker, meeting)}."
    return _p(text)


def _named(person: Person, meeting: Meeting) -> str:
    title = person.post_title(meeting.local_start_date) if meeting.local_start_date else ""
    return f"{person.name} ({title})" if title else person.name


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _there(found: object, if_so: str, if_not: str) -> str:
    return if_so if found else if_not


def _count(model: type[Finding] | type[Kendala] | type[FollowUp], meeting: Meeting) -> int:
    gone = ("withdrawn", "cancelled")
    query = (
        select(func.count())
        .select_from(model)
        .where(model.meeting_id == meeting.id, model.state.not_in(gone))
    )
    return db.session.scalar(query) or 0
