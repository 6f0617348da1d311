from marshmallow import fields

from randal.items.links import Linked
from randal.schemas import forms
from randal.schemas.moves import ask_schema
from workflows import LIFECYCLES
from workflows.evidence import PIECE, VERDICT
from workflows.follow_up import PRIORITIES
from workflows.party import PARTY

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


EvidenceForm = ask_schema(PIECE, "EvidenceForm")
WaitingForm = ask_schema(PARTY, "WaitingForm")
VerdictForm = ask_schema(VERDICT[1:], "VerdictForm")  # which piece, says the address


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
