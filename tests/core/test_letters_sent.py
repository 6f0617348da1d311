"""What a mail program makes of our mails: invitations as invitations, threads, subjects, salutation and closing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32, default

import pytest
import vobject
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import select

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.notifications import composing, courtesies, mailing, notices
from randal.notifications.notices import Mail
from randal.org.people import Person
from randal.schedule import reminders, rules
from tests.machines import Mailbox
from tests.world import World

Drain = Callable[[], int]
TITLE = "Rapat «Çontoh» koordinasi  PPK & mitra: evaluasi triwulan, tindak lanjut, dan rencana kerja bersama \N{SEEDLING}"


@pytest.fixture
def sent(world: World, drain: Drain, smtp: Mailbox, app: Flask) -> Callable[[], list[EmailMessage]]:
    """Everything due, sent: what the reader at PPK ID-BB got, in order."""

    def run() -> list[EmailMessage]:
        drain()
        mailing.send_due(app.config["RANDAL"], world.now)
        mine = [m for m in smtp.messages if m["To"] == world.ppk("ID-BB").email]
        return mine  # type: ignore[return-value]

    app.config["RANDAL"] = replace(
        app.config["RANDAL"],
        mail_from="Sekretariat Contoh <rapat@contoh.example>",
        mail_reply_to="tanya@contoh.example",
    )
    return run


def scheduled(world: World) -> Meeting:
    meeting = world.meeting("draft")
    world.ppk("ID-BB")
    meeting.title = TITLE
    db.session.commit()
    world.fire(meeting, "schedule", world.secretariat)
    db.session.commit()
    return meeting


def strict(text: bytes) -> dict[str, str]:
    """RFC 5545 by hand: CRLF, 75 octets a line, balanced parts; the properties of the VEVENT."""
    assert text.endswith(b"\r\n") and b"\n" not in text.replace(b"\r\n", b"")
    assert max(map(len, text.split(b"\r\n"))) <= 75
    whole, open_parts = text.decode().replace("\r\n ", ""), []
    found: dict[str, str] = {}
    for line in whole.split("\r\n")[:-1]:
        name, colon, value = line.partition(":")
        assert (
            colon and re.fullmatch(r'[A-Z-]+(;[A-Z-]+=("[^"]*"|[^";:,]*))*', name.split(":")[0])
        ) or '"' in line, line
        if name == "BEGIN":
            open_parts.append(value)
        elif name == "END":
            assert open_parts.pop() == value
        elif open_parts in (["VCALENDAR"], ["VCALENDAR", "VEVENT"]):
            found[name.split(";")[0]] = value
    assert not open_parts
    return found


def test_an_invitation_opens_as_one(world: World, sent: Callable[[], list[EmailMessage]]) -> None:
    meeting = scheduled(world)
    (letter,) = sent()
    assert letter.get_content_type() == "multipart/mixed"
    several, file = list(letter.iter_parts())
    assert several.get_content_type() == "multipart/alternative"
    plain, page, calendar = list(several.iter_parts())
    assert [p.get_content_type() for p in (plain, page, calendar)] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert calendar.get_param("method") == "REQUEST" and calendar.get_content_charset() == "utf-8"
    assert calendar.get_filename() is None and not calendar.is_attachment()
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "rapat.ics")
    for part in letter.walk():
        if not part.is_multipart():
            assert part["Content-Transfer-Encoding"] in ("base64", "quoted-printable")
    text = calendar.get_payload(decode=True)
    assert text == file.get_payload(decode=True)

    facts = strict(text)
    ours = Calendar.from_ical(text)
    theirs = vobject.readOne(text.decode())
    [event] = ours.walk("VEVENT")
    assert facts["METHOD"] == ours["METHOD"] == theirs.method.value == "REQUEST"
    assert str(event["SUMMARY"]) == theirs.vevent.summary.value == meeting.title
    assert event["DTSTART"].dt == theirs.vevent.dtstart.value == meeting.starts_at.replace(microsecond=0)
    assert facts["UID"] == event["UID"] == theirs.vevent.uid.value
    assert (
        "rapat@contoh.example"
        in facts["ORGANIZER"]
        == str(event["ORGANIZER"])
        == theirs.vevent.organizer.value
    )
    assert world.ppk("ID-BB").email in facts["ATTENDEE"] and int(facts["SEQUENCE"]) == event["SEQUENCE"]


def test_a_meetings_letters_are_one_thread_from_one_sender(
    world: World, sent: Callable[[], list[EmailMessage]]
) -> None:
    meeting = scheduled(world)
    sent()
    world.fire(meeting, "cancel", world.secretariat, reason="Gedung kebanjiran.")
    first, last = sent()
    assert last["In-Reply-To"] == first["Message-ID"] and first["Message-ID"] in last["References"]
    assert first["In-Reply-To"] is None and first["Message-ID"] != last["Message-ID"]
    for letter in (first, last):
        assert letter["From"] == "Sekretariat Contoh <rapat@contoh.example>"
        assert letter["Reply-To"] == "tanya@contoh.example"
        assert " ".join(TITLE.split()) in letter["Subject"]
        plain, page = (
            letter.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html")
        )  # type: ignore[union-attr]
        name = world.ppk("ID-BB").name
        assert plain.startswith(f"Yth. {name},\n") and plain.rstrip().endswith("Hormat kami,\nRandal")
        assert plain.count("Yth.") == plain.count("Hormat kami") == 1
        assert "&amp; mitra" in page and "<script" not in page and "Hormat kami" in page
    assert (
        next(p for p in last.walk() if p.get_content_type() == "text/calendar").get_param("method")
        == "CANCEL"
    )


@settings(max_examples=150, deadline=None)
@given(
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Co", "Cn")), min_size=1, max_size=250
    )
)
def test_a_subject_keeps_its_words_and_spaces(text: str) -> None:
    wanted = " ".join(text.split())
    letter = EmailMessage(composing.POLICY)
    letter["Subject"] = wanted
    letter.set_content("x")
    made = composing.whole(letter)
    assert max(map(len, made.split(b"\r\n"))) <= 998
    assert message_from_bytes(made, policy=default)["Subject"] == wanted
    old = message_from_bytes(made, policy=compat32)["Subject"]
    assert str(make_header(decode_header(old))).replace("\n ", " ").replace("\r", "") == wanted


def test_titles_keep_their_spaces() -> None:
    for title in (
        TITLE,
        "Undangan: " + "rapat koordinasi " * 14,
        "é " * 120,
        "Ra-ran " * 30 + "日本語 " * 20,
    ):
        letter = EmailMessage(composing.POLICY)
        letter["Subject"] = wanted = " ".join(title.split())
        letter.set_content("x")
        assert message_from_bytes(composing.whole(letter), policy=default)["Subject"] == wanted


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Contoh Notulis", "Yth. Contoh Notulis,"),
        ("Notulis,", "Yth. Notulis,"),
        ("Yth. Contoh Direktur", "Yth. Contoh Direktur,"),
        ("Kepada Yth. Yth Bapak Contoh,", "Yth. Bapak Contoh,"),
        ("Contoh Nama, S.T.", "Yth. Contoh Nama, S.T.,"),
    ],
)
def test_one_salutation(name: str, said: str) -> None:
    assert courtesies.salutation(name) == said
    assert courtesies.dressed("Isi.\n", name) == f"{said}\n\nIsi.\n\nHormat kami,\nRandal\n"
    twice = courtesies.dressed(courtesies.dressed("Isi.\n\nRandal\n", name), name)
    assert twice.count("Yth.") == twice.count("Hormat kami") == 1


def test_a_digest_can_be_ended_by_its_own_link(world: World, app: Flask, smtp: Mailbox) -> None:
    person = world.ppk("ID-BB")
    line = ("contoh", reminders.Line(1, "k", person.id, reminders.LATE, "RTL contoh terlambat", "/rtl/1"))
    day = world.now.date()
    rules.RULES["contoh"] = rules.Rule("contoh", lambda when: [], None, "07:30", (), True, "contoh")
    try:
        reminders.say(person.id, world.now, day, [line])
        db.session.commit()
        assert mailing.send_due(app.config["RANDAL"], world.now) == 1
        (letter,) = smtp.messages
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        at = letter["List-Unsubscribe"].strip("<>").removeprefix(app.config["RANDAL"].public_url)
        client = world.client()
        assert "Berhenti menerima" in client.get(at).text
        assert db.session.get_one(Person, person.id, populate_existing=True).digest_mail
        assert client.post(at, data={"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not db.session.get_one(Person, person.id, populate_existing=True).digest_mail
        assert client.get(at + "x").status_code == 404
        later = ("contoh", line[1]._replace(key="k2"))
        reminders.say(person.id, world.now, day + timedelta(days=1), [later])
        db.session.commit()
        assert len(db.session.scalars(select(Mail).where(Mail.digest)).all()) == 1
        own = world.sign_in(person)
        assert "tidak dikirim lewat surel" in own.get("/profil").text
        assert own.post("/profil/pengingat", data={"digest_mail": "1"}).status_code == 303
        assert db.session.get_one(Person, person.id, populate_existing=True).digest_mail
    finally:
        del rules.RULES["contoh"]


def test_an_invitation_is_no_digest(world: World, sent: Callable[[], list[EmailMessage]]) -> None:
    scheduled(world)
    (letter,) = sent()
    assert letter["List-Unsubscribe"] is None


def test_who_invited_sees_it_on_the_meetings_page(
    world: World, app: Flask, drain: Drain, smtp: Mailbox
) -> None:
    ppk = world.ppk("ID-BB")
    smtp.rcpt[ppk.email] = "550 5.1.1 unknown user"
    meeting = scheduled(world)
    drain()
    mailing.send_due(app.config["RANDAL"], world.now)
    desk = world.sign_in(world.secretariat)
    page = desk.get(f"/rapat/{meeting.id}?bagian=kehadiran").text
    assert "Surel yang tidak sampai" in page and ppk.email in page and "alamat tidak dikenal" in page
    assert "tidak terkirim" in desk.get("/pemberitahuan").text
    other = world.sign_in(ppk).get(f"/rapat/{meeting.id}?bagian=kehadiran").text
    assert "Surel yang tidak sampai" not in other


def test_a_reader_hears_once(world: World) -> None:
    for _ in range(2):
        notices.write(world.evaluator, "sekali", "Contoh", "Isi.", now=world.now)
    assert db.session.scalars(select(Mail)).one().body.startswith("Yth. ")
