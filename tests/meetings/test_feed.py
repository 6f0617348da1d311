"""The calendar by a secret address, and the meeting's time told right in every zone. Read by a reader of RFC 5545 that
knows nothing of the library that writes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from randal.l10n import clock
from randal.models.meeting_parts import Session
from randal.models.meetings import Meeting
from randal.notifications.notices import Mail
from randal.rooms.meetings.feed import change, owner_of
from tests.world import World

Drain = Callable[[], int]
Line = tuple[str, dict[str, str], str]
ZONES = [("Asia/Jakarta", "WIB", 7), ("Asia/Makassar", "WITA", 8), ("Asia/Jayapura", "WIT", 9)]


def lines_of(data: bytes) -> list[Line]:
    """Content lines (name, parameters, value), strictly: CRLF, at most 75 octets, folded by one blank."""
    assert data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    found = []
    for line in data.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]:
        match = re.fullmatch(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', line)
        assert match, line
        name, given, value = match.groups()
        found.append((name, dict(p.split("=", 1) for p in given.split(";")[1:]), value))
    return found


def parts_of(data: bytes) -> tuple[dict[str, str], list[dict[str, Line]], set[str]]:
    """The calendar's own properties, its events, and the zones that it defines; components nest as they should."""
    own: dict[str, str] = {}
    events: list[dict[str, Line]] = []
    zones, open_parts = set(), []
    for name, given, value in lines_of(data):
        if name == "BEGIN":
            open_parts.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert open_parts.pop() == value
        elif open_parts == ["VCALENDAR"]:
            own[name] = value
        elif open_parts[-1] == "VEVENT":
            events[-1][name] = (name, given, value)
        elif name == "TZID":
            zones.add(value)
    assert not open_parts
    return own, events, zones


def instant(line: Line) -> datetime:
    """When, by the zone that the line names."""
    _, given, value = line
    return datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(given["TZID"])).astimezone(UTC)


def address(world: World, person) -> str:  # type: ignore[no-untyped-def]
    """As the page shows it, without the host."""
    page = world.sign_in(person)
    assert page.post("/rapat/kalender", data={"langkah": "buat"}).status_code == 303
    shown = page.get("/rapat/kalender")
    assert "no-store" in shown.headers["Cache-Control"]
    return re.search(r'value="http[^"]*?(/rapat/kalender/[^"]+\.ics)"', shown.text)[1]  # type: ignore[index]


def test_the_feed_holds_what_this_person_goes_to(world: World) -> None:
    mine = world.meeting("scheduled", units=("ID-BB",))
    world.meeting("scheduled", units=("ID-AC",))
    off = world.meeting("scheduled", units=("ID-BB",))
    world.fire(off, "cancel", world.secretariat, reason="contoh alasan pembatalan")
    world.meeting("draft", units=("ID-BB",))
    path = address(world, world.ppk("ID-BB"))
    answer = world.client().get(path)
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"] and answer.headers.get("Set-Cookie") is None
    own, events, zones = parts_of(answer.data)
    assert own["METHOD"] == "PUBLISH" and own["VERSION"] == "2.0"
    told = {e["UID"][2].partition("@")[0]: (e["STATUS"][2], e["SEQUENCE"][2]) for e in events}
    assert told == {f"rapat-{mine.id}": ("CONFIRMED", "0"), f"rapat-{off.id}": ("CANCELLED", "1")}
    assert instant(
        next(e for e in events if e["STATUS"][2] == "CONFIRMED")["DTSTART"]
    ) == mine.starts_at.replace(microsecond=0)
    assert zones == {"Asia/Jakarta"} and b"ATTENDEE" not in answer.data


def test_a_changed_address_ends_the_one_before(world: World) -> None:
    ppk = world.ppk("ID-BB")
    first = address(world, ppk)
    second = address(world, ppk)
    gone = world.client().get(first)
    assert gone.status_code == 404 and "tidak berlaku" in gone.text
    assert world.client().get(second).status_code == 200
    world.sign_in(ppk).post("/rapat/kalender", data={"langkah": "tutup"})
    assert world.client().get(second).status_code == 404
    third = address(world, ppk)
    ppk.active = False
    db.session.commit()
    assert world.client().get(third).status_code == 404


@pytest.mark.parametrize("token", ["x", "WzEsMV0.salah", "W10", "%00"])
def test_a_forged_address(world: World, token: str) -> None:
    change(world.ppk("ID-BB"), "open", world.now)
    assert owner_of(token) is None
    assert world.client().get(f"/rapat/kalender/{token}.ics").status_code == 404


