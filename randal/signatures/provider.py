"""A remote signature provider, PDF in and PDF out, in the shape of the national one: JSON over HTTPS.

How such a service is addressed is known from third parties only, so every address, field name and code stands in a
settings file (docs/tanda-tangan.md). What it answers is believed in nothing: `signing.check_signed` judges the file.
The signer's number (NIK) and secret are arguments of one call: they enter no row, no log line, no error.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import tomllib
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from randal.base import outgoing
from randal.settings import SettingsError
from randal.signatures.port import MOST_ADDED, SigningFailed, WrongPassphrase

LOCAL = {"127.0.0.1", "::1", "localhost"}
REFUSED = "Penyelenggara tanda tangan menolak"
UNREACHED = (
    "Penyelenggara tanda tangan tidak dapat dihubungi. Tidak ada yang ditandatangani; coba lagi nanti."
)
INWARD = (
    "Alamat penyelenggara tanda tangan ada di jaringan sendiri dan belum diizinkan. Tidak ada yang ditandatangani; "
    "minta Admin Sistem mengisi RANDAL_INTERNAL_HOSTS."
)


@dataclass(frozen=True)
class Provider:
    """One provider. Names of JSON fields are ours on the left, theirs on the right; "" leaves a field out."""

    name: str  # as people read it
    sign_url: str
    roots_file: str  # PEM: the roots and intermediates of the signers' certificates
    sentence: str = ""  # what the provider wants said, shown only of a file that carries its signature
    certified: bool = True  # a certified provider (PSrE)? else its signatures are told as uncertified
    status_url: str = ""  # asks whether the signer's certificate is in force; "{nik}" in it is filled in
    username: str = ""
    password_env: str = "RANDAL_PROVIDER_PASSWORD"  # noqa: S105 - the name of a variable, not its value
    timeout: float = 30.0  # seconds, for the whole answer
    secret_kind: str = "passphrase"  # noqa: S105 - what the signer types: passphrase or totp (a key of `names`)
    names: dict[str, str] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    issued: tuple[str, ...] = ("ISSUE",)  # answers of status_url that let somebody sign
    wrong_secret: tuple[str, ...] = ("2031",)  # error codes that mean: mistyped
    match: str = "common_name"  # the attribute of the certificate's subject that names the signer
    match_with: str = "name"  # … and what of ours it must equal: name, nip, email, or nik as typed

    @property
    def roots(self) -> tuple[bytes, ...]:
        return _pems(self.roots_file)

    def sign(self, pdf: bytes, nik: str, secret: str, box: dict[str, Any]) -> bytes:
        """The file as the provider gives it back. Raises SigningFailed, WrongPassphrase; nothing is kept of the secret."""
        name = DEFAULT_NAMES | self.names
        self._in_force(nik, name)
        body: dict[str, Any] = {
            name["nik"]: nik,
            name[self.secret_kind]: secret,
            name["properties"]: [_filled(self.properties, box)],
            name["file"]: [base64.b64encode(pdf).decode()],
        }
        answer = self._ask("POST", self.sign_url, (nik, secret), len(pdf), json=body)
        files = answer.get(name["answer_file"])
        first = files[0] if isinstance(files, list) and len(files) == 1 else files
        try:
            return base64.b64decode(first or "", validate=True) or _fail("Jawaban penyelenggara kosong.")
        except (TypeError, ValueError, binascii.Error):
            raise SigningFailed(
                "Jawaban penyelenggara bukan satu berkas PDF; hasilnya ditolak dan tidak disimpan."
            ) from None

    def _in_force(self, nik: str, name: dict[str, str]) -> None:
        if not self.status_url:
            return
        if not nik.isdecimal():
            raise SigningFailed("NIK terdiri atas angka saja.")
        answer = self._ask("GET", self.status_url.replace("{nik}", nik), (nik,), 0)
        status = str(answer.get(name["status"], ""))
        if status not in self.issued:
            raise SigningFailed(
                f"Sertifikat elektronik Anda pada {self.name} tidak berlaku (status {status[:40] or 'tidak diketahui'}). "
                "Hubungi penyelenggara, lalu coba lagi."
            )

    def _ask(self, method: str, url: str, secrets: tuple[str, ...], sent: int, **body: Any) -> dict[str, Any]:
        try:
            reply = outgoing.ask(
                method,
                url,
                auth=(self.username, os.environ.get(self.password_env, "")) if self.username else None,
                seconds=self.timeout,
                most=2 * (sent + MOST_ADDED),
                schemes=("https", "http"),  # read_provider lets http pass for this machine alone
                **body,
            )
        except outgoing.TooSlow:
            raise SigningFailed(
                f"{self.name} tidak menjawab dalam {self.timeout:.0f} detik. Tidak ada yang disimpan; coba lagi nanti."
            ) from None
        except outgoing.TooLarge:
            raise SigningFailed("Jawaban penyelenggara terlalu besar; ditolak.") from None
        except outgoing.Forbidden:
            raise SigningFailed(INWARD) from None
        except outgoing.Failed:
            raise SigningFailed(UNREACHED) from None
        return self._understood(reply.body, reply.status, secrets)

    def _understood(self, text: bytes, code: int, secrets: tuple[str, ...]) -> dict[str, Any]:
        name = DEFAULT_NAMES | self.names
        try:
            answer = json.loads(text)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise SigningFailed(f"{REFUSED} (HTTP {code}), tanpa penjelasan.")
        error = answer.get(name["error"])
        if code >= 300 or error:
            if str(answer.get(name["error_code"], "")) in self.wrong_secret:
                raise WrongPassphrase
            said = " ".join(str(error or f"HTTP {code}").split())[:200]
            for secret in secrets:  # a provider that repeats what was typed must not be repeated
                said = said.replace(secret, "…") if secret else said
            raise SigningFailed(f"{REFUSED}: {said}")
        return answer


DEFAULT_NAMES = {
    "nik": "nik",
    "passphrase": "passphrase",
    "totp": "totp",
    "properties": "signatureProperties",
    "file": "file",
    "answer_file": "file",
    "error": "error",
    "error_code": "status_code",
    "status": "status",
}


def _fail(sentence: str) -> bytes:
    raise SigningFailed(sentence)


def _filled(value: Any, box: dict[str, Any]) -> Any:
    """`properties` with {page}, {x}, {y}, {width}, {height}, {field}, {reason}, {location} filled in; a value that is
    only a place stays a number."""
    if isinstance(value, dict):
        return {key: _filled(one, box) for key, one in value.items()}
    if not isinstance(value, str):
        return value
    if value[:1] == "{" and value[1:-1] in box and value[-1:] == "}":
        return box[value[1:-1]]
    for name, one in box.items():
        value = value.replace(f"{{{name}}}", str(one))
    return value


@lru_cache(maxsize=4)
def read_provider(path: str) -> Provider | None:
    """The provider of this settings file; None without one. Raises SettingsError with what is wrong in it."""
    if not path:
        return None
    try:
        given = tomllib.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise SettingsError(f"RANDAL_PROVIDER_FILE tidak terbaca: {error}") from None
    known = {one.name for one in fields(Provider)}
    if unknown := sorted(set(given) - known):
        raise SettingsError(f"RANDAL_PROVIDER_FILE: «{unknown[0]}» tidak dikenal.")
    if missing := [name for name in ("name", "sign_url", "roots_file") if not given.get(name)]:
        raise SettingsError(f"RANDAL_PROVIDER_FILE: «{missing[0]}» wajib diisi.")
    for name in ("issued", "wrong_secret"):
        if name in given:
            given[name] = tuple(map(str, given[name]))
    provider = Provider(**given)
    for url in filter(None, (provider.sign_url, provider.status_url)):
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
            raise SettingsError("RANDAL_PROVIDER_FILE: alamat penyelenggara harus https://.")
    if provider.secret_kind not in ("passphrase", "totp"):
        raise SettingsError("RANDAL_PROVIDER_FILE: secret_kind harus passphrase atau totp.")
    if provider.match_with not in ("name", "nip", "email", "nik"):
        raise SettingsError("RANDAL_PROVIDER_FILE: match_with harus name, nip, email, atau nik.")
    try:
        assert provider.roots  # noqa: S101
    except (OSError, ValueError, AssertionError):
        raise SettingsError("RANDAL_PROVIDER_FILE: roots_file bukan berkas PEM sertifikat.") from None
    return provider


@lru_cache(maxsize=8)
def _pems(path: str) -> tuple[bytes, ...]:
    from cryptography.hazmat.primitives.serialization import Encoding

    found = x509.load_pem_x509_certificates(Path(path).read_bytes())
    return tuple(one.public_bytes(Encoding.PEM) for one in found)


def is_signer(certificate: x509.Certificate, provider: Provider, known: dict[str, str]) -> bool:
    """Is this the certificate of the person who signs? `known`: what we know of them by the names of `match_with`."""
    oid = _ATTRIBUTES.get(provider.match)
    ours = known.get(provider.match_with, "")
    theirs = [str(one.value) for one in certificate.subject if one.oid == oid]
    if provider.match_with == "name":
        return bool(plain_name(ours)) and any(plain_name(one) == plain_name(ours) for one in theirs)
    return bool(ours) and any(ours.lower() == one.lower().strip() for one in theirs)


_ATTRIBUTES = {
    "common_name": x509.NameOID.COMMON_NAME,
    "serial_number": x509.NameOID.SERIAL_NUMBER,
    "user_id": x509.NameOID.USER_ID,
    "email": x509.NameOID.EMAIL_ADDRESS,
}


def plain_name(name: str) -> tuple[str, ...]:
    """A name without titles: what follows a comma, and words with a dot in them (Dr., Ir.), do not count."""
    words = name.split(",")[0].replace("'", "").split()
    return tuple(word.casefold() for word in words if "." not in word)
