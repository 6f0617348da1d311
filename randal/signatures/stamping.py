"""An external timestamp authority by its address (RFC 3161). Asked by nobody else, at no other address.

The address and the roots come from the settings alone; nothing in a document or a certificate can name another one.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path

import requests
from asn1crypto import tsp  # type: ignore[import-untyped]
from pyhanko.sign.timestamps import TimeStamper

from randal.settings import Settings

SECONDS, MOST = 15.0, 100_000  # of one answer: how long, how many bytes
FAILED = (
    "Penyelenggara stempel waktu tidak menjawab dengan benar. Tidak ada yang ditandatangani; coba lagi nanti."
)


class StampFailed(Exception):
    """No timestamp was had; the message is an Indonesian sentence for the signer."""


class UrlTimeStamper(TimeStamper):
    """Asks the authority of the settings, and follows it nowhere else. pyHanko checks nonce, digest and status."""

    def __init__(self, url: str, seconds: float = SECONDS):
        super().__init__()
        self.url, self.seconds = url, seconds

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return await asyncio.to_thread(self._ask, req.dump())

    def _ask(self, question: bytes) -> tsp.TimeStampResp:
        try:
            with requests.Session() as session:
                session.trust_env = False
                with session.post(
                    self.url,
                    data=question,
                    headers={
                        "Content-Type": "application/timestamp-query",
                        "Accept": "application/timestamp-reply",
                    },
                    timeout=self.seconds,
                    allow_redirects=False,
                    stream=True,
                ) as reply:
                    body = reply.raw.read(MOST + 1, decode_content=True)
                    if reply.status_code != 200 or len(body) > MOST:
                        raise StampFailed(FAILED)
            answer = tsp.TimeStampResp.load(body)
            granted = answer["status"]["status"].native in ("granted", "granted_with_mods")
        except StampFailed:
            raise
        except Exception:
            raise StampFailed(FAILED) from None
        if not granted:
            raise StampFailed(FAILED)
        return answer


def stamper(settings: Settings) -> TimeStamper | None:
    """The external authority of the settings; None: the installation's own is asked."""
    return UrlTimeStamper(settings.tsa_url) if settings.tsa_url else None


def stamp_roots(settings: Settings) -> tuple[bytes, ...]:
    """PEM certificates that an external timestamp may end at."""
    return _roots(settings.tsa_roots) if settings.tsa_url else ()


@lru_cache(maxsize=4)
def _roots(path: str) -> tuple[bytes, ...]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    found = x509.load_pem_x509_certificates(Path(path).read_bytes())
    return tuple(one.public_bytes(Encoding.PEM) for one in found)
