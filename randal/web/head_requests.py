"""HEAD is GET without a body, on every page: mail scanners and link checkers ask so before a person clicks.

Views tell reading from sending by the method, and read what is not GET as something sent; so a HEAD comes to them as the GET that
it stands for, and only its headers go out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class HeadIsGet:
    def __init__(self, app: WSGIApplication):
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "HEAD":
            return self._app(environ, start_response)
        answer = self._app({**environ, "REQUEST_METHOD": "GET"}, start_response)
        for _ in answer:  # some applications call start_response with the first piece
            break
        if close := getattr(answer, "close", None):
            close()
        return []
