"""Mail leaves by a real SMTP server, once; failures wait; a demonstration writes to nobody."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from randal.core import files, installation, mailing, notices
from randal.core.db import db
from randal.core.notices import Mail
from tests.machines import Mailbox
from tests.world import World


def written(world: World, key: str = "contoh", **more: object) -> Mail:
    notices.write(world.evaluator, key, "Contoh undangan – rapat", "Isi surat.\n", now=world.now, **more)  # type: ignore[arg-type]
    db.session.commit()
    return db.session.query(Mail).order_by(Mail.id.desc()).first()


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
    assert letter["Message-ID"] == mailing.compose(mail, settings, world.now)["Message-ID"]
    names = [part.get_filename() for part in letter.walk() if part.get_filename()]
    assert names == ["rapat.ics", "undangan.pdf"]
    db.session.refresh(mail)
    assert mail.sent_at is not None


def test_a_refusal_is_kept_and_tried_again_later(app: Flask, world: World, smtp: Mailbox) -> None:
    mail = written(world)
    smtp.refuse = "451 nanti dulu"
    assert mailing.send_due(app.config["RANDAL"], world.now) == 0
    db.session.refresh(mail)
    assert "451" in mail.error
    assert mailing.send_due(app.config["RANDAL"], world.now + timedelta(seconds=30)) == 0
    smtp.refuse = ""
    assert mailing.send_due(app.config["RANDAL"], world.now + timedelta(minutes=5)) == 1
    db.session.refresh(mail)
    assert (mail.error, mail.attempt) == ("", 2)


def test_without_a_server_mail_stays_in_the_app(app: Flask, world: World) -> None:
    mail = written(world)
    assert mailing.send_due(app.config["RANDAL"], world.now) == 0
    assert (mail.sent_at, mail.attempt) == (None, 0)


def test_a_demonstration_sends_nothing(app: Flask, world: World, smtp: Mailbox) -> None:
    installation.change("demo", True)
    written(world)
    assert mailing.send_due(app.config["RANDAL"], world.now) == 0
    assert smtp.messages == []


def test_a_subject_cannot_add_a_header(app: Flask, world: World) -> None:
    mail = written(world)
    mail.subject = "Contoh\r\nBcc: orang@contoh.example"
    letter = mailing.compose(mail, app.config["RANDAL"], world.now)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Contoh Bcc: orang@contoh.example"
