from randal.core import forms
from randal.meetings.unit_item_links import Linked
from randal.meetings.unit_items import SEVERITIES


class FindingFields(Linked):
    """What may change while it is recorded."""

    text = forms.prose("Uraian temuan", help="Temuan monev, bukan temuan pemeriksaan.")
    severity = forms.choice("Tingkat", SEVERITIES)


class FindingForm(FindingFields):
    meeting_id = forms.number_of("Rapat")
    unit_id = forms.number_of("PPK")
