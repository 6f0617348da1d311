"""The exported file alone: every line that is edited, dropped, moved or cut is found, and the row is named.

Whoever edits the file may write its last line (the checksum) anew: these tests do so, and look at what is left.
"""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from randal.audit import exporting
from randal.audit.reading import File, checkpoints_in
from randal.audit.verifying import Report, verify
from randal.history.chain import FACTS, canonical
from tests.audit.story import History

pytestmark = pytest.mark.database("sqlite")  # what the file of either database says, test_bent_rows compares


class Exported:
    """The lines of a file without its last, which `judge` writes anew."""

    def __init__(self, path: Path, roots: list[bytes]):
        self.path, self.roots = path, roots
        self.lines = path.read_bytes().splitlines(keepends=True)[:-1]
        self.records = [json.loads(line) for line in self.lines]

    def judge(self, lines: list[bytes], *, sealed: bool = True) -> Report:
        whole = b"".join(lines)
        if sealed:
            whole += canonical({"kind": "end", "sha256": sha256(whole).hexdigest()}) + b"\n"
        self.path.write_bytes(whole)
        return verify(File(self.path), roots=self.roots)

    def with_line(self, place: int, *instead: bytes) -> list[bytes]:
        return [*self.lines[:place], *instead, *self.lines[place + 1 :]]

    def of(self, kind: str) -> list[int]:
        return [n for n, record in enumerate(self.records) if record["kind"] == kind]


@pytest.fixture
def exported(history: History, tmp_path: Path) -> Exported:
    history.erase(history.finding, history.world.person("admin"), 3)
    path = tmp_path / "riwayat.jsonl"
    counts = exporting.export(path, now=history.world.now)
    assert counts["checkpoint"] == 2 and counts["event"] > 10
    return Exported(path, history.roots)


def where(record: dict[str, Any]) -> tuple[str, int, int]:
    return record["item_type"], record["item_id"], record["seq"]


def names(report: Report, place: int, record: dict[str, Any]) -> bool:
    """Is the row named, by its number or by its line?"""
    return any(
        (b.item_type, b.item_id, b.seq) == where(record) or f"baris {place + 1}:" in str(b)
        for b in report.bends
    )


def test_untouched(exported: Exported, history: History, tmp_path: Path) -> None:
    report = exported.judge(exported.lines)
    assert (report.bends, report.notes, report.checkpoints) == ([], [], 2)
    for name, texts in (("a.jsonl.gz", True), ("b.jsonl", False)):
        exporting.export(tmp_path / name, now=history.world.now, texts=texts)
        again = verify(File(tmp_path / name), roots=exported.roots)
        assert (again.bends, again.events) == ([], report.events)
    assert b"Contoh" not in (tmp_path / "b.jsonl").read_bytes()
    assert len(checkpoints_in(tmp_path / "a.jsonl.gz")) == 2


def test_each_fact_of_each_event(exported: Exported) -> None:
    for place in exported.of("event"):
        record = exported.records[place]
        for fact in (*FACTS, "prev", "hash"):
            odd = {"data": {"x": 1}, "seals": {"x": "00"}}.get(
                fact, 987 if isinstance(record[fact], int) else "x"
            )
            report = exported.judge(exported.with_line(place, canonical(record | {fact: odd}) + b"\n"))
            assert names(report, place, record), (fact, record, report.bends)


def test_each_line_dropped(exported: Exported) -> None:
    for place, record in enumerate(exported.records):
        bends = exported.judge(exported.with_line(place)).bends
        if record["kind"] == "event":
            found = {(b.item_type, b.item_id, b.seq) for b in bends if b.kind in ("removed", "text")}
            assert where(record) in found, (record, bends)
        elif record["kind"] in ("checkpoint", "head"):
            assert record["n"] in {b.checkpoint for b in bends if b.kind == "checkpoint"}, (record, bends)
        elif record["kind"] == "item" and record["seq"]:
            assert [(b.kind, b.item_type, b.item_id) for b in bends] == [
                ("item", record["type"], record["id"])
            ]
        elif record["kind"] == "header":
            assert "kepala berkas" in str(bends[0])


def test_each_line_twice_or_in_the_place_of_the_next(exported: Exported) -> None:
    for place, line in enumerate(exported.lines):
        assert exported.judge(exported.with_line(place, line, line)).count, line
    for place, (one, two) in enumerate(pairwise(exported.lines)):
        swapped = [*exported.lines[:place], two, one, *exported.lines[place + 2 :]]
        assert exported.judge(swapped).count, (one, two)


def test_lines_after_the_last_and_no_last(exported: Exported) -> None:
    assert "penutupnya tidak ada" in str(exported.judge(exported.lines, sealed=False).bends[0])
    end = canonical({"kind": "end", "sha256": sha256(b"".join(exported.lines)).hexdigest()}) + b"\n"
    report = exported.judge([*exported.lines, end, exported.lines[-1]], sealed=False)
    assert "sesudah baris penutup" in str(report.bends[0])


def test_cut_anywhere(exported: Exported, history: History, tmp_path: Path) -> None:
    whole = b"".join(exported.lines)
    for length in range(0, len(whole), len(whole) // 40):
        assert exported.judge([whole[:length]], sealed=False).count
    packed = tmp_path / "riwayat.jsonl.gz"
    exporting.export(packed, now=history.world.now)
    whole = packed.read_bytes()
    for length in range(1, len(whole), len(whole) // 20):
        packed.write_bytes(whole[:length])
        assert verify(File(packed)).count
    packed.write_bytes(gzip.compress(b"\x00\xff\n" * 50))
    assert "tidak dapat dibaca" in str(verify(File(packed)).bends[0])


def test_texts_left_out_of_a_file_that_has_them(exported: Exported) -> None:
    """Without the first event's texts the others of its item would not be looked at."""
    place = next(n for n in exported.of("event") if exported.records[n]["texts"])
    bare = {k: v for k, v in exported.records[place].items() if k != "texts"}
    assert names(exported.judge(exported.with_line(place, canonical(bare) + b"\n")), place, bare)


def test_any_character_of_any_event(exported: Exported) -> None:
    """But those of the row's own number (`id`): it is no fact, and only the file's last line speaks for it."""
    events = exported.of("event")

    @settings(max_examples=400, deadline=None, database=None)
    @given(st.data())
    def bend(data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(events))
        line = exported.lines[place].decode()
        at = data.draw(st.integers(0, len(line) - 2))
        other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != line[at]))
        bent = (line[:at] + other + line[at + 1 :]).encode()
        number = line.index('"id":') + 5
        if number <= at < line.index(",", number):
            lines = exported.with_line(place, bent)
            assert exported.judge([*lines, b'{"kind":"end","sha256":"%s"}\n' % untouched], sealed=False).count
        else:
            assert names(exported.judge(exported.with_line(place, bent)), place, exported.records[place])

    untouched = sha256(b"".join(exported.lines)).hexdigest().encode()
    bend()
