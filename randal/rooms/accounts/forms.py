from marshmallow import fields, validate

from randal.org.people import KINDS, NO_ROLE
from randal.schemas import forms
from randal.web.passwords import MIN_PASSWORD
from workflows.lifecycle import ROLES

ROLE_CHOICES = {**ROLES, NO_ROLE: "Tanpa peran"}
KIND_CHOICES = {code: label or "Definitif" for code, label in KINDS.items()}


def nip() -> fields.String:
    made = forms.text("NIP", required=False, max=18, help="18 angka tanpa spasi; boleh kosong.")
    made.validators.append(
        validate.Regexp(r"^(?:\d{18})?$", error="NIP terdiri atas 18 angka, atau kosongkan.")
    )
    return made


# `from` is a word of Python, so these two are made from a mapping.
PersonForm: type[forms.Base] = type(
    "PersonForm",
    (forms.Base,),
    {
        "name": forms.text("Nama lengkap dengan gelar", max=120),
        "email": forms.email("Surel"),
        "role": forms.choice("Peran", ROLE_CHOICES),
        "unit_id": forms.number_of("Satuan kerja", required=False),
        "post": forms.text("Jabatan", required=False, max=200),
        "from": forms.day("Menjabat sejak", required=False),
        "to": forms.day("Menjabat sampai", required=False),
        "phone": forms.text("Telepon", required=False, max=40),
        "nip": nip(),
        "until": forms.day("Akses pemeriksa sampai", required=False),
        "active": fields.Boolean(metadata={"label": "Aktif", "kind": "flag"}),
    },
)
AppointmentForm: type[forms.Base] = type(
    "AppointmentForm",
    (forms.Base,),
    {
        "post": forms.text("Jabatan", max=200),
        "unit_id": forms.number_of("Satuan kerja"),
        "kind": forms.choice("Cara menjabat", KIND_CHOICES),
        "from": forms.day("Sejak"),
        "to": forms.day("Sampai", required=False),
        "is_head": forms.flag("Kepala satuan kerja"),
    },
)


class EndAppointmentForm(forms.Base):
    to = forms.day("Hari terakhir menjabat")


class HandOverForm(forms.Base):
    """To whom the meetings of somebody who is gone are handed."""

    to_id = forms.person("Serahkan kepada")
    reason = forms.text("Alasan", kind="reason", max=4000)


class SignInForm(forms.Base):
    email = forms.text("Surel", max=254, kind="email")
    password = forms.password("Kata sandi")


class PasswordForm(forms.Base):
    password = forms.password(
        "Kata sandi baru",
        min=MIN_PASSWORD,
        help=f"Sedikitnya {MIN_PASSWORD} karakter. Beberapa kata mudah diingat dan sulit ditebak.",
    )
    again = forms.password("Ulangi kata sandi baru")


class NewPasswordForm(PasswordForm):
    """One's own: who only sits at an open screen does not know the present one."""

    class Meta(forms.Base.Meta):
        fields = ("present", "password", "again", "tokens")

    present = forms.password("Kata sandi sekarang")
    tokens = forms.flag(
        "Cabut juga token API saya", help="Sesi, perangkat yang dikenal, dan alamat kalender selalu berakhir."
    )


class ErasureForm(forms.Base):
    """Why a person's data is erased."""

    reason = forms.text("Dasar", kind="reason", max=4000, help="Misalnya nomor dan tanggal permintaan.")
