import asyncio
import io
import logging
import re
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from cryptography import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader, PdfWriter

from randal.documents import typefaces
from randal.signatures.authority import Authority
from randal.signatures.pades import as_asn1
from randal.signatures.reading import DIFFERENCES, read
from randal.signatures.signing import (
    LocalSigner,
    SigningFailed,
    Stamp,
    WrongPassphrase,
    check_signed,
    sign_local,
)
from randal.signatures.stamps import SENTENCE
from tests.minutes import signed


def certificate(person: int) -> x509.Certificate:
    return x509.load_pem_x509_certificate(signed.key(person).certificate_pem.encode())


def local(person: int = 0) -> LocalSigner:
    return LocalSigner(
        signed.key(person).p12, signed.authority(), Stamp(*signed.PEOPLE[person], "26 Juni 2018"), signed.NOW
    )


@pytest.mark.parametrize("signers", [1, 2, 3])
def test_every_version_begins_with_the_one_before(signers):
    versions = signed.case(signers).versions
    assert all(after.startswith(before) for before, after in pairwise(versions))
    names = [one.field_name for one in read(versions[-1]).embedded_regular_signatures]
    assert names == list(signed.FIELDS[:signers])


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not installed")
@pytest.mark.parametrize("signers", [1, 3, 16])
def test_pdfsig_agrees(signers, tmp_path):
    (tmp_path / "a.pdf").write_bytes(signed.case(signers).pdf)
    told = subprocess.run(["pdfsig", "-nocert", tmp_path / "a.pdf"], capture_output=True, text=True).stdout
    assert told.count("Signature is Valid.") == signers
    assert told.count("Total document signed") == 1


def verdicts(pdf):
    """What pyHanko says of every signature with none of our rules."""
    reader = PdfFileReader(io.BytesIO(pdf))
    trust = ValidationContext(
        trust_roots=[as_asn1(signed.authority().root)], allow_fetching=False, moment=signed.NOW
    )
    return [
        asyncio.run(async_validate_pdf_signature(one, trust)).bottom_line
        for one in reader.embedded_regular_signatures
    ]


@pytest.mark.parametrize("signers", [1, 3, 16])
def test_stock_pyhanko_agrees(signers):
    assert verdicts(signed.case(signers).pdf) == [True] * signers


def test_files_of_before_keep_their_verdict():
    """Drawn when the field stood in a list of one: ours calls them good, stock pyHanko all but the last not."""
    old = signed.sign(signed.sign(signed.blank(listed=True), 0), 1)
    assert verdicts(old) == [False, True]
    reader = read(old)
    for one in reader.embedded_regular_signatures:
        trust = ValidationContext(
            trust_roots=[as_asn1(signed.authority().root)], allow_fetching=False, moment=signed.NOW
        )
        assert asyncio.run(async_validate_pdf_signature(one, trust, diff_policy=DIFFERENCES)).bottom_line


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
@pytest.mark.parametrize("signers", [1, 3, 16])
def test_openssl_agrees(signers, tmp_path):
    pdf = signed.case(signers).pdf
    (tmp_path / "root.pem").write_bytes(signed.authority().root_pem())
    for signature in read(pdf).embedded_regular_signatures:
        start, length, second, rest = (int(number) for number in signature.byte_range)
        (tmp_path / "content").write_bytes(pdf[start : start + length] + pdf[second : second + rest])
        (tmp_path / "cms").write_bytes(signature.pkcs7_content)
        told = subprocess.run(
            [
                "openssl",
                "cms",
                "-verify",
                "-binary",
                "-inform",
                "DER",
                "-in",
                tmp_path / "cms",
                "-content",
                tmp_path / "content",
                "-CAfile",
                tmp_path / "root.pem",
                "-attime",
                str(int(signed.NOW.timestamp())),
                "-out",
                tmp_path / "out",
            ],
            capture_output=True,
            text=True,
        )
        assert told.returncode == 0, told.stderr


def test_the_stamp_says_who_when_and_no_provider():
    text = " ".join(text_of(signed.case(2).pdf).split())
    for word in ("Contoh Notulis", "Contoh Sekretaris", "Kepala Bagian Umum", "26 Juni 2018 pukul 15.42 WIB"):
        assert word in text
    assert text.count(SENTENCE) == 2
    assert "BSrE" not in text and "sertifikat elektronik" not in text


