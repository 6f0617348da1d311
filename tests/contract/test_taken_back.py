"""What a page prints in its boxes, the same page takes back: every form that changes something, sent as it stands, changes
nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from randal.database.base import db
from randal.models.progress import Activity, Area
from randal.org.people import Person
from tests.contract.chain import Chain
from tests.world import World

FIRST = 4  # ids from 1 of each address
MOVES = re.compile(
    r"/langkah/|/hapus|/sandi/|/masuk|/tutup|/tunda|/verifikasi|/perpanjangan|kunci|otoritas|/riwayat/"
)
VOLATILE = {"version", "updated_at", "updated_by_id", "seq", "head", "events_count", "made_at", "edited"}
PASSING = {
    "events",
    "event_texts",
    "outbox",
    "notices",
    "kept_answers",
    "access_log",
    "search_entries",
    "mails",
    "previews",
}


KEPT_WHEN_SAVED = {"letters"}  # one row each, made at the first save


class Forms(HTMLParser):
    """The forms of a page: action, and what a browser would send of each."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str]]]] = []
        self._open: list[tuple[str, str]] | None = None
        self._select: str | None = None
        self._text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = []
            self.found.append((given.get("action", "") if given.get("method") == "post" else "-", self._open))
        if self._open is None:
            return
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") not in ("file", "submit"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self._open.append((name, given.get("value", "on" if given.get("type") == "checkbox" else "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._open.append((self._select, given.get("value", "")))
        elif tag == "textarea":
            self._text = (name, [])

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._text and self._open is not None:
            self._open.append(
                (self._text[0], "".join(self._text[1]).removeprefix("\n").replace("\n", "\r\n"))
            )
            self._text = None


def forms_of(page: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    parser = Forms()
    parser.feed(page)
    yield from ((action, fields) for action, fields in parser.found if action != "-")


def everything() -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name not in PASSING:
            columns = [c for c in table.c if c.name not in VOLATILE]
            rows = db.session.execute(select(*columns).order_by(*table.primary_key)).all()
            found[table.name] = [dict(row._mapping) for row in rows]
    return found


def with_figures(chain: Chain) -> None:
    """Numbers that could be bent: few and many thousands, no cents, six places."""
    for row, budget in zip(
        db.session.scalars(select(Activity)), ("250000", "1500", "1500000000.25", "1", "999"), strict=False
    ):
        row.budget = Decimal(budget)
        row.starts_on, row.ends_on = date(2026, 1, 5), date(2026, 11, 30)
    for area, place in zip(
        db.session.scalars(select(Area)), (("-2.130000", "106.108472"), ("-8.4", "115.188")), strict=False
    ):
        area.latitude, area.longitude = map(Decimal, place)
        area.districts = ["Kabupaten Contoh", "Kota Contoh"]
    db.session.commit()
    amount = {
        "area_id": chain.areas["ID-BB"],
        "kind": "ddub",
        "office": "Contoh",
        "post": "Kepala",
        "status": "written",
    }
    chain.ppk("ID-BB").post("/commitments", amount | {"amount": "1500.00"})


def own_forms(page: Any, path: str) -> list[list[tuple[str, str]]]:
    """Those of the page that are sent to where it came from, make nothing new (web/once.py) and are no deed of their own
    (`about`: a post is ended today, as the form says)."""
    found = forms_of(page.text) if page.status_code == 200 else ()
    here = (fields for action, fields in found if action.partition("?")[0] in ("", path))
    return [fields for fields in here if not {"form_key", "about"} & {name for name, _value in fields}]


@pytest.mark.database("sqlite")
@pytest.mark.timeout(900)
def test_every_form_is_taken_back_as_it_stands(world: World, drain: Any, app: Any) -> None:
    chain = Chain(world, drain).play("answers")
    chain.play("reports")
    with_figures(chain)
    people = [chain.secretariat, chain.admin, chain.ppk("ID-BB"), chain.ppk("ID-PA")]
    clients = [world.sign_in(db.session.get_one(Person, who.id)) for who in people]
    before, sent, refused = everything(), set(), {}
    for rule in app.url_map.iter_rules():
        if not {"GET", "POST"} <= rule.methods or MOVES.search(rule.rule) or rule.arguments != {"id"}:
            continue
        for number in range(1, FIRST):
            path = re.sub(r"<[^>]+>", str(number), rule.rule)
            for client in clients:
                if not (own := own_forms(client.get(path), path)):
                    continue
                for fields in own:
                    answer = client.post(path, data=MultiDict(fields))
                    if answer.status_code == 403:
                        continue  # nobody changes his own role
                    if answer.status_code >= 400:
                        said = re.findall(r'<li><a href="#[^"]*">([^<]*)', answer.text)
                        refused[path] = said or answer.status_code
                        continue
                    sent.add(rule.rule)
                    for table, rows in everything().items():
                        assert table in KEPT_WHEN_SAVED or rows == before[table], (path, table)
                break
    assert not refused, refused
    wanted = {
        "/kegiatan/<int:id>/ubah",
        "/kawasan/<int:id>/ubah",
        "/komitmen/<int:id>",
        "/laporan/<int:id>/ubah",
        "/rapat/<int:id>/ubah",
    }
    assert wanted <= sent, sorted(sent)
