"""The only way out of the house by HTTP: a signature provider, a timestamp authority, whatever else is asked over the web.

The address is looked up once and checked where it is connected to, so a name that changes between the two gains nothing;
nothing inward is reached that `RANDAL_INTERNAL_HOSTS` does not name. Redirects are not followed, certificates are checked, and
an answer has a size and a time as a whole. No proxy, no .netrc, no cookie.
"""

from __future__ import annotations

import contextlib
import http.client
import json as encoding
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import certifi

from randal.base import addresses

CONNECT = 10.0  # seconds, at most, until there is a connection
PIECE = 1 << 16
_inside: tuple[str, ...] = ()


class Failed(Exception):
    """No answer was had. The text is for the log: it names no address, which may hold a secret."""


class Forbidden(Failed):
    """The address leads inward, or its scheme is not allowed."""


class TooSlow(Failed):
    """The answer was not complete within its time."""


class TooLarge(Failed):
    """The answer is longer than what was asked for may be."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def use(inside: Collection[str]) -> None:
    """The hosts and networks of our own that the operator lets this installation call."""
    global _inside
    _inside = tuple(inside)


def inside() -> tuple[str, ...]:
    return _inside


def ask(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    seconds: float = 30.0,
    most: int = 1_000_000,
    schemes: Collection[str] = ("https",),
) -> Reply:
    """One question, one answer, whatever its status. `seconds` and `most` (bytes) bound the whole answer. Raises Failed."""
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise Forbidden("scheme")
    given = {"Accept-Encoding": "identity", "Connection": "close", **(headers or {})}
    if json is not None:
        body, given["Content-Type"] = encoding.dumps(json).encode(), "application/json"
    if auth:
        given["Authorization"] = "Basic " + b64encode(":".join(auth).encode()).decode()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, parts.hostname, parts.port, min(CONNECT, seconds))
    over = threading.Event()
    watch = threading.Timer(seconds, _cut, (connection, over))
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        connection.sock.settimeout(seconds)
        connection.request(method, target, body, given)
        reply = connection.getresponse()
        return Reply(reply.status, dict(reply.getheaders()), _read(reply, most, over))
    except Failed:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        if over.is_set() or isinstance(error, TimeoutError):
            raise TooSlow("not within its time") from None
        raise Failed(type(error).__name__) from None
    finally:
        watch.cancel()
        connection.close()


def _read(reply: http.client.HTTPResponse, most: int, over: threading.Event) -> bytes:
    parts, size = [], 0
    while part := reply.read(PIECE):
        parts.append(part)
        size += len(part)
        if size > most:
            raise TooLarge(f"more than {most} bytes")
    if over.is_set():
        raise TooSlow("not within its time")
    if reply.length:  # it was cut off
        raise Failed("incomplete")
    return b"".join(parts)


def _cut(connection: http.client.HTTPConnection, over: threading.Event) -> None:
    """A server that drips bytes holds nobody: each of them would begin the socket's own time anew."""
    over.set()
    if sock := getattr(connection, "reached", None):  # `connection.sock` is let go once the answer begins
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


# -- where it leads is decided when it is reached -------------------------------------------------------


def reach(host: str, port: int, seconds: float) -> socket.socket:
    """A connection to this host at an address that may be called. Raises Forbidden, OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = [one for one in found if _may_call(host, str(one[4][0]))]
    if found and not allowed:
        raise Forbidden("leads inward")
    problem: OSError = OSError("no address")
    for family, kind, proto, _name, place in allowed:
        sock = socket.socket(family, kind, proto)
        try:
            sock.settimeout(seconds)
            sock.connect(place)
            return sock
        except OSError as error:
            sock.close()
            problem = error
    raise problem


def _may_call(host: str, found: str) -> bool:
    address = addresses.read(found)
    return address is not None and (
        addresses.is_public(address) or addresses.is_allowed(host, _inside, address)
    )


class _Plain(http.client.HTTPConnection):
    def connect(self) -> None:
        self.sock = self.reached = reach(self.host, self.port, float(self.timeout or CONNECT))


class _Safe(http.client.HTTPSConnection):
    def connect(self) -> None:
        sock = reach(self.host, self.port, float(self.timeout or CONNECT))
        # First ours, then the handshake: it, too, can be cut short.
        self.sock = self.reached = _trust().wrap_socket(
            sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()


def _connection(scheme: str, host: str, port: int | None, seconds: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return _Safe(host, port or 443, timeout=seconds, context=_trust())
    return _Plain(host, port or 80, timeout=seconds)


@cache
def _trust() -> ssl.SSLContext:
    """What the machine trusts (a ministry's own authority among it), and the public ones where it trusts nobody."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
