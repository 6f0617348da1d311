"""What waits too long is called to mind, to whoever must act alone: a signature, a comment without its answer, a key."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.engine.transitions import make
from randal.models.minutes import Signature, SigningKey
from randal.notifications.notices import Mail, Notice
from randal.org.people import Person
from randal.schedule import scheduler
from tests.world import World
from workflows.lifecycle import MACHINE


def test_the_signer_is_reminded_and_reminded_again(world: World) -> None:
    signer = world.person("none")
    minutes = world.meeting("closed").minutes
    signature = Signature(
        minutes=minutes, version_no=minutes.version_no, position=1, field="tte-1", signer_id=signer.id
    )
    make(signature, MACHINE, now=world.now)
    db.session.commit()
    world.fire(signature, "call")  # on Monday 2 March
    heard: list[date] = []
    for n in range(10):
        day = date(2026, 3, 2) + timedelta(days=n)
        scheduler.run_due(datetime(day.year, day.month, day.day, 1, tzinfo=UTC))
        mine = select(Notice).where(Notice.person_id == signer.id, Notice.key == f"digest:{day}")
        for notice in db.session.scalars(mine):
            heard.append(day)
            assert (
                "menunggu tanda tangan Anda" in notice.text and notice.url == f"/tanda-tangan/{signature.id}"
            )
    assert heard == [date(2026, 3, 5), date(2026, 3, 10)]

    others = select(Notice).where(Notice.key.startswith("digest:"), Notice.text.contains("tanda tangan"))
    assert {notice.person_id for notice in db.session.scalars(others)} == {signer.id}


def told_at_once(part: str) -> set[int]:
    """Who has this in the bell, whatever the morning said."""
    query = select(Notice.person_id).where(Notice.text.contains(part), ~Notice.key.startswith("digest:"))
    return set(db.session.scalars(query))


def mornings(first: date, last: date, part: str) -> dict[int, list[date]]:
    """Person → on which of these mornings the digest said this to him, in the bell; each time in one mail as well."""
    heard: dict[int, list[date]] = {}
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        for hour in (1, 3):  # two looks of the clock tell nothing twice
            scheduler.run_due(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
        said = select(Notice.person_id).where(Notice.key == f"digest:{day}", Notice.text.contains(part))
        for person in db.session.scalars(said):
            heard.setdefault(person, []).append(day)
            mail = select(Mail).where(Mail.person_id == person, Mail.key.startswith(f"digest:{day}"))
            assert part in db.session.scalars(mail).one().body
    return heard


def test_a_comment_is_recalled_to_those_who_write_until_it_is_answered(world: World, drain: Any) -> None:
    minutes = world.meeting("closed").minutes
    for objective in minutes.meeting.objectives:
        objective.assessment = "met"
    db.session.commit()
    bystanders: list[Person] = [world.evaluator, world.person("auditor"), world.person("ppk", "ID-PA")]
    ppk, taker = world.ppk(), world.api(world.minute_taker)
    world.fire(minutes, "submit", world.minute_taker)
    url = f"/minutes/{minutes.id}/comments"
    comment = world.api(ppk).post(url, json={"text": "Contoh: angka kami keliru"})  # on Monday 2 March
    assert comment.status_code == 201, comment.json
    drain()
    writers = {world.chair.id, world.minute_taker.id}
    assert told_at_once("ditanggapi dan menunggu jawaban") == writers | {world.secretariat.id}

    part = "1 tanggapan atas notula"
    heard = mornings(date(2026, 3, 2), date(2026, 3, 9), part)
    assert heard == {person: [date(2026, 3, 4), date(2026, 3, 9)] for person in writers}, (
        "to nobody else, and not each day"
    )
    assert not {p.id for p in [*bystanders, ppk]} & set(heard)

    given = {"answer": "Contoh: sudah diperbaiki."}
    answered = taker.patch(f"{url}/{comment.json['id']}", json=given, headers={"If-Match": '"1"'})
    assert answered.status_code == 200, answered.json
    drain()
    assert told_at_once("Tanggapan Anda") == {ppk.id}
    assert mornings(date(2026, 3, 10), date(2026, 3, 31), part) == {}, "it is answered"


def test_a_key_that_soon_ends_is_told_once(world: World) -> None:
    owner, other = world.person("evaluator"), world.person("evaluator")
    for person, revoked in ((owner, None), (other, world.now)):
        key = SigningKey(person_id=person.id, p12=b"x", certificate_pem="x", serial=f"a{person.id}")
        key.created_at, key.not_after = world.now, datetime(2026, 4, 10, tzinfo=UTC)
        key.revoked_at, key.revoked_why = revoked, "lost" if revoked else ""
        db.session.add(key)
    db.session.commit()
    for n in range(14):
        day = date(2026, 3, 2) + timedelta(days=n)
        scheduler.run_due(datetime(day.year, day.month, day.day, 1, tzinfo=UTC))
    told = list(db.session.scalars(select(Notice).where(Notice.url == "/profil/kunci-tanda-tangan")))
    assert [(one.person_id, one.key) for one in told] == [(owner.id, "digest:2026-03-12")]
    assert "berakhir 10 April 2026" in told[0].text