def test_create_reschedule_cancel_go_round(world: World) -> None:
    """Each newer than the one before, of one UID: what RFC 5546 asks of a calendar that follows."""
    meeting = world.meeting("scheduled")
    page = world.sign_in(world.ppk("ID-BB"))
    told = []
    for move in ("", "reschedule", "cancel"):
        if move == "reschedule":
            local = (meeting.starts_at + timedelta(days=1, hours=7)).replace(tzinfo=None)
            world.fire(meeting, move, world.secretariat, starts_at=local, ends_at=local + timedelta(hours=2),
                       reason="contoh alasan perubahan")  # fmt: skip
        elif move:
            world.fire(meeting, move, world.secretariat, reason="contoh alasan pembatalan")
        answer = page.get(f"/rapat/{meeting.id}/undangan.ics")
        own, (event,), _ = parts_of(answer.data)
        assert answer.mimetype_params["method"] == own["METHOD"]
        assert instant(event["DTSTART"]) == meeting.starts_at.replace(microsecond=0)
        assert instant(event["DTEND"]) == meeting.ends_at.replace(microsecond=0)
        told.append((event["UID"][2], own["METHOD"], int(event["SEQUENCE"][2])))
    assert len({uid for uid, _, _ in told}) == 1
    assert [(m, s) for _, m, s in told] == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]


def test_to_nobody_by_name_it_is_published_and_says_so(world: World) -> None:
    meeting = world.meeting("scheduled")
    for ask in (
        world.sign_in(world.secretariat).get(f"/rapat/{meeting.id}/undangan.ics"),
        world.api(world.secretariat).get(f"/meetings/{meeting.id}/calendar"),
    ):
        own, (event,), _ = parts_of(ask.data)
        assert own["METHOD"] == ask.mimetype_params["method"] == "PUBLISH" and "ATTENDEE" not in event


def test_another_room_is_told_with_a_newer_calendar(world: World, drain: Drain) -> None:
    ppk, desk = world.ppk("ID-BB"), world.api(world.secretariat)
    meeting = world.meeting("scheduled")
    drain()
    for changed in ({"place": "Contoh Aula Dua"}, {"purpose": "Contoh maksud"}):
        version = desk.get(f"/meetings/{meeting.id}").headers["ETag"]
        assert (
            desk.patch(f"/meetings/{meeting.id}", json=changed, headers={"If-Match": version}).status_code
            == 200
        )
        world.now += timedelta(minutes=2)  # a quiet minute, for more of the same
        drain()
    mails = db.session.scalars(select(Mail).where(Mail.to == ppk.email).order_by(Mail.id)).all()
    assert len(mails) == 2 and "Contoh Aula Dua" in mails[1].body
    own, (event,), _ = parts_of(mails[1].attachments[0]["text"].encode())
    assert (own["METHOD"], event["SEQUENCE"][2], event["LOCATION"][2]) == ("REQUEST", "1", "Contoh Aula Dua")


def test_sessions_of_two_days_are_told_in_one_event_and_in_the_mail(world: World, drain: Drain) -> None:
    ppk = world.ppk("ID-BB")
    starts = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
    meeting = world.meeting(
        "draft", timezone="Asia/Jayapura", starts_at=starts, ends_at=starts + timedelta(days=1, hours=3)
    )
    for title, kind, place, begins, hours in (
        ("Pleno", "session", "", 0, 2), ("Rehat kopi", "break", "", 2, 1), ("Komisi A", "session", "Ruang Dua", 24, 3),
    ):  # fmt: skip
        at = starts + timedelta(hours=begins)
        db.session.add(Session(meeting_id=meeting.id, title=title, kind=kind, place=place, starts_at=at,
                               ends_at=at + timedelta(hours=hours), updated_at=world.now))  # fmt: skip
    db.session.commit()
    world.fire(meeting, "schedule", world.secretariat)
    drain()
    mail = db.session.scalars(select(Mail).where(Mail.to == ppk.email)).one()
    _, (event,), _ = parts_of(next(a["text"] for a in mail.attachments).encode())
    for told in (event["DESCRIPTION"][2].replace("\\", ""), " ".join(mail.body.split())):
        assert "Senin, 9 Maret 2026, 09.00–11.00 WIT: Pleno" in told and "Rehat kopi" in told, told
        assert "Selasa, 10 Maret 2026, 09.00–12.00 WIT: Komisi A (Ruang Dua)" in told


