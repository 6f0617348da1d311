from randal.core import forms
from randal.meetings.unit_items import SEVERITIES
from workflows.kendala import CATEGORIES


class KendalaForm(forms.Base):
    """Category, cause, severity and solution may come later, at the latest when a solution is agreed."""

    meeting_id = forms.number_of("Rapat")
    unit_id = forms.number_of("PPK")
    text = forms.prose("Uraian kendala")
    category = forms.choice("Kategori", CATEGORIES, required=False)
    severity = forms.choice("Tingkat", SEVERITIES, required=False)
    cause = forms.prose("Penyebab", required=False)
    solution = forms.prose("Solusi", required=False)


PLAIN = ("text", "category", "severity", "cause", "solution")
