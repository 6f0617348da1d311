"""Does what the settings say of the proxies in front agree with what comes in?

With one proxy more than `RANDAL_PROXIES` says, every visitor has the address of that proxy: one who guesses passwords shuts
everybody out, and no address in a log is anybody's. Noticed by the header that proxies write, and refused until it is
mended: the balancer's own question (/healthz) has no such header.
"""

from __future__ import annotations

from ipaddress import ip_address

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

from randal.settings import Settings
from randal.web import pages

SENTENCE = (
    "Randal berada di belakang proksi yang tidak disebut dalam pengaturannya (RANDAL_PROXIES); sampai itu diperbaiki "
    "permintaan ini tidak dilayani. Hubungi Admin Sistem."
)


def disagree(settings: Settings) -> str:
    """What does not agree, in words for the log; "" when all is well."""
    if not (said := request.headers.get("X-Forwarded-For", "")):
        return ""
    before = request.environ.get("werkzeug.proxy_fix.orig", {})
    peer = before.get("REMOTE_ADDR") or request.environ.get("REMOTE_ADDR", "")
    hops = len(said.split(","))
    if settings.proxies == 0 and _is_near(peer):
        # From far away it may be the visitor's own proxy, which is no business of ours.
        return f"X-Forwarded-For dari {peer}, tetapi RANDAL_PROXIES=0"
    if hops < settings.proxies:
        return f"X-Forwarded-For dengan {hops} alamat, tetapi RANDAL_PROXIES={settings.proxies}"
    return ""


def _is_near(peer: str) -> bool:
    """In this machine or its own network, where one's own proxy stands (or a socket, which has no address)."""
    try:
        return ip_address(peer).is_private
    except ValueError:
        return True


def init_app(app: Flask, settings: Settings) -> None:
    if not settings.production:
        return

    @app.before_request
    def only_as_said() -> ResponseReturnValue | None:
        if wrong := disagree(settings):
            current_app.logger.error("tidak melayani: %s", wrong)
            return pages.error_page(503, SENTENCE)
        return None
