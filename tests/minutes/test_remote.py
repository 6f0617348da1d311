"""The remote provider: a small one that signs for real, and one that fails, dawdles, rewrites, or signs as another."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization

from randal.settings import SettingsError
from randal.signatures.manifest import Expected, Manifest, Version
from randal.signatures.provider import plain_name, read_provider
from randal.signatures.remote import RemoteSigner, added_by, place_of
from randal.signatures.signing import SigningFailed, WrongPassphrase
from randal.signatures.verification import verify
from tests.minutes import fake_provider, signed
from tests.minutes.fake_provider import NIK, PASSPHRASE, Provider


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[tuple[Provider, Path]]:
    with fake_provider.serving() as server:
        server.at = signed.NOW
        yield server, fake_provider.settings_file(tmp_path, server.port)


def signer(path: Path, **more: Any) -> RemoteSigner:
    given: dict[str, Any] = {"name": "Dr. Contoh Pimpinan Rapat, S.T., M.T."}
    ours = read_provider(str(path))
    assert ours is not None
    return RemoteSigner(ours, NIK, given, signed.authority(), signed.NOW, **more)


def trust() -> dict[str, Any]:
    pem = fake_provider.authority()[1].public_bytes(serialization.Encoding.PEM)
    return {"roots": [signed.authority().root_pem()], "certified": [pem]}


def test_it_signs_beside_our_own(provider: tuple[Provider, Path]) -> None:
    server, path = provider
    ours = signed.sign(signed.blank(), 0)
    both = signer(path, last=True).sign(ours, "tte-3", PASSPHRASE)
    field, certificate = added_by(ours, both)
    assert field == "psre-rapat"
    mark = certificate.fingerprint(hashes.SHA256()).hex()
    manifest = Manifest(
        tuple(Version.of(pdf, n) for n, pdf in enumerate((signed.blank(), ours, both))),
        (
            Expected("tte-1", *signed.PEOPLE[0], signed.key(0).fingerprint),
            Expected(field, "Contoh", "", mark),
        ),
    )
    report = verify(both, manifest=manifest, now=signed.LATER, **trust())
    assert report.verdict == "intact", report.reasons
    assert report.kind == (
        "TTE tidak tersertifikasi (otoritas instalasi ini, bukan PSrE); "
        "TTE tersertifikasi (penerbit Contoh Penyelenggara Sertifikasi)"
    )
    assert [one["origin"] for one in report.signatures] == ["own", "certified"]
    status, sent = server.asked
    assert status[0].endswith(NIK) and sent[1].startswith("Basic ")
    box, _ = place_of(ours, "tte-3")
    assert {k: sent[2]["signatureProperties"][0][k] for k in ("page", "originX", "width")} == {
        "page": box["page"], "originX": box["x"], "width": box["width"],
    }  # fmt: skip
    assert box["page"] == 2


@pytest.mark.parametrize(
    ("mood", "sentence"),
    [
        ("error", "Layanan sedang dipelihara"),
        ("garbage", "tanpa penjelasan"),
        ("gone", "tidak dapat dihubungi"),
        ("redirect", "tanpa penjelasan"),
        ("rewrite", "menulis ulang berkas"),
        ("other", "sertifikat orang lain"),
        ("other_field", "kolom penanda tangan lain"),
        ("many", "tepat satu tanda tangan baru"),
        ("unsigned", "tepat satu tanda tangan baru"),
    ],
)
def test_a_bad_answer_is_refused(provider: tuple[Provider, Path], mood: str, sentence: str) -> None:
    server, path = provider
    server.mood = mood
    with pytest.raises(SigningFailed, match=sentence):
        signer(path).sign(signed.blank(), "tte-3", PASSPHRASE)


def test_it_is_not_waited_for(provider: tuple[Provider, Path], tmp_path: Path) -> None:
    server, _ = provider
    server.mood = "slow"
    with pytest.raises(SigningFailed, match="tidak menjawab"):
        signer(fake_provider.settings_file(tmp_path, server.port, timeout=1.0)).sign(
            signed.blank(), "tte-3", PASSPHRASE
        )


def test_a_mistyped_secret_and_an_ended_certificate(provider: tuple[Provider, Path]) -> None:
    server, path = provider
    with pytest.raises(WrongPassphrase):
        signer(path).sign(signed.blank(), "tte-3", "bukan ini")
    server.status = "REVOKE"
    with pytest.raises(SigningFailed, match="status REVOKE"):
        signer(path).sign(signed.blank(), "tte-3", PASSPHRASE)


def test_what_was_typed_is_repeated_nowhere(provider: tuple[Provider, Path], caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    server, path = provider
    server.mood = "echo"
    one = signer(path)
    with pytest.raises(SigningFailed) as said:
        one.sign(signed.blank(), "tte-3", PASSPHRASE)
    for secret in (NIK, PASSPHRASE):
        assert secret not in str(said.value) and secret not in repr(one)
    assert PASSPHRASE not in caplog.text and NIK not in caplog.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("http://127.0.0.1", "http://contoh.example"), "harus https"),
        (("sign_url", "sign_ulr"), "sign_ulr"),
        (('name = "Contoh PSrE"', ""), "wajib diisi"),
        (("psre.pem", "tidak-ada.pem"), "roots_file"),
        (("timeout", "match_with = 'ibu'\ntimeout"), "match_with"),
        (("[properties]", "[properties"), "tidak terbaca"),
    ],
)
def test_a_wrong_settings_file_stops_the_start(
    tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    path = fake_provider.settings_file(tmp_path, 1)
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(SettingsError, match=sentence):
        read_provider(str(path))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Dr. Ir. Contoh Nama, M.T.", "CONTOH NAMA", True),
        ("Contoh Nama", "Contoh Nama Lain", False),
        ("Contoh", "Contoh Nama", False),
    ],
)
def test_titles_do_not_make_another_person(one: str, other: str, same: bool) -> None:
    assert (plain_name(one) == plain_name(other)) is same
