import asyncio
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from randal.signatures import certificates
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.certificates import is_revoked_in
from randal.signatures.pades import sign_field
from randal.signatures.paths import check_path
from randal.signatures.port import Stamp
from randal.signatures.reading import read
from randal.signatures.signing import check_signed
from tests.minutes import signed


def test_the_chain_holds_from_root_to_signer():
    ca = signed.authority()
    signer = x509.load_pem_x509_certificate(signed.key(0).certificate_pem.encode())
    ca.issuing.verify_directly_issued_by(ca.root)
    ca.tsa.verify_directly_issued_by(ca.issuing)
    signer.verify_directly_issued_by(ca.issuing)
    assert signer.not_valid_before_utc <= signed.NOW < signer.not_valid_after_utc == signed.key(0).not_after
    assert signer.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Contoh Notulis"
    usage = ca.tsa.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_keys_are_kept_encrypted():
    kept = signed.authority().kept
    assert kept.keys.keys() == {"root", "issuing", "tsa"}
    for sealed in kept.keys.values():
        with pytest.raises(TypeError):
            load_pem_private_key(sealed.encode(), None)
        with pytest.raises(ValueError):
            load_pem_private_key(sealed.encode(), signed.SECRET.encode())
    assert "BEGIN" not in repr(kept) and signed.SECRET not in str(asdict(kept))


def test_only_the_same_secret_opens_it():
    kept = signed.authority().kept
    assert Authority(kept, signed.SECRET).root == signed.authority().root
    with pytest.raises(AuthorityError) as refused:
        Authority(kept, "rahasia lain")
    assert "rahasia lain" not in str(refused.value)


def test_a_key_is_decrypted_once_in_a_process():
    kept = signed.authority().kept
    first = Authority(kept, signed.SECRET).key("issuing")
    assert Authority(kept, signed.SECRET).key("issuing") is first


def test_the_key_opens_with_its_own_passphrase_only():
    key = signed.key(0)
    assert pkcs12.load_key_and_certificates(key.p12, signed.PASSPHRASE.encode())[0]
    with pytest.raises(ValueError):
        pkcs12.load_key_and_certificates(key.p12, b"lain")
    assert "p12" not in repr(key) and "BEGIN" not in repr(key)


def test_contoh_stands_in_every_name():
    ca = Authority.make(signed.SECRET, "Otoritas Randal", signed.NOW, contoh=True)
    issued = ca.issue("Pimpinan", "Ketua", "Instansi", "x", signed.NOW)
    signer = x509.load_pem_x509_certificate(issued.certificate_pem.encode())
    for certificate in (ca.root, ca.issuing, ca.tsa, signer):
        assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value.startswith("CONTOH ")
    assert issued.not_after > signed.LATER  # the demonstration plays in 2018 and is signed with today, too


def test_long_and_odd_names_are_cut_not_refused():
    issued = signed.authority().issue("Contoh " + "Nama " * 40, "Jabatan " * 40, "", "x", signed.NOW)
    assert x509.load_pem_x509_certificate(issued.certificate_pem.encode())


@pytest.mark.parametrize("years", [-1, 21])
def test_no_certificate_outside_the_life_of_the_authority(years):
    with pytest.raises(AuthorityError, match="tidak berlaku"):
        signed.authority().issue("Contoh", "", "", "x", signed.NOW + timedelta(days=366 * years))


def test_an_empty_passphrase_protects_nothing():
    with pytest.raises(ValueError):
        signed.authority().issue("Contoh", "", "", "", signed.NOW)


def test_revocation_has_a_moment():
    ca = signed.authority()
    issued = ca.issue("Contoh Dicabut", "", "", "x", signed.NOW)
    certificate = x509.load_pem_x509_certificate(issued.certificate_pem.encode())
    at = signed.NOW + timedelta(days=10)
    ca = Authority(ca.kept, signed.SECRET, [(int(issued.serial, 16), at)])
    assert not ca.is_revoked(issued.serial, signed.NOW) and ca.is_revoked(issued.serial, at)
    before, after = ca.crls(signed.NOW)[0], ca.crls(at)[0]
    assert is_revoked_in(before, certificate, ca.issuing) is None
    assert is_revoked_in(after, certificate, ca.issuing) == at
    assert is_revoked_in(after, certificate, signed.stranger().issuing) is None
    assert is_revoked_in(b"nonsense", certificate, ca.issuing) is None


def test_without_the_root_key_everything_daily_still_works():
    kept = signed.authority().kept
    keys = {part: key for part, key in kept.keys.items() if part != "root"}
    ca = Authority(replace(kept, keys=keys), signed.SECRET)
    assert ca.issue("Contoh", "", "", "x", signed.NOW) and ca.crls(signed.NOW)


NAMES = (
    "Suharto",  # one name is a whole name
    "Contoh Budi 😀",
    "😀",
    "Contoh ꦧꦸꦢꦶ",  # Javanese, younger than Unicode 3.2
    "ꦧꦸꦢꦶ",
    "Contoh محمد رزقي",  # both directions of writing
    "محمد رزقي",
    "Contoh 陳大文 (陈小龙)",
    "陳大文",
    "محمد ١٢٣ (2)",
    "محمدٌ رزقي " * 12,  # cut within a letter's marks
    "Contoh \uf0b7 Huruf Sendiri",
    "Contoh\u202eBalik \ufffd \x07",
    "Dr. (H.C.) Contoh <b>&\"', S.T., M.Sc., Ph.D.",
    "Contoh " + "Sangat Panjang " * 20,
    "🇮🇩 👩‍💻 ½ ﷺ",
)


@pytest.mark.parametrize("contoh", [False, True])
def test_no_name_hinders_a_signing(contoh):
    """Whoever has been given a key signs with it, whatever he, his post and his unit are called."""
    pdf, key, ca = signed.blank(), certificates.new_key(2048), signed.authority()
    for name in NAMES:
        made = certificates.certificate(
            certificates.name_of(name, name, name, contoh=contoh),
            key,
            ca.issuing.subject,
            ca.key("issuing"),
            signed.NOW - timedelta(days=1),
            signed.NOW + timedelta(days=9),
            usage=[ExtendedKeyUsageOID.EMAIL_PROTECTION],
        )
        [said] = made.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        assert said.value and len(said.value.encode()) <= 64
        assert said.value.startswith("CONTOH ") == contoh
        check_path(ca.root, [ca.issuing], made, signed.NOW)
        stamp = Stamp(name, name, "26 Juni 2018")
        after = asyncio.run(
            sign_field(read(pdf), signed.FIELDS[0], key, made, ca, stamp, signed.NOW, last=False)
        )
        check_signed(pdf, after, certificate=made, roots=[ca.root_pem()])


def test_a_name_that_no_verifier_reads_gets_no_key(monkeypatch):
    monkeypatch.setattr(certificates, "_said", lambda text: text)
    for name in ("Contoh 😀", "Contoh محمد"):
        with pytest.raises(AuthorityError, match="tidak lulus pemeriksaan"):
            signed.authority().issue(name, "", "", signed.PASSPHRASE, signed.NOW)
