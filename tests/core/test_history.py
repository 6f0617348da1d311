"""History: chained, refused to whoever would change it, and still true after a person's words are gone."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from randal.database.base import db
from randal.engine.erasure import erase_text
from randal.engine.transitions import fire, record
from randal.history import chain
from randal.history.events import CHAINED, GONE, Chained, Event, EventText
from randal.models.findings import Finding
from randal.notifications.notices import Mail, Notice
from randal.rooms.accounts import commands as accounts
from randal.rooms.accounts.erasing import erase_person
from randal.web.timeline import history_of
from tests import items
from tests.world import World
from workflows.lifecycle import Refused

DATABASES = ("sqlite", "postgresql")
SPOKEN_BY = {"INSERT OR": ("sqlite",), "TRUNCATE events": ("postgresql",)}
WHY = "Permintaan tertulis contoh nomor 7"


def events_of(item: Chained) -> list[Event]:
    mine = select(Event).where(Event.item_type == item.__lifecycle__, Event.item_id == item.id)
    return list(db.session.scalars(mine.order_by(Event.seq).execution_options(populate_existing=True)))


def check(item: Chained) -> list[Event]:
    """The chain of this item, which must hold from its first event to what the item notes as its end."""
    db.session.expire_all()
    found, prev = events_of(item), chain.NOTHING
    for number, event in enumerate(found, 1):
        assert (event.seq, event.prev) == (number, prev)
        prev = chain.link(prev, event.facts())
        assert event.hash == prev
        for said in event.texts:
            assert said.text is None or said.seal == event.seals[said.name]
    assert (item.seq, item.head) == (len(found), prev)
    return found


def answered(world: World, words: str = "Contoh: sudah dihubungi Ibu Contoh di lapangan") -> Finding:
    finding = items.finding(world)
    world.fire(finding, "respond", world.ppk(), response=words)
    return finding


def test_every_item_of_a_story_is_chained(world: World) -> None:
    finding = answered(world)
    items.linked_follow_up(world, finding)
    seen = {(e.item_type, e.item_id) for e in db.session.scalars(select(Event))}
    assert {"meeting", "attendance", "finding", "follow_up", "progress_report"} <= {kind for kind, _ in seen}
    for item_type, item_id in seen:
        check(db.session.get_one(CHAINED[item_type], item_id))


def test_a_child_changed_beside_the_item_keeps_its_version(world: World) -> None:
    meeting = world.meeting("draft")
    version, seq = meeting.version, meeting.seq
    record(meeting, "edit", world.actor(world.secretariat), now=world.now, before="draft", given={"part": 1})
    db.session.commit()
    assert (meeting.version, meeting.seq) == (version, seq + 1)
    check(meeting)


@pytest.mark.parametrize(
    "bend",
    [
        "UPDATE events SET hat = 'admin'",
        "UPDATE events SET at = at, data = '{}'",
        "DELETE FROM events",
        "DELETE FROM event_texts",
        "UPDATE event_texts SET text = 'lain'",
        "UPDATE event_texts SET text = NULL, salt = 'lain'",
        "UPDATE event_texts SET name = 'lain', text = NULL, salt = NULL",
        "TRUNCATE events CASCADE",
        "INSERT INTO events SELECT * FROM events WHERE id = 1",
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE id = 1",
        "INSERT OR REPLACE INTO event_texts SELECT * FROM event_texts",
        "INSERT INTO events (item_type, item_id, seq, move, to_state, hat, at, data, seals, prev, hash) "
        "SELECT item_type, item_id, seq + 9, move, to_state, hat, at, data, seals, prev, hash FROM events WHERE id = 1",
        "INSERT INTO events (item_type, item_id, seq, move, to_state, hat, at, data, seals, prev, hash) "
        "SELECT item_type, item_id, 1, move, to_state, hat, at, data, seals, prev, hash FROM events WHERE seq > 1",
    ],
)
def test_the_database_refuses_to_bend_history(world: World, bend: str) -> None:
    if db.engine.dialect.name not in SPOKEN_BY.get(bend.split()[0] + " " + bend.split()[1], DATABASES):
        return
    finding = answered(world)
    before = [(e.id, e.hash) for e in events_of(finding)]
    with pytest.raises(DBAPIError, match=r"riwayat|peristiwa|unique|UNIQUE"):
        db.session.execute(text(bend))
    db.session.rollback()
    assert [(e.id, e.hash) for e in check(finding)] == before


def test_an_erased_text_is_gone_everywhere_and_the_chain_holds(world: World) -> None:
    admin = world.person("admin")
    finding = answered(world, words := "Contoh: hubungi Ibu Contoh Rahasia di rumahnya")
    db.session.add(
        Notice(person_id=admin.id, key="k", text=f"PPK menjawab: {words}", url="/", created_at=world.now)
    )
    db.session.add(
        Mail(key="m", to="a@contoh.example", subject="Tanggapan", body=f"Isi: {words}.", created_at=world.now)
    )
    db.session.commit()
    said = db.session.scalars(select(EventText).where(EventText.text == words)).one()
    erase_text(said, world.actor(admin), WHY, world.now)
    db.session.commit()
    last = check(finding)[-1]
    assert (last.move, last.data) == ("erase", {"event": 2, "text": "response"})
    assert last.said("reason") == WHY
    assert finding.response == GONE
    assert db.session.scalars(select(Notice.text).where(Notice.key == "k")).one() == f"PPK menjawab: {GONE}"
    assert words not in db.session.scalars(select(Mail.body).where(Mail.key == "m")).one()
    told = history_of(finding, admin)
    assert told[1].why == GONE and told[0].why == WHY
    with pytest.raises(Refused) as refused:
        erase_text(db.session.get_one(EventText, said.id), world.actor(admin), WHY, world.now)
    assert refused.value.kind == "state"


def test_a_corrected_text_is_read_in_its_place(world: World) -> None:
    admin = world.person("admin")
    finding = answered(world, "Contoh: nama yang salah tulis")
    said = db.session.scalars(select(EventText).where(EventText.name == "response")).one()
    erase_text(said, world.actor(admin), WHY, world.now, "Contoh: nama yang benar")
    db.session.commit()
    check(finding)
    told = history_of(finding, admin)
    assert told[1].why == "Contoh: nama yang benar (diperbaiki)"
    assert finding.response == "Contoh: nama yang benar"


def test_only_an_administrator_erases_and_says_why(world: World) -> None:
    answered(world)
    said = db.session.scalars(select(EventText).where(EventText.name == "response")).one()
    for who, reason, kind in (world.secretariat, WHY, "role"), (world.person("admin"), "pendek", "field"):
        with pytest.raises(Refused) as refused:
            erase_text(said, world.actor(who), reason, world.now)
        assert refused.value.kind == kind
    assert said.text


def test_a_person_is_forgotten_and_what_was_done_stays(world: World) -> None:
    admin, ppk = world.person("admin"), world.ppk()
    finding = answered(world)
    name, email = ppk.name, ppk.email
    with pytest.raises(Refused):
        erase_person(ppk, world.actor(admin), WHY, world.now)
    accounts.edit_person(ppk, world.actor(admin), {"active": False}, world.now)
    erase_person(ppk, world.actor(admin), WHY, world.now)
    db.session.commit()
    assert [e.move for e in check(ppk)] == ["closed", "erase"]
    told = history_of(finding, admin)
    assert told[0].who == f"Pengguna yang dihapus {ppk.id}"
    assert check(finding)[-1].actor_id == ppk.id
    kept = [
        ppk.name,
        ppk.email,
        *db.session.scalars(select(Mail.to)),
        *db.session.scalars(select(EventText.text)),
        *db.session.scalars(select(Mail.body)),
        *db.session.scalars(select(Notice.text)),
    ]
    assert not [each for each in kept if each and (name in each or email in each)]


def test_the_pages_of_erasing(world: World) -> None:
    admin = world.person("admin")
    finding = answered(world, "Contoh: kata yang akan hilang")
    said = db.session.scalars(select(EventText).where(EventText.name == "response")).one()
    page = world.sign_in(admin)
    where = f"/operator/riwayat/teks/{said.id}"
    assert where in page.get(f"/temuan/{finding.id}").text
    assert where not in world.sign_in(world.evaluator).get(f"/temuan/{finding.id}").text
    assert world.sign_in(world.evaluator).get(where).status_code == 403
    typed = page.post(where, data={"reason": "pendek", "replacement": "Contoh: ganti"})
    assert typed.status_code == 422 and "Contoh: ganti" in typed.text
    assert page.post(where, data={"reason": WHY}).status_code == 303
    assert "kata yang akan hilang" not in page.get(f"/temuan/{finding.id}").text
    ppk = world.ppk()
    page.post(
        f"/pengguna/{ppk.id}",
        data={"name": ppk.name, "email": ppk.email, "role": "ppk", "unit_id": ppk.unit_id},
    )
    answer = page.post(f"/pengguna/{ppk.id}", data={"about": "erasure", "reason": WHY})
    assert answer.status_code == 303, answer.text
    assert "Pengguna yang dihapus" in page.get(f"/pengguna/{ppk.id}").text


def test_history_says_in_which_post_somebody_acted(world: World) -> None:
    meeting = world.meeting("scheduled")
    head = world.person("leader", world.centre)
    fire(meeting, "cancel", world.actor(head), now=world.now, reason="Contoh: ditunda sampai anggaran terbit")
    db.session.commit()
    told = history_of(meeting, world.secretariat)[0]
    assert (told.who, told.post) == (head.name, "Contoh Direktur")
    assert told.acting_for and world.chair.name in told.acting_for
    check(meeting)