def text_of(pdf: bytes) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("poppler-utils is not installed")
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True).stdout.decode()


@pytest.mark.parametrize("name", ["Contoh " + "Panjang Sekali " * 8, "Contoh Łukasz Ñandú 漢字", "C"])
def test_any_name_fits_the_stamp(name):
    stamp = Stamp(name, "Kepala " + "Subdirektorat " * 12, "26 Juni 2018 pukul 15.42 WIB", "a.n. Direktur")
    assert sign_local(
        signed.blank(),
        field="tte-1",
        p12=signed.key(0).p12,
        passphrase=signed.PASSPHRASE,
        authority=signed.authority(),
        stamp=stamp,
        now=signed.NOW,
    )


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Contoh Łukasz Ñandú", "Contoh Łukasz Ñandú"),
        ("Contoh Прайтно Ελένη", "Contoh Прайтно Ελένη"),
        ("Contoh ꦲꦏ꧀ꦱꦫ", "ꦲꦏ꧀ꦱꦫ"),
        (
            "Contoh محمد عبد",
            "دبع دمحم",
        ),  # pdftotext takes what stands beside the glyphs for glyphs, and turns it
        ("Contoh 🌾 ✓", "🌾 ✓"),
        ("Contoh \uf0b7 Wijaya", "Contoh • Wijaya"),
        ("Contoh 漢字", "Contoh 漢字"),
        ("Contoh 한글", "Contoh"),  # no face has them
        ("한글", "nama lengkap ada di sertifikat"),
        ("Contoh ǅ ﬃ", "Contoh"),
    ],
)
def test_the_stamp_prints_the_letters_of_the_page_and_never_a_stand_in(name, printed):
    pdf = sign_local(
        signed.blank(),
        field="tte-1",
        p12=signed.key(0).p12,
        passphrase=signed.PASSPHRASE,
        authority=signed.authority(),
        stamp=Stamp(name, "Kepala", "26 Juni 2018"),
        now=signed.NOW,
    )
    text = unicodedata.normalize("NFC", " ".join(text_of(pdf).split()))
    assert "".join(printed.split()) in "".join(text.split()) and not {"?", "□", "\ufffd", "한"} & set(text), (
        text
    )
    assert SENTENCE.split()[0] in text


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_the_letters_of_the_stamp_stand_beside_each_other():
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=signed.case(1).pdf, capture_output=True)
    left, right = re.search(
        r'xMin="([\d.]+)".* xMax="([\d.]+)".*>Ditandatangani<', told.stdout.decode()
    ).groups()
    face = typefaces.LATIN[0]
    wide = sum(typefaces.advances(face)[letter] for letter in "Ditandatangani")
    assert 4 * wide < float(right) - float(left) < 1.03 * 5.8 * wide


def test_the_documents_dates_are_left_alone():
    before, after = (PdfReader(io.BytesIO(pdf)) for pdf in (signed.blank(), signed.case(3).pdf))
    assert before.metadata == after.metadata
    assert before.trailer["/Root"]["/Metadata"].get_data() == after.trailer["/Root"]["/Metadata"].get_data()


