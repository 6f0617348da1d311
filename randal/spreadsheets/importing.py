"""What can be imported from a spreadsheet. A room declares a *kind* in its `importing.py`; the room `imports` reads, judges,
shows and writes them all alike.

    register(Kind("units", "Satuan kerja", …, columns=(Column("code", "Kode satuan kerja", required=True), …),
                  key=("code",), load=everything_known, judge=what_this_row_does))

`load(desk)` reads once what all rows are judged against; `judge(known, line)` answers what the row would do, or says with
`line.wrong(key, sentence)` which cell is wrong. Nothing is written before every row was judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from workflows.lifecycle import KEEPERS, Actor

NEW, CHANGED, SAME = "new", "changed", "same"
Choices = Mapping[str, str] | Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class Column:
    """One column: `header` as people read it, `also` other headers that mean it, `perhaps` those that do where no other does.

    `kind`: text, email, digits (text of digits alone, `length` of them), phone, date, month (2018-06), flag, choice (code or
    label of `choices`), money (rupiah), percent (0 to 999, two places), info (told in the template, never read). `private`:
    what is kept is not shown beside the new value (NIP, phone). `spreads`: a cell merged downwards counts for each of its
    rows; in other columns merged cells are refused. An empty cell is None.
    """

    key: str
    header: str
    kind: Literal[
        "text", "email", "digits", "phone", "date", "flag", "choice", "money", "month", "percent", "info"
    ] = "text"
    required: bool = False
    help: str = ""
    examples: tuple[str, ...] = ()
    choices: Choices | None = None
    also: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    most: int = 250
    length: int | None = None
    private: bool = False
    spreads: bool = False
    width: int = 22

    @property
    def options(self) -> Mapping[str, str]:
        return self.choices() if callable(self.choices) else self.choices or {}


@dataclass
class Line:
    """One row: `number` as the spreadsheet counts, `given` clean values by key (a missing column is not in it),
    `errors` (key, sentence)."""

    number: int
    given: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)

    def __getitem__(self, key: str) -> Any:
        return self.given.get(key)

    def wrong(self, key: str, sentence: str) -> None:
        self.errors.append((key, sentence))

    def told(self, *keys: str) -> dict[str, Any]:
        """Those of the keys whose cell is filled: an empty cell leaves what is kept as it is."""
        return {key: self.given[key] for key in keys if self.given.get(key) is not None}


class Deed(NamedTuple):
    """What a row does: NEW, CHANGED or SAME; `changes` (key → what is kept now), how it is written, and `asks` (key → a
    sentence): what is taken as it is, and will be asked about."""

    what: str
    changes: Mapping[str, Any] = {}
    write: Callable[[], Any] | None = None
    asks: Mapping[str, str] = {}


@dataclass
class Desk:
    """For whom and when an import is judged and written; `meeting_id` where the kind belongs to a meeting. `name` of the
    file; `taken`: what the files before it in the same upload brought (a key of the kind's own → their name); `writing`:
    it will be written, so what is to be written is kept while it is judged."""

    actor: Actor
    now: datetime
    meeting_id: int | None = None
    name: str = ""
    taken: dict[Any, str] | None = None
    writing: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)  # header, folded → key of a column, "" for none


@dataclass(frozen=True)
class Kind:
    """One kind of import. `key`: the columns that say which row is meant; or a function Line → key or None. `finish(known)`
    writes what the rows brought together, after each of them was found right. `rows(desk, asked)` are the rows of a
    template that is filled before it is handed out, `asked` what of (the parameters of `fields`: name → label and
    choices). `several`: many workbooks may come at once. `mapped`: a list of anybody's making; whose headers are not
    known is asked what they mean, and the answer is remembered. `asks_said`: what the rows that ask have in common."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] | Callable[[Line], Any]
    load: Callable[[Desk], Any]
    judge: Callable[[Any, Line], Deed | None]
    who: tuple[str, ...] = KEEPERS
    of_meeting: bool = False
    notes: tuple[str, ...] = ()
    finish: Callable[[Any], Any] | None = None
    rows: Callable[[Desk, Mapping[str, str]], Iterable[Mapping[str, Any]]] | None = None
    fields: Callable[[Desk], Mapping[str, tuple[str, Mapping[str, str]]]] | None = None
    several: bool = False
    mapped: bool = False
    meeting_states: tuple[str, ...] = ()
    asks_label: str = "Diminta penjelasan"
    asks_said: str = "baris memuat hal yang akan ditanyakan."
    order: int = 50  # where it stands in the list of kinds

    def key_of(self, line: Line) -> Any:
        if callable(self.key):
            return self.key(line)
        found = tuple(_folded(line[name]) for name in self.key)
        return None if None in found else found

    @property
    def read(self) -> tuple[Column, ...]:
        """The columns that are read."""
        return tuple(column for column in self.columns if column.kind != "info")

    @property
    def key_column(self) -> str:
        return self.columns[0].key if callable(self.key) else self.key[0]


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    KINDS[kind.name] = kind
    ordered = sorted(KINDS.values(), key=lambda one: one.order)
    KINDS.clear()
    KINDS.update({one.name: one for one in ordered})
    return kind
