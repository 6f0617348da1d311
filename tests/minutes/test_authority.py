import json
import stat
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from randal.signatures import authority as module
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.certificates import is_revoked_in
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


def test_keys_lie_encrypted_and_private():
    ca = signed.authority()
    assert stat.S_IMODE(ca.folder.stat().st_mode) == 0o700
    for path in ca.folder.glob("*.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with pytest.raises(TypeError):
            load_pem_private_key(path.read_bytes(), None)
        with pytest.raises(ValueError):
            load_pem_private_key(path.read_bytes(), signed.SECRET.encode())
    assert signed.SECRET not in (ca.folder / "authority.json").read_text()


def test_only_the_same_secret_opens_it(monkeypatch):
    monkeypatch.setattr(module, "_opened", {})
    assert Authority.open(signed.authority().folder, signed.SECRET).root == signed.authority().root
    with pytest.raises(AuthorityError) as refused:
        Authority.open(signed.authority().folder, "rahasia lain")
    assert "rahasia lain" not in str(refused.value)


def test_opening_twice_is_opening_once(monkeypatch):
    monkeypatch.setattr(module, "_opened", {})
    first = Authority.open(signed.authority().folder, signed.SECRET)
    assert Authority.open(signed.authority().folder, signed.SECRET) is first


def test_a_second_one_is_never_made_over_the_first():
    before = signed.authority().root_pem()
    with pytest.raises(AuthorityError, match="sudah ada"):
        Authority.create(signed.authority().folder, signed.SECRET, "Lain", signed.NOW)
    assert (signed.authority().folder / "root.pem").read_bytes() == before


def test_there_is_none():
    with pytest.raises(AuthorityError, match="belum ada"):
        Authority.open(signed.folder(), signed.SECRET)


def test_the_key_opens_with_its_own_passphrase_only():
    key = signed.key(0)
    assert pkcs12.load_key_and_certificates(key.p12, signed.PASSPHRASE.encode())[0]
    with pytest.raises(ValueError):
        pkcs12.load_key_and_certificates(key.p12, b"lain")
    assert "p12" not in repr(key) and "BEGIN" not in repr(key)


def test_contoh_stands_in_every_name():
    ca = Authority.create(signed.folder(), signed.SECRET, "Otoritas Randal", signed.NOW, contoh=True)
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
    ca.revoke(issued.serial, at)
    ca.revoke(issued.serial, at + timedelta(days=1))
    assert not ca.is_revoked(issued.serial, signed.NOW) and ca.is_revoked(issued.serial, at)
    before, after = ca.crls(signed.NOW)[0], ca.crls(at)[0]
    assert is_revoked_in(before, certificate, ca.issuing) is None
    assert is_revoked_in(after, certificate, ca.issuing) == at
    assert is_revoked_in(after, certificate, signed.stranger().issuing) is None
    assert is_revoked_in(b"nonsense", certificate, ca.issuing) is None
    assert len(json.loads((ca.folder / "authority.json").read_text())["revoked"]) == 1


def test_without_the_root_key_everything_daily_still_works(tmp_path):
    ca = Authority.create(tmp_path / "ca", signed.SECRET, "Otoritas", signed.NOW)
    (tmp_path / "ca" / "root.key").unlink()
    assert ca.issue("Contoh", "", "", "x", signed.NOW) and ca.crls(signed.NOW)
