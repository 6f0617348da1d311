"""The grid of rights: every route × sixteen kinds of people × one's own, another's, and what is not there; reads and writes.

    python -m tests.security.grid [--whole] [--only REGEX] [--turn N]

What must be answered is worked out from `placed.txt` (which route is about what, and who may), from `people.py` (who wears
which hat, who sees what) and, for moves, from the tables in `workflows/`: never from the code that answers. A route that
stands in none of them fails. Without `--whole` each route is asked, for each target, by one person of every answer that is
expected of it; `--turn` chooses others.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

from flask import Flask

from randal.database.base import db
from tests.security.people import KINDS, OUT, hats_of, sees
from tests.security.routes import READS, WRITES, Route, routes
from tests.security.stage import Stage
from tests.world import Client, World
from workflows import LIFECYCLES

OWN, OTHER, MIXED, NOTHING = "own", "other", "mixed", "nothing"
WHO, NO, NOT_THERE, YES = "sign in first", "not yours", "not there", "let in"
MISSING = 987654321  # an id of nothing
PUBLIC, ANYBODY, ASKED, SEES = "public", "anybody", "asked", "sees"
#: what an argument of an address names, where it is not the thing that the route is about
NAMES = {
    "meeting_id": "meeting",
    "comment_id": "comment",
    "appointment_id": "appointment",
    "piece": "evidence",
    "criterion_id": "criterion",
    "row_id": "attendance",
    "unit_id": "unit",
    "batch": "batch",
}
PARTS = {"agenda": "agenda", "acara": "agenda", "objectives": "objective", "directives": "directive", "decisions": "decision",
         "sessions": "session"}  # fmt: skip
#: what answers 503 when a part of the machine is away, as in a test
TELLS_ILL = "/readyz"
#: where the stage has one, of what it has not both here and there
THERE_IS = {"nothing": (), "draft": (OTHER,), "drafted": (OTHER,), "signature": (OWN,)}
#: a thing that is told apart by who sees it
SAME = {"turn": "meeting", "draft": "minutes", "drafted": "meeting"}
#: arguments that name nothing of their own
WORDS = {"year": 2026, "number": 1, "slug": "acara", "kind": "minutes", "presence_id": 1, "token": "tidak-ada",
         "iso": "ID-BB"}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a route stands: `of` what kind of thing it is, `who` may (hats, or PUBLIC, ANYBODY, SEES). `first`: the role is
    asked before the thing is looked for. `words`: what its other arguments are; `sent`: what is sent with it."""

    of: str
    who: frozenset[str]
    first: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    route: Route
    place: Place
    kind: str
    target: str
    move: str = ""

    @property
    def name(self) -> str:
        return f"{self.route.name}{f' {self.move}' if self.move else ''} · {self.kind} · {self.target}"


# -- what must be answered ---------------------------------------------------------------------------


