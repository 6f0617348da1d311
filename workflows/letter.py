"""The letter of invitation as its meeting keeps it: issued unsigned, signed here, or signed elsewhere and brought back.

No lifecycle of its own: moves of the meeting write these facts.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from workflows.lifecycle import ADMIN, OFFICERS, SECRETARIAT, SIGNER, Act, Ask, Complaint, _

READERS = (SIGNER, *OFFICERS, SECRETARIAT)  # of the letter before it is signed
COPIES_KNOWN_TO = frozenset({ADMIN, *OFFICERS, SECRETARIAT})  # the addresses of the tembusan


class Letter(Protocol):
    letter_number: str | None
    letter_dated_on: date | None
    letter_file_id: int | None
    letter_version: int
    letter_way: str  # "" unsigned, or as asked below: here, elsewhere
    letter_signed_at: datetime | None  # here
    letter_declined_at: datetime | None

    @property
    def letter_outdated(self) -> bool: ...  # it names another time or place than the meeting has by now


def letter_waits(item: Letter) -> bool:
    """Issued to be signed here, and neither signed nor declined."""
    return item.letter_way == "here" and item.letter_signed_at is None and item.letter_declined_at is None


def letter_wanted(item: Letter, act: Act) -> Complaint:
    """None was issued, or the one that was no longer tells what is true."""
    if not letter_waits(item) and (not item.letter_number or item.letter_outdated):
        return None
    return _("Surat undangan sudah diterbitkan.")


def to_be_signed(item: Letter, act: Act) -> Complaint:
    return None if letter_waits(item) else _("Tidak ada surat undangan yang menunggu tanda tangan.")


def way_and_file(item: Letter, act: Act) -> Complaint:
    if act.get("way") == "here" and act.get("file"):
        return _("Surat yang ditandatangani di sini dibuat oleh Randal: kosongkan berkasnya.")
    if act.get("way") == "elsewhere" and not act.get("file"):
        return _("Unggah berkas surat yang sudah ditandatangani.")
    return None


def no_letter(item: Letter) -> None:
    item.letter_number = item.letter_dated_on = item.letter_file_id = item.letter_signed_at = None
    item.letter_way = ""


def numbered(item: Letter, act: Act) -> Complaint:
    return None if act.get("number") else _("Tulis nomor surat.")


def issue(item: Letter, act: Act) -> None:
    item.letter_number, item.letter_dated_on = act.get("number"), act.get("dated_on")
    item.letter_file_id = act.get("file")
    item.letter_way = act.get("way") or ("elsewhere" if act.get("file") else "")
    item.letter_signed_at = item.letter_declined_at = None
    item.letter_version += 1
    if item.letter_way == "here":
        act.tell(to_sign=1)
    else:
        act.tell(sent_to=getattr(item, "people_told", None))


def sign_letter(item: Letter, act: Act) -> None:
    item.letter_signed_at = act.now


def decline_letter(item: Letter, act: Act) -> None:
    no_letter(item)
    item.letter_declined_at = act.now


NEXT_NUMBER = _("Kosongkan agar diberi nomor berikutnya menurut pola satuan kerja.")
UNSIGNED = _(
    "Kosongkan bila surat terbit tanpa tanda tangan. Surat yang ditandatangani di sini dikirim setelah ditandatangani."
)
LETTER = [Ask("number", _("Nomor surat"), most=80, required=False, check=numbered, help=NEXT_NUMBER),
          Ask("dated_on", _("Tanggal surat"), "date"),
          Ask("way", _("Tanda tangan"), "choice", required=False, check=way_and_file, help=UNSIGNED,
              choices={"here": _("Ditandatangani di sini"),
                       "elsewhere": _("Ditandatangani di tempat lain dan diunggah kembali")}),
          Ask("file", _("Berkas surat bertanda tangan"), "file", required=False)]  # fmt: skip
SECRET = [Ask("passphrase", _("Frasa sandi tanda tangan"), "password"),
          Ask("nik", _("NIK, bila menandatangani lewat penyelenggara sertifikasi"), "password", required=False)]  # fmt: skip
