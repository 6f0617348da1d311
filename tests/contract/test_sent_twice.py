"""Every form of a page that makes something, sent twice: it is made once, and the second is led to where the first led."""

from __future__ import annotations

import io
import re
import threading
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select

from randal.database.base import db
from randal.history.events import Event
from randal.org.people import Person
from randal.web.once import FIELD, KeptAnswer
from tests.contract.chain import Chain
from tests.contract.outsider import picture
from tests.world import Client, World

FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
NOT_MADE = {"kept_answers", "outbox", "events", "event_texts", "access_log", "notices", "search_entries"}


def counted() -> dict[str, int]:
    names = [t.name for t in db.metadata.sorted_tables if t.name not in NOT_MADE]
    return {
        n: db.session.execute(select(func.count()).select_from(db.metadata.tables[n])).scalar_one()
        for n in names
    }


def form_on(client: Client, page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form on this page that is sent there."""
    shown = client.get(page)
    assert shown.status_code == 200, (page, shown.status_code)
    for form in FORM.findall(shown.text):
        said = re.search(r'action="([^"]*)"', form)
        fields = {name: unescape(value) for name, value in HIDDEN.findall(form)}
        if (unescape(said[1]).partition("?")[0] if said else "") == action and FIELD in fields:
            return fields
    raise AssertionError(f"no form to {action} with a key on {page}")


class Desk:
    def __init__(self, world: World, chain: Chain):
        self.world, self.chain = world, chain

    def page(self, who: Any) -> Client:
        return self.world.sign_in(db.session.get_one(Person, who.id))


Case = tuple[str, str, str, dict[str, Any]]  # who, page, action, what is typed


def cases(chain: Chain) -> list[Case]:
    meeting, bb = chain.meeting, chain.units["ID-BB"]
    own, area = chain.follow_ups[2], chain.areas["ID-BB"]
    noted = {"meeting_id": meeting, "unit_id": bb, "text": "Contoh dua kali"}
    people = {"chair_id": chain.chair.id, "minute_taker_id": chain.note_taker.id}
    times = {
        "starts_at": f"{chain.day(5)}T09:00",
        "ends_at": f"{chain.day(5)}T12:00",
        "timezone": "Asia/Jakarta",
    }
    evidence = f"/rtl/{own}/bukti"
    return [
        ("secretariat", "/rapat/baru", "/rapat", {"title": "Contoh dua kali", **times, **people}),
        ("admin", "/pengguna", "/pengguna", {"name": "Contoh Dua", "email": "dua@contoh.example", "role": "none"}),
        ("admin", f"/pengguna/{chain.auditor.id}", "",
         {"post": "Contoh Jabatan", "unit_id": chain.centre, "kind": "plt", "from": chain.today}),
        ("note_taker", f"/temuan/baru?meeting_id={meeting}", "/temuan", noted | {"severity": "low"}),
        ("note_taker", f"/kendala/baru?meeting_id={meeting}", "/kendala", noted),
        ("note_taker", f"/rtl/baru?meeting_id={meeting}", "/rtl", noted | {"due_on": chain.day(9), "expected_output": "Contoh"}),
        ("ppk.ID-BB", f"/rtl/{own}", evidence, {"link": "https://contoh.example/a", "note": "Contoh"}),
        ("ppk.ID-BB", f"/rtl/{own}", f"/rtl/{own}/perpanjangan",
         {"new_due_on": chain.day(40), "reason": "Contoh alasan yang cukup."}),
        ("secretariat", "/kawasan/baru", "/kawasan/baru", {"name": "Contoh Baru", "province": "ID-BB", "theme": "wisata"}),
        ("secretariat", "/kegiatan/baru", "/kegiatan/baru",
         {"name": "Contoh Baru", "unit_id": bb, "area_id": area, "sector": "AM", "budget": "1.500.000"}),
        ("ppk.ID-BB", f"/kawasan/{area}/komitmen/baru", f"/kawasan/{area}/komitmen/baru",
         {"kind": "handover", "office": "Contoh Dinas", "post": "Kepala", "status": "written"}),
        ("secretariat", "/operator/hari-kerja", "/operator/hari-kerja",
         {"day": chain.day(30), "kind": "off", "name": "Contoh libur"}),
        ("secretariat", "/tenggat/baru", "/tenggat/baru",
         {"name": "Contoh", "who": "ppk", "anchor": "month", "working_days": "5", "remind_before": "2", "since": "2026-01",
          "active": "true"}),
        ("secretariat", f"/rapat/{meeting}/paparan/baru", f"/rapat/{meeting}/paparan", {"title": "Contoh", "file": "pdf"}),
        ("secretariat", f"/rapat/{meeting}?bagian=foto", f"/rapat/{meeting}/foto", {"file": "png"}),
        ("ppk.ID-BB", f"/notula/{chain.minutes}", f"/notula/{chain.minutes}/tanggapan", {"text": "Contoh tanggapan dua kali"}),
    ]  # fmt: skip


def filled(given: dict[str, Any]) -> dict[str, Any]:
    made = dict(given)
    if kind := made.get("file"):
        made["file"] = (io.BytesIO(b"%PDF-1.7\n%%EOF"), "contoh.pdf") if kind == "pdf" else picture()
    return made


@pytest.mark.database("sqlite")
@pytest.mark.timeout(600)
def test_every_creating_form_makes_one(world: World, drain: Any) -> None:
    chain = Chain(world, drain).play("writing")
    desk = Desk(world, chain)
    for who, page, action, given in cases(chain):
        client = desk.page(chain.admin if who == "admin" else chain.who[who])
        hidden = form_on(client, page, action)
        before = counted()
        answers = [client.post(action or page, data=hidden | filled(given)) for _ in range(2)]
        first = {name: rows - before[name] for name, rows in counted().items() if rows != before[name]}
        assert answers[0].status_code in (200, 303), (page, answers[0].status_code, answers[0].text[-1500:])
        assert answers[1].status_code == 303, page
        assert answers[1].location == (answers[0].location or action), page
        assert first, f"{page} makes nothing"
        client.post(action or page, data=hidden | filled(given))
        assert {n: r - before[n] for n, r in counted().items() if r != before[n]} == first, page


def test_a_refused_form_may_be_sent_again(world: World) -> None:
    meeting = world.meeting("in_session")
    client = world.sign_in(world.evaluator)
    hidden = form_on(client, f"/temuan/baru?meeting_id={meeting.id}", "/temuan")
    given = {"unit_id": meeting.attendance[0].unit_id, "text": "Contoh", "severity": "low"}
    assert client.post("/temuan", data=hidden | given | {"severity": ""}).status_code == 422
    assert client.post("/temuan", data=hidden | given).status_code == 303
    other = client.post("/temuan", data=hidden | given | {"text": "Contoh lain"})
    assert other.status_code == 303 and len(findings()) == 2, "other words are another request"


def findings() -> list[Any]:
    query = select(Event.item_id).where(Event.item_type == "finding", Event.move == "create")
    return list(db.session.scalars(query))


def test_two_posts_at_once(world: World, app: Any) -> None:
    """Both find nothing kept, and one of them stands in its own way."""
    meeting = world.meeting("in_session")
    client, twin = world.sign_in(world.evaluator), world.sign_in(world.evaluator)
    hidden = form_on(client, f"/temuan/baru?meeting_id={meeting.id}", "/temuan")
    given = hidden | {"unit_id": meeting.attendance[0].unit_id, "text": "Contoh", "severity": "low"}
    db.session.commit()
    answers: list[Any] = []
    gate = threading.Barrier(2)

    def send(sender: Client) -> None:
        with app.app_context():
            gate.wait(10)
            answers.append(type(sender).__mro__[1].open(sender, "/temuan", method="POST", data=dict(given)))

    threads = [threading.Thread(target=send, args=(one,)) for one in (client, twin)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert [answer.status_code for answer in answers] == [303, 303]
    db.session.expire_all()
    assert len(findings()) == 1
    assert db.session.scalar(select(func.count()).select_from(KeptAnswer)) == 1