def table() -> dict[str, Place]:
    """`placed.txt`, whose head says how it is read."""
    found: dict[str, Place] = {}
    for line in Path(__file__).with_name("placed.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        address, of, who = (part.strip() for part in line.split("|"))
        methods, rule, *words = address.split()
        hats = frozenset(who.lstrip("! ").split())
        given = [word.partition("=")[::2] for word in words]
        sent = {name[1:]: word or NAMES.get(name[1:], "") for name, word in given if name[0] == "&"}
        place = Place(of, hats, who.startswith("!"), {n: w for n, w in given if n[0] != "&"}, sent)
        for method in methods.split(","):
            assert f"{method} {rule}" not in found, line
            found[f"{method} {rule}"] = place
    return found


def moves_of(route: Route) -> tuple[str, list[str]] | None:
    """(lifecycle, its moves that this route makes), by its address; None for any other."""
    if found := re.fullmatch(r"/api/v1/([a-z-]+)/<int:id>/moves/([a-z_]+)", route.rule.rule):
        resource, move = found.groups()
        name = {
            "kendala": "kendala",
            "minutes": "minutes",
            "attendance": "attendance",
            "identities": "identity",
        }.get(resource, resource.replace("-", "_").removesuffix("s"))
        return (name, [move]) if name in LIFECYCLES else None
    if route.rule.rule.endswith("/<int:item_id>/langkah/<move>"):
        name = route.endpoint.rsplit(".", 1)[1].removesuffix("_move")
        return name, LIFECYCLES[name].move_names
    return None


def places(route: Route, known: Mapping[str, Place]) -> Iterator[tuple[Place, str]]:
    """Where the route stands, and under which move; nothing when nobody placed it."""
    if (moves := moves_of(route)) is not None:
        name, several = moves
        for move in several:
            hats = {hat for row in LIFECYCLES[name].moves_named(move) for hat in row.by}
            yield Place(name, frozenset(hats)), move
    elif route.name in known:
        yield known[route.name], ""


def expected(cell: Cell) -> frozenset[str]:
    """What may be answered; more than one where the promises leave the order open."""
    place, kind, target = cell.place, cell.kind, cell.target
    if PUBLIC in place.who:
        return frozenset({WHO, NO, NOT_THERE, YES})
    if kind in OUT:
        return frozenset({WHO})
    if ASKED in place.who:
        return frozenset({NO, NOT_THERE, YES})
    where = OTHER if target == OTHER else OWN
    may = bool({ANYBODY, SEES} & place.who) or bool(hats_of(kind, where, place.of) & place.who)
    if place.of == "-":
        return frozenset({YES if may else NO})
    if place.first and not may:
        return frozenset({NO, NOT_THERE} if target == NOTHING else {NO})
    if target == NOTHING or not sees(kind, where, place.of):
        return frozenset({NOT_THERE})
    if target == MIXED:
        return frozenset({NOT_THERE} if may else {NOT_THERE, NO})
    return frozenset({YES if may else NO})


def targets(route: Route, place: Place) -> list[str]:
    if place.of == "-":
        return [OWN]
    nested = len(route.numbers()) > 1 and not {"number", "year", "presence_id"} & set(route.numbers())
    return [*THERE_IS.get(place.of, (OWN, OTHER)), NOTHING, *([MIXED] if nested else [])]


def cells(app: Flask, *, only: str = "") -> Iterator[Cell]:
    known = table()
    for route in routes(app, *READS, *WRITES):
        if re.search(only, route.name) and not route.rule.rule.startswith(TELLS_ILL):
            for place, move in places(route, known):
                for target in targets(route, place):
                    for kind in KINDS:
                        yield Cell(route, place, kind, target, move)


def sample(all_of_them: Iterator[Cell], turn: int) -> Iterator[Cell]:
    """One person of every answer that is expected, for each route and target; of what is not there, one who is signed in."""
    groups: dict[tuple[str, str, str], dict[frozenset[str], list[Cell]]] = {}
    for cell in all_of_them:
        by_answer = groups.setdefault((cell.route.name, cell.move, cell.target), {})
        by_answer.setdefault(expected(cell), []).append(cell)
    for key, by_answer in groups.items():
        for answer, some in by_answer.items():
            if answer != {WHO} or key[2] == OWN:
                yield some[(crc32(" ".join(key).encode()) + turn) % len(some)]


# -- asking ------------------------------------------------------------------------------------------


class Asking:
    """Asks cell by cell, and puts the database back as it was after whatever changed it."""

    def __init__(self, world: World, stage: Stage, file: Path):
        self.app, self.world, self.stage, self.file = world.app, world, stage, file
        self.tokens = {kind: world.token(person) for kind, person in stage.people.items()}
        self.cookies = {kind: self._cookie(kind) for kind in stage.people}
        db.session.commit()
        self._let_go()
        with sqlite3.connect(file) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        self.kept = file.with_suffix(".kept")
        shutil.copyfile(file, self.kept)

    def _cookie(self, kind: str) -> str:
        client = self.world.sign_in(self.stage.people[kind])
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        return cookie.value

    def _let_go(self) -> None:
        db.session.remove()
        db.engine.dispose()

    def back(self) -> None:
        self._let_go()
        for end in ("-wal", "-shm"):
            self.file.with_name(self.file.name + end).unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.file)

    def answer(self, cell: Cell) -> tuple[str, int]:
        """The verdict, and the status."""
        client = Client(self.app, self.app.response_class)
        sent: dict[str, Any] = {"method": cell.route.method}
        if cell.route.is_api:
            token = self.tokens.get(cell.kind)
            sent["headers"] = {"Authorization": f"Bearer {token}"} if token else {}
            if cell.route.method != "GET":
                sent["json"] = [] if "" in cell.place.sent else self.words(cell)
        elif cell.kind in self.cookies:
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookies[cell.kind])
        if not cell.route.is_api:
            sent["query_string" if cell.route.method == "GET" else "data"] = self.words(cell)
        with client.open(self.path(cell), **sent) as given:
            status, location = given.status_code, given.headers.get("Location", "")
        if cell.route.method != "GET" and status < 400:
            self.back()
        if status >= 500:
            return f"server error {status}", status
        if status == 401 or (status in (302, 303) and location.startswith("/masuk")):
            return WHO, status
        return {403: NO, 404: NOT_THERE}.get(status, YES), status

    def words(self, cell: Cell) -> dict[str, Any]:
        """What is sent: ids of things of that name, of what is not there where the address names nothing; else the word."""
        here = self.stage.other if cell.target == OTHER else self.stage.own
        missing = cell.target == NOTHING and not cell.route.rule.arguments
        return {n: MISSING if missing and w in here else here.get(w, w) for n, w in cell.place.sent.items()}

    def path(self, cell: Cell) -> str:
        here = self.stage.other if cell.target == OTHER else self.stage.own
        part_of = self.stage.other if cell.target == MIXED else here
        main = [
            name
            for name in ("id", "item_id", "code", "slug", "batch", "key")
            if name in cell.route.rule.arguments
        ]
        values: dict[str, Any] = {}
        for name in cell.route.rule.arguments:
            if name == "move":
                values[name] = cell.move
            elif name in cell.place.words:
                values[name] = cell.place.words[name]
            elif name == "part_id":
                found = re.search(rf"/({'|'.join(PARTS)})/", cell.route.rule.rule + "/")
                slug = str(cell.place.words.get("slug", ""))
                values[name] = part_of.get(PARTS[found.group(1) if found else slug], MISSING)
            elif main and name == main[0] and cell.place.of != "-":
                missing = MISSING if name in cell.route.numbers() else "tidak-ada"
                values[name] = (
                    missing if cell.target == NOTHING else here[SAME.get(cell.place.of, cell.place.of)]
                )
            elif name in NAMES:
                alone = not main and cell.target == NOTHING
                values[name] = MISSING if alone else (part_of if main else here).get(NAMES[name], MISSING)
            else:
                values[name] = WORDS.get(name, "tidak-ada")
        return cell.route.address(values)


