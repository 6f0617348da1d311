"""What an operator sees of the machine at work, on the page and in `randal check`: the same, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from randal.database.base import db
from randal.documents import model
from randal.jobs import outbox, presence
from randal.jobs.outbox import Delivery
from randal.notifications import mail_again
from randal.notifications.notices import Mail
from randal.operations import checks, monitor
from randal.schedule import scheduler
from tests.machines import Redis
from tests.world import World


def troubled(world: World) -> dict[str, str]:
    return dict(monitor.troubles(monitor.look(world.now)))


def scheduled(world: World) -> list[Delivery]:
    """Rows in the outbox from a move that people react to, one of them put aside by each test."""
    world.fire(world.meeting("draft"), "schedule", world.secretariat)
    return list(db.session.query(Delivery).where(Delivery.queue == "small").order_by(Delivery.id))


def stuck(world: World) -> Delivery:
    made = Delivery(event_id=scheduled(world)[0].event_id, consumer="contoh.macet", queue="small")
    made.attempt, made.error, made.stuck_at = outbox.MAX_ATTEMPTS, "ValueError: contoh sebab", world.now
    made.next_at = world.now
    db.session.add(made)
    db.session.commit()
    return made


def test_each_part_that_is_away_is_named_with_what_to_do(world: World, redis: Redis) -> None:
    found = troubled(world)
    assert set(found) == {"Worker", "Relay, schedule", "Jadwal"}
    assert "flask --app wsgi randal worker documents" in found["Worker"]
    db.session.commit()
    for name in ("relay", "schedule"):
        presence.Pulse(world.app, name).beat()
    scheduler.run_due(world.now)
    assert set(troubled(world)) == {"Worker"}
    world.now += timedelta(minutes=3)
    assert set(troubled(world)) == {"Worker", "Jadwal"}


def test_without_redis_the_page_still_answers(world: World) -> None:
    assert "Redis tidak menjawab" in troubled(world)["Redis"]
    page = world.sign_in(world.person("admin")).get("/operator")
    assert page.status_code == 200
    assert "Redis tidak menjawab" in page.text


def test_what_waits_too_long_is_told(world: World, redis: Redis) -> None:
    scheduled(world)
    assert "Antrean" not in troubled(world)
    world.now += timedelta(minutes=7)
    said = [said for _part, said in monitor.troubles(monitor.look(world.now))]
    assert any(each.startswith("Pemberitahuan terlama sudah menunggu 7 menit") for each in said)
    (small, _documents) = monitor.look(world.now).queues
    assert small.waiting > 0
    outbox.drain(world.now)
    assert "Antrean" not in troubled(world)


def test_stuck_mails_papers_and_rows_are_told(world: World, redis: Redis) -> None:
    stuck(world)
    paper = model.request("invitation", "meeting", 1, title="Contoh", now=world.now)
    paper.stage = model.RENDERING
    lost = Mail(key="contoh", to="a@contoh.example", subject="Contoh", body="Contoh", created_at=world.now)
    lost.failed_at, lost.why, lost.error = world.now, "refused", "alamat tidak dikenal (550)"
    db.session.add(lost)
    db.session.commit()
    world.now += timedelta(minutes=11)
    found = troubled(world)
    assert {"Macet", "Dokumen", "Surel"} <= set(found)
    mail_again.retry_failed(world.now)
    db.session.commit()
    assert "Surel" not in troubled(world)
    lines = {each.name: each for each in checks.work(world.now)}
    assert not lines["Macet"].well
    assert lines["Surel"].well
    assert "1 belum dikirim" in lines["Surel"].said


def test_try_again_from_the_page(world: World) -> None:
    row_id = stuck(world).id
    admin = world.sign_in(world.person("admin"))
    page = admin.get("/operator").text
    assert "ValueError: contoh sebab" in page
    assert "macet sejak" in page
    assert admin.post(f"/operator/{row_id}/ulang").status_code == 303
    row = db.session.get_one(Delivery, row_id, populate_existing=True)
    assert (row.attempt, row.stuck_at, row.error) == (0, None, "")
    admin.post(f"/operator/{row_id}/ulang")
    assert "tidak ada yang diulang" in admin.get("/operator").text


def test_try_all_of_one_consumer_again_and_leave_the_others(world: World) -> None:
    rows = scheduled(world)
    mine, other = rows[0].consumer, "contoh.lain"
    rows[-1].consumer = other
    db.session.flush()
    db.session.execute(update(Delivery).values(attempt=8, error="x", stuck_at=world.now))
    db.session.commit()
    admin = world.sign_in(world.person("admin"))
    admin.post("/operator/ulang", data={"consumer": mine})
    left = {row.consumer for row in outbox.stuck()}
    assert mine not in left
    assert other in left
    admin.post("/operator/ulang")
    assert outbox.stuck() == []


def test_a_row_that_is_not_stuck_is_not_started_twice(world: World) -> None:
    row = scheduled(world)[0]
    outbox.claim(world.now)
    db.session.commit()
    world.sign_in(world.person("admin")).post(f"/operator/{row.id}/ulang")
    assert db.session.get_one(Delivery, row.id, populate_existing=True).attempt == 1


def test_the_clocks_rules_are_listed(world: World) -> None:
    page = world.sign_in(world.person("admin")).get("/operator/jadwal").text
    for each in scheduler.plan(world.now):
        assert each.name in page


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "3 detik"), (150, "2 menit"), (3700, "1 jam"), (90000, "1 hari"), (None, "belum pernah")],
)
def test_ages_in_words(seconds: int | None, words: str) -> None:
    assert monitor.age(None if seconds is None else timedelta(seconds=seconds)) == words


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.database("sqlite")
def test_the_room_in_a_browser(
    app: Flask, world: World, sign_in_browser: Callable[..., Any], axe: Callable[[Any], None], width: int
) -> None:
    stuck(world)
    page = sign_in_browser(world.person("admin"), width=width)
    for path in ("/operator", "/operator/tanggapan", "/operator/jadwal"):
        page.goto(path)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto("/operator")
    with page.expect_response("**/operator/keadaan", timeout=15000) as renewed:
        pass
    assert renewed.value.status == 200
    page.get_by_role("button", name="Coba lagi").first.click()
    page.get_by_text("dicoba lagi dari awal").first.wait_for()
