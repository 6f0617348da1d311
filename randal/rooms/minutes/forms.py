from randal.models.minutes_kinds import OPENED_BY_HAND
from randal.schemas import forms
from randal.schemas.moves import ask_schema
from randal.signatures.held_keys import REASONS
from randal.signatures.keys import SigningKeyForm
from workflows.minutes import SECTIONS
from workflows.review import ANSWER, COMMENT, READ
from workflows.signature import SCAN

MAX_WORDS = 200_000  # characters of HTML in one section


SectionsForm = ask_schema(SECTIONS, "SectionsForm")
CommentForm = ask_schema(COMMENT, "CommentForm")
ScanForm = ask_schema(SCAN, "ScanForm")
AgreeForm = ask_schema(READ, "AgreeForm")
AnswerForm = ask_schema(ANSWER[1:], "AnswerForm")  # to which comment, says the address


class OpenForm(forms.Base):
    kind = forms.choice("Naskah", {code: kind.title for code, kind in OPENED_BY_HAND.items()})


class NewKeyForm(SigningKeyForm):
    """On the page the passphrase is typed twice: nobody can look it up afterwards."""

    again = forms.password("Ulangi frasa sandi")


class AnotherKeyForm(NewKeyForm):
    """Whoever has a key already says why it is replaced: a lost passphrase is no reason to doubt what was signed. The
    password of the account is asked, for an open screen is no owner."""

    why = forms.choice(
        "Mengapa diganti",
        {code: words for code, words in REASONS.items() if code != "left"},
        required=False,
    )
    password = forms.password("Kata sandi akun Anda")


class RevokeForm(forms.Base):
    why = forms.choice("Alasan", {code: words for code, words in REASONS.items() if code != "superseded"})
    reason = forms.prose("Keterangan", max=1000)


class LawForm(forms.Base):
    law = forms.prose("Kalimat tentang kedudukan hukum tanda tangan elektronik", max=1500)
