"""The guarded client is the only way out of the house: nothing else opens a connection by itself."""

from __future__ import annotations

from tests.rules.test_house import SOURCES, name_of
from tests.rules.test_strangers import names_of

WAYS_OUT = {
    "requests", "urllib.request", "urllib3", "http.client", "httpx", "aiohttp", "httplib2", "pycurl", "socket", "ssl", "ftplib",
    "smtplib", "telnetlib", "xmlrpc", "websocket", "websockets", "paramiko", "botocore", "boto3",
    "pyhanko.sign.timestamps.requests_client", "pyhanko.sign.timestamps.aiohttp_client", "pyhanko_certvalidator.fetchers",
}  # fmt: skip
# And who may, with why. Databases, Redis and object storage are reached by their drivers, at addresses of the settings.
OWN = {
    "randal/base/outgoing.py": "the guarded client",
    "randal/base/addresses.py": "reads an address as a browser does; opens nothing",
    "randal/notifications/smtp.py": "the mail server of the settings",
    "randal/untrusted/limited/door.py": "a socket of this machine",
    "randal/untrusted/limited/server.py": "a socket of this machine",
    "randal/untrusted/limited/child.py": "a socket of this machine",
    "randal/untrusted/limited/wire.py": "a socket of this machine",
    "randal/audit/exporting.py": "the name of this machine",
}


def test_only_the_guarded_client_goes_out() -> None:
    found = {
        name_of(path)
        for path in SOURCES
        if any(f"{name}.".startswith(f"{way}.") for name in names_of(path) for way in WAYS_OUT)
    }
    assert found - set(OWN) == set(), "ask by randal.base.outgoing"
    assert set(OWN) == found, "take what opens nothing off the list"