def test_a_wrong_passphrase_is_told_and_never_repeated(caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(WrongPassphrase) as refused:
        local().sign(signed.blank(), "tte-1", "Frasa-Yang-Salah")
    error = refused.value
    assert str(error).startswith("Frasa sandi tidak cocok.")
    assert error.__cause__ is None and error.__suppress_context__
    assert "Frasa-Yang-Salah" not in f"{error!r}{error.__context__!r}{caplog.text}"


def test_no_secret_in_what_is_printed(caplog):
    caplog.set_level(logging.DEBUG)
    signer = local()
    signer.sign(signed.blank(), "tte-1", signed.PASSPHRASE)
    for text in (repr(signer), str(signer), caplog.text):
        assert signed.PASSPHRASE not in text and "p12" not in text and signed.SECRET not in text


@pytest.mark.parametrize(
    ("pdf", "sentence"),
    [(b"", "kosong"), (b"halo", "bukan PDF"), (b"%PDF-1.7\nrusak", "rusak")],
    ids=["empty", "text", "broken"],
)
def test_what_is_no_pdf_is_not_signed(pdf, sentence):
    with pytest.raises(SigningFailed, match=sentence):
        local().sign(pdf, "tte-1", signed.PASSPHRASE)


def test_a_field_is_signed_once_and_must_exist():
    with pytest.raises(SigningFailed, match="sudah berisi"):
        local().sign(signed.case(1).pdf, "tte-1", signed.PASSPHRASE)
    with pytest.raises(SigningFailed, match="tidak ada"):
        local().sign(signed.blank(), "tte-9", signed.PASSPHRASE)


@pytest.mark.parametrize(("days", "sentence"), [(-3, "belum berlaku"), (6 * 365, "sudah berakhir")])
def test_not_outside_the_life_of_the_certificate(days, sentence):
    with pytest.raises(SigningFailed, match=sentence):
        replace(local(), now=signed.NOW + timedelta(days=days)).sign(
            signed.blank(), "tte-1", signed.PASSPHRASE
        )


def test_not_with_a_revoked_certificate():
    issued = signed.authority().issue("Contoh Dicabut", "", "", signed.PASSPHRASE, signed.NOW)
    revoking = Authority(signed.authority().kept, signed.SECRET, [(int(issued.serial, 16), signed.NOW)])
    with pytest.raises(SigningFailed, match="dicabut"):
        replace(local(), p12=issued.p12, authority=revoking).sign(signed.blank(), "tte-1", signed.PASSPHRASE)


def test_not_with_a_key_of_another_authority():
    with pytest.raises(SigningFailed, match="bukan dari otoritas"):
        replace(local(), p12=signed.key(0, "theirs").p12).sign(signed.blank(), "tte-1", signed.PASSPHRASE)


class TestWhatComesBackFromASigner:
    """`check_signed` guards every way of signing; here a provider misbehaves."""

    def check(self, after: bytes, *, before: bytes = b"", field: str = "tte-1", person: int = 0) -> None:
        check_signed(
            before or signed.blank(),
            after,
            field=field,
            certificate=certificate(person),
            roots=[signed.authority().root_pem()],
        )

    def test_good(self):
        self.check(signed.case(1).versions[1])
        self.check(signed.case(2).versions[2], before=signed.case(2).versions[1], field="tte-2", person=1)

    def test_rewritten(self):
        writer, out = PdfWriter(clone_from=io.BytesIO(signed.case(1).versions[1])), io.BytesIO()
        writer.write(out)
        with pytest.raises(SigningFailed, match="menulis ulang"):
            self.check(out.getvalue())

    def test_nothing_signed(self):
        with pytest.raises(SigningFailed, match="tepat satu"):
            self.check(signed.blank())

    def test_two_signatures_at_once(self):
        with pytest.raises(SigningFailed, match="tepat satu"):
            self.check(signed.case(2).pdf)

    def test_another_field(self):
        with pytest.raises(SigningFailed, match="tepat satu"):
            self.check(signed.sign(signed.blank(), 0, field="tte-2"))

    def test_somebody_else(self):
        with pytest.raises(SigningFailed, match="orang lain"):
            self.check(signed.sign(signed.blank(), 1, field="tte-1"))

    def test_not_trusted(self):
        theirs = x509.load_pem_x509_certificate(signed.key(0, "theirs").certificate_pem.encode())
        with pytest.raises(SigningFailed, match="tidak lulus"):
            check_signed(
                signed.blank(),
                signed.sign(signed.blank(), 0, of="theirs"),
                field="tte-1",
                certificate=theirs,
                roots=[signed.authority().root_pem()],
            )

    def test_damaged(self):
        pdf = signed.case(1).versions[1]
        signature = read(pdf).embedded_regular_signatures[0]
        at = int(signature.byte_range[2]) + 40
        with pytest.raises(SigningFailed):
            self.check(pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :])

    def test_more_than_the_signature(self):
        writer = IncrementalPdfFileWriter(io.BytesIO(signed.case(1).versions[1]))
        writer.root["/Lang"] = generic.pdf_string("en")
        writer.update_root()
        out = io.BytesIO()
        writer.write(out)
        with pytest.raises(SigningFailed, match="lebih dari"):
            self.check(out.getvalue())
