"""Surat undangan: dressed as its unit and day want it, numbered once, worded by the secretariat, seen before it goes out."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from randal.database.base import db
from randal.documents import letterhead
from randal.documents.letterhead import GivenNumber, Stationery
from randal.documents.model import Document
from randal.models.meetings import Meeting
from randal.rooms.meetings import clashes, papers
from tests.world import World
from workflows.lifecycle import Refused

Drain = Callable[[], int]
FIRST = date(2010, 1, 1)


def dress(world: World, unit_id: int | None = None, **given: object) -> Stationery:
    usual = {
        "unit_id": unit_id,
        "valid_from": FIRST,
        "valid_to": None,
        "ministry": "Contoh Kementerian",
        "directorate": "",
        "office": "Contoh Kantor",
        "address": "Jalan Contoh 1",
        "city": "Contoh Kota",
        "nature": "Biasa",
        "date_at": "right",
        "signature_order": "name_rank_nip",
        "invitation_pattern": "UM 0201-Ct/{n}/{month}/{year}",
        "minutes_pattern": "{n}/NOT/Ct/{year}",
        "record_pattern": "{n}/BA/Ct/{year}",
        "note_pattern": "{n}/ND/Ct/{year}",
        "opening": "",
        "closing": "",
    }
    return letterhead.keep(Stationery(), usual | given, None, world.now)


def said(data: bytes) -> str:
    return " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(data)).pages).split())


def issue(world: World, meeting, **given):  # type: ignore[no-untyped-def]
    return world.api(world.secretariat).move("meetings", meeting.id, "issue_letter", **given)


# -- which dress ---------------------------------------------------------------------------------------


def test_the_unit_on_the_day_else_all_units_else_the_setting(world: World) -> None:
    unit = world.centre
    assert letterhead.dress_of(unit.id, date(2018, 6, 25)).ministry == letterhead.BEFORE_THAT
    assert letterhead.dress_of(unit.id, date(2026, 3, 2)).ministry == "Kementerian Pekerjaan Umum"
    dress(world, office="Untuk semua")
    dress(world, unit.id, office="Lama", valid_to=date(2019, 12, 31))
    dress(world, unit.id, office="Baru", valid_from=date(2020, 1, 1))
    offices = [letterhead.dress_of(unit.id, date(y, m, d)).office for y, m, d in
               [(2009, 12, 31), (2019, 12, 31), (2020, 1, 1)]]  # fmt: skip
    assert offices == [letterhead.usual(FIRST).office, "Lama", "Baru"]
    assert letterhead.dress_of(None, date(2019, 1, 1)).office == "Untuk semua"


@pytest.mark.parametrize(
    ("first", "last", "fits"),
    [
        (date(2020, 1, 1), None, True),
        (date(2019, 12, 31), None, False),
        (date(2009, 1, 1), date(2010, 1, 1), False),
        (date(2009, 1, 1), date(2009, 12, 31), True),
    ],
)
def test_no_two_dresses_on_one_day(world: World, first: date, last: date | None, fits: bool) -> None:
    dress(world, valid_to=date(2019, 12, 31))
    dress(world, world.centre.id)  # a unit's own is no neighbour
    if fits:
        dress(world, valid_from=first, valid_to=last)
        return
    with pytest.raises(Refused) as refused:
        dress(world, valid_from=first, valid_to=last)
    assert "bertumpuk" in refused.value.errors["valid_from"][0]


@pytest.mark.parametrize("pattern", ["UM/{year}", "{n}/{{n}}", "{n.__class__}", "{n}{{", "{n} {%x%}"])
def test_a_pattern_is_filled_never_evaluated(pattern: str) -> None:
    assert letterhead.wrong_pattern(pattern)


def test_a_pattern_filled() -> None:
    assert letterhead.wrong_pattern("{n}/UND/{month}/{year}") is None
    assert letterhead.filled("{n}/UND/{month}/{year}", 7, date(2018, 6, 25)) == "7/UND/VI/2018"


# -- numbers -------------------------------------------------------------------------------------------


def test_numbers_run_per_unit_and_year_and_none_is_given_twice(world: World) -> None:
    dress(world)
    unit = world.centre.id

    def following(unit_id: int | None, year: int, subject: int) -> str:
        day = date(year, 6, 1)
        pattern = letterhead.dress_of(unit_id, day).invitation_pattern
        return letterhead.next_number("invitation", pattern, unit_id, day, subject, world.now)

    assert following(unit, 2018, 1) == "UM 0201-Ct/1/VI/2018"
    letterhead.take("invitation", unit, "UM 0201-Ct/2/VI/2018", 2, world.now)  # by hand
    assert following(unit, 2018, 3) == "UM 0201-Ct/3/VI/2018"
    assert following(unit, 2019, 4) == "UM 0201-Ct/1/VI/2019"
    assert following(None, 2018, 5) == "UM 0201-Ct/1/VI/2018"
    letterhead.take(
        "invitation", unit, "UM 0201-Ct/2/VI/2018", 2, world.now
    )  # the same letter comes back signed
    with pytest.raises(Refused):
        letterhead.take("invitation", unit, "UM 0201-Ct/2/VI/2018", 9, world.now)


def test_issued_without_a_number_it_gets_the_next_and_a_taken_one_is_refused(world: World) -> None:
    dress(world)
    one, two = world.meeting("scheduled"), world.meeting("scheduled")
    answer = issue(world, one, dated_on="2026-03-02")
    assert answer.status_code == 200 and answer.json["letter_number"] == "UM 0201-Ct/1/III/2026"
    refused = issue(world, two, number="UM 0201-Ct/1/III/2026", dated_on="2026-03-02")
    assert refused.status_code == 422 and "sudah dipakai" in refused.json["errors"]["number"][0]
    assert issue(world, two, dated_on="2026-03-02").json["letter_number"] == "UM 0201-Ct/2/III/2026"
    assert len(list(db.session.scalars(select(GivenNumber)))) == 2


# -- the letter ----------------------------------------------------------------------------------------


def test_a_letter_of_2018_prints_in_its_form_and_keeps_its_words(world: World, drain: Drain) -> None:
    dress(world, ministry="Contoh Kementerian Lama", valid_to=date(2018, 12, 31), signature_order="name")
    dress(world, ministry="Contoh Kementerian Baru", valid_from=date(2019, 1, 1))
    meeting = world.meeting("scheduled")
    world.chair.nip = "190000000000000001"
    db.session.commit()
    page = world.sign_in(world.secretariat)
    sent = {
        "version": "0",
        "nature": "Sangat segera",
        "attachment": "1 (satu) berkas",
        "on_behalf_of": "Contoh Direktur Jenderal",
        "through": "Contoh Direktur",
        "rank": "Contoh Pembina",
        "notes": "Membawa data kontrak",
    }
    assert page.post(f"/rapat/{meeting.id}/surat", data=sent).status_code == 303
    now = said(page.get(f"/rapat/{meeting.id}/surat/pratinjau.pdf").data)
    assert "CONTOH KEMENTERIAN BARU" in now and "NIP 190000000000000001" in now and "Contoh Pembina" in now
    world.fire(meeting, "issue_letter", world.secretariat, number="UM 7", dated_on=date(2018, 6, 18))
    db.session.commit()
    assert (
        page.post(f"/rapat/{meeting.id}/surat", data={"version": "1", "nature": "Biasa"}).status_code == 303
    )
    drain()
    letter = Document.of("invitation", "meeting", meeting.id)
    assert letter and letter.newest
    text = said(letter.newest.read())
    for part in (
        "CONTOH KEMENTERIAN LAMA", "Contoh Kota, 18 Juni 2018", "Sangat segera", "1 (satu) berkas",
        "a.n. Contoh Direktur Jenderal", "u.b.", "Membawa data kontrak", world.chair.name,
    ):  # fmt: skip
        assert part in text, part
    assert "NIP" not in text and "BARU" not in text


@pytest.mark.parametrize(
    ("kinds", "lines"),
    [
        ({"pj": "Contoh Kepala"}, ["Pj. Contoh Kepala"]),
        (
            {"definitive": "Contoh Kasubdit", "an": "Contoh Direktur"},
            ["a.n. Contoh Direktur", "Contoh Kasubdit"],
        ),
        (
            {"ub": "Contoh Direktur", "plh": "Contoh Kasubdit", "an": "Contoh Dirjen"},
            ["a.n. Contoh Dirjen", "Contoh Direktur", "u.b.", "Plh. Contoh Kasubdit"],
        ),
        ({"an": "Contoh Direktur"}, ["a.n. Contoh Direktur"]),
    ],
)
def test_the_block_says_how_the_signer_holds_his_post(
    world: World, kinds: dict[str, str], lines: list[str]
) -> None:
    person = world.person("none")
    for kind, title in kinds.items():
        world.appoint(person, world.centre, title, kind=kind)
    made = papers.signs(person, world.now.date(), {}, "name")
    assert made["post_lines"] == lines
    typed = papers.signs(person, world.now.date(), {"on_behalf_of": "Contoh Menteri"}, "name")
    assert typed["post_lines"][0] == "a.n. Contoh Menteri" and "a.n." not in typed["post_lines"][-1]


def test_two_who_word_the_letter_at_once(world: World) -> None:
    meeting = world.meeting("scheduled")
    page = world.sign_in(world.secretariat)
    assert (
        page.post(f"/rapat/{meeting.id}/surat", data={"version": "0", "nature": "Biasa"}).status_code == 303
    )
    late = page.post(f"/rapat/{meeting.id}/surat", data={"version": "0", "nature": "Kilat"})
    assert late.status_code == 422 and "sudah diubah orang lain" in late.text and "Kilat" in late.text


def test_the_letter_is_the_secretariats_business(world: World) -> None:
    meeting = world.meeting("scheduled")
    page = world.sign_in(world.person("ppk", "ID-BB"))
    assert page.get(f"/rapat/{meeting.id}/surat").status_code in (403, 404)
    assert page.get(f"/rapat/{meeting.id}/surat/pratinjau.pdf").status_code in (403, 404)
    assert page.get("/operator/tata-surat").status_code == 403


def test_the_page_of_the_dress(world: World) -> None:
    page = world.sign_in(world.secretariat)
    sent = {
        "valid_from": "2015-01-01", "valid_to": "2019-12-31", "ministry": "Contoh Kementerian", "office": "Contoh Kantor",
        "city": "Contoh Kota", "date_at": "left", "nature": "Biasa", "signature_order": "name_nip_rank",
        "minutes_pattern": "NOT/{n}",
        "record_pattern": "BA/{n}",
        "note_pattern": "ND/{n}",
    }  # fmt: skip
    wrong = page.post("/operator/tata-surat", data=sent | {"invitation_pattern": "{tahun}"})
    assert wrong.status_code == 422 and "Contoh Kota" in wrong.text
    made = page.post("/operator/tata-surat", data=sent | {"invitation_pattern": "UM/{n}"})
    assert made.status_code == 303
    text = said(page.get(made.location + "/contoh.pdf").data)
    assert "UM/1" in text and "Tanggal : Contoh Kota, 1 Januari 2015" in text
    assert text.index("NIP 0000") < text.index("Contoh pangkat")
    again = page.post("/operator/tata-surat", data=sent | {"invitation_pattern": "UM/{n}"})
    assert again.status_code == 422 and "bertumpuk" in again.text
    assert (
        page.post(made.location, data=sent | {"invitation_pattern": "UM/{n}", "city": "Lain"}).status_code
        == 303
    )
    assert "Lain" in page.get(made.location).text


# -- double booking ------------------------------------------------------------------------------------


def test_a_double_booking_is_warned_not_refused(world: World) -> None:
    one, two, later = world.meeting("scheduled"), world.meeting("scheduled"), world.meeting("scheduled")
    for meeting, place in ((one, "Ruang Contoh"), (two, " ruang contoh "), (later, "Ruang Contoh")):
        meeting.place = place
        meeting.starts_at, meeting.ends_at = one.starts_at, one.ends_at
    later.starts_at, later.ends_at = one.ends_at, one.ends_at + timedelta(hours=1)
    db.session.commit()
    page = world.sign_in(world.secretariat).get(f"/rapat/{one.id}")
    assert "juga dipakai rapat" in page.text and "juga memimpin rapat" in page.text
    assert clashes.sentences(later) == []
    assert "juga dipakai rapat" not in world.sign_in(world.chair).get(f"/rapat/{one.id}").text


def test_the_letter_is_exported_clean_to_be_signed_elsewhere(world: World) -> None:
    """Without the mark of a draft, with the number asked for; it takes no number and sends nothing."""
    meeting = world.meeting("scheduled", units=("ID-BB",))
    desk = world.sign_in(world.secretariat)
    url = f"/rapat/{meeting.id}/surat/naskah.pdf"
    said = text_of(desk.get(f"{url}?number=UM+77&dated_on=2026-03-04"))
    assert "UM 77" in said and "4 Maret 2026" in said and "DRAF" not in said
    assert "DRAF" not in text_of(desk.get(url)), "the number may come from the e-office"
    wrong = desk.get(desk.get(f"{url}?number=UM+77&dated_on=kemarin").location)
    assert wrong.status_code == 200 and 'value="UM 77"' in wrong.text and "anggal" in wrong.text
    assert world.sign_in(world.ppk("ID-BB")).get(url).status_code in (403, 404)
    db.session.expire_all()
    assert db.session.get(Meeting, meeting.id).letter_number is None


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def test_another_place_after_the_letter_asks_for_a_revised_one(world: World, drain: Drain) -> None:
    meeting, desk = world.meeting("scheduled"), world.api(world.secretariat)
    issue(world, meeting, number="UM 5", dated_on="2026-03-02")
    drain()
    at = f"/meetings/{meeting.id}"

    def change(**given: str) -> list[str]:
        tag = desk.get(at).headers["ETag"]
        answer = desk.patch(at, json=given, headers={"If-Match": tag})
        assert answer.status_code == 200
        return answer.json["warnings"]  # type: ignore[no-any-return]

    first = db.session.scalars(select(Document).where(Document.params["number"].as_string() == "UM 5")).one()
    before = first.newest and first.newest.sha256
    (warned,) = change(place="Contoh Aula Dua")
    assert "UM 5" in warned and "tempat yang lama" in warned and "surat perubahan" in warned
    for path in ("", "/surat"):
        assert "tempat yang lama" in world.sign_in(world.secretariat).get(f"/rapat/{meeting.id}{path}").text
    assert "tempat yang lama" not in world.sign_in(world.ppk()).get(f"/rapat/{meeting.id}").text
    assert desk.get(at).json["letter_number"] == "UM 5"  # what was issued stays
    drain()
    db.session.expire_all()
    assert first.newest and first.newest.sha256 == before and first.withdrawn_at is None
    assert change(place="Contoh Ruang Rapat") == []  # the letter is right again
    assert change(place="Contoh Aula Dua")
    issue(world, meeting, number="UM 6", dated_on="2026-03-03")
    assert desk.get(at).json["warnings"] == []
    drain()
    letter = Document.of("invitation", "meeting", meeting.id)
    assert letter and letter.newest and "UM 5" in said(letter.newest.read())
    local = (meeting.starts_at + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    ends = (meeting.ends_at + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    moved = desk.move(
        "meetings", meeting.id, "reschedule", starts_at=local, ends_at=ends, reason="contoh alasan perubahan"
    )
    assert any("UM 6" in w and "waktu yang lama" in w for w in moved.json["warnings"])
