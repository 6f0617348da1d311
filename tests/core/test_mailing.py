"""Mail leaves by a real SMTP server, once and one by one; failures are told; a demonstration writes to nobody."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from randal.database.base import db
from randal.notifications import composing, mail_again, mailing, notices, smtp
from randal.notifications.notices import Mail, Notice
from randal.operations import monitor
from randal.org import app_settings
from randal.org.people import Person
from randal.storage import blobs, files
from tests.machines import Mailbox, Processes, free_port, wait_until
from tests.world import World


def written(world: World, key: str = "contoh", to: Person | None = None, **more: object) -> Mail:
    person = to or world.evaluator
    notices.write(person, key, "Contoh undangan – rapat", "Isi surat.\n", now=world.now, **more)  # type: ignore[arg-type]
    db.session.commit()
    return db.session.scalars(select(Mail).where(Mail.key == f"{key}:{person.id}")).one()


def told(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.text).where(Notice.person_id == person.id)))


def test_sent_once_with_a_message_id_of_its_key(app: Flask, world: World, smtp: Mailbox) -> None:
    text = {"name": "rapat.ics", "mime": "text/calendar", "text": "BEGIN:VCALENDAR"}
    stored = files.keep(files.check("contoh.pdf", b"%PDF-1.7 contoh"), by=None, now=world.now)
    paper = {"name": "undangan.pdf", "mime": "application/pdf", "file_id": stored.id}
    mail = written(world, attachments=[text, paper])
    settings = app.config["RANDAL"]
    assert mailing.send_due(settings, world.now) == 1
    assert mailing.send_due(settings, world.now + timedelta(days=1)) == 0
    (letter,) = smtp.messages
    assert letter["To"] == world.evaluator.email
    assert letter["Message-ID"] == composing.compose(mail, settings, world.now)["Message-ID"]
    names = [part.get_filename() for part in letter.walk() if part.get_filename()]
    assert names == ["rapat.ics", "undangan.pdf"]
    db.session.refresh(mail)
    assert mail.sent_at is not None


def test_what_is_refused_for_now_waits_longer_and_longer(app: Flask, world: World, smtp: Mailbox) -> None:
    mail, settings = written(world), app.config["RANDAL"]
    smtp.rcpt[mail.to] = "450 4.2.0 greylisted"
    waits = []
    for _ in range(4):
        assert mailing.send_due(settings, world.now) == 0
        db.session.refresh(mail)
        assert "450 4.2.0 greylisted" in mail.error and mail.failed_at is None
        assert mail.next_at
        waits.append(mail.next_at - world.now)
        assert mailing.send_due(settings, mail.next_at - timedelta(seconds=1)) == 0
        world.now = mail.next_at
    assert waits == sorted(set(waits)) and told(world.secretariat) == []
    smtp.rcpt.clear()
    assert mailing.send_due(settings, world.now) == 1
    db.session.refresh(mail)
    assert (mail.error, mail.attempt) == ("", 5)


@pytest.mark.parametrize("where", ["address", "letter"])
def test_what_is_refused_for_good_is_told_at_once_and_sent_when_the_address_is_mended(
    app: Flask, world: World, smtp: Mailbox, where: str
) -> None:
    ppk, settings = world.ppk(), app.config["RANDAL"]
    mail = written(world, to=ppk, asked_by_id=world.secretariat.id)
    written(world, key="tetangga")
    old = ppk.email
    if where == "address":
        smtp.rcpt[old] = "550 5.1.1 no such user here"
    else:
        smtp.refuse = "550 5.1.1 no such user here"
    assert mailing.send_next(settings, world.now) is False  # the first of the two
    db.session.refresh(mail)
    assert (mail.why, mail.attempt) == ("refused", 1)
    (said,) = told(world.secretariat)
    for part in (ppk.name, old, "alamat tidak dikenal (550 5.1.1 no such user here)", "Perbaiki alamatnya"):
        assert part in said, said
    smtp.refuse = ""
    assert mailing.send_due(settings, world.now) == 1  # its neighbour; it is not tried again
    assert mailing.send_due(settings, world.now + timedelta(days=2)) == 0
    page = world.sign_in(world.person("admin")).get("/operator").text
    assert old in page and "no such user here" in page
    (about,) = [said for part, said in monitor.troubles(monitor.look(world.now)) if part == "Surel"]
    assert "1 surel gagal" in about and "alamat tidak dikenal" in about
    ppk.email = "benar@contoh.example"
    db.session.commit()
    assert mailing.send_due(settings, world.now + timedelta(days=2)) == 1
    assert smtp.messages[-1]["To"] == "benar@contoh.example"


def test_a_poisonous_mail_is_set_aside_and_harms_no_neighbour(
    app: Flask, world: World, smtp: Mailbox
) -> None:
    secretariat = world.secretariat
    stored = files.keep(files.check("contoh.pdf", b"%PDF-1.7 hilang"), by=None, now=world.now)
    lost = written(
        world, "hilang", attachments=[{"name": "a.pdf", "mime": "application/pdf", "file_id": stored.id}]
    )
    blobs.remove(stored.sha256)
    nowhere = written(world, "alamat")
    nowhere.to = "a\nb@contoh.example"
    odd = written(world, "lampiran", attachments=[{"name": "a", "text": "a"}])
    killer = written(world, "pembunuh")
    killer.attempt = mailing.DEATHS
    well = [written(world, f"baik{n}") for n in range(3)]
    db.session.commit()
    assert mailing.send_due(app.config["RANDAL"], world.now) == 3
    assert len(smtp.messages) == 3
    for mail in (lost, nowhere, odd, killer):
        db.session.refresh(mail)
        assert mail.why == "unusable" and mail.error, mail.key
    for mail in well:
        db.session.refresh(mail)
        assert mail.sent_at
    assert sum("tidak terkirim" in said for said in told(secretariat)) == 4
    assert "ditemukan di penyimpanan" in lost.error


def test_two_carriers_and_a_slow_server_send_each_once(app: Flask, world: World, smtp: Mailbox) -> None:
    keys = [written(world, f"surat{n}").key for n in range(12)]
    smtp.slow = 0.1
    settings = app.config["RANDAL"]

    def carrier() -> None:
        with app.app_context():
            mailing.send_due(settings, world.now)

    db.session.rollback()  # who read last holds SQLite's place to write
    several = [threading.Thread(target=carrier) for _ in range(3)]
    for each in several:
        each.start()
    for each in several:
        each.join(60)
    assert len(smtp.messages) == len(keys)
    assert len({m["Message-ID"] for m in smtp.messages}) == len(keys)


def test_no_lease_ends_before_its_conversation_may() -> None:
    assert mailing.LEASE.total_seconds() > smtp.TALK + smtp.TAKEN


def test_a_server_that_is_down_is_left_alone_and_blames_no_mail(app: Flask, world: World) -> None:
    mail, other = written(world), written(world, "lain")
    settings = replace(app.config["RANDAL"], mail_url=f"smtp://127.0.0.1:{free_port()}")
    with pytest.raises(smtp.Away):
        mailing.send_next(settings, world.now)
    db.session.refresh(mail)
    assert "tidak dapat dipakai" in mail.error and mail.attempt == 0 and other.attempt == 0
    state = monitor.look(world.now + timedelta(minutes=11))
    assert any("tidak ada yang mendengar" in said for _part, said in monitor.troubles(state))


def test_switching_mail_on_does_not_send_what_waited_too_long(
    app: Flask, world: World, smtp: Mailbox
) -> None:
    old = [written(world, f"lama{n}") for n in range(3)]
    world.now += timedelta(days=app.config["RANDAL"].mail_days, hours=1)
    written(world, "baru")
    assert mailing.send_due(app.config["RANDAL"], world.now) == 1
    for mail in old:
        db.session.refresh(mail)
        assert (mail.why, mail.error) == ("unsent", "menunggu lebih dari 3 hari")
    assert monitor.look(world.now).mails.unsent == 3
    assert mail_again.retry_failed(world.now) == 0
    page = world.sign_in(world.person("admin")).get("/operator").text
    assert "3 tidak dikirim lagi karena menunggu terlalu lama" in page


def test_what_was_put_off_for_too_long_is_told(app: Flask, world: World, smtp: Mailbox) -> None:
    mail = written(world, asked_by_id=world.secretariat.id)
    smtp.rcpt[mail.to] = "452 4.2.2 mailbox full"
    mailing.send_due(app.config["RANDAL"], world.now)
    assert mailing.send_due(app.config["RANDAL"], world.now + timedelta(days=4)) == 0
    db.session.refresh(mail)
    assert mail.why == "expired"
    assert "kotak surat penuh" in told(world.secretariat)[0]


def test_an_operator_sends_again_what_failed(app: Flask, world: World, smtp: Mailbox) -> None:
    smtp.refuse = "554 5.7.1 no"
    mail = written(world)
    mailing.send_due(app.config["RANDAL"], world.now)
    smtp.refuse = ""
    admin = world.sign_in(world.person("admin"))
    assert admin.post("/operator/surel").status_code == 303
    assert mailing.send_due(app.config["RANDAL"], world.now) == 1
    db.session.refresh(mail)
    assert mail.sent_at and mail.failed_at is None


def test_without_a_server_mail_stays_in_the_app(app: Flask, world: World) -> None:
    mail = written(world)
    assert mailing.send_due(app.config["RANDAL"], world.now) == 0
    assert (mail.sent_at, mail.attempt) == (None, 0)


def test_a_demonstration_sends_nothing(app: Flask, world: World, smtp: Mailbox) -> None:
    app_settings.change("demo", True)
    written(world)
    assert mailing.send_due(app.config["RANDAL"], world.now) == 0
    assert smtp.messages == []


def test_a_small_worker_carries_the_mail_beside_its_queue(
    world: World, smtp: Mailbox, processes: Processes, redis: object
) -> None:
    """The real clock is far ahead of the test's: what is written now is not too old."""
    processes.environment |= {"RANDAL_NOW": world.now.isoformat(), "RANDAL_MAIL_URL": smtp.url}
    written(world)
    db.session.rollback()
    processes.start("worker", "small")
    wait_until(lambda: smtp.messages, 40, processes.said())


def test_a_subject_cannot_add_a_header(app: Flask, world: World) -> None:
    mail = written(world)
    mail.subject = "Contoh\r\nBcc: orang@contoh.example"
    letter = composing.compose(mail, app.config["RANDAL"], world.now)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Contoh Bcc: orang@contoh.example"
