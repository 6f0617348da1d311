"""Whom a follow-up waits for outside the house, and the papers for them: a letter that asks, the berita acara of what was
agreed. The PPK stays responsible: a due date does not stop for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from workflows.evidence import not_to_come
from workflows.lifecycle import Act, Ask, Complaint, Move, _, deed


class Waiting(Protocol):
    waits_for: str
    waits_post: str
    waits_since: date | None

    def local_today(self, now: datetime) -> date: ...


def waits(item: Waiting, act: Act) -> Complaint:
    return None if item.waits_for else _("Tindak lanjut ini tidak menunggu siapa pun di luar.")


def wait_for(item: Waiting, act: Act) -> None:
    """The day said, else the one known for the same office, else today."""
    known = item.waits_since if item.waits_for == act.get("waits_for") else None
    item.waits_since = act.get("waits_since") or known or item.local_today(act.now)
    item.waits_for, item.waits_post = act.get("waits_for"), act.get("waits_post") or ""


def wait_no_more(item: Waiting, act: Act) -> None:
    item.waits_for = item.waits_post = ""
    item.waits_since = None


PARTY = [
    Ask("waits_for", _("Kantor atau pihak yang ditunggu"), help=_("Misalnya Dinas PUPR kabupaten.")),
    Ask("waits_post", _("Jabatan"), required=False, most=150, help=_("Misalnya Kepala Dinas.")),
    Ask("waits_since", _("Menunggu sejak"), "date", required=False, check=not_to_come("waits_since"),
        help=_("Kosong berarti hari ini.")),
]  # fmt: skip


def _paper(
    *middle: Ask, number: str, no_number: str, day: Ask, subject: str, points: str, help: str
) -> list[Ask]:
    return [
        Ask("number", number, required=False, most=80, help=no_number, kept=False),
        day,
        Ask("city", _("Kota"), most=60, kept=False),
        *middle,
        Ask("subject", subject, kept=False),
        Ask("points", points, "prose", most=4000, help=help, kept=False),
    ]


def request(day: Ask) -> list[Ask]:
    return _paper(
        Ask("office", _("Kantor yang dituju")),
        Ask("post", _("Jabatan yang dituju"), most=150, help=_("Misalnya Kepala Dinas PUPR.")),
        number=_("Nomor surat"), no_number=_("Tanpa nomor, surat bertanda DRAF."), day=day, subject=_("Hal"),
        points=_("Yang dimohon"), help=_("Satu hal satu baris."),
    )  # fmt: skip


def agreement(day: Ask) -> list[Ask]:
    return _paper(
        Ask("place", _("Tempat"), most=200, kept=False),
        Ask("office", _("Kantor pihak kedua")),
        Ask("post", _("Jabatan pihak kedua"), most=150),
        Ask("party_name", _("Nama pejabat pihak kedua"), most=120, kept=False),
        number=_("Nomor"), no_number=_("Tanpa nomor, berita acara bertanda DRAF."), day=day, subject=_("Tentang"),
        points=_("Yang disepakati"), help=_("Satu kesepakatan satu baris."),
    )  # fmt: skip


AGREED_ON = Ask("dated_on", _("Tanggal kesepakatan"), "date", check=not_to_come("dated_on"))
REQUEST, AGREEMENT = request(Ask("dated_on", _("Tanggal surat"), "date")), agreement(AGREED_ON)


def party_deeds(sources: Iterable[str], by: Sequence[str]) -> list[Move]:
    return [
        deed("wait_for", sources, by=by, asks=PARTY, does=wait_for, label=_("Catat pihak yang ditunggu"),
             said=_("Pihak yang ditunggu dicatat: {waits_for}.")),
        deed("wait_no_more", sources, by=by, needs=[waits], does=wait_no_more, label=_("Tidak menunggu lagi"),
             said=_("Tidak menunggu pihak lain lagi.")),
        deed("write_request", sources, by=by, asks=REQUEST, label=_("Surat permintaan dukungan"),
             said=_("Surat permintaan dukungan dibuat untuk {office}.")),
        deed("write_agreement", sources, by=by, asks=AGREEMENT, label=_("Berita acara kesepakatan"),
             said=_("Berita acara kesepakatan dengan {office} dibuat.")),
    ]  # fmt: skip
