"""A signature that waits for more than two working days is called to mind, to the signer alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from randal.database.base import db
from randal.engine.transitions import make
from randal.models.minutes import Signature, SigningKey
from randal.notifications.notices import Notice
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
