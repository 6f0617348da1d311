from randal.items.links import Linked
from randal.models.unit_items import SEVERITIES
from randal.schemas import forms


class FindingFields(Linked):
    """What may change while it is recorded."""

    text = forms.prose("Uraian temuan", help="Temuan monev, bukan temuan pemeriksaan.")
    severity = forms.choice("Tingkat", SEVERITIES)


class FindingForm(FindingFields):
    meeting_id = forms.number_of("Rapat")
    unit_id = forms.number_of("PPK")
