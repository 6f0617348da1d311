"""The door through which strangers' files are read: what a file may cost, who waits for whom, and what is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ops.processes import ROOT
from randal.untrusted.limited import door, limits
from randal.untrusted.limited.errors import Busy, TooComplex, Unreadable
from tests.machines import wait_until

MB = limits.MB
FEW = limits.Limits(cpu=1, wall=60, memory=64 * MB, file=MB, output=2 * MB)


def task(name: str, **more: int) -> door.Task:
    return door.Task(f"tests.security.odd_readers:{name}", replace(FEW, **more))


def test_what_the_reader_says_comes_back() -> None:
    assert door.ask(task("told"), b"\x00\xff", word="é", number=2, blob=b"\x01") == {
        "data": b"\x00\xff",
        "given": {"word": "é", "number": 2, "blob": b"\x01"},
    }
    going, items = door.stream(task("several"), b"abc"), []
    with pytest.raises(StopIteration) as end:
        while True:
            items.append(next(going))
    assert items == [97, 98, 99] and end.value.value["value"] == 3


@pytest.mark.parametrize(
    ("name", "more", "cause"),
    [
        ("burns", {}, "cpu"),
        ("hoards", {}, "memory"),
        ("aborts", {}, "SIGABRT"),
        ("sleeps", {"wall": 1}, "wall"),
        ("talks", {"cpu": 20}, "output"),
    ],
)
def test_a_file_that_costs_too_much_ends_its_child_alone(name: str, more: dict[str, int], cause: str) -> None:
    with pytest.raises(TooComplex, match="terlalu rumit") as refused:
        list(door.stream(task(name, **more), b""))
    assert refused.value.cause == cause
    assert door.ask(task("told"), b"")["data"] == b"", "the next one is read"


def test_a_file_that_is_too_large_is_not_even_sent() -> None:
    with pytest.raises(TooComplex):
        door.ask(task("sleeps", file=3), b"1234")


def test_sentences_are_for_people(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unreadable, match=r"^Contoh kalimat\.$"):
        door.ask(task("refuses"), b"")
    with pytest.raises(Unreadable, match="rusak") as broken:
        door.ask(task("breaks"), b"")
    assert "trace" not in str(broken.value) and "a trace that nobody" in caplog.text


def test_the_child_has_nothing_but_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANDAL_SECRET_KEY", "rahasia contoh")
    door.hold(anew=True)
    found = door.ask(task("looks_around"), str(tmp_path / "tulisan").encode())
    assert not any(name.startswith("RANDAL") for name in found["environment"])
    assert found["wrote"] is False and found["folder"] == "/"
    assert len(found["open"]) == 1 and found["open"][0].startswith("socket:"), "the way back alone"


@contextmanager
def asking(folder: Path, count: int, **turn: Any) -> Iterator[list[Any]]:
    """`count` threads have a file read that waits; what they got is in the list once the block has ended."""
    got: list[Any] = []

    def one() -> None:
        try:
            got.append(door.ask(task("waits", wall=600, cpu=4), str(folder).encode(), patience=600, **turn))
        except Busy as busy:
            got.append(busy)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield got
    finally:
        (folder / "go").touch()
        for thread in threads:
            thread.join()


def running(folder: Path, count: int) -> Callable[[], bool]:
    return lambda: len(list(folder.glob("run-*"))) == count


def test_two_at_a_time_and_the_rest_waits(tmp_path: Path) -> None:
    with asking(tmp_path, 7) as got:
        wait_until(running(tmp_path, 2))
    assert len(got) == 7 and max(got) <= 2


def test_strangers_share_one_slot_and_few_wait(tmp_path: Path) -> None:
    with asking(tmp_path, 6, public=True) as got:
        wait_until(running(tmp_path, 1))
        wait_until(lambda: len(got) == 6 - 1 - limits.WAITING_PUBLIC)
        assert all(isinstance(one, Busy) for one in got), "they are told to come back, at once"
        assert door.ask(task("told"), b"")["data"] == b"", "our own people do not wait for them"
        with pytest.raises(Busy):
            door.ask(task("told"), b"", public=True)
    assert [max(one, 1) for one in got[3:]] == [1, 1, 1], "one after the other"


def test_nobody_waits_for_ever(tmp_path: Path) -> None:
    with asking(tmp_path, 2):
        wait_until(running(tmp_path, 2))
        with pytest.raises(Busy):
            door.ask(task("told"), b"", patience=0.05)
        many = int(limits.WAITING / FEW.cpu) + 1
        with pytest.raises(Busy):
            door.ask(task("told", cpu=many), b"", patience=600)


def test_a_child_of_the_process_asks_as_its_parent_does() -> None:
    """As a worker of RQ does: forked after the connection was made."""
    door.ask(task("told"), b"")
    pid = os.fork()
    if pid == 0:
        os._exit(0 if door.ask(task("told"), b"x")["data"] == b"x" else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert door.ask(task("told"), b"y")["data"] == b"y"


def test_a_server_that_died_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    door.hold(anew=True)
    for server in door._servers:
        server.kill()
        server.wait()
    assert door.ask(task("told"), b"z")["data"] == b"z"


CLIENT = """
import sys
from pathlib import Path
from randal.untrusted.limited import door
door.use(Path(sys.argv[1]))
door.ask(door.Task("tests.security.odd_readers:told", door.Limits(1, 9, 10**8, 9, 999)), b"")
print(door._servers[0].pid if door._servers else 0, flush=True)
if sys.argv[2:]:
    door.ask(door.Task("tests.security.odd_readers:waits", door.Limits(60, 600, 10**8, 999, 999)), sys.argv[2].encode())
else:
    input()
"""


def client(folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(folder), *more], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def gone(pid: int) -> Callable[[], bool]:
    return lambda: (
        not Path(f"/proc/{pid}").exists() or "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    )


def said(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    return int(process.stdout.readline())


def test_processes_share_a_server_that_ends_with_the_last(tmp_path: Path) -> None:
    one, two = client(tmp_path), None
    server = said(one)
    two = client(tmp_path)
    assert server and said(two) == 0, "the second found it running"
    one.kill(), one.wait()
    assert not gone(server)()
    two.communicate("\n")
    wait_until(gone(server))


def test_who_is_killed_leaves_nobody_working(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    asks = client(tmp_path, str(marks))
    server = said(asks)
    wait_until(running(marks, 1))
    [mark] = marks.glob("run-*")
    asks.kill(), asks.wait()
    wait_until(gone(int(mark.name.removeprefix("run-"))))
    wait_until(gone(server))
