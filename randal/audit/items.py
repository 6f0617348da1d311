"""What is wrong with the history of one item, row by row: pure, over the records that `verifying` reads.

Every event's hash covers its facts and the hash before it, the item's own row knows its last number and hash (`seq`,
`head`), and each checkpoint keeps the first sixteen digits of every hash (`trail`). Bending one of them leaves the
others as evidence; this file reads the evidence backwards, to the row that was bent.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from randal.audit.bends import PIECE, REMOVED, Bend, Record, Row, remade
from randal.history.chain import NOTHING

PAIRS = 30  # changed rows of one item tried against each other
MANY = 100_000  # numbers remembered of a range: a bent number may be any
EACH = 20  # missing rows named one by one; more are named as a range


class Chain:
    """The history of one item, examined once: `bends` is what was found, in the order of the numbers."""

    def __init__(
        self, kind: str, number: int, item: Record | None, heads: list[Record], events: list[Record]
    ):
        self.kind, self.number, self.item, self.heads = kind, number, item, heads
        self.bends: list[Bend] = []
        self.against: list[
            Bend
        ] = []  # what a checkpoint says against this history, or this history against it
        self.marked: set[int] = set()  # numbers of which something was said
        rows = list(self._readable(events))
        if any(not row.fits for row in rows):
            for row in rows:
                if not row.fits:
                    row.find_place()
            rows.sort(key=lambda row: row.place)
        self.rows = list(self._single(rows))
        self._renumbered()
        self._walk()
        self._swapped_facts()
        self._end()
        self._ids()
        self._witnessed()

    def say(self, kind: str, said: str, seq: int | None = None, row: Row | None = None, n: int = 0) -> None:
        event_id = row.record["id"] if row else None
        bend = Bend(kind, said, self.kind, self.number, seq, event_id, n)
        (self.against if n else self.bends).append(bend)
        if seq is not None:
            self.marked.add(seq)

    def _readable(self, events: list[Record]) -> Iterator[Row]:
        for record in events:
            if isinstance(record["seq"], int):
                yield Row(record)
            else:
                self.say("changed", f"nomor urutnya bukan bilangan ({record['seq']!r})")
                self.bends[-1] = Bend(**(self.bends[-1].__dict__ | {"event_id": record["id"]}))

    def _single(self, rows: list[Row]) -> Iterator[Row]:
        """Of rows for the same place only the one that the others lean on; the rest were put in between."""
        leant_on = {row.prev for row in rows} | {head["hash"] for head in self.heads}
        leant_on.add(self.item["head"] if self.item else None)
        before: set[Any] = {NOTHING}
        for _, same in groupby(rows, key=lambda row: row.place):
            group = list(same)
            best = max(group, key=lambda row: (row.prev in before) + (row.hash in leant_on) + row.fits)
            for row in group:
                if row is not best:
                    self.say("inserted", "disisipkan; riwayat yang asli tidak mengenalnya", row.seq, row)
            before = {best.hash, best.made}
            yield best

    def _renumbered(self) -> None:
        """Rows whose number was changed. A whole run moved by the same distance is said once."""
        moved = {row.seq: row.place for row in self.rows if row.place != row.seq}
        run = 0
        for row in self.rows:
            shift = row.place - row.seq
            if shift and moved.get(row.place) == row.seq:
                self.say("swapped", f"tertukar tempat dengan peristiwa {row.place}", row.seq, row)
            elif shift and shift != run:
                self.say("moved", f"nomornya diubah, semula {row.place}", row.seq, row)
            run = shift

    def _walk(self) -> None:
        last: Row | None = None
        for row in self.rows:
            place = last.place if last else 0
            gap = row.place > place + 1
            if gap:
                self._missing(place + 1, row.place - 1)
            if not row.fits:
                self._changed(row, last)
            elif not gap:
                self._follows(row, last)
            if last and not gap and row.fits and last.fits:
                self._state_goes_on(row, last)
            last = row

    def _missing(self, first: int, final: int, n: int = 0) -> None:
        if final - first >= EACH:
            self.say("removed", f"dihapus, beserta semua sesudahnya sampai peristiwa {final}", first, n=n)
            self.marked.update(range(first, min(final, first + MANY) + 1))
            return
        for seq in range(first, final + 1):
            self.say("removed", "dihapus", seq, n=n)

    def _changed(self, row: Row, last: Row | None) -> None:
        before = last.hash if last else NOTHING
        after = {each.prev for each in self.rows if each.place == row.place + 1} | {
            self.item["head"] if self.item else None
        }
        if row.made in after:
            self.say("changed", "kolom hash diubah; isinya masih cocok dengan rantainya", row.seq, row)
        elif row.prev != before and remade(row.record, before) == row.hash:
            self.say("changed", "kolom prev diubah; isinya masih cocok dengan rantainya", row.seq, row)
        else:
            self.say("changed", "isinya diubah: tidak lagi cocok dengan hash-nya", row.seq, row)
            if last and last.fits and row.prev != last.hash and last.place not in self.marked:
                self.say("replaced", "sambungannya dengan peristiwa berikutnya putus", last.seq, last)

    def _follows(self, row: Row, last: Row | None) -> None:
        """A row that is whole in itself: does it stand on the one before?"""
        if last is None:
            if row.prev != NOTHING:
                self.say("replaced", "diganti: peristiwa pertama tidak menyambung apa pun", row.seq, row)
        elif row.prev not in (last.hash, last.made) and last.fits and last.place not in self.marked:
            self.say("replaced", "diganti: peristiwa berikutnya mengenal isi yang lain", last.seq, last)

    def _state_goes_on(self, row: Row, last: Row) -> None:
        before, now = last.record["to_state"], row.record["from_state"]
        if before != now and row.place not in self.marked:
            self.say("inserted", f"berangkat dari keadaan {now}, padahal keadaannya {before}", row.seq, row)

    def _swapped_facts(self) -> None:
        """Rows that carry each other's facts."""
        odd = [row for row in self.rows if not row.fits][:PAIRS]
        for row in odd:
            mine = {"seq": row.seq}
            for other in odd:
                if other is row or remade(other.record | mine, row.prev) != row.hash:
                    continue
                self.bends = [b for b in self.bends if b.seq != row.seq]
                self.say("swapped", f"isinya tertukar dengan peristiwa {other.seq}", row.seq, row)

    def _end(self) -> None:
        """The last row against what the item's own row knows of its history."""
        last, item = self.rows[-1] if self.rows else None, self.item
        if item is None:
            # Who is taken off a draft's list leaves a history that ends.
            if last and last.record["move"] != REMOVED:
                self.say("item", "baris datanya sendiri tidak ada, padahal ada riwayatnya")
            return
        final, place = item["seq"], last.place if last else 0
        if not isinstance(final, int):
            self.say("item", "kolom seq pada baris datanya bukan bilangan")
        elif last is None:
            if final or item["head"] != NOTHING:
                self._missing(1, max(final, 1))
        elif any(row.place == final and item["head"] in (row.hash, row.made) for row in self.rows):
            self._beyond(final)
            if place == final and last.fits and place not in self.marked:
                self._state(last, item)
        elif item["head"] in (last.hash, last.made):
            self.say("item", f"kolom seq pada baris datanya diubah: {final}, seharusnya {place}")
        elif place < final:
            self._missing(place + 1, final)
        elif place > final:
            self._beyond(final)
        elif any(head["seq"] == place and head["hash"] == last.hash for head in self.heads):
            self.say("item", "kolom head pada baris datanya diubah")
        elif last.fits and place not in self.marked:
            self.say("replaced", "diganti: head pada baris datanya mengenal isi yang lain", last.seq, last)

    def _beyond(self, final: int) -> None:
        for row in self.rows:
            if row.place > final:
                self.say("inserted", "ditambahkan di luar aplikasi; datanya tidak mengenalnya", row.seq, row)

    def _state(self, last: Row, item: Record) -> None:
        if last.record["move"] == REMOVED:
            self.say("item", "baris datanya ada lagi, padahal menurut riwayatnya sudah dihapus")
        reached = last.record["to_state"]
        if item["state"] is not None and item["state"] != reached:
            said = f"keadaan datanya diubah di luar riwayat: {item['state']}, seharusnya {reached}"
            self.say("state", said)

    def _ids(self) -> None:
        """Events of one item are written one after another: their row numbers rise."""
        for before, row in zip(self.rows, self.rows[1:], strict=False):
            try:
                rises = before.record["id"] < row.record["id"]
            except TypeError:
                rises = False
            if not rises and not {before.place, row.place} & self.marked:
                said = "nomor baris (id) diubah atau tertukar dengan peristiwa {} (events.id {})"
                self.say("swapped", said.format(row.seq, row.record["id"]), before.seq, before)
                self.say("swapped", said.format(before.seq, before.record["id"]), row.seq, row)

    def _witnessed(self) -> None:
        """Against every checkpoint: the first number that differs is where history was rewritten."""
        rows = {row.place: row for row in self.rows}
        start = 0
        for head in self.heads:
            n, seq, trail = head["n"], head["seq"], head["trail"]
            if not isinstance(seq, int) or len(trail) != PIECE * (seq - start):
                self.say(
                    "witness", f"barisnya dalam cap {n} diubah, atau baris dalam cap sebelumnya hilang", n=n
                )
                start = seq if isinstance(seq, int) else start
                continue
            for place in range(start + 1, seq + 1):
                piece = trail[PIECE * (place - start - 1) :][:PIECE]
                row = rows.get(place)
                if row and piece in (row.hash[:PIECE], row.made[:PIECE]):
                    continue
                if place in self.marked:
                    continue
                if row is None:
                    self._missing(place, seq, n)
                else:
                    self._rewritten(row, n)
                return
            row = rows.get(seq)
            if row and head["hash"] not in (row.hash, row.made) and seq not in self.marked:
                self.say("witness", f"head-nya dalam cap {n} diubah", n=n)
            start = seq

    def _rewritten(self, row: Row, n: int) -> None:
        # What its end, too, then says is the consequence, not another bend.
        self.bends = [b for b in self.bends if not (b.kind == "replaced" and b.seq and b.seq >= row.seq)]
        said = f"ditulis ulang sesudah cap {n}: isinya lain dari yang dicap (juga semua sesudahnya)"
        self.say("rewritten", said, row.seq, row, n)
