"""What is typed of who is invited or comes along, for page and API."""

from __future__ import annotations

from randal.schemas import forms


class InviteForm(forms.Base):
    unit_id = forms.number_of("PPK", required=False)
    user_id = forms.person("Orang", required=False)


class GuestForm(forms.Base):
    name = forms.text("Nama lengkap", max=120)
    post = forms.text("Jabatan", max=200)
    institution = forms.text("Instansi", max=200)
