from marshmallow import fields

from randal.core import forms

MAX_WORDS = 200_000  # characters of HTML in one section


class SectionsForm(forms.Base):
    sections = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class CommentForm(forms.Base):
    text = forms.prose("Tanggapan", max=4000)


class AnswerForm(forms.Base):
    answer = forms.prose("Jawaban", max=4000)


class ScanForm(forms.Base):
    file = forms.upload("Pindaian bertanda tangan basah", help="PDF, JPEG, atau PNG, maks. 20 MB.")


class SigningKeyForm(forms.Base):
    passphrase = forms.password(
        "Frasa sandi",
        min=8,
        help="Sedikitnya 8 karakter; beberapa kata lebih mudah diingat. Tidak disimpan dan tidak dapat dipulihkan.",
    )


class NewKeyForm(SigningKeyForm):
    """On the page the passphrase is typed twice: nobody can look it up afterwards."""

    again = forms.password("Ulangi frasa sandi")
