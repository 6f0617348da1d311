"""Who looked at whose NIP or telephone: written at the look, read by administrator and auditor, bent by nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from randal.database.base import db
from randal.engine import access_log
from randal.engine.access_log import Access
from randal.org.people import Person
from randal.schedule import scheduler
from tests.world import World

PAGE = "/operator/akses"
NIP = "198001012005011001"


@pytest.fixture
def someone(world: World) -> Person:
    person = world.ppk()
    person.nip, person.phone = NIP, "081200000000"
    db.session.commit()
    return person


def looks() -> list[Access]:
    db.session.expire_all()
    return list(db.session.scalars(select(Access).order_by(Access.id)))


def test_a_look_is_written_and_read(world: World, someone: Person) -> None:
    desk = world.sign_in(world.secretariat)
    assert NIP in desk.get(f"/pengguna/{someone.id}").text
    (look,) = looks()
    assert (look.actor_id, look.about_id, look.what, look.place) == (
        world.secretariat.id, someone.id, "nip phone", "accounts.person"
    )  # fmt: skip
    assert look.at == world.now.replace(microsecond=look.at.microsecond) or abs(
        look.at - world.now
    ) < timedelta(minutes=1)
    auditor = world.sign_in(world.person("auditor"))
    page = auditor.get(PAGE).text
    for word in (someone.name, world.secretariat.name, "NIP dan telepon", "halaman pengguna", "dua tahun"):
        assert word in page, word
    assert NIP not in page and someone.phone not in page
    assert f'href="{PAGE}"' in auditor.get("/operator/riwayat").text
    other = world.person("evaluator")
    assert someone.name in auditor.get(f"{PAGE}?tentang={someone.id}").text
    assert "Belum ada catatan" in auditor.get(f"{PAGE}?tentang={other.id}").text
    assert auditor.get(f"{PAGE}?sebelum=abc&oleh=-1").status_code == 200


def test_no_numbers_no_look_and_one_own_is_nobodys_business(world: World, someone: Person) -> None:
    desk = world.sign_in(world.secretariat)
    desk.get(f"/pengguna/{world.minute_taker.id}")
    me = world.secretariat
    me.nip = NIP
    db.session.commit()
    desk.get(f"/pengguna/{me.id}")
    assert world.sign_in(world.ppk("ID-PA")).get(f"/pengguna/{someone.id}").status_code == 403
    assert looks() == []


def test_a_wrong_edit_shows_them_again(world: World, someone: Person) -> None:
    given = {"name": "", "email": someone.email, "role": "ppk", "nip": "1", "active": "on"}
    assert world.sign_in(world.secretariat).post(f"/pengguna/{someone.id}", data=given).status_code == 422
    assert [look.about_id for look in looks()] == [someone.id]


def test_nowhere_without_a_look(world: World, someone: Person) -> None:
    """Every other way to people and meetings shows neither number."""
    meeting = world.meeting("in_session")
    row = meeting.attendance[0]
    admin = world.person("admin")
    api = world.api(admin)
    ways = (f"/hadir/{row.id}", f"/rapat/{meeting.id}?bagian=kehadiran", "/pengguna", "/hadir/register")
    data = ("/users", f"/users/{someone.id}", f"/meetings/{meeting.id}/attendance", "/me")
    pages = [world.sign_in(admin).get(p).text for p in ways] + [api.get(p).text for p in data]
    for said in pages:
        assert NIP not in said and someone.phone not in said
    assert looks() == []


def test_who_may_read_it(world: World) -> None:
    assert world.client().get(PAGE).status_code == 302
    for role in ("secretariat", "evaluator", "leader", "ppk"):
        assert world.sign_in(world.person(role)).get(PAGE).status_code == 403
    for role in ("admin", "auditor"):
        assert world.sign_in(world.person(role)).get(PAGE).status_code == 200


def note(at: datetime, about: int = 1) -> None:
    db.session.add(Access(at=at, what="nip", about_type="person", about_id=about))
    db.session.commit()


def test_the_database_refuses_to_change_it(world: World) -> None:
    note(datetime.now(UTC))
    columns = "id, at, what, about_type, count, place"
    again = f"INSERT OR REPLACE INTO access_log ({columns}) VALUES (1, '2026-01-01', 'x', 'y', 1, '')"
    replaced = text(again if db.engine.dialect.name == "sqlite" else "TRUNCATE access_log")
    for statement in (update(Access).values(what="phone"), delete(Access), replaced):
        with pytest.raises(DBAPIError, match="riwayat tidak dapat diubah"):
            db.session.execute(statement)
        db.session.rollback()
    assert [look.what for look in looks()] == ["nip"]


def test_it_is_forgotten_after_two_years(world: World) -> None:
    old, young = world.now - timedelta(days=3 * 366), world.now - timedelta(days=729)
    note(old, about=1)
    note(young, about=2)
    scheduler.run_due(world.now)
    assert [look.about_id for look in looks()] == [2]
    access_log.forget(world.now + timedelta(days=1))
    assert [look.about_id for look in looks()] == [2]


def test_fifty_to_a_page(world: World, someone: Person) -> None:
    for _ in range(51):
        db.session.add(Access(at=world.now, what="nip", about_type="person", about_id=someone.id))
    db.session.commit()
    client = world.sign_in(world.person("admin"))
    page = client.get(PAGE).text
    assert page.count('<th scope="row"') == 50 and "Berikutnya" in page
    assert client.get(f"{PAGE}?sebelum={looks()[1].id}").text.count('<th scope="row"') == 1
