"""Sessions in a signed cookie whose age is told by the database's clock.

A cookie that was signed a second in the future is refused: with two machines whose clocks differ by more, people would be
signed out whenever the balancer hands them over.
"""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from randal.l10n import clock


class ByTheDatabase(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.real().timestamp())


class Sessions(SecureCookieSessionInterface):
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        made = super().get_signing_serializer(app)
        if made is not None:
            made.signer = ByTheDatabase
        return made


def init_app(app: Flask) -> None:
    app.session_interface = Sessions()
