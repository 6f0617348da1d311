from marshmallow import fields

from randal.core import forms
from randal.minutes.kinds import OPENED_BY_HAND
from randal.signatures.held_keys import REASONS
from randal.signatures.keys import SigningKeyForm

MAX_WORDS = 200_000  # characters of HTML in one section


class SectionsForm(forms.Base):
    sections = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class OpenForm(forms.Base):
    kind = forms.choice("Naskah", {code: kind.title for code, kind in OPENED_BY_HAND.items()})


class CommentForm(forms.Base):
    text = forms.prose("Tanggapan", max=4000)


class AnswerForm(forms.Base):
    answer = forms.prose("Jawaban", max=4000)


class ScanForm(forms.Base):
    file = forms.upload("Pindaian bertanda tangan basah", help="PDF, JPEG, atau PNG, maks. 20 MB.")


class NewKeyForm(SigningKeyForm):
    """On the page the passphrase is typed twice: nobody can look it up afterwards."""

    again = forms.password("Ulangi frasa sandi")


class AnotherKeyForm(NewKeyForm):
    """Whoever has a key already says why it is replaced: a lost passphrase is no reason to doubt what was signed."""

    why = forms.choice(
        "Mengapa diganti",
        {code: words for code, words in REASONS.items() if code != "left"},
        required=False,
    )


class RevokeForm(forms.Base):
    why = forms.choice("Alasan", {code: words for code, words in REASONS.items() if code != "superseded"})
    reason = forms.prose("Keterangan", max=1000)


class LawForm(forms.Base):
    law = forms.prose("Kalimat tentang kedudukan hukum tanda tangan elektronik", max=1500)