@dataclass
class Told:
    asked: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def run(asking: Asking, chosen: Iterator[Cell]) -> Told:
    told = Told()
    for cell in chosen:
        wanted = expected(cell)
        given, status = asking.answer(cell)
        told.asked += 1
        told.answers[given] += 1
        if given not in wanted:
            told.wrong.append(f"{cell.name}: {given} ({status}), expected {' or '.join(sorted(wanted))}")
    return told


def unplaced(app: Flask) -> list[str]:
    """Routes that nobody placed, and lines of the table that place none."""
    known, found = table(), set()
    missing = []
    for route in routes(app, *READS, *WRITES):
        found.add(route.name)
        if not list(places(route, known)):
            missing.append(f"place it in tests/security/placed.txt: {route.name}")
    return missing + [f"there is no such route: {name}" for name in known if name not in found]


def main() -> int:
    from tests.security.stage import alone

    ask = argparse.ArgumentParser(prog="python -m tests.security.grid")
    ask.add_argument("--whole", action="store_true", help="every person at every cell")
    ask.add_argument("--only", default="", help="routes that this regular expression finds")
    ask.add_argument("--turn", type=int, default=0, help="other people of the sample")
    wanted = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder, alone(Path(folder)) as (world, stage, file):
        gone = unplaced(world.app)
        some = cells(world.app, only=wanted.only)
        told = run(Asking(world, stage, file), some if wanted.whole else sample(some, wanted.turn))
    print("\n".join(gone + told.wrong))
    print(f"{told.asked} asked: {dict(told.answers)}; {len(told.wrong)} wrong, {len(gone)} unplaced")
    return 1 if told.wrong or gone else 0


if __name__ == "__main__":
    raise SystemExit(main())
