"""What goes between who asks and the child: frames of one letter, a length, and JSON.

Never pickle: a file may have taken over the child that answers.
"""

from __future__ import annotations

import json
import socket
import struct
from base64 import b64decode, b64encode
from typing import Any

GO, ITEM, DONE, SAID, BROKE, KILLED, BUSY, ARGS, FILE = b"G", b"I", b"D", b"U", b"X", b"K", b"B", b"A", b"F"
HEAD = struct.Struct(">cQ")
PIECE = 1 << 18


class Closed(ConnectionError):
    """The other side is gone."""


class TooLong(Exception):
    """A frame is longer than whoever reads it takes."""


def packed(value: Any) -> bytes:
    return json.dumps(value, default=_bytes, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def unpacked(data: bytes) -> Any:
    return json.loads(data.decode("utf-8", "surrogatepass"), object_hook=_back)


def _bytes(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"b64": b64encode(value).decode()}
    raise TypeError(f"{type(value).__name__} does not travel")


def _back(found: dict[str, Any]) -> Any:
    return b64decode(found["b64"]) if found.keys() == {"b64"} else found


def send(conn: socket.socket, letter: bytes, body: bytes = b"") -> None:
    """Raises Closed."""
    try:
        conn.sendall(HEAD.pack(letter, len(body)))
        if body:
            conn.sendall(body)
    except OSError as error:
        raise Closed(str(error)) from None


def receive(conn: socket.socket, most: int) -> tuple[bytes, bytes]:
    """One frame. Raises Closed, TimeoutError, TooLong."""
    letter, size = HEAD.unpack(_exactly(conn, HEAD.size))
    if size > most:
        raise TooLong(f"a frame of {size} bytes")
    return letter, _exactly(conn, size)


def _exactly(conn: socket.socket, size: int) -> bytes:
    found = bytearray(size)
    view, at = memoryview(found), 0
    while at < size:
        try:
            got = conn.recv_into(view[at:], min(size - at, PIECE))
        except TimeoutError:
            raise
        except OSError as error:
            raise Closed(str(error)) from None
        if not got:
            raise Closed("ended in the middle")
        at += got
    return bytes(found)
