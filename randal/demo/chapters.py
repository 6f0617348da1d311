"""The story in chapters. Each plays through the API; nothing here writes a row of the chain itself."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from randal.accounts.commands import set_password
from randal.core import clock, installation
from randal.core.clock import local_date
from randal.core.db import db
from randal.core.people import Person
from randal.core.places import Province
from randal.demo import story
from randal.demo.player import Player
from randal.demo.story import at
from randal.meetings.models import Meeting
from randal.minutes import installed


def anything_real() -> bool:
    """Has somebody begun real work in this database?"""
    return bool(db.session.scalar(select(func.count()).select_from(Meeting)))


def play(player: Player, password: str, hashed: str) -> None:
    today = clock.now()
    installation.change("demo", True)
    installation.change(
        "kop",
        {
            "ministry": "Kementerian Pekerjaan Umum dan Perumahan Rakyat",
            "unit": "Direktorat Jenderal Cipta Karya",
            "office": story.CENTRE,
            "address": "Alamat contoh, Pangkal Pinang",
        },
    )
    db.session.commit()
    player.at(at("2018-06-04"))
    example_authority()
    units = people(player, hashed)
    activities = places(player, units)
    meeting = invitation(player, units)
    reports(player, units, activities)
    made = session_day(player, units, meeting)
    minutes(player, meeting, password)
    afterwards(player, made)
    recently(player, units, meeting, today)


def example_authority() -> None:
    """An authority whose every name begins with CONTOH takes the place of the one that `init` made: it has signed
    nothing yet, and nothing that the demonstration signs may look real."""
    settings = current_app.config["RANDAL"]
    shutil.rmtree(installed.authority_folder(settings), ignore_errors=True)
    installed.create_authority(settings, clock.now(), contoh=True)


def people(player: Player, hashed: str) -> dict[str, int]:
    """Units and accounts; the first admin is the only row set by hand."""
    admin = Person(name="Contoh Admin", email="admin@contoh.example", role="admin", created_at=clock.now())
    db.session.add(admin)
    db.session.flush()
    set_password(admin, hashed)
    player.enrol("admin", admin)
    db.session.commit()
    player.as_("admin")
    centre = player.post("/units", {"name": story.CENTRE, "code": "RANDAL-PIP"})["id"]
    units = {}
    names = {p.iso: p.name for p in db.session.scalars(select(Province))}
    for iso in story.UNITS:
        units[iso] = player.post(
            "/units", {"name": f"PPK Randal PIP {names[iso]}", "province": iso, "code": f"PPK-{iso}"}
        )["id"]
    for box, name, role, post in story.PEOPLE[1:]:
        account(
            player, box, hashed, name=name, role=role, post=post, unit_id=centre, **{"from": "2018-01-02"}
        )
    for iso, unit_id in units.items():
        short = iso[3:].lower()
        account(
            player,
            f"ppk.{short}",
            hashed,
            name=f"Contoh PPK {names[iso]}",
            role="ppk",
            unit_id=unit_id,
            post=f"PPK Randal PIP {names[iso]}",
            **{"from": "2018-01-02"},
        )
        account(
            player,
            f"staf.{short}",
            hashed,
            name=f"Contoh Staf {names[iso]}",
            role="ppk_staff",
            unit_id=unit_id,
        )
    return units


def account(player: Player, box: str, hashed: str, **fields: Any) -> None:
    made = player.as_("admin").post("/users", {"email": f"{box}@contoh.example", **fields})
    person = db.session.get_one(Person, made["id"])
    set_password(person, hashed)
    player.enrol(box, person)
    db.session.commit()


def places(player: Player, units: dict[str, int]) -> dict[str, list[int]]:
    player.as_("sekretariat")
    made: dict[str, list[int]] = {}
    for position, (iso, unit_id) in enumerate(units.items()):
        theme = story.THEMES[position % len(story.THEMES)]
        area = player.post("/areas", {"name": f"Kawasan Contoh {iso[3:]}", "province": iso, "theme": theme})[
            "id"
        ]
        several = story.ACTIVITIES[: 3 + position % 2]
        made[iso] = [
            player.post(
                "/activities",
                {"unit_id": unit_id, "area_id": area, "name": name, "sector": sector, "budget": budget},
            )["id"]
            for name, sector, budget in several
        ]
    return made


def invitation(player: Player, units: dict[str, int]) -> int:
    """From the empty form to the letter in every hand, and the answers."""
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
            "cc": "Contoh Direktur Keterpaduan Infrastruktur Permukiman\nContoh Kepala Bidang Cipta Karya",
            "source_note": story.source_note(),
        },
    )["id"]
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
    player.at(at("2018-06-06")).move(here, "issue_letter", number="UM 0201-Randal/118", dated_on="2018-06-06")
    player.drain()
    rows = player.get(f"{here}/attendance?limit=200")["items"]
    by_unit = {row["unit_id"]: f"/attendance/{row['id']}" for row in rows}
    player.at(at("2018-06-18"))
    for iso, unit_id in units.items():
        player.as_(f"ppk.{iso[3:].lower()}")
        if iso in story.REPRESENTED:
            name, post = story.REPRESENTED[iso]
            player.move(by_unit[unit_id], "represent", name=name, post=post)
        elif iso in story.DECLINED:
            player.move(by_unit[unit_id], "decline", reason=story.DECLINED[iso])
        else:
            player.move(by_unit[unit_id], "accept")
    return int(meeting)


def reports(player: Player, units: dict[str, int], activities: dict[str, list[int]]) -> None:
    """Every PPK but the silent ones hands in; the evaluator checks."""
    player.at(at("2018-06-20"))
    for position, (iso, unit_id) in enumerate(units.items()):
        if iso in story.SILENT:
            continue
        player.as_(f"ppk.{iso[3:].lower()}")
        report = player.get(f"/progress-reports?unit_id={unit_id}&period={story.PERIOD}")["items"][0]
        here = f"/progress-reports/{report['id']}"
        names = ("physical_plan", "physical_actual", "financial_plan", "financial_actual")
        rows = [
            {"activity_id": activity} | dict(zip(names, story.figures(position, number), strict=True))
            for number, activity in enumerate(activities[iso])
        ]
        player.patch(here, {"source": "satker", "as_of": "2018-06-19", "figures": rows})
        player.move(here, "submit")
        if iso in story.RETURNED:
            player.as_("evaluator").move(
                here, "return", reason="Angka keuangan belum sama dengan data satker."
            )
            player.as_(f"ppk.{iso[3:].lower()}").move(here, "submit")
        player.as_("evaluator").move(here, "validate")
    player.drain()


def session_day(player: Player, units: dict[str, int], meeting: int) -> dict[str, Any]:
    """The morning: check-in, outcomes, findings, kendala, follow-ups; at noon the meeting is closed."""
    here = f"/meetings/{meeting}"
    player.at(at("2018-06-25", "01:45")).as_("sekretariat")
    rows = {
        row["unit_id"]: row["id"]
        for row in player.get(f"{here}/attendance?limit=200")["items"]
        if row["unit_id"]
    }
    for iso, unit_id in units.items():
        if iso in story.SILENT[1:] or iso in story.DECLINED:
            continue
        player.as_(f"ppk.{iso[3:].lower()}").move(f"/attendance/{rows[unit_id]}", "check_in")
    for row in player.as_("sekretariat").get(f"{here}/attendance?limit=200")["items"]:
        if not row["unit_id"]:
            player.move(f"/attendance/{row['id']}", "check_in")
    for name, post, institution in story.GUESTS:
        player.as_("sekretariat").post(
            f"{here}/attendance", {"guest": {"name": name, "post": post, "institution": institution}}
        )
    player.at(at("2018-06-25", "02:05")).as_("pimpinan").move(here, "open")
    player.at(at("2018-06-25", "03:00")).as_("notulis")
    for text in story.DIRECTIVES:
        player.post(f"{here}/directives", {"text": text, "speaker": "Contoh Pimpinan Rapat"})
    for text in story.DECISIONS:
        player.post(f"{here}/decisions", {"text": text, "speaker": "Contoh Pimpinan Rapat"})
    made: dict[str, Any] = {"findings": [], "kendala": [], "follow_ups": []}
    for iso, severity, text, _answer in story.FINDINGS:
        row = player.post(
            "/findings", {"meeting_id": meeting, "unit_id": units[iso], "text": text, "severity": severity}
        )
        made["findings"].append(row["id"])
    for iso, category, severity, text, cause, _solution in story.KENDALA:
        fields = {"text": text, "category": category, "cause": cause, "severity": severity}
        made["kendala"].append(
            player.post("/kendala", {"meeting_id": meeting, "unit_id": units[iso]} | fields)["id"]
        )
    text, output, due = story.FOR_ALL
    for_all = {
        "meeting_id": meeting,
        "unit_ids": list(units.values()),
        "text": text,
        "due_on": due,
        "expected_output": output,
    }
    group = player.post("/follow-ups", for_all)
    made["group"] = [row["id"] for row in (group["items"] if isinstance(group, dict) else group)]
    for iso, text, output, due, priority, finding, kendala, _end in story.FOLLOW_UPS:
        promise: dict[str, Any] = {
            "text": text,
            "due_on": due,
            "expected_output": output,
            "priority": priority,
        }
        promise |= {"finding_ids": [made["findings"][finding]]} if finding is not None else {}
        promise |= {"kendala_ids": [made["kendala"][kendala]]} if kendala is not None else {}
        made["follow_ups"].append(
            player.post("/follow-ups", {"meeting_id": meeting, "unit_id": units[iso]} | promise)["id"]
        )
    assess(player, here)
    player.at(at("2018-06-25", "05:50")).as_("pimpinan")
    for number in made["group"]:
        player.move(f"/follow-ups/{number}", "assign", priority="medium")
    for number in made["follow_ups"]:
        player.move(f"/follow-ups/{number}", "assign", priority="high" if number % 3 == 0 else "medium")
    player.at(at("2018-06-25", "06:00")).move(here, "close", confirm=True)
    player.drain()
    answers(player, made)
    return made


def assess(player: Player, here: str) -> None:
    agenda = player.get(f"{here}/agenda?limit=200")["items"]
    notes = {title: note for title, _duration, note in story.AGENDA}
    for row in agenda:
        player.patch(f"/agenda/{row['id']}", {"outcome": "discussed", "note": notes.get(row["title"], "")})
    for position, row in enumerate(player.get(f"{here}/objectives?limit=200")["items"]):
        met = "met" if position % 3 else "partly"
        player.patch(f"/objectives/{row['id']}", {"assessment": met, "note": "Penilaian contoh."})


def answers(player: Player, made: dict[str, Any]) -> None:
    """The PPK answer findings; the evaluator agrees, and agrees solutions of kendala."""
    player.at(at("2018-06-26"))
    for number, (iso, _severity, _text, answer) in zip(made["findings"], story.FINDINGS, strict=True):
        if answer:
            player.as_(f"ppk.{iso[3:].lower()}").move(f"/findings/{number}", "respond", response=answer)
    for number in made["findings"][:3]:
        player.as_("evaluator").move(f"/findings/{number}", "agree")
    for number, (_iso, _category, _severity, _text, _cause, solution) in zip(
        made["kendala"], story.KENDALA, strict=True
    ):
        if solution:
            why_none = (
                {}
                if number in made["kendala"][:2]
                else {"reason": "Ditangani langsung bersama Pemda dalam rapat kecil."}
            )
            player.as_("evaluator").move(
                f"/kendala/{number}", "agree_solution", solution=solution, **why_none
            )
    player.as_("evaluator").move(
        f"/kendala/{made['kendala'][3]}",
        "escalate",
        addressee="Contoh Direktur Keterpaduan",
        answer_by="2018-07-13",
    )


def minutes(player: Player, meeting: int, password: str) -> None:
    """Written, reviewed, agreed to, frozen, signed by note-taker and chair."""
    for box in ("notulis", "pimpinan"):
        player.at(at("2018-06-26", "03:00")).as_(box).post("/me/signing-key", {"passphrase": password})
    here = f"/minutes/{player.as_('notulis').get(f'/meetings/{meeting}')['minutes_id']}"
    player.move(here, "submit")
    player.at(at("2018-06-27"))
    player.as_("ppk.bb").post(
        f"{here}/comments", {"text": "Mohon disebutkan bahwa jadwal keterpaduan juga dikirim ke Bappeda."}
    )
    player.as_("notulis")
    comment = player.get(f"{here}/comments")["items"][0]
    player._send(
        "PATCH",
        f"{here}/comments/{comment['id']}",
        json={"answer": "Sudah ditambahkan pada bagian tindak lanjut."},
        headers={"If-Match": f'"{comment["version"]}"'},
    )
    for iso in story.UNITS:
        if iso not in story.SILENT:
            player.as_(f"ppk.{iso[3:].lower()}").post(f"{here}/agreements")
    player.at(at("2018-06-28")).as_("pimpinan").move(here, "approve")
    player.drain()
    for box in ("notulis", "pimpinan"):
        player.at(at("2018-06-28", "04:00" if box == "notulis" else "07:30")).as_(box)
        waiting = player.get("/signatures?state=ready")["items"]
        player.move(f"/signatures/{waiting[0]['id']}", "sign", passphrase=password)
        player.drain()


def afterwards(player: Player, made: dict[str, Any]) -> None:
    """What became of the promises of the meeting."""
    player.at(at("2018-07-24"))
    for position, number in enumerate(made["group"]):
        box = f"ppk.{story.UNITS[position][3:].lower()}"
        if position in (4, 11):
            continue  # these two stay late
        finish(player, box, number, "jadwal-keterpaduan", "2018-07-23")
    player.at(at("2018-08-07"))
    for number, (iso, *_fields, end) in zip(made["follow_ups"], story.FOLLOW_UPS, strict=True):
        box, here = f"ppk.{iso[3:].lower()}", f"/follow-ups/{number}"
        if end == "verified":
            finish(player, box, number, "bukti-pelaksanaan", "2018-08-06")
        elif end == "late":
            player.as_(box).move(here, "note_progress", note="Penggalian saluran selesai separuh.")
        else:
            why = "Lahan masih dalam perkara di pengadilan, sehingga belum dapat dipakai."
            player.as_(box).move(here, "propose_infeasible", ground="legal_process", reason=why)
            player.as_("pimpinan").move(
                here, "accept_infeasible", reason="Alasan diterima; lokasi lain dicari."
            )
    player.drain()


def finish(player: Player, box: str, number: int, name: str, dated_on: str) -> None:
    here = f"/follow-ups/{number}"
    player.as_(box).hand_in(here, name, "Bukti contoh.", dated_on)
    player.move(here, "submit", note="Sudah dilaksanakan.")
    player.as_("evaluator")
    for row in player.get(f"{here}/evidence")["items"]:
        player.patch(f"/evidence/{row['id']}", {"verdict": "accepted", "note": "Sesuai."})
    player.move(here, "verify", note="Bukti cukup dan sesuai.")


def recently(player: Player, units: dict[str, int], meeting: int, today: Any) -> None:
    """Promises made after the minutes, in the weeks before this demonstration was loaded, and the next meeting."""
    day = local_date(today, "Asia/Jakarta")
    start = today - timedelta(days=30)
    for iso, text, output, days, how in story.RECENT:
        player.at(start).as_("evaluator")
        fields = {
            "text": text,
            "expected_output": output,
            "due_on": str(day + timedelta(days=days)),
            "priority": "high" if days < 0 else "medium",
        }
        number = player.post("/follow-ups", {"meeting_id": meeting, "unit_id": units[iso]} | fields)["id"]
        here, box = f"/follow-ups/{number}", f"ppk.{iso[3:].lower()}"
        player.as_("sekretariat").move(here, "assign", priority=fields["priority"])
        player.at(start + timedelta(days=10)).as_(box)
        if how in ("in_progress", "extension"):
            player.move(here, "note_progress", note="Koordinasi awal sudah dilakukan.")
        if how == "extension":
            more = {
                "new_due_on": str(day + timedelta(days=days + 14)),
                "reason": "Menunggu jadwal kapal dari penyedia.",
            }
            player.post(f"{here}/extensions", more)
        if how == "infeasible_proposed":
            why = "Penerima aset belum dibentuk, sehingga serah terima tidak lagi efektif tahun ini."
            player.move(
                here,
                how.replace("infeasible_proposed", "propose_infeasible"),
                ground="no_longer_effective",
                reason=why,
            )
        if how in ("submitted", "returned"):
            player.hand_in(here, "bukti-dukung", "Foto contoh.", str(day - timedelta(days=21)))
            player.move(here, "submit", note="Mohon diperiksa.")
        if how == "returned":
            player.as_("evaluator").move(
                here, "return", reason="Foto belum memperlihatkan tema kawasan; unggah foto dari depan papan."
            )
    player.at(today)
    next_meeting(player, units, day)
    player.drain()


def next_meeting(player: Player, units: dict[str, int], day: Any) -> None:
    """The next meeting begins with what is still open."""
    ids = {
        row["email"].split("@")[0]: row["id"]
        for row in player.as_("sekretariat").get("/users?limit=200")["items"]
    }
    date = day + timedelta(days=14)
    here = "/meetings/" + str(
        player.post(
            "/meetings",
            {
                "title": "Rapat Koordinasi Lanjutan (contoh)",
                "starts_at": f"{date}T09:00",
                "ends_at": f"{date}T12:00",
                "timezone": "Asia/Jakarta",
                "place": "Ruang rapat contoh, Jakarta",
                "chair_id": ids["pimpinan"],
                "minute_taker_id": ids["notulis"],
            },
        )["id"]
    )
    player.post(f"{here}/objectives", {"text": "Seluruh janji rapat sebelumnya diperiksa", "kind": "sasaran"})
    player.post(f"{here}/agenda", {"title": "Kemajuan setiap PPK", "duration": 60})
    for unit_id in units.values():
        player.post(f"{here}/attendance", {"unit_id": unit_id})
    player.move(here, "schedule")
