"""What is typed about a meeting and its parts, for page and API."""

from __future__ import annotations

from marshmallow import ValidationError

from randal.base import addresses, outgoing
from randal.models.letters import unclear
from randal.schemas import forms
from workflows.agenda import ASSESSMENTS, OBJECTIVE_KINDS, OUTCOMES, SESSION_KINDS

AN_ADDRESS = "Misalnya: Contoh Direktur <direktur@contoh.example>"


def web_link(value: str | None) -> None:
    if value and (said := addresses.wrong_with(value, outgoing.inside())):
        raise ValidationError(said)


def link(label: str) -> forms.fields.String:
    made = forms.text(label, required=False, max=500, help="Untuk rapat daring, misalnya https://…")
    made.validators.append(web_link)
    return made


def mail_addresses(value: str | None) -> None:
    if wrong := unclear(value or ""):
        raise ValidationError(f"Alamat surel ini tidak lengkap: «{wrong[0][:120]}». {AN_ADDRESS}")


def copies(label: str) -> forms.fields.String:
    help = f"Satu per baris. Yang diberi alamat surel dikirimi suratnya. {AN_ADDRESS}"
    made = forms.prose(label, required=False, max=4000, help=help)
    made.validators.append(mail_addresses)
    return made


class MeetingForm(forms.Base):
    title = forms.text("Judul rapat")
    purpose = forms.prose(
        "Maksud rapat", required=False, help="Satu-dua kalimat; tertulis di surat undangan."
    )
    starts_at = forms.local_time("Mulai", help="Waktu setempat, menurut zona di bawah.")
    ends_at = forms.local_time("Selesai")
    timezone = forms.zone("Zona waktu")
    report_period = forms.month("Periode laporan PPK", required=False, help="Bila kosong: bulan rapat.")
    place = forms.text("Tempat", required=False)
    link = link("Tautan rapat daring")
    chair_id = forms.person("Pimpinan rapat", required=False)
    minute_taker_id = forms.person("Notulis", required=False)
    organiser_id = forms.number_of("Penyelenggara", required=False)
    quorum = forms.whole(
        "Kuorum (%)",
        required=False,
        min=1,
        max=100,
        help="Berapa persen undangan harus hadir. Kosongkan bila rapat ini tidak meminta kuorum.",
    )
    cc = copies("Tembusan")
    unit_ids = forms.many("PPK yang diundang")


class NewMeetingForm(MeetingForm):
    """The first form also takes objectives and agenda, one per line; later each is edited by itself."""

    objectives = forms.prose("Sasaran rapat", required=False, max=8000, help="Satu per baris.")
    outputs = forms.prose("Keluaran yang diharapkan", required=False, max=8000, help="Satu per baris.")
    agenda = forms.prose(
        "Acara",
        required=False,
        max=8000,
        help="Satu per baris; lamanya dalam menit boleh di ujung baris, misalnya: Pembukaan (15)",
    )


class ObjectiveForm(forms.Base):
    text = forms.prose("Sasaran atau keluaran", max=2000)
    kind = forms.choice("Jenis", OBJECTIVE_KINDS)
    assessment = forms.choice("Penilaian", ASSESSMENTS, required=False)
    note = forms.prose("Catatan", required=False)


class SessionForm(forms.Base):
    title = forms.text("Nama sesi", max=120)
    kind = forms.choice("Jenis", SESSION_KINDS, required=False)
    starts_at = forms.local_time("Mulai", help="Waktu setempat rapat.")
    ends_at = forms.local_time("Selesai")
    place = forms.text("Tempat", required=False, help="Bila lain dari tempat rapat.")


class AgendaForm(forms.Base):
    title = forms.text("Acara")
    duration = forms.whole("Lama (menit)", required=False, min=1, max=1440)
    position = forms.whole("Urutan", required=False, min=1, max=1000)
    session_id = forms.number_of("Sesi", required=False)
    outcome = forms.choice("Hasil", OUTCOMES, required=False)
    note = forms.prose("Catatan pembahasan", required=False)


class StatementForm(forms.Base):
    """An arahan or a keputusan."""

    text = forms.prose("Isi", max=4000)
    speaker = forms.text("Disampaikan oleh", required=False, max=120)
