"""What stands in front of the application: gunicorn's processes, each with waitress's event loop before its threads.

gunicorn starts, watches and renews the processes. In each of them one loop holds every connection, reads headers and body to
their end and sends what is answered; a thread is given a whole request and is free when it has answered. So half a header,
a body that drips, a reader that dawdles and a connection that says nothing cost a little memory, and no thread.
"""

import logging
import os
import time
from typing import Any
from weakref import WeakSet

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer, create_server
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import Error

MB = 1024 * 1024
LARGEST = 22 * MB  # of a body: 20 MB of a file, and what is around it
BUFFERED = 400 * MB  # of all bodies that are still coming in, in one process: they lie on disk
CONNECTIONS = 800  # of one process: below the 1024 files that most systems let it open
LEAVING = 2.0  # seconds in which a connection that is kept open may still ask, and hears with the answer that it ends
SILENT = 60  # seconds after which a connection without a word is closed


class TooLarge(Error):  # type: ignore[misc]  # waitress and gunicorn ship no types
    code, reason = 413, "Request Entity Too Large"


class TooBusy(Error):  # type: ignore[misc]
    code, reason = 503, "Service Unavailable"


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Knows how much is coming before it comes."""

    coming: WeakSet["Parser"] = WeakSet()
    leaving = False  # this process takes its leave
    completed: bool
    announced = 0  # bytes of its body

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.leaving:
            self.headers["CONNECTION"] = "close"
        self.announced = LARGEST if self.chunked else self.content_length
        if self.announced > MB:
            if sum(one.announced for one in self.coming if not one.completed) > BUFFERED:
                self.error, self.completed = (
                    TooBusy("Terlalu banyak berkas sedang dikirim. Coba lagi sebentar."),
                    True,
                )
            self.coming.add(self)


class Sentence(ErrorTask):  # type: ignore[misc]
    """What the loop refuses by itself is said in the reader's language, too."""

    def execute(self) -> None:
        error = self.request.error
        if error.code == 413:
            self.request.error = TooLarge("Berkas terlalu besar (maks. 20 MB).")
        super().execute()


class Channel(HTTPChannel):  # type: ignore[misc]
    parser_class, error_task_class = Parser, Sentence


class Lanes(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Whether it lives and whether it is ready is asked aside: pages that all wait for one row must not make it deaf, nor
    a database that does not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.aside = {name: ThreadedTaskDispatcher() for name in ("healthz", "readyz")}

    def set_thread_count(self, count: int) -> None:
        super().set_thread_count(count)
        for each in self.aside.values():
            each.set_thread_count(min(count, 1))

    def add_task(self, task: Channel) -> None:
        asked = task.requests[0].path.split("/")[1:2] if task.requests else []
        lane = self.aside.get(asked[0]) if asked else None
        (lane.add_task if lane else super().add_task)(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        for each in self.aside.values():
            each.shutdown(cancel_pending, 0)
        return bool(super().shutdown(cancel_pending, timeout))


class Front(Worker):  # type: ignore[misc]
    """gunicorn's worker. `threads` is its setting; `timeout` watches the loop, never the time of one request."""

    map: dict[int, Any]
    told = 0.0  # when the master heard of it last

    def run(self) -> None:
        self.map = {}
        TcpWSGIServer.channel_class = Channel
        logging.getLogger("waitress").setLevel(logging.ERROR)
        logging.getLogger("waitress.queue").setLevel(
            logging.CRITICAL
        )  # it counts who waits, at every request
        lanes = Lanes()
        lanes.set_thread_count(self.cfg.threads)
        server = create_server(
            self.wsgi, _dispatcher=lanes, map=self.map, sockets=[one.sock for one in self.sockets], threads=self.cfg.threads,
            connection_limit=CONNECTIONS, channel_timeout=SILENT, cleanup_interval=5, asyncore_use_poll=True,
            max_request_header_size=64 * 1024, max_request_body_size=LARGEST, backlog=self.cfg.backlog,
            clear_untrusted_proxy_headers=False, ident="",
        )  # fmt: skip
        while self.alive and self.ppid == os.getppid():
            self._turn()
        self._finish(server)

    def _turn(self) -> None:
        if (now := time.monotonic()) - self.told > 1:
            self.told = now
            self.notify()
        wasyncore.loop(timeout=1.0, use_poll=True, map=self.map, count=1)

    def _finish(self, server: Any) -> None:
        """No new connections; what was asked is answered, within the time that gunicorn gives. Who keeps a connection open may
        be about to ask: cut off, a browser or proxy could not know whether a POST was done."""
        Parser.leaving = True
        for one in [one for one in self.map.values() if isinstance(one, TcpWSGIServer)]:
            one.del_channel()
            one.socket.close()
        until = (began := time.monotonic()) + self.cfg.graceful_timeout
        while (now := time.monotonic()) < until and any(
            _answering(one) or now < began + LEAVING for one in self._channels()
        ):
            self._turn()
        server.task_dispatcher.shutdown(timeout=0)
        wasyncore.close_all(self.map, ignore_all=True)

    def _channels(self) -> list[Channel]:
        return [one for one in self.map.values() if isinstance(one, Channel)]

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: the loop looks up once a second at the latest."""
        self.alive = False


def _answering(channel: Channel) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)
