"""The warm server: has the libraries loaded, forks a child per file, keeps the order, ends what takes too long.

Run as `python -m randal.untrusted.limited.server FD` by `door.py`, never by hand. It reads no file itself. A process that uses
the door holds one connection (a "lease") and asks over it by sending one end of a socket pair; the child answers there.
When the last lease is gone, the server ends: nothing is left behind.
"""

from __future__ import annotations

import array
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from randal.untrusted.limited import child, limits, wire

MOST_ASKED = 4096  # bytes of one question: a name, a few numbers
FIRST = 15.0  # seconds that it waits for the first to come
GONE = select.POLLHUP | select.POLLRDHUP | select.POLLERR


@dataclass
class File:
    """One file: waiting, or in the hands of the child `pid`."""

    conn: socket.socket
    target: str
    limits: dict[str, int]
    public: bool
    until: float  # it waits no longer; once it runs: it runs no longer
    pid: int = 0
    late: bool = False  # killed by us


class Server:
    def __init__(self, listener: socket.socket):
        self.listener = listener
        self.leases: dict[int, socket.socket] = {}
        self.waiting: list[File] = []
        self.running: list[File] = []
        self.poll = select.poll()
        self.poll.register(listener, select.POLLIN)
        ended, self.wake = socket.socketpair()
        for end in (ended, self.wake):
            end.setblocking(False)
        self.ended = ended
        signal.set_wakeup_fd(self.wake.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.poll.register(ended, select.POLLIN)

    def serve(self) -> None:
        first = time.monotonic() + FIRST
        while self.leases or self.running or self.waiting or time.monotonic() < first:
            for number, flags in self.poll.poll(self._pause(first)):
                self._heard(number, flags)
                if number == self.listener.fileno():
                    first = 0.0
            self._reap()
            self._late()
            self._start()

    def _pause(self, first: float) -> float:
        times = [file.until for file in (*self.waiting, *self.running)] or [max(first, time.monotonic() + 60)]
        return max(1.0, (min(times) - time.monotonic()) * 1000)

    # -- who comes, who goes --------------------------------------------------------------------------

    def _heard(self, number: int, flags: int) -> None:
        if number == self.listener.fileno():
            lease, _ = self.listener.accept()
            self.leases[lease.fileno()] = lease
            self.poll.register(lease, select.POLLIN)
        elif number == self.ended.fileno():
            with suppress(BlockingIOError):
                self.ended.recv(4096)
        elif number in self.leases:
            self._asked(self.leases[number])
        elif flags & GONE:
            self._left(number)

    def _asked(self, lease: socket.socket) -> None:
        try:
            told, passed, _flags, _ = lease.recvmsg(MOST_ASKED, socket.CMSG_SPACE(array.array("i").itemsize))
        except OSError:
            told, passed = b"", []
        if not told:
            self.poll.unregister(lease)
            del self.leases[lease.fileno()]
            return lease.close()
        handles = array.array("i")
        for _level, _kind, data in passed:
            handles.frombytes(data)
        conn = socket.socket(fileno=handles[0])
        self._enqueue(conn, json.loads(told))
        return None

    def _enqueue(self, conn: socket.socket, asked: dict[str, Any]) -> None:
        public = bool(asked["public"])
        file = File(conn, asked["target"], asked["limits"], public, time.monotonic() + asked["patience"])
        if not self._free(public) and not self._room(file):
            return self._dismiss(file, wire.BUSY)
        self.waiting.append(file)
        self.poll.register(conn, GONE)
        return None

    def _left(self, number: int) -> None:
        """Who asked has gone: nobody is to work for him."""
        for file in self.waiting:
            if file.conn.fileno() == number:
                self.waiting.remove(file)
                return self._close(file)
        for file in self.running:
            if file.conn.fileno() == number:
                self.poll.unregister(file.conn)
                os.kill(file.pid, signal.SIGKILL)
        return None

    # -- whose turn it is -----------------------------------------------------------------------------

    def _free(self, public: bool) -> bool:
        """Strangers share what is left when one slot is kept for our own people."""
        taken = sum(one.public for one in self.running)
        return len(self.running) < limits.SLOTS and not (public and taken >= limits.SLOTS - 1)

    def _room(self, file: File) -> bool:
        """May one more wait?"""
        ahead = [one for one in self.waiting if one.public == file.public]
        if file.public:
            return len(ahead) < limits.WAITING_PUBLIC
        return sum(one.limits["cpu"] for one in (*ahead, file)) <= limits.WAITING

    def _start(self) -> None:
        for file in sorted(self.waiting, key=lambda one: one.public):  # our own first; each lane in its order
            if self._free(file.public):
                self.waiting.remove(file)
                self._fork(file)

    def _fork(self, file: File) -> None:
        try:
            child.load(file.target)
            gc.freeze()  # what all children share is not to be copied by looking through it
            pid = os.fork()
        except Exception as error:
            print(f"randal: {file.target}: {error!r}", file=sys.stderr, flush=True)
            return self._dismiss(file, wire.BUSY, registered=True)
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            child.run(file.conn, file.target, file.limits)
        file.pid, file.until = pid, time.monotonic() + file.limits["wall"] + 1
        self.running.append(file)
        with suppress(wire.Closed):  # gone meanwhile: the poll tells so, too
            wire.send(file.conn, wire.GO)
        return None

    # -- how it ends ----------------------------------------------------------------------------------

    def _reap(self) -> None:
        for file in list(self.running):
            pid, status = os.waitpid(file.pid, os.WNOHANG)
            if pid:
                self.running.remove(file)
                if os.WIFSIGNALED(status):
                    with suppress(wire.Closed):
                        wire.send(file.conn, wire.KILLED, wire.packed({"cause": self._cause(file, status)}))
                self._close(file)

    @staticmethod
    def _cause(file: File, status: int) -> str:
        number = os.WTERMSIG(status)
        known = {signal.SIGXCPU: "cpu", signal.SIGALRM: "wall"}
        if number == signal.SIGKILL:
            return "wall" if file.late else "cpu"  # the hard limit of CPU seconds kills
        return known.get(signal.Signals(number), signal.Signals(number).name)

    def _late(self) -> None:
        now = time.monotonic()
        for file in [one for one in self.waiting if one.until <= now]:
            self.waiting.remove(file)
            self._dismiss(file, wire.BUSY, registered=True)
        for file in self.running:
            if file.until <= now:
                file.late, file.until = True, now + 1
                os.kill(file.pid, signal.SIGKILL)

    def _dismiss(self, file: File, letter: bytes, *, registered: bool = False) -> None:
        with suppress(wire.Closed):
            wire.send(file.conn, letter)
        if registered:
            self._close(file)
        else:
            file.conn.close()

    def _close(self, file: File) -> None:
        with suppress(KeyError):
            self.poll.unregister(file.conn)
        file.conn.close()

    def end(self) -> None:
        for file in self.running:
            with suppress(ProcessLookupError):
                os.kill(file.pid, signal.SIGKILL)


def main(number: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us; then the leases go
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = Server(socket.socket(fileno=number))
    try:
        server.serve()
    finally:
        server.end()


if __name__ == "__main__":
    main(int(sys.argv[1]))
