"""«Kirim lagi»: one mail that did not arrive, from the meeting's page and the operator's, through a real server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.notifications import mailing, notices
from randal.notifications.notices import Mail, Notice
from tests.machines import Mailbox
from tests.world import World

Drain = Callable[[], int]
GONE = "550 5.1.1 no such user here"


def refused(app: Flask, world: World, smtp: Mailbox, drain: Drain) -> tuple[Meeting, Mail]:
    """A meeting of two units; the invitation to one of them was refused, the rest went out."""
    meeting = world.meeting("scheduled", units=("ID-BB", "ID-PA"))
    lost, other = world.ppk("ID-BB"), world.ppk("ID-PA")
    drain()
    smtp.rcpt[lost.email] = GONE
    assert mailing.send_due(app.config["RANDAL"], world.now) > 0
    mails = db.session.scalars(select(Mail).where(Mail.thread == f"meeting:{meeting.id}")).all()
    [mail] = [mail for mail in mails if mail.failed_at]
    assert mail.to == lost.email and any(mail.to == other.email and mail.sent_at for mail in mails)
    return db.session.get_one(Meeting, meeting.id), mail


def told(world: World) -> list[str]:
    query = select(Notice.text).where(
        Notice.person_id == world.secretariat.id, Notice.text.like("%tidak terkirim%")
    )
    return list(db.session.scalars(query))


def test_one_mail_goes_again_from_the_meetings_page(
    app: Flask, world: World, smtp: Mailbox, drain: Drain
) -> None:
    meeting, mail = refused(app, world, smtp, drain)
    settings, there = app.config["RANDAL"], f"/rapat/{meeting.id}?bagian=kehadiran"
    desk = world.sign_in(world.secretariat)
    page = desk.get(there).text
    assert mail.to in page and GONE in page and "Kirim lagi" in page
    assert "Surel yang tidak sampai" not in world.sign_in(world.ppk("ID-PA")).get(there).text
    sent, before = len(smtp.messages), len(told(world))

    # The server was mended: the same address.
    smtp.rcpt.clear()
    at = f"/rapat/{meeting.id}/langkah/resend_mail"
    assert desk.post(at, data={"mail_id": mail.id, "next": there}).headers["Location"].endswith(there)
    assert mailing.send_due(settings, world.now) == 1
    assert [letter["To"] for letter in smtp.messages[sent:]] == [mail.to]
    assert smtp.messages[-1].get_body(("plain",)) is not None  # type: ignore[attr-defined]
    assert "Kirim lagi" not in desk.get(there).text and len(told(world)) == before

    # Once is once: by page and by API, nothing goes out that has arrived.
    api = world.api(world.secretariat)
    assert api.move("meetings", meeting.id, "resend_mail", mail_id=mail.id).status_code == 422
    assert (
        world.api(world.ppk("ID-PA")).move("meetings", meeting.id, "resend_mail", mail_id=mail.id).status_code
        == 403
    )
    assert mailing.send_due(settings, world.now) == 0
    events = api.get(f"/meetings/{meeting.id}/events").json["items"]
    [event] = [event for event in events if event["move"] == "resend_mail"]
    assert event["data"]["mail_id"] == mail.id and mail.to not in str(event)


def test_refused_again_is_told_again_and_goes_to_the_new_address(
    app: Flask, world: World, smtp: Mailbox, drain: Drain
) -> None:
    meeting, mail = refused(app, world, smtp, drain)
    settings, api = app.config["RANDAL"], world.api(world.secretariat)
    for again in range(2):
        world.now += timedelta(minutes=1)
        before = len(told(world))
        answer = world.api(world.secretariat).move("meetings", meeting.id, "resend_mail", mail_id=mail.id)
        assert answer.status_code == 200, (again, answer.json)
        assert mailing.send_due(settings, world.now) == 0
        db.session.refresh(mail)
        assert (mail.why, mail.asked_by_id) == ("refused", world.secretariat.id)
        assert len(told(world)) == before + 1
    world.ppk("ID-BB").email = "benar@contoh.example"
    db.session.commit()
    assert "kepada benar@contoh.example" in world.sign_in(world.secretariat).get(
        f"/rapat/{meeting.id}?bagian=kehadiran"
    ).text.replace('<span class="visually-hidden">', "")
    assert api.move("meetings", meeting.id, "resend_mail", mail_id=mail.id).status_code == 200
    assert mailing.send_due(settings, world.now) == 1 and smtp.messages[-1]["To"] == "benar@contoh.example"


def test_a_tembusan_goes_to_the_address_that_was_written_anew(
    app: Flask, world: World, smtp: Mailbox, drain: Drain
) -> None:
    meeting, _ = refused(app, world, smtp, drain)
    settings, api = app.config["RANDAL"], world.api(world.secretariat)
    meeting.cc = "Contoh Dinas <salah@contoh.example>\nContoh Kantor <kantor@contoh.example>"
    for address in ("salah@contoh.example", "kantor@contoh.example"):
        notices.write_to(
            address, "meeting:letter:9", "Tembusan", "Isi", now=world.now, thread=f"meeting:{meeting.id}"
        )
    db.session.commit()
    smtp.rcpt["salah@contoh.example"] = GONE
    mailing.send_due(settings, world.now)
    mail = db.session.scalars(select(Mail).where(Mail.to == "salah@contoh.example")).one()
    meeting = db.session.get_one(Meeting, meeting.id)
    meeting.cc = "Contoh Kantor <kantor@contoh.example>"
    db.session.commit()
    gone = api.move("meetings", meeting.id, "resend_mail", mail_id=mail.id)
    assert gone.status_code == 422 and "tembusan" in gone.text
    meeting.cc += "\nContoh Dinas <dinas@contoh.example>"
    db.session.commit()
    assert api.move("meetings", meeting.id, "resend_mail", mail_id=mail.id).status_code == 200
    assert mailing.send_due(settings, world.now) == 1 and smtp.messages[-1]["To"] == "dinas@contoh.example"


def test_the_operator_sends_one_again_and_leaves_the_others(
    app: Flask, world: World, smtp: Mailbox, drain: Drain
) -> None:
    _, mail = refused(app, world, smtp, drain)
    notices.write(world.evaluator, "rahasia", "Tautan", "Isi rahasia", now=world.now, secret=True)
    notices.write(world.minute_taker, "lain", "Lain", "Isi", now=world.now)
    db.session.commit()
    smtp.refuse = "554 nanti pun tidak"
    mailing.send_due(app.config["RANDAL"], world.now)
    smtp.refuse = ""
    smtp.rcpt.clear()
    admin = world.sign_in(world.person("admin"))
    assert admin.get("/operator").text.count("Kirim lagi<span") == 2  # the secret one is gone for good
    secret = db.session.scalars(select(Mail).where(Mail.secret)).one()
    for id, count, said in (
        (mail.id, 1, "dikirim lagi"),
        (mail.id, 0, "sudah dikirim lagi"),
        (secret.id, 0, "rahasia"),
    ):
        assert admin.post(f"/operator/surel/{id}").status_code == 303
        assert said in admin.get("/operator").text
        assert mailing.send_due(app.config["RANDAL"], world.now) == count
    assert smtp.messages[-1]["To"] == mail.to
    assert world.sign_in(world.secretariat).post(f"/operator/surel/{mail.id}").status_code == 403
