"""The authority over the years: root key taken away, certificates renewed, keys revoked; and a clock of somebody else's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import algos, tsp
from cryptography.hazmat.primitives import serialization
from pyhanko.sign.timestamps import DummyTimeStamper

from randal.base import outgoing
from randal.settings import SettingsError, read_settings
from randal.signatures import upkeep
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.installed import stamp_roots
from randal.signatures.pades import as_asn1
from randal.signatures.signing import SigningFailed, Stamp, sign_local
from randal.signatures.stamping import FAILED, UrlTimeStamper, stamper
from randal.signatures.verification import verify
from tests.minutes import fake_provider, signed
from tests.tampering.outside import plain

SAFE = "frasa lemari besi contoh"


@pytest.fixture
def ours() -> Authority:
    return Authority.make(signed.SECRET, "Otoritas", signed.NOW)


def sign_by(ca: Authority, p12: bytes, **more: Any) -> bytes:
    return sign_local(
        signed.blank(), field="tte-1", p12=p12, passphrase=signed.PASSPHRASE, authority=ca,
        stamp=Stamp("Contoh", "Notulis", "kini"), **more,
    )  # fmt: skip


def test_the_root_key_lies_elsewhere_and_renews_from_there(ours: Authority) -> None:
    old = ours.issue("Contoh Lama", "", "", signed.PASSPHRASE, signed.NOW)
    before = sign_by(ours, old.p12, now=signed.NOW, last=True)
    with pytest.raises(AuthorityError, match="sedikitnya"):
        upkeep.root_key_out(ours, "pendek")
    outside = upkeep.root_key_out(ours, SAFE)
    assert b"ENCRYPTED" in outside
    with pytest.raises(AuthorityError, match="tidak terbuka"):
        upkeep.without_root_key(ours, outside, "bukan frasa itu")
    assert upkeep.has_root_key(ours)
    without = Authority(upkeep.without_root_key(ours, outside, SAFE), signed.SECRET)
    assert not upkeep.has_root_key(without)
    later = signed.NOW + timedelta(days=4 * 365)
    with pytest.raises(AuthorityError, match="mungkin disimpan terpisah"):
        upkeep.renewed(without, later)
    with pytest.raises(AuthorityError, match="bukan kunci akar"):
        upkeep.renewed(without, later, upkeep.root_key_out(signed.stranger(), SAFE), SAFE)
    kept = upkeep.renewed(without, later, outside, SAFE)
    new = Authority(kept, signed.SECRET)
    assert not upkeep.has_root_key(new) and new.fingerprint == ours.fingerprint
    assert new.issuing.serial_number != ours.issuing.serial_number
    assert new.tsa.public_key() != ours.tsa.public_key()
    # Who had a certificate signs on; what was signed before stands; the revocation list goes on.
    after = sign_by(new, old.p12, now=later, last=True)
    for pdf in (before, after):
        report = verify(pdf, roots=[new.root_pem()], now=later, crls=new.crls(later))
        assert all(one["valid"] for one in report.signatures), report.reasons
    revoking = Authority(kept, signed.SECRET, [(int(old.serial, 16), later)])
    with pytest.raises(SigningFailed, match="sudah dicabut"):
        sign_by(revoking, old.p12, now=later + timedelta(days=1))


# -- a timestamp authority at an address ----------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[Any]:
    """An RFC 3161 service by the provider's certificates; `mood`: good, refuse, wrong, down, redirect."""

    class Clock:
        mood, url, asked = "good", "", 0

    state = Clock()
    _, _, key, certificate = fake_provider.authority()
    stamp = DummyTimeStamper(as_asn1(certificate), plain(key), fixed_dt=signed.NOW)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            return None

        def do_POST(self) -> None:
            state.asked += 1
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            if state.mood == "wrong":  # a good token over something else
                request = tsp.TimeStampReq(
                    {
                        "version": 1,
                        "nonce": request["nonce"],
                        "cert_req": True,
                        "message_imprint": tsp.MessageImprint(
                            {
                                "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                                "hashed_message": b"\0" * 32,
                            }
                        ),
                    }
                )
            answer = asyncio.run(stamp.async_request_tsa_response(request)).dump()
            if state.mood == "refuse":
                answer = tsp.TimeStampResp({"status": {"status": "rejection"}}).dump()
            self.send_response({"down": 503, "redirect": 302}.get(state.mood, 200))
            self.send_header("Location", state.url + "/lain")
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    before = outgoing.inside()
    outgoing.use(("127.0.0.1",))
    yield state
    outgoing.use(before)
    server.shutdown()
    server.server_close()


def test_time_told_by_another_authority(clock: Any, tmp_path: Path) -> None:
    root = fake_provider.authority()[1].public_bytes(serialization.Encoding.PEM)
    (tmp_path / "tsa.pem").write_bytes(root)
    settings = replace(read_settings(), tsa_url=clock.url, tsa_roots=str(tmp_path / "tsa.pem"))
    assert stamp_roots(settings) == (root,)
    pdf = sign_by(
        signed.authority(), signed.key(0).p12, now=signed.NOW, last=True, clock=stamper(settings), stamps=(root,)
    )  # fmt: skip
    ours = [signed.authority().root_pem()]
    report = verify(pdf, roots=ours, now=signed.LATER, stamps=[root])
    assert report.verdict == "noted" and report.signatures[0]["valid"] and report.signatures[0]["timestamped"]
    assert clock.asked >= 2
    # Without its root nobody vouches for the time; trusted for times alone, it makes nobody a signer.
    assert verify(pdf, roots=ours, now=signed.LATER).verdict == "mismatch"
    theirs = fake_provider.sign(signed.blank(), "Contoh Orang Lain", signed.NOW)
    assert verify(theirs, roots=ours, now=signed.LATER, stamps=[root]).verdict == "mismatch"


@pytest.mark.parametrize("mood", ["refuse", "wrong", "down", "redirect", "unreachable"])
def test_a_clock_that_does_not_answer_signs_nothing(clock: Any, mood: str) -> None:
    clock.mood = mood
    url = "http://127.0.0.1:9" if mood == "unreachable" else clock.url
    with pytest.raises(SigningFailed) as said:
        sign_by(signed.authority(), signed.key(0).p12, now=signed.NOW, clock=UrlTimeStamper(url, 3))
    assert mood == "wrong" or str(said.value) == FAILED


def test_a_clock_needs_its_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANDAL_TSA_URL", "https://stempel.contoh.example")
    with pytest.raises(SettingsError, match="RANDAL_TSA_ROOTS"):
        read_settings()
    monkeypatch.setenv("RANDAL_TSA_URL", "ftp://stempel.contoh.example")
    with pytest.raises(SettingsError, match="RANDAL_TSA_URL"):
        read_settings()
