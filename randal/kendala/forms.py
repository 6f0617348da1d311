from randal.core import forms
from randal.meetings.unit_items import SEVERITIES
from workflows.kendala import CATEGORIES


class KendalaFields(forms.Base):
    """What may change while it is raised. All but the text may come later, at the latest when a solution is agreed."""

    text = forms.prose("Uraian kendala")
    category = forms.choice("Kategori", CATEGORIES, required=False)
    severity = forms.choice("Tingkat", SEVERITIES, required=False)
    cause = forms.prose("Penyebab", required=False)
    solution = forms.prose("Usulan solusi", required=False)


class KendalaForm(KendalaFields):
    meeting_id = forms.number_of("Rapat")
    unit_id = forms.number_of("PPK")
