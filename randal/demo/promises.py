"""Chapter four: what became of the promises, then and now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from randal.demo import story
from randal.demo.player import Player
from randal.demo.story import at
from randal.l10n.clock import local_date


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
