"""The port of signing: what signs, what it is asked with, and how it fails, so that a local key, a remote provider or a test
all look alike to the workflow. Nothing heavy is imported here: who signs imports it (signing.py, remote.py).
"""

from dataclasses import dataclass
from typing import Protocol

MOST_ADDED = 4_000_000  # bytes that one signature may add to a file
# Neutral on purpose: it must never name a certified provider that was not used.
SENTENCE = "Ditandatangani secara elektronik melalui aplikasi Randal"


@dataclass(frozen=True)
class Stamp:
    """What the stamp says. ``at_text`` is the time as people read it, with its zone: "25 Juni 2018 pukul 15.42 WIB"."""

    name: str
    post: str
    at_text: str
    note: str = ""


class SigningFailed(Exception):
    """Nothing was signed; the message is an Indonesian sentence for the signer. The file in store stays as it was."""


class WrongPassphrase(SigningFailed):
    """The passphrase does not open the signer's key."""

    def __init__(self) -> None:
        super().__init__("Frasa sandi tidak cocok. Periksa huruf besar dan kecil, lalu coba lagi.")


class PdfSigner(Protocol):
    """The port. ``field`` names an empty signature field of ``pdf``; ``secret`` is what the signer just typed.

    Answers the signed PDF (the input plus one revision). Raises SigningFailed, WrongPassphrase.
    """

    def sign(self, pdf: bytes, field: str, secret: str) -> bytes: ...


class StampFailed(Exception):
    """No timestamp was had; the message is an Indonesian sentence for the signer."""
