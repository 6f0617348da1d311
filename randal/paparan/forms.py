"""What is asked of a paparan, on the page and in the API."""

from __future__ import annotations

from randal.core import forms

KINDS = ("pdf", "pptx", "xlsx", "docx", "jpg", "jpeg", "png")


def file_field(label: str) -> forms.fields.Raw:
    return forms.upload(label, help="PDF, PPTX, XLSX, DOCX, JPEG, atau PNG, maks. 20 MB.")


class PaparanForm(forms.Base):
    title = forms.text("Judul paparan")
    speaker = forms.text("Pemapar", required=False, max=120, help="Nama atau jabatan.")
    agenda_item_id = forms.number_of("Pada acara", required=False)
    file = file_field("Berkas")


class VersionForm(forms.Base):
    file = file_field("Berkas versi baru")
