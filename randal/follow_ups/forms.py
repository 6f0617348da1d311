from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validates

from randal.core import forms
from randal.follow_ups.models import PRIORITIES, VERDICTS
from randal.meetings.unit_item_links import Linked
from workflows import LIFECYCLES

STATES = LIFECYCLES["follow_up"].states


class FollowUpForm(Linked):
    meeting_id = forms.number_of("Rapat")
    unit_id = forms.number_of("Penanggung jawab (PPK)")
    text = forms.prose("Yang harus dikerjakan", max=4000)
    expected_output = forms.prose("Keluaran yang diharapkan", max=2000)
    due_on = forms.day("Tenggat", help="Dihitung menurut tanggal di provinsi penanggung jawab.")
    priority = forms.choice("Prioritas", PRIORITIES, required=False)
    waits_for = forms.text(
        "Pihak terkait yang ditunggu",
        required=False,
        help="Kantor di Pemda, misalnya Dinas PUPR kabupaten. PPK tetap penanggung jawab.",
    )
    waits_post = forms.text("Jabatan yang dituju", required=False, max=150, help="Misalnya Kepala Dinas.")
    finding_ids = forms.many("Temuan yang dijawab")
    kendala_ids = forms.many("Kendala yang dijawab")


class FollowUpsForm(FollowUpForm):
    """The same promise for several units in one step; kawasan and kegiatan are each unit's own."""

    class Meta(forms.Base.Meta):
        exclude = ("unit_id", "area_id", "activity_id")

    unit_ids = forms.many("Penanggung jawab (PPK)", required=True)


class EvidenceForm(forms.Base):
    """One piece: a file or a link."""

    file = forms.upload("Berkas", required=False)
    link = forms.text(
        "Tautan", required=False, max=1000, help="Alamat lengkap, diawali https:// atau http://."
    )
    note = forms.prose("Keterangan", required=False, max=2000)
    dated_on = forms.day("Tanggal bukti", required=False, help="Kapan difoto atau ditandatangani.")
    place = forms.text("Lokasi", required=False, max=200, help="Misalnya nama desa atau ruas.")
    replaces_id = forms.number_of("Menggantikan", required=False)
    sent_as = forms.text("Kunci pengiriman", required=False, max=36)

    @validates("link")
    def web_address(self, value: str | None, **_: Any) -> None:
        """Shown as a link, never fetched: only addresses of the web, without a name or password in them."""
        if not value:
            return
        try:
            parts = urlsplit(value)
            good = parts.scheme in ("http", "https") and bool(parts.hostname)
            parts.port  # noqa: B018 - raises for a port that is none
        except ValueError:
            good = False
        if not good or any(c.isspace() or not c.isprintable() for c in value) or "\\" in value:
            raise ValidationError("Tulis alamat web yang lengkap, diawali https:// atau http://.")
        if parts.username or parts.password:
            raise ValidationError("Hapus nama pengguna dan kata sandi dari alamat ini.")


class WaitingForm(forms.Base):
    """Whom it waits for; an empty office: for nobody any more."""

    waits_for = forms.text(
        "Kantor atau pihak yang ditunggu", required=False, help="Misalnya Dinas PUPR kabupaten."
    )
    waits_post = forms.text("Jabatan", required=False, max=150, help="Misalnya Kepala Dinas.")
    waits_since = forms.day("Menunggu sejak", required=False, help="Kosong berarti hari ini.")


class VerdictForm(forms.Base):
    verdict = forms.choice("Penilaian", VERDICTS)
    note = forms.prose(
        "Catatan penilaian", required=False, max=2000, help="Bila kurang: apa yang harus ditambah."
    )


class ExtensionForm(forms.Base):
    new_due_on = forms.day("Tenggat yang diminta")
    reason = forms.text("Alasan", kind="reason", max=4000)


class TrackerForm(forms.Base):
    """The filters of the tracker; `overdue` true shows the late ones, false the others."""

    unit_id = forms.number_of("PPK", required=False)
    meeting_id = forms.number_of("Rapat", required=False)
    state = forms.choice("Status", STATES, required=False)
    overdue = fields.Boolean(
        allow_none=True,
        metadata={
            "label": "Tenggat",
            "kind": "choice",
            "choices": {"true": "Terlambat", "false": "Tidak terlambat"},
        },
        error_messages={"invalid": "Isi true atau false."},
    )
    ended = fields.Boolean(
        allow_none=True,
        metadata={
            "label": "Penyelesaian",
            "kind": "choice",
            "choices": {"false": "Masih terbuka", "true": "Sudah berakhir"},
        },
        error_messages={"invalid": "Isi true atau false."},
    )
    waiting = fields.Boolean(
        allow_none=True,
        metadata={
            "label": "Menunggu Pemda",
            "kind": "choice",
            "choices": {"true": "Menunggu Pemda", "false": "Tidak menunggu"},
        },
        error_messages={"invalid": "Isi true atau false."},
    )
    q = forms.text("Cari", required=False, max=100)
    as_of = forms.day("Keadaan per tanggal", required=False)
