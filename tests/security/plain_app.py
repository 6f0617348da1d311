"""A small WSGI application, to see what stands in front of ours (`ops/front.py`)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    body = environ["wsgi.input"].read()
    if path == "/tunggu":
        folder = Path(environ["QUERY_STRING"])
        (folder / f"begun-{os.getpid()}").touch()
        while not (folder / "go").exists():
            time.sleep(0.01)
    said = b"x" * 20_000_000 if path == "/besar" else f"{os.getpid()} {len(body)}".encode()
    headers = [("Content-Length", str(len(said))), ("X-Proxies", environ.get("HTTP_X_FORWARDED_FOR", ""))]
    start_response("200 OK", headers)
    return [said]
