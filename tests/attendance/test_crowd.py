"""Many at once: the same row, the same sending, and broken or huge pictures. Over HTTP, in threads."""

from __future__ import annotations

import base64
import io
import json
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image, PngImagePlugin

from randal.database.base import db
from randal.models.attendance import Attendance, Presence
from randal.rooms.attendance.live_code import ticket_of
from randal.storage.files import StoredFile

GIVEN = {"name": "Contoh Hadir", "post": "Contoh", "institution": "Contoh", "no_drawing": "on"}


def send(url, given):
    request = urllib.request.Request(
        url, urllib.parse.urlencode(given).encode(), {"Accept": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def at_once(several):
    with ThreadPoolExecutor(len(several)) as pool:
        return list(pool.map(lambda one: send(*one), several))


@pytest.fixture
def door(world, live_server):
    meeting = world.meeting("in_session", units=["ID-BB", "ID-AC"])
    urls = [f"{live_server.url}/hadir/{ticket_of(meeting, world.now)}" for _ in range(8)]
    row_id = meeting.attendance[0].id
    db.session.commit()
    return urls, row_id


def present():
    db.session.expire_all()
    found = len(db.session.scalars(db.select(Attendance).where(Attendance.state == "present")).all())
    presences = len(db.session.scalars(db.select(Presence)).all())
    db.session.commit()
    return found, presences


def test_eight_phones_name_the_same_row(door):
    urls, row_id = door
    answers = at_once([(urls[n], GIVEN | {"who": row_id, "key": f"{n:032x}"}) for n in range(8)])
    assert sorted(status for status, _ in answers) == [200] + [422] * 7
    assert all("sudah tercatat hadir" in told["detail"] or "sudah tercatat" in str(told["errors"])
               for status, told in answers if status == 422)  # fmt: skip
    assert present() == (1, 1)


@pytest.mark.parametrize("guest", [True, False])
def test_one_sending_eight_times_at_once(door, guest):
    urls, row_id = door
    answers = at_once([(urls[0], GIVEN | {"who": "tamu" if guest else row_id, "key": "c" * 32})] * 8)
    assert [status for status, _ in answers] == [200] * 8 and len(
        {told["sentence"] for _, told in answers}
    ) == 1
    assert present() == (1, 1)


def test_eight_people_with_one_ticket(door):
    urls, _row_id = door
    answers = at_once([(urls[0], GIVEN | {"who": "tamu", "key": f"{n:032x}"}) for n in range(8)])
    assert sorted(status for status, _ in answers) == [200] + [409] * 7
    assert present() == (1, 1)


def data_url(image, **more):
    kept = io.BytesIO()
    image.save(kept, "PNG", **more)
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


def test_only_the_picture_is_kept(world, client):
    meeting = world.meeting("in_session")
    beside = PngImagePlugin.PngInfo()
    beside.add_text("strokes", "0.1,0.2;0.3,0.4")
    url = f"/hadir/{ticket_of(meeting, world.now)}"
    drawing = data_url(Image.new("RGBA", (1200, 500), (0, 0, 0, 90)), pnginfo=beside)
    given = GIVEN | {"who": meeting.attendance[0].id, "signature": drawing}
    assert client.post(url, data=given).status_code == 200
    kept = db.session.scalars(db.select(StoredFile)).one().read()
    assert b"strokes" not in kept and b"0.3,0.4" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.width <= 600 and image.height <= 264


@pytest.mark.parametrize(
    "make",
    [
        lambda: data_url(Image.new("L", (9000, 9000))),  # small to send, large to unfold
        lambda: data_url(Image.new("L", (400, 200), 7))[:-60],  # torn off
        lambda: "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 400).decode(),
        lambda: "data:image/png;base64,@@@@",
    ],
    ids=["unfolds", "torn", "no picture", "no base64"],
)
def test_pictures_that_are_none(world, client, make):
    meeting = world.meeting("in_session")
    given = {"who": meeting.attendance[0].id, "name": "Contoh", "post": "Contoh", "signature": make()}
    answer = client.post(
        f"/hadir/{ticket_of(meeting, world.now)}", data=given, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422 and "tidak dapat dibaca" in answer.json["errors"]["signature"][0]
    assert db.session.scalars(db.select(StoredFile)).all() == [] and present() == (0, 0)


def test_the_privacy_notice_says_who_why_and_how_long(world, client):
    from randal.org import app_settings

    app_settings.change("privacy", {"keeps": "Contoh masa simpan.", "contact": "Contoh kontak data"})
    meeting = world.meeting("in_session")
    page = client.get(f"/hadir/{ticket_of(meeting, world.now)}").text
    for fact in ("bukti kehadiran", "Nomor 27 Tahun 2022", "Contoh masa simpan.", "Contoh kontak data",
                 app_settings.setting("kop")["office"]):  # fmt: skip
        assert fact in page
    person = world.ppk()
    person.phone, person.nip = "081200000000", "199001012020011001"
    db.session.commit()
    page = client.get(f"/hadir/{ticket_of(meeting, world.now)}").text
    assert person.phone not in page and person.nip not in page and person.name not in page
