"""(s) A B-T signature beside bare pyHanko with the key in memory (aim ≤ 1.2), and 16 signers on one paper: its size
(aim ≤ 0.85 MB) and the CPU seconds of checking it (aim ≤ 3.5).

The paper is the minutes of the demonstration with 16 boxes, its attachments inside. Both sign the same bytes, in turns.
"""

from __future__ import annotations

import asyncio
import io
import os
import statistics
import time
from typing import Any

from asn1crypto import algos  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from bench.items import notula
from bench.stage import stage, table
from randal.documents import rendering
from randal.l10n import clock
from randal.rooms.minutes import papers
from randal.signatures import pades
from randal.signatures.authority import Authority, IssuedKey
from randal.signatures.manifest import Expected, Manifest, Version
from randal.signatures.reading import read
from randal.signatures.signing import Stamp, sign_local
from randal.signatures.verification import verify

SIGNERS, ROUNDS, PASSPHRASE = 16, 10, "frasa sandi contoh"
FIELDS = [f"tte-{n}" for n in range(1, SIGNERS + 1)]


class InMemory(Signer):
    """Bare pyHanko: a parsed key, nothing else."""

    def __init__(self, key: Any, certificate: x509.Certificate, authority: Authority):
        super().__init__(
            signing_cert=pades.as_asn1(certificate),
            cert_registry=SimpleCertificateStore.from_certs([pades.as_asn1(authority.issuing)]),  # type: ignore[no-untyped-call]
            embed_roots=False,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
        )
        self.key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(self.key.sign(data, PKCS1v15(), hashes.SHA256()))


def paper() -> bytes:
    """The demonstration's minutes with 16 boxes."""
    with stage() as app, app.app_context():
        minutes = notula()
        snapshot = dict(minutes.snapshot or {})
        one = snapshot["signers"][-1]
        snapshot["signers"] = [one | {"field": field} for field in FIELDS]
        drawn = rendering.render(
            "minutes/minutes.pdf.html",
            snapshot,
            jinja_env=app.jinja_env,
            signature_fields=True,
            attachments=papers.attached(snapshot),  # type: ignore[arg-type]
        )
        return drawn.pdf


def bare(pdf: bytes, field: str, signer: Signer, clock_: TimeStamper) -> bytes:
    signing = signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
        ),
        signer=signer,
        timestamper=clock_,
    )
    out = asyncio.run(
        signing.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=20_480)
    )
    return bytes(out.getbuffer())


def timed(what: Any) -> tuple[float, Any]:
    began = time.process_time()
    made = what()
    return (time.process_time() - began) * 1000, made


def main(_words: list[str] | None = None) -> None:
    os.environ.setdefault("RANDAL_DEMO", "1")
    pdf, now = paper(), clock.now()
    authority = Authority.make("rahasia contoh", "Otoritas", now)
    keys = [authority.issue(f"Contoh Penanda {n}", "Jabatan", "", PASSPHRASE, now) for n in FIELDS]
    rows: list[tuple[str, ...]] = [("what", "CPU ms (median)", "ratio to bare (median)")]
    rows += speed(pdf, authority, keys[0], now)
    table(rows)
    size(pdf, authority, keys, now)


def speed(pdf: bytes, authority: Authority, issued: IssuedKey, now: Any) -> list[tuple[str, ...]]:
    key, certificate, _ = pkcs12.load_key_and_certificates(issued.p12, PASSPHRASE.encode())
    assert certificate is not None
    stamp, own = Stamp("Contoh Penanda", "Jabatan", "kini"), pades._OwnTimeStamper(authority, now)
    signer = InMemory(key, certificate, authority)
    ways = {
        "bare pyHanko, key in memory": lambda: bare(pdf, "tte-1", signer, own),
        "ours, key in memory, with its stamp": lambda: asyncio.run(
            pades.sign_field(read(pdf), "tte-1", key, certificate, authority, stamp, now, False)  # type: ignore[arg-type]
        ),
        "ours, whole: key opened by its passphrase, result checked": lambda: sign_local(
            pdf, field="tte-1", p12=issued.p12, passphrase=PASSPHRASE, authority=authority, stamp=stamp, now=now
        ),
    }  # fmt: skip
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS + 1):
        for name, way in ways.items():
            took, _ = timed(way)
            if number:
                taken[name].append(took)
    first, *_ = taken.values()
    rows = []
    for name, each in taken.items():
        ratio = statistics.median(a / b for a, b in zip(each, first, strict=True))
        rows.append((name, f"{statistics.median(each):.0f}", f"{ratio:.2f}"))
    return rows


def size(pdf: bytes, authority: Authority, keys: list[IssuedKey], now: Any) -> None:
    versions = [pdf]
    for number, (field, issued) in enumerate(zip(FIELDS, keys, strict=True), 1):
        versions.append(
            sign_local(
                versions[-1], field=field, p12=issued.p12, passphrase=PASSPHRASE, authority=authority,
                stamp=Stamp(f"Contoh Penanda {number}", "Jabatan", "kini"), now=now, last=number == SIGNERS,
            )
        )  # fmt: skip
    manifest = Manifest(
        tuple(Version.of(one, n) for n, one in enumerate(versions)),
        tuple(
            Expected(f, f"Contoh Penanda {f}", "", k.fingerprint) for f, k in zip(FIELDS, keys, strict=True)
        ),
    )
    checks = []
    for _ in range(3):
        took, report = timed(
            lambda: verify(
                versions[-1],
                roots=[authority.root_pem()],
                manifest=manifest,
                now=now,
                crls=authority.crls(now),
            )
        )
        assert report.verdict == "intact", report.reasons
        checks.append(took / 1000)
    table(
        [
            ("16 signers, the last with the seal", "", ""),
            ("the paper before any signature, MB", f"{len(pdf) / 1e6:.2f}", ""),
            ("signed by all, MB", f"{len(versions[-1]) / 1e6:.2f}", "aim ≤ 0.85"),
            ("checked whole, CPU s", f"{statistics.median(checks):.2f}", "aim ≤ 3.50"),
        ]
    )


if __name__ == "__main__":
    main()
