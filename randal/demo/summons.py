"""Chapter two: the letter, the answers, the reports."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from randal.database.base import db
from randal.demo import figures, story
from randal.demo.player import Player
from randal.demo.story import at
from randal.documents import letterhead
from randal.documents.letterhead import Stationery
from randal.l10n import clock
from randal.models.meetings import Meeting
from randal.org.places import Unit


def dress() -> None:
    """The tata surat of the organising unit as it was in 2018: kop, place of the date, and its own numbers."""
    centre = db.session.scalars(select(Unit).where(Unit.code == "RANDAL-PIP")).one()
    given = {
        "unit_id": centre.id,
        "valid_from": date(2015, 1, 1),
        "valid_to": date(2024, 10, 20),
        "ministry": letterhead.BEFORE_THAT,
        "directorate": "Direktorat Jenderal Cipta Karya",
        "office": story.CENTRE,
        "address": "Alamat contoh, Pangkal Pinang",
        "city": "Pangkal Pinang",
        "nature": "Segera",
        "date_at": "right",
        "signature_order": "name_nip",
        "invitation_pattern": "UM 0201-Randal/{n}",
        "minutes_pattern": "{n}/NOT/Randal/{month}/{year}",
        "record_pattern": "{n}/BA/Randal/{month}/{year}",
        "note_pattern": "{n}/ND/Randal/{year}",
        "opening": "",
        "closing": "",
    }
    letterhead.keep(Stationery(), given, None, clock.now())
    db.session.commit()


def invitation(player: Player, units: dict[str, int], password: str) -> int:
    """From the empty form to the signed letter in every hand, and the answers."""
    ids = {
        row["email"].split("@")[0]: row["id"]
        for row in player.as_("sekretariat").get("/users?limit=200")["items"]
    }
    purpose = story.SOURCE["meeting"]["purpose"]
    meeting = player.post(
        "/meetings",
        {
            "title": "Rapat Koordinasi Pemantauan Pelaksanaan Keterpaduan Infrastruktur Permukiman Tahun 2018",
            "purpose": purpose[0].upper() + purpose[1:] + ".",
            "starts_at": "2018-06-25T09:00",
            "ends_at": "2018-06-25T13:00",
            "timezone": "Asia/Jakarta",
            "place": "Ruang rapat contoh, Pangkal Pinang",
            "chair_id": ids["pimpinan"],
            "minute_taker_id": ids["notulis"],
            "cc": "Contoh Direktur Keterpaduan Infrastruktur Permukiman <direktur@contoh.example>\n"
            "Contoh Kepala Bidang Cipta Karya",
        },
    )["id"]
    # The quoted box that says where the story comes from is no field of a meeting: only the demonstration has it.
    db.session.get_one(Meeting, meeting).source_note = story.source_note()
    db.session.commit()
    here = f"/meetings/{meeting}"
    for kind, key in (("sasaran", "sasaran"), ("keluaran", "expected_outputs")):
        for row in story.SOURCE[key]:
            player.post(f"{here}/objectives", {"text": row["text_id"], "kind": kind})
    for title, duration, _note in story.AGENDA:
        player.post(f"{here}/agenda", {"title": title, "duration": duration})
    for unit_id in units.values():
        player.post(f"{here}/attendance", {"unit_id": unit_id})
    for box in ("evaluator", "notulis"):
        player.post(f"{here}/attendance", {"user_id": ids[box]})
    player.at(at("2018-06-05")).move(here, "schedule")
    player.at(at("2018-06-06")).move(here, "issue_letter", dated_on="2018-06-06", way="here")
    player.drain("invitation")
    player.at(at("2018-06-06", "04:00")).as_("pimpinan").post("/me/signing-key", {"passphrase": password})
    player.move(here, "sign_letter", passphrase=password)
    player.as_("sekretariat").drain()
    rows = player.get(f"{here}/attendance?limit=200")["items"]
    by_unit = {row["unit_id"]: f"/attendance/{row['id']}" for row in rows}
    player.at(at("2018-06-18"))
    for iso, unit_id in units.items():
        player.as_(ppk_of(iso))
        if iso in story.REPRESENTED:
            name, post = story.REPRESENTED[iso]
            player.move(by_unit[unit_id], "represent", name=name, post=post)
        elif iso in story.DECLINED:
            player.move(by_unit[unit_id], "decline", reason=story.DECLINED[iso])
        else:
            player.move(by_unit[unit_id], "accept")
    return int(meeting)


def earlier_reports(player: Player, units: dict[str, int], activities: dict[str, list[int]]) -> None:
    """The figures of the months before, brought along by those who report."""
    player.at(at("2018-06-05"))
    for period, (as_of, share) in figures.EARLIER.items():
        for position, (iso, unit_id) in enumerate(units.items()):
            if iso in story.SILENT:
                continue
            rows = figures.rows(activities[iso], position, share)
            made = player.as_(ppk_of(iso)).post(
                "/progress-reports",
                {"unit_id": unit_id, "period": period, "source": "satker", "as_of": as_of, "figures": rows},
            )
            here = f"/progress-reports/{made['id']}"
            player.move(here, "submit")
            player.as_("evaluator").move(here, "validate")


def reports(player: Player, units: dict[str, int], activities: dict[str, list[int]]) -> None:
    """Every PPK but the silent ones hands in; the evaluator checks."""
    player.at(at("2018-06-20"))
    for position, (iso, unit_id) in enumerate(units.items()):
        if iso in story.SILENT:
            continue
        player.as_(ppk_of(iso))
        report = player.get(f"/progress-reports?unit_id={unit_id}&period={story.PERIOD}")["items"][0]
        here = f"/progress-reports/{report['id']}"
        rows = figures.rows(activities[iso], position)
        player.patch(here, {"source": "satker", "as_of": "2018-06-19", "figures": rows})
        player.move(here, "submit")
        if iso in story.RETURNED:
            player.as_("evaluator").move(
                here, "return", reason="Angka keuangan belum sama dengan data satker."
            )
            player.as_(ppk_of(iso)).move(here, "submit")
        player.as_("evaluator").move(here, "validate")
    player.drain()


def ppk_of(iso: str) -> str:
    return f"ppk.{iso[3:].lower()}"
