"""What a meeting gathers and sends besides its agenda: paparan, photos, its letter's words, reminders, its packet, what the
thresholds propose, and its account for the public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from workflows.lifecycle import (
    CHAIR,
    EVALUATOR,
    MINUTE_TAKER,
    SECRETARIAT,
    SYSTEM,
    UNIT_HATS,
    Act,
    Ask,
    Complaint,
    Move,
    _,
    deed,
    reason,
)
from workflows.meeting_states import (
    AHEAD,
    BEFORE_THE_END,
    CALLED,
    CANCELLED,
    CONCLUDED,
    HELD,
    NOT_CANCELLED,
    SCHEDULED,
    UNTIL_SIGNED,
)
from workflows.severity import SEVERITIES

LEADING = (SECRETARIAT, CHAIR, MINUTE_TAKER)
SLIDES = ("pdf", "pptx", "xlsx", "docx", "jpg", "jpeg", "png")


class Invited(Protocol):
    state: str


class Called(Protocol):
    starts_at: datetime | None

    @property
    def invitees(self) -> Sequence[Invited]: ...


def not_begun(item: Called, act: Act) -> Complaint:
    if item.starts_at is None or item.starts_at > act.now:
        return None
    return _("Pengingat dikirim selama rapat terjadwal dan belum dimulai.")


def somebody_silent(item: Called, act: Act) -> Complaint:
    if any(row.state == "invited" for row in item.invitees):
        return None
    return _("Semua undangan sudah dijawab; tidak ada yang perlu diingatkan.")


PAPARAN = Ask("paparan_id", _("Paparan"), "row")
SLIDE = Ask(
    "file", _("Berkas"), "file", files=SLIDES, help=_("PDF, PPTX, XLSX, DOCX, JPEG, atau PNG, maks. 20 MB.")
)
NEW_PAPARAN = [Ask("title", _("Judul paparan")),
               Ask("speaker", _("Pemapar"), required=False, most=120, kept=False, help=_("Nama atau jabatan.")),
               Ask("agenda_item_id", _("Pada acara"), "row", required=False), SLIDE]  # fmt: skip
PHOTO = Ask("photo_id", _("Foto"), "row")
CAPTION = Ask("caption", _("Keterangan"), required=False, kept=False,
              help=_("Apa yang tampak dan siapa, misalnya: pembukaan."))  # fmt: skip
SUMMARY = [Ask("title", _("Judul"), kept=False),
           Ask("text", _("Ringkasan"), "prose", most=8000, kept=False,
               help=_("Baris kosong memisahkan paragraf. Sebut jabatan dan instansi, bukan nama orang."))]  # fmt: skip


def line(name: str, label: str, most: int, help: str = "") -> Ask:
    return Ask(name, label, required=False, most=most, kept=False, help=help)


def lines(name: str, label: str, help: str = "") -> Ask:
    return Ask(name, label, "prose", required=False, most=4000, kept=False, help=help)


LETTER_WORDS = [
    line("nature", _("Sifat"), 40),
    line("attachment", _("Lampiran"), 120, _("Di luar daftar undangan, misalnya: 1 (satu) berkas.")),
    line("destination", _("Di"), 120, _("Tempat, bila tidak ditulis lain.")),
    line("dress", _("Pakaian"), 120),
    lines("opening", _("Pembuka")),
    lines("closing", _("Penutup")),
    line("on_behalf_of", _("Atas nama (a.n.)"), 200, _("Jabatan yang diatasnamakan, bila penanda tangan bukan ia sendiri.")),
    line("through", _("Untuk beliau (u.b.)"), 200,
         _("Jabatan penerima kuasa di antaranya; penanda tangan lalu tercetak di bawah u.b.")),
    line("rank", _("Pangkat penanda tangan"), 80),
    lines("notes", _("Catatan"), _("Satu per baris.")),
]  # fmt: skip
PROPOSAL = [Ask("unit_id", _("PPK"), "row"), Ask("kind", _("Jenis usulan"), most=12, kept=False),
            Ask("subject", _("Pokok"), most=24, kept=False)]  # fmt: skip
FINDING = [Ask("text", _("Uraian temuan"), "prose", required=False, kept=False),
           Ask("severity", _("Tingkat"), "choice", required=False, choices=SEVERITIES)]  # fmt: skip


def kept(name: str, sources: Sequence[str], units: Sequence[str] = (), **row: Any) -> list[Move]:
    """What belongs to a meeting is added and taken off by those who lead it, and by the units for themselves. Once the
    meeting is concluded its minutes are signed: the secretariat alone mends what must be mended, and history says so."""
    rows = [deed(name, sources, by=LEADING, **row), deed(name, CONCLUDED, by=SECRETARIAT, **row)]
    return [*rows, deed(name, UNTIL_SIGNED, by=units, **row)] if units else rows


MATERIAL = [
    deed("write_letter", AHEAD, by=SECRETARIAT, asks=LETTER_WORDS, label=_("Tulis isi surat undangan"),
         said=_("Isi surat undangan ditulis.")),
    deed("remind_invitees", SCHEDULED, by=SECRETARIAT, during=[not_begun, somebody_silent],
         label=_("Ingatkan yang belum menjawab"), said=_("{reminded} undangan yang belum dijawab diingatkan.")),
    *kept("add_paparan", BEFORE_THE_END, UNIT_HATS, asks=NEW_PAPARAN, label=_("Tambah paparan"),
          said=_("Paparan ditambahkan: {title}.")),
    *kept("renew_paparan", BEFORE_THE_END, UNIT_HATS, asks=[PAPARAN, SLIDE], label=_("Unggah versi baru paparan"),
          said=_("Versi baru paparan diunggah; versi {version}.")),
    *kept("withdraw_paparan", BEFORE_THE_END, UNIT_HATS, asks=[PAPARAN], label=_("Tarik paparan"),
          said=_("Paparan ditarik.")),
    deed("acknowledge_paparan", CALLED, by=UNIT_HATS, asks=[PAPARAN], label=_("Nyatakan sudah membaca"),
         said=_("PPK menyatakan sudah membaca paparan; versi {version}.")),
    deed("remind_paparan", NOT_CANCELLED, by=LEADING, asks=[PAPARAN], label=_("Ingatkan yang belum membaca"),
         said=_("PPK yang belum membaca paparan diingatkan; {units} PPK.")),
    *kept("add_photos", UNTIL_SIGNED, asks=[Ask("file", _("Foto; boleh beberapa"), "files"), CAPTION],
          label=_("Tambah foto"), said=_("{photos} foto ditambahkan.")),
    *kept("caption_photo", UNTIL_SIGNED,
          asks=[PHOTO, CAPTION, Ask("on_paper", _("Lampirkan pada notula dan paket rapat"), "flag", required=False)],
          label=_("Ubah keterangan foto"), said=_("Keterangan foto diubah.")),
    *kept("withdraw_photo", UNTIL_SIGNED, asks=[PHOTO], label=_("Tarik foto"), said=_("Foto ditarik.")),
    deed("accept_proposal", UNTIL_SIGNED, by=EVALUATOR, asks=[*PROPOSAL, *FINDING],
         label=_("Jadikan temuan"), said=_("Usulan ambang dijadikan temuan.")),
    deed("dismiss_proposal", UNTIL_SIGNED, by=EVALUATOR, asks=[*PROPOSAL, reason(_("Alasan mengabaikan"))],
         label=_("Abaikan usulan"), said=_("Usulan ambang diabaikan.")),
    deed("order_packet", CALLED, by=LEADING, label=_("Cetak paket rapat"), said=_("Paket rapat dibuat.")),
    deed("draft_summary", HELD, by=[SECRETARIAT, CHAIR], label=_("Susun ringkasan publik dari catatan rapat"),
         said=_("Ringkasan publik disusun dari catatan rapat.")),
    deed("write_summary", HELD, by=[SECRETARIAT, CHAIR], asks=SUMMARY, label=_("Sunting ringkasan publik"),
         said=_("Ringkasan publik disunting.")),
    deed("publish_summary", HELD, by=[SECRETARIAT, CHAIR],
         asks=[Ask("confirm", _("Data pribadi di dalamnya memang perlu"), "flag", required=False)],
         label=_("Terbitkan ringkasan publik"), said=_("Ringkasan publik diterbitkan."),
         first=_("Ringkasan dapat dibaca siapa saja, tanpa akun.")),
    deed("withdraw_summary", HELD, by=[SECRETARIAT, CHAIR], label=_("Tarik ringkasan publik"),
         said=_("Ringkasan publik ditarik.")),
    deed("destroy_document", [*NOT_CANCELLED, CANCELLED], by=SYSTEM, label=_("Musnahkan satu dokumen"),
         said=_("Satu dokumen dimusnahkan menurut berita acara.")),
]  # fmt: skip
