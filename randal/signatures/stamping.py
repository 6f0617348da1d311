"""An external timestamp authority by its address (RFC 3161). Asked by nobody else, at no other address.

The address and the roots come from the settings alone; nothing in a document or a certificate can name another one.
"""

from __future__ import annotations

import asyncio

from asn1crypto import tsp  # type: ignore[import-untyped]
from pyhanko.sign.timestamps import TimeStamper

from randal.base import outgoing
from randal.settings import Settings
from randal.signatures.port import StampFailed

SECONDS, MOST = 15.0, 100_000  # of one answer: how long, how many bytes
FAILED = (
    "Penyelenggara stempel waktu tidak menjawab dengan benar. Tidak ada yang ditandatangani; coba lagi nanti."
)


class UrlTimeStamper(TimeStamper):
    """Asks the authority of the settings, and follows it nowhere else. pyHanko checks nonce, digest and status."""

    def __init__(self, url: str, seconds: float = SECONDS):
        super().__init__()
        self.url, self.seconds = url, seconds

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return await asyncio.to_thread(self._ask, req.dump())

    def _ask(self, question: bytes) -> tsp.TimeStampResp:
        try:
            reply = outgoing.ask(
                "POST",
                self.url,
                body=question,
                headers={
                    "Content-Type": "application/timestamp-query",
                    "Accept": "application/timestamp-reply",
                },
                seconds=self.seconds,
                most=MOST,
                schemes=("https", "http"),  # what it answers is signed
            )
            if reply.status != 200:
                raise StampFailed(FAILED)
            answer = tsp.TimeStampResp.load(reply.body)
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
