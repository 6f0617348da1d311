"""A signature provider for tests: PDF in, PDF out over HTTP, signing for real in a field of its own, or misbehaving.

It answers as the national provider is said to; what it is asked is kept in `asked`.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf import PdfReader, PdfWriter

from randal.base import outgoing
from randal.signatures import certificates
from randal.signatures.pades import as_asn1

NIK, PASSPHRASE = "3171000000000000", "frasa penyelenggara contoh"
START = datetime(2018, 1, 1, tzinfo=UTC)


@cache
def identity(name: str) -> tuple[Any, x509.Certificate, x509.Certificate, Any, x509.Certificate]:
    """Key and certificate of a person at the provider, the provider's root, and its timestamp key and certificate."""
    root_key, root, tsa_key, tsa = authority()
    key = certificates.new_key(2048)
    made = certificates.certificate(
        certificates.name_of(name, contoh=False), key, root.subject, root_key, START,
        START + timedelta(days=7000), usage=[Usage.EMAIL_PROTECTION],
    )  # fmt: skip
    return key, made, root, tsa_key, tsa


@cache
def authority() -> tuple[Any, x509.Certificate, Any, x509.Certificate]:
    root_key, tsa_key = certificates.new_key(2048), certificates.new_key(2048)
    name = certificates.name_of("Contoh Penyelenggara Sertifikasi", contoh=False)
    end = START + timedelta(days=9000)
    root = certificates.certificate(name, root_key, name, root_key, START, end, authority=0)
    stamping = certificates.name_of("Contoh Stempel Waktu PSrE", contoh=False)
    tsa = certificates.certificate(stamping, tsa_key, name, root_key, START, end, usage=[Usage.TIME_STAMPING])
    return root_key, root, tsa_key, tsa


def asn1_key(key: Any) -> Any:
    from asn1crypto import keys

    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return keys.PrivateKeyInfo.load(der)


def sign(pdf: bytes, name: str, at: datetime, box: dict[str, Any] | None = None, field: str = "") -> bytes:
    key, certificate, root, tsa_key, tsa = identity(name)
    store = SimpleCertificateStore.from_certs([as_asn1(root)])
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    spec = None
    if not field:
        field, box = (
            "psre-" + name.split()[-1].lower(),
            box or {"page": 1, "x": 50, "y": 50, "w": 90, "h": 40},
        )
        corners = (box["x"], box["y"], box["x"] + box["w"], box["y"] + box["h"])
        spec = SigFieldSpec(field, on_page=box["page"] - 1, box=corners)
    signing = signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
        ),
        signer=SimpleSigner(as_asn1(certificate), asn1_key(key), store),
        timestamper=DummyTimeStamper(as_asn1(tsa), asn1_key(tsa_key), certs_to_embed=store, fixed_dt=at),
        new_field_spec=spec,
    )
    out = asyncio.run(signing.async_sign_pdf(writer, bytes_reserved=20_480))
    return bytes(out.getbuffer())


class Provider:
    """What it does is set by `mood`: good, wrong_secret, error, echo, slow, drip, rewrite, other, garbage, many,
    unsigned, other_field, redirect, gone."""

    def __init__(self) -> None:
        self.mood, self.name, self.at = "good", "Contoh Pimpinan Rapat", START
        self.status, self.asked = "ISSUE", []  # type: ignore[var-annotated]
        self.port = 0

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        pdf = base64.b64decode(body["file"][0])
        place = body["signatureProperties"][0]
        names = {"page": "page", "x": "originX", "y": "originY", "w": "width", "h": "height"}
        box = {ours: place[theirs] for ours, theirs in names.items()}
        if self.mood == "wrong_secret" or body["passphrase"] != PASSPHRASE:
            return 400, {"error": "Passphrase anda salah", "status_code": 2031}
        if self.mood == "error":
            return 500, {"error": "Layanan sedang dipelihara", "status_code": 9}
        if self.mood == "echo":
            return 400, {"error": f"gagal untuk {body['nik']} dengan {body['passphrase']}", "status_code": 1}
        if self.mood == "garbage":
            return 200, b"<html>bukan JSON</html>"
        if self.mood == "slow":
            time.sleep(3)
        out = sign(pdf, "Contoh Orang Lain" if self.mood == "other" else self.name, self.at, box,
                   "tte-1" if self.mood == "other_field" else "")  # fmt: skip
        if self.mood == "rewrite":
            stream = io.BytesIO()
            PdfWriter(clone_from=PdfReader(io.BytesIO(pdf))).write(stream)
            out = sign(stream.getvalue(), self.name, self.at, box)
        if self.mood == "many":
            out = sign(out, "Contoh Orang Lain", self.at, box)
        if self.mood == "unsigned":
            out = pdf
        return 200, {"time": 12, "file": [base64.b64encode(out).decode()]}


@contextmanager
def serving() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            return None

        def do_GET(self) -> None:
            provider.asked.append((self.path, self.headers.get("Authorization"), None))
            self.reply(200, {"status": provider.status})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            provider.asked.append((self.path, self.headers.get("Authorization"), body))
            if provider.mood == "redirect":
                self.send_response(307)
                self.send_header("Location", f"http://127.0.0.1:{provider.port}/lain")
                self.end_headers()
                return
            if provider.mood == "gone":
                self.connection.close()
                return
            self.reply(*provider.answer(body))

        def reply(self, code: int, said: dict[str, Any] | bytes) -> None:
            data = said if isinstance(said, bytes) else json.dumps(said).encode()
            try:
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                pass  # the caller gave up waiting

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    before = outgoing.inside()
    outgoing.use(("127.0.0.1",))
    try:
        yield provider
    finally:
        outgoing.use(before)
        server.shutdown()
        server.server_close()


def settings_file(folder: Path, port: int, timeout: float = 8) -> Path:
    """The provider's settings as an operator writes them."""
    pem = authority()[1].public_bytes(serialization.Encoding.PEM)
    (folder / "psre.pem").write_bytes(pem)
    path = folder / "penyelenggara.toml"
    path.write_text(f"""
name = "Contoh PSrE"
sign_url = "http://127.0.0.1:{port}/api/v2/sign/pdf"
status_url = "http://127.0.0.1:{port}/api/v2/user/status/{{nik}}"
roots_file = "{folder / "psre.pem"}"
username = "randal"
timeout = {timeout}
sentence = "Dokumen ini ditandatangani dengan sertifikat elektronik Contoh PSrE."

[properties]
tampilan = "VISIBLE"
page = "{{page}}"
originX = "{{x}}"
originY = "{{y}}"
width = "{{width}}"
height = "{{height}}"
reason = "{{reason}}"
""")
    return path
