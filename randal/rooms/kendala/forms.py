from randal.items.links import Linked
from randal.models.kendala_categories import category_names, cause_names
from randal.models.unit_items import SEVERITIES
from randal.schemas import forms


def category_choices() -> dict[str, str]:
    return category_names(all=True)  # scripts may name each class; the page offers those in use


def cause_choices() -> dict[str, str]:
    return cause_names(all=True)  # which of them may be chosen anew is judged by categories.classify


class KendalaFields(Linked):
    """What may change while it is raised. All but the text may come later, at the latest when a solution is agreed."""

    text = forms.prose("Uraian kendala")
    category = forms.choice("Kategori", category_choices, required=False)
    subcategory = forms.choice(
        "Penyebab menurut daftar",
        cause_choices,
        required=False,
        help="Memilih penyebab memilih kategorinya juga.",
    )
    severity = forms.choice("Tingkat", SEVERITIES, required=False)
    cause = forms.prose("Penyebab", required=False)
    solution = forms.prose("Usulan solusi", required=False)


class KendalaForm(KendalaFields):
    meeting_id = forms.number_of("Rapat")
    unit_id = forms.number_of("PPK")
