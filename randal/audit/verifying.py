"""One pass over the records of a history, an item at a time: memory does not grow with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from randal.audit.bends import Bend, Record, text_bends
from randal.audit.items import Chain
from randal.audit.proofs import Checkpoints
from randal.audit.reading import File, item_of

SHOWN = 100


@dataclass
class Report:
    """What was looked at and what was found. `count` is all of the bends, `bends` the first hundred."""

    events: int = 0
    items: int = 0
    checkpoints: int = 0
    covered: int = 0  # events that a checkpoint vouches for
    checkpoint_at: str = ""  # of the last one; "" without any
    others: int = 0  # items of which an excerpt holds the sealed heads alone
    masked: int = 0  # texts that hide what is personal
    count: int = 0
    bends: list[Bend] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what could not be checked, and why

    def add(self, bend: Bend) -> None:
        self.count += 1
        if len(self.bends) < SHOWN:
            self.bends.append(bend)

    @property
    def intact(self) -> bool:
        return not self.count

    @property
    def exit_code(self) -> int:
        """0 nothing was found, 1 bent. What could not be checked is a note, and no bend."""
        return 1 if self.count else 0

    def lines(self) -> Iterator[str]:
        """The report for the shell, in Indonesian."""
        for bend in self.bends:
            yield f"TIDAK COCOK {bend}"
        if self.count > len(self.bends):
            yield f"… dan {self.count - len(self.bends)} lagi."
        for note in self.notes:
            yield f"catatan {note}"
        yield (
            f"{self.events} peristiwa dari {self.items} data diperiksa, {self.checkpoints} cap; "
            + (
                f"{self.covered} peristiwa tercakup cap terakhir ({self.checkpoint_at[:16].replace('T', ' ')} UTC)."
                if self.checkpoints
                else "belum ada cap."
            )
        )
        yield f"Riwayat tidak utuh: {self.count} kejanggalan." if self.count else "Riwayat utuh."


def verify(
    records: Iterable[Record], *, roots: Iterable[bytes] = (), witnesses: Iterable[Record] = ()
) -> Report:
    """Judge a history. `records`: every checkpoint in order, then per item (in the order of type and id) its own row,
    its heads in checkpoints and its events by number. `roots`: certificates (PEM) the tokens must lead to.
    `witnesses`: checkpoints kept outside, which must all be found again unchanged."""
    report, checkpoints = Report(), Checkpoints(list(roots))
    for (name, number), several in groupby(records, key=item_of):
        group = list(several)
        if isinstance(records, File) and records.excerpt and name and all(r["kind"] == "head" for r in group):
            report.others += 1
            for head in group:
                checkpoints.cover(head)
        elif name:
            _item(report, checkpoints, name, number, group)
        else:
            for record in group:
                checkpoints.take(record) if record["kind"] == "checkpoint" else report.add(record["bend"])
    if isinstance(records, File) and records.excerpt:
        report.notes.append(
            f"berkas ini kutipan: {report.items} data dengan riwayatnya; dari {report.others} data lain hanya sidiknya dalam cap."
        )
    if report.masked:
        report.notes.append(
            f"{report.masked} teks memuat data pribadi yang disamarkan: "
            "segelnya ada dalam rantai, kata-katanya tidak dapat dicocokkan."
        )
    for bend in checkpoints.judge(witnesses):
        report.add(bend)
    report.bends.sort(key=lambda bend: bend.kind != "file")  # what is wrong with the file explains the rest
    report.checkpoints, report.checkpoint_at = len(checkpoints.kept), checkpoints.last_at
    if checkpoints.kept and not checkpoints.roots:
        report.notes.append(
            "sertifikat akar tidak diberikan (--root): siapa yang membuat cap waktu tidak diperiksa."
        )
    if checkpoints.blind:
        report.notes.append("cap waktu tidak diperiksa: pasang pustaka Python cryptography dan asn1crypto.")
    return report


def _item(report: Report, checkpoints: Checkpoints, name: str, number: int, group: list[Record]) -> None:
    item = next((r for r in group if r["kind"] == "item"), None)
    heads = [r for r in group if r["kind"] == "head"]
    events = [r for r in group if r["kind"] == "event"]
    chain = Chain(name, number, item, heads, events)
    found = [*chain.bends, *(text_bends(name, number, events) if "texts" in (events or [{}])[0] else ())]
    for bend in sorted(found, key=lambda bend: bend.seq or 0):
        report.add(bend)
    for head in heads:
        checkpoints.cover(head)
    checkpoints.against += chain.against
    report.items += 1
    report.events += len(events)
    report.masked += sum(len(event.get("masked") or ()) for event in events)
    report.covered += max((h["seq"] for h in heads if isinstance(h["seq"], int)), default=0)