def test_sessions_that_change_are_told_once_with_a_newer_calendar(world: World, drain: Drain) -> None:
    ppk, desk = world.ppk("ID-BB"), world.api(world.secretariat)
    begin = world.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    meeting = world.meeting("scheduled", starts_at=begin, ends_at=begin + timedelta(hours=3))
    drain()
    at = f"/meetings/{meeting.id}/sessions"
    begins, ends = (clock.to_local(t, meeting.timezone) for t in (meeting.starts_at, meeting.ends_at))
    first, last = begins.strftime("%Y-%m-%dT%H:%M"), ends.strftime("%Y-%m-%dT%H:%M")
    middle = (begins + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    one = desk.post(at, json={"title": "Contoh pleno", "starts_at": first, "ends_at": middle}).json
    assert one["kind"] == "session", one
    two = desk.post(
        at, json={"title": "Contoh rehat", "kind": "break", "starts_at": middle, "ends_at": last}
    ).json
    tag = {"If-Match": str(two["version"])}
    changed = desk.patch(f"/sessions/{two['id']}", json={"place": "Contoh Lobi"}, headers=tag)
    assert changed.status_code == 200 and changed.json["starts_at"] == two["starts_at"]
    world.now += timedelta(minutes=2)
    db.session.expire_all()
    drain()
    mails = db.session.scalars(select(Mail).where(Mail.to == ppk.email).order_by(Mail.id)).all()
    assert len(mails) == 2 and "Contoh rehat (Contoh Lobi)" in " ".join(mails[1].body.split())
    own, (event,), _ = parts_of(mails[1].attachments[0]["text"].encode())
    assert (own["METHOD"], event["SEQUENCE"][2]) == ("REQUEST", "3")
    # a new time of the meeting takes them along, and who is invited hears of that alone
    before = db.session.get_one(Session, one["id"]).starts_at
    local = (begins + timedelta(days=1)).replace(tzinfo=None)
    world.fire(db.session.get_one(Meeting, meeting.id), "reschedule", world.secretariat, starts_at=local,
               ends_at=local + timedelta(hours=3), reason="contoh alasan perubahan")  # fmt: skip
    assert db.session.get_one(Session, one["id"]).starts_at == before + timedelta(days=1)
    assert desk.delete(f"/sessions/{two['id']}").status_code == 204
    for wrong in ({"ends_at": first}, {"starts_at": "2020-01-01T08:00"}, {"kind": "bukan"}):
        given = {"title": "Contoh", "starts_at": first, "ends_at": middle} | wrong
        assert desk.post(at, json=given).status_code == 422, wrong
    assert world.api(ppk).post(at, json={"title": "Contoh"}).status_code == 403


@pytest.mark.parametrize(("zone", "short", "hours"), ZONES, ids=[z[1] for z in ZONES])
def test_the_time_is_right_in_mail_page_calendar_and_letter(
    world: World, drain: Drain, zone: str, short: str, hours: int
) -> None:
    starts = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
    meeting = world.meeting("scheduled", timezone=zone, starts_at=starts, ends_at=starts + timedelta(hours=3))
    abroad = world.ppk("ID-BB")
    abroad.timezone = "Europe/Amsterdam"
    db.session.commit()
    drain()
    local = f"{1 + hours:02d}.30"
    clock = re.compile(rf"{local}.{{1,12}}{4 + hours:02d}\.30 {short}\b")
    mail = db.session.scalars(select(Mail).where(Mail.to == abroad.email)).one()
    assert clock.search(mail.body), mail.body
    assert re.search(r"Waktu Anda +: Senin, 9 Maret 2026, .*02\.30.{1,12}05\.30", mail.body), mail.body
    _, (event,), zones = parts_of(
        next(a["text"] for a in mail.attachments if a["name"].endswith(".ics")).encode()
    )
    assert instant(event["DTSTART"]) == starts and event["DTSTART"][1]["TZID"] == zone and zones == {zone}
    page = world.sign_in(abroad).get(f"/rapat/{meeting.id}").text
    assert clock.search(page) and re.search(r"02\.30.{1,12}05\.30[^<]* waktu Anda", page)
    letter = Document.of("invitation", "meeting", meeting.id)
    assert letter and letter.newest
    text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(letter.newest.read())).pages)
    assert clock.search(" ".join(text.split())) and "9 Maret 2026" in text


def test_a_zone_that_does_not_exist(world: World) -> None:
    refused = world.api(world.secretariat).post(
        "/meetings",
        json={
            "title": "Contoh",
            "starts_at": "2026-03-09T09:00",
            "ends_at": "2026-03-09T10:00",
            "timezone": "Asia/Bulan",
        },
    )
    assert refused.status_code == 422 and "Zona waktu tidak dikenal" in refused.json["errors"]["timezone"][0]


def test_the_letter_is_really_sent_with_its_paper(world: World, drain: Drain, smtp) -> None:  # type: ignore[no-untyped-def]
    from randal.notifications import mailing

    meeting = world.meeting("scheduled")
    ppk = world.ppk("ID-BB")
    answer = world.api(world.secretariat).move(
        "meetings", meeting.id, "issue_letter", number="UM 9", dated_on="2026-03-02"
    )
    assert answer.status_code == 200
    drain()
    while mailing.send_due(world.app.config["RANDAL"], world.now):
        pass
    mine = [m for m in smtp.messages if m["To"] == ppk.email]
    letter = next(m for m in mine if "Surat undangan UM 9" in str(m["Subject"]).replace("\n", ""))
    parts = {p.get_filename(): p.get_payload(decode=True) for p in letter.walk() if p.get_filename()}
    text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(parts["surat-undangan.pdf"])).pages)
    assert "UM 9" in text
    invited = next(m for m in mine if m is not letter)
    calendar = next(p for p in invited.walk() if p.get_content_type() == "text/calendar")
    own, (event,), _ = parts_of(calendar.get_payload(decode=True))
    assert (
        calendar.get_param("method") == own["METHOD"] == "REQUEST"
        and calendar.get_param("charset") == "utf-8"
    )
    assert (
        instant(event["DTSTART"]) == meeting.starts_at.replace(microsecond=0)
        and event["ATTENDEE"][2] == f"mailto:{ppk.email}"
    )
