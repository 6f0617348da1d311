from randal.core import forms
from randal.meetings.unit_items import SEVERITIES


class FindingForm(forms.Base):
    meeting_id = forms.number_of("Rapat")
    unit_id = forms.number_of("PPK")
    text = forms.prose("Uraian temuan")
    severity = forms.choice("Tingkat", SEVERITIES)
